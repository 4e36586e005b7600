"""The client of GitHub's API against a real server on loopback."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from runbook_tui.aws.access import GitHubReader
from runbook_tui.aws.errors import (
    AwsProblem,
    Denied,
    Malformed,
    Missing,
    ServerFault,
    Throttled,
    Truncated,
    Unreachable,
)
from runbook_tui.aws.facts.github import GitHubFacts
from runbook_tui.core.problems import RefusedProblem
from runbook_tui.github.access import Entrance, entrance_of
from runbook_tui.github.reader import Reader
from tests.support.wire import Asked, Reply, Says, Wire, serving

TOKEN = "planted-token-of-github"
JSON = {"Content-Type": "application/json"}


def told(answer: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=json.dumps(answer).encode(), headers={**JSON, **named})


@contextmanager
def reading(says: Says | Reply) -> Iterator[tuple[GitHubReader, Wire]]:
    with serving(says) as wire:
        yield Reader(Entrance(base_url=wire.url(), repository="asharvi/backend", token=TOKEN)), wire


def test_a_request_is_what_github_asks_for() -> None:
    """Its path, the pinned version, the token where it belongs, and a name."""
    with reading(told({"secrets": []})) as (reader, wire):
        assert reader.read("environments/prod/secrets") == {"secrets": []}
    (asked,) = wire.asked
    assert (asked.method, asked.path) == ("GET", "/repos/asharvi/backend/environments/prod/secrets?per_page=100")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["x-github-api-version"] == "2022-11-28"
    assert asked.headers["accept"] == "application/vnd.github+json"
    assert asked.headers["user-agent"] == "runbook-tui"


def paged(pages: int) -> Says:
    """Each page names the next one as GitHub does."""

    def says(asked: Asked) -> Reply:
        number = int(asked.path.partition("&page=")[2] or 1)
        url = f"http://{asked.headers['host']}{asked.path.partition('&page=')[0]}&page={number + 1}"
        link = {"Link": f'<{url}>; rel="next", <{url}>; rel="last"'} if number < pages else {}
        answer = {"total_count": pages, "secrets": [{"name": f"S{number}"}]}
        return Reply(body=json.dumps(answer).encode(), headers={**JSON, **link})

    return says


def test_pages_are_followed_to_the_last() -> None:
    """A listing is answered whole, in one answer."""
    with reading(paged(3)) as (reader, wire):
        answer = reader.read("actions/secrets")
    assert [one["name"] for one in answer["secrets"]] == ["S1", "S2", "S3"]
    assert len(wire.asked) == 3


def test_the_newest_are_one_page() -> None:
    """Who wants the newest run does not read all of them."""
    with reading(paged(3)) as (reader, wire):
        reader.read("actions/runs?branch=main", newest=1)
    assert [asked.path for asked in wire.asked] == ["/repos/asharvi/backend/actions/runs?branch=main&per_page=1"]


def test_pages_without_end() -> None:
    """After 200 pages the answer is no answer."""
    with reading(paged(10_000)) as (reader, wire), pytest.raises(Truncated):
        reader.read("actions/secrets")
    assert len(wire.asked) == 200


def test_the_token_goes_to_no_other_host() -> None:
    """A next page that lies elsewhere is not asked for."""
    link = '<http://127.0.0.1:1/repos/x>; rel="next"'
    with reading(told({"secrets": []}, Link=link)) as (reader, _), pytest.raises(Malformed) as caught:
        reader.read("actions/secrets")
    assert "another host" in caught.value.what


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (told({"message": "Bad credentials"}, 401), Denied, "refuses the token"),
        (told({"message": "API rate limit exceeded"}, 403, x_ratelimit_remaining="0", x_ratelimit_reset="1795440000"),
         Throttled, "until 13:20 UTC"),
        (told({"message": "slow down"}, 403, Retry_After="60"), Throttled, "for 60 s"),
        (told({}, 429), Throttled, "limit of requests"),
        (told({"message": "Resource not accessible"}, 403, X_Accepted_GitHub_Permissions="secrets=read"),
         Denied, "Resource not accessible"),
        (told({"message": "Not Found"}, 404), Missing, "actions/secrets not found"),
        (told({}, 301, Location="https://api.github.com/repositories/1"), Malformed, "has moved"),
        (told({}, 500), ServerFault, "answered 500"),
        (Reply(status=502, body=b"<html>"), ServerFault, "answered 502"),
        (told({"message": "x\x1b[31my"}, 418), AwsProblem, "xy"),
        (Reply(body=b"<html>", headers={"Content-Type": "text/html"}), Malformed, "no JSON object"),
        (told(["list"]), Malformed, "no JSON object"),
        (Reply(hang_up=True), Unreachable, "no answer"),
    ],
)  # fmt: skip
def test_refusals_are_told_apart(reply: Reply, kind: type[AwsProblem], says: str) -> None:
    """Each refusal is the error that AWS's refusals of its sort are, with a remedy, and never with the token."""
    with reading(reply) as (reader, _), pytest.raises(AwsProblem) as caught:
        reader.read("actions/secrets")
    assert type(caught.value) is kind
    assert says in caught.value.what
    assert caught.value.remedy
    assert TOKEN not in repr(vars(caught.value))


def test_the_missing_right_is_named() -> None:
    """GitHub says which right would have been enough."""
    reply = told({}, 403, X_Accepted_GitHub_Permissions="secrets=read")
    with reading(reply) as (reader, _), pytest.raises(Denied) as caught:
        reader.read("actions/secrets")
    assert caught.value.action == "secrets=read"


def test_a_question_is_asked_once() -> None:
    """Equal questions of a sweep share an answer; the next sweep asks anew."""
    with serving(told({"secrets": []})) as wire:
        reader = Reader(Entrance(base_url=wire.url(), repository="a/b", token=TOKEN))
        for _ in range(3):
            reader.read("actions/secrets")
        reader.forget()
        reader.read("actions/secrets")
    assert len(wire.asked) == 2


def at(answers: Mapping[str, Any]) -> Says:
    def says(asked: Asked) -> Reply:
        path = asked.path.partition("?")[0].removeprefix("/repos/asharvi/backend").lstrip("/")
        return told(answers[path]) if path in answers else told({"message": "Not Found"}, 404)

    return says


def test_an_environment_that_is_not_there() -> None:
    """In a repository that can be seen it is none; in one that cannot, nothing is known."""
    with reading(at({"": {"full_name": "asharvi/backend"}})) as (reader, _):
        assert GitHubFacts(reader).environment("prod") is None
    with reading(at({})) as (reader, _), pytest.raises(Denied):
        GitHubFacts(reader).environment("prod")


def test_names_that_need_quoting() -> None:
    """A name with a slash is one part of the path."""
    with reading(told({"name": "eu/prod"})) as (reader, wire):
        GitHubFacts(reader).environment("eu/prod")
    assert wire.asked[0].path.startswith("/repos/asharvi/backend/environments/eu%2Fprod?")


def test_the_token_is_looked_for_as_gh_does() -> None:
    """GH_TOKEN before GITHUB_TOKEN, at github.com unless an address is given; without a token there is no way."""
    found = entrance_of("a/b", {"GITHUB_TOKEN": "two", "GH_TOKEN": "one"})
    assert found is not None
    assert (found.token, found.base_url) == ("one", "https://api.github.com")
    own = entrance_of("a/b", {"GITHUB_TOKEN": "two", "GITHUB_API_URL": "https://git.example/api/v3/"})
    assert own is not None
    assert own.base_url == "https://git.example/api/v3"
    assert entrance_of("a/b", {"GH_TOKEN": " "}) is None


@pytest.mark.parametrize(
    "environment",
    [
        {"GH_TOKEN": TOKEN, "GITHUB_API_URL": "http://git.example"},
        {"GH_TOKEN": f"{TOKEN}\r\nX: y"},
        {"GH_TOKEN": f"{TOKEN}\u0430"},
    ],
)
def test_what_would_betray_a_token_is_refused(environment: dict[str, str]) -> None:
    """An address in the clear, a token that would break a header; neither refusal repeats it."""
    with pytest.raises(RefusedProblem) as caught:
        entrance_of("a/b", environment)
    assert TOKEN not in f"{caught.value} {caught.value.remedy}"


def test_an_entrance_does_not_show_its_token() -> None:
    """Neither printed nor in a traceback."""
    entrance = Entrance(base_url="https://api.github.com", repository="a/b", token=TOKEN)
    assert TOKEN not in f"{entrance} {entrance!r}"
