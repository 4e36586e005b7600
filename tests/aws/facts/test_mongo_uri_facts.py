"""What is said of a connection string, and what never is."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.mongo_uri import MongoUri, read_uri

STANDARD = "mongodb+srv://app:planted@cluster0.ab1cd.mongodb.net/asharvi?retryWrites=true&serverSelectionTimeoutMS=5000"
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=20)


def read(text: str) -> MongoUri:
    found = read_uri(text)
    assert found is not None
    return found


def test_atlas_s_own_string() -> None:
    """SRV means TLS; options are read whatever their capitals."""
    uri = read(STANDARD)
    assert (uri.srv, uri.tls, uri.local, uri.suffix) == (True, True, False, ".mongodb.net")
    assert (uri.retry_writes, uri.bounded_selection, uri.private_endpoint, uri.mentions) == (True, True, False, ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mongodb://h1.mongodb.net:27017,h2.mongodb.net/a", {"srv": False, "tls": False, "retry_writes": True}),
        ("mongodb://h1.mongodb.net/a?ssl=true", {"tls": True}),
        ("mongodb+srv://h1.mongodb.net/a?tls=false", {"tls": False}),
        ("mongodb+srv://h/a?RETRYWRITES=False", {"retry_writes": False}),
        ("mongodb://localhost:27017/a", {"local": True, "suffix": "this machine"}),
        ("mongodb://u:p@127.0.0.1", {"local": True}),
        ("mongodb://[::1]:27017/a", {"local": True}),
        ("mongodb+srv://cluster0-pl-0.ab1cd.mongodb.net/a", {"private_endpoint": True}),
        ("mongodb+srv://cluster0-pri.ab1cd.mongodb.net/a", {"custom_dns": True, "private_endpoint": False}),
        ("mongodb+srv://prod-cluster.ab1cd.mongodb.net/asharvi_staging", {"mentions": ("prod", "staging")}),
        ("mongodb+srv://reproduction.example/productions", {"mentions": (), "suffix": "other"}),
        ("mongodb+srv://h/a?serverSelectionTimeoutMS=soon", {"bounded_selection": False}),
    ],
)
def test_what_is_told(text: str, told: dict[str, object]) -> None:
    """One thing of each string."""
    uri = read(text)
    assert {name: getattr(uri, name) for name in told} == told


@pytest.mark.parametrize(
    "text", ["", "postgres://h/a", "mongodb://", "mongodb+srv:///a", "MONGODB://h/a", " mongodb://h"]
)
def test_what_is_no_uri(text: str) -> None:
    """A driver would refuse these."""
    assert read_uri(text) is None


def test_places_are_compared_without_who_signs_in() -> None:
    """Cluster and database make the place; user, password, port, order of hosts and options do not."""
    place = read("mongodb://a:b@H1.example:27017,h2.example/db?x=1").place
    assert read("mongodb://c:d@h2.example,h1.example:27018/db").place == place
    assert read("mongodb://a:b@h1.example,h2.example/other").place != place
    assert read("mongodb://a:b@h1.example/db").place != place


@given(NAMES, NAMES, NAMES, NAMES)
def test_nothing_of_the_string_is_repeated(user: str, password: str, host: str, database: str) -> None:
    """Neither user, password, host nor database stand in what is told."""
    uri = read(f"mongodb+srv://{user}:{password}@{host}x.mongodb.net/{database}x")
    told = msgspec.json.encode(uri).decode().replace(uri.place, "")
    for part in (user, password, f"{host}x", f"{database}x"):
        assert part not in told


@given(st.text(max_size=60))
def test_any_text_is_read(rest: str) -> None:
    """Nothing that stands in a secret breaks the reading."""
    read_uri(f"mongodb://{rest}")
    read_uri(f"mongodb+srv://{rest}")
