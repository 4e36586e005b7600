"""Atlas is asked over real HTTP: signing, versions, pages, limits, and errors told apart."""

import threading
from typing import Any

import pytest

from runbook_tui.atlas.address import chosen_address
from runbook_tui.atlas.answers import Asked
from runbook_tui.atlas.client import AtlasClient
from runbook_tui.atlas.keys import SIMULATED, ApiKey, Keys, ServiceAccount, keys_from
from runbook_tui.atlas.project import AtlasProject
from runbook_tui.aws import errors
from runbook_tui.aws.facts.atlas import AtlasFacts
from runbook_tui.core.problems import RefusedProblem
from tests.support.atlas_raw import entry, page
from tests.support.atlas_schema import ERROR, RESOURCES, wrong_with
from tests.support.atlas_server import ACCOUNT, KEY, atlas_server, refusal
from tests.support.wire import Reply, serving


def always(status: int, code: str = "X", **headers: str) -> Any:
    return lambda _asked: refusal(status, code, **headers)


@pytest.mark.parametrize("keys", [KEY, ACCOUNT], ids=["digest", "token"])
def test_everything_that_is_read(keys: Keys) -> None:
    """Each resource in the version that has it, by either kind of key; the answers are what Atlas describes."""
    with atlas_server(keys) as (project, server, _, _):
        atlas = AtlasFacts(project)
        assert atlas.cluster("main").electable[0].region_name == "AP_SOUTH_1"
        assert atlas.schedule("main").items[0].frequency_type == "daily"
        assert len(atlas.snapshots("main")) == len(atlas.restores("main")) == 1
        assert [one.cidr for one in atlas.access_list()] == ["10.20.10.0/24", "10.20.11.0/24"]
        assert len(atlas.alert_configs()) == 4
        assert len(server.versions) == 6
        for path, answer in server.answers.items():
            assert wrong_with(RESOURCES[path.rpartition("/")[2]][1], answer) == []


def test_the_private_key_never_leaves() -> None:
    """Digest sends a proof of it; a token request alone carries the client's secret."""
    with atlas_server(KEY) as (project, _, wire, _):
        project.read("accessList", "2023-01-01")
        assert KEY.private not in str(wire.asked)
    with atlas_server() as (project, _, wire, _):
        project.read("accessList", "2023-01-01")
        assert [asked.path for asked in wire.asked if asked.method == "POST"] == ["/api/oauth/token"]
        assert ACCOUNT.client_secret not in str(wire.asked)


def test_keys_do_not_show_themselves() -> None:
    """Not in a traceback, not in a log."""
    assert "planted" not in repr(KEY) + repr(ACCOUNT) + f"{KEY} {ACCOUNT}"


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    """One token for many requests; a new one within a minute of its end."""
    with atlas_server() as (project, server, _, clock):
        for seconds in (0.0, 3000.0, 539.0):
            clock.now += seconds
            project.forget()
            project.read("clusters/main", "2024-08-05")
        assert server.tokens == ["token-1"]
        clock.now += 2
        project.forget()
        project.read("clusters/main", "2024-08-05")
        assert server.tokens == ["token-1", "token-2"]


def test_a_revoked_token_is_replaced_once() -> None:
    """Atlas may end it early; a second refusal is the answer."""
    with atlas_server() as (project, server, _, _):
        project.read("accessList", "2023-01-01")
        server.revoked.add("token-1")
        project.forget()
        project.read("accessList", "2023-01-01")
        assert server.tokens == ["token-1", "token-2"]
        server.turns = [always(401), always(401)]
        project.forget()
        with pytest.raises(errors.Denied):
            project.read("accessList", "2023-01-01")


def test_many_threads_need_one_token_and_ask_once() -> None:
    """Of equal questions one goes out, and one token is enough for all."""
    with atlas_server() as (project, server, wire, _):
        paths = [("accessList", "2023-01-01"), ("alertConfigs", "2023-01-01"), ("clusters/main", "2024-08-05")] * 4
        threads = [threading.Thread(target=project.read, args=one) for one in paths]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(server.tokens), len(wire.asked)) == (1, 4)


def test_pages_are_read_to_the_last() -> None:
    """500 at a time; a page that is not full ends it, and an empty one after exactly full pages."""
    for count, pages in ((0, 1), (499, 1), (500, 2), (1001, 3)):
        with atlas_server() as (project, server, _, _):
            server.answers["accessList"] = page(*(entry(f"10.{n // 256}.{n % 256}.0/24") for n in range(count)))
            assert len(AtlasFacts(project).access_list()) == count
            assert [query["pageNum"] for query in server.queries] == [str(n + 1) for n in range(pages)]
            assert {query["itemsPerPage"] for query in server.queries} == {"500"}


def test_a_listing_that_never_ends_is_cut() -> None:
    """After 200 pages it is undecided, not complete."""
    full = page(*(entry("10.0.0.0/24") for _ in range(500)))

    class Endless(AtlasClient):
        def get(self, *_: Any) -> Any:
            return full

    with pytest.raises(errors.Truncated):
        AtlasProject(Endless("http://127.0.0.1", KEY), "a" * 24).read("accessList", "2023-01-01")


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    """Seconds or a date; then the answer."""
    late = {"Retry-After": "Thu, 01 Jan 1970 00:16:47 GMT"}  # 1007 s: 4 s from then
    with atlas_server() as (project, server, _, clock):
        server.turns = [always(429, **{"Retry-After": "3"}), always(429, **late)]
        assert project.read("clusters/main", "2024-08-05")["name"] == "main"
        assert clock.slept == [3.0, 4.0]


def test_patience_ends() -> None:
    """Four tries, or twenty seconds of waiting; a longer wait is told, not waited."""
    with atlas_server() as (project, server, wire, clock):
        server.turns = [always(429)] * 9
        with pytest.raises(errors.Throttled):
            project.read("clusters/main", "2024-08-05")
        assert (clock.slept, len(wire.asked)) == ([1.0, 2.0, 4.0], 5)
    with atlas_server() as (project, server, _, clock):
        server.turns = [always(429, **{"Retry-After": "15"}), always(429, **{"Retry-After": "15"})]
        with pytest.raises(errors.Throttled) as caught:
            project.read("clusters/main", "2024-08-05")
        assert clock.slept == [15.0]
        assert caught.value.remedy == "wait 15 s, as Atlas asks, and check again"


@pytest.mark.parametrize(
    ("status", "code", "kind", "says"),
    [
        (401, "UNAUTHORIZED", errors.Denied, "Atlas sign-in is refused: UNAUTHORIZED: no"),
        (403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", errors.Denied, "IP_ADDRESS_NOT_ON_ACCESS_LIST"),
        (404, "CLUSTER_NOT_FOUND", errors.Missing, "cluster main not found"),
        (404, "GROUP_NOT_FOUND", errors.Missing, "project aaaaaaaaaaaaaaaaaaaaaaaa not found"),
        (409, "BUSY", errors.Conflict, "Atlas is at work on it: BUSY"),
        (406, "INVALID_VERSION_DATE", errors.Unsupported, "no longer offers"),
        (500, "UNEXPECTED_ERROR", errors.ServerFault, "Atlas failed: UNEXPECTED_ERROR"),
        (503, "X", errors.ServerFault, "Atlas failed"),
        (302, "X", errors.Malformed, "Atlas sends elsewhere"),
        (400, "VALIDATION_ERROR", errors.AwsProblem, "Atlas refuses the request: VALIDATION_ERROR"),
    ],
)
def test_errors_are_told_apart(status: int, code: str, kind: type[errors.AwsProblem], says: str) -> None:
    """Each is one of those that become verdicts in one place; texts are clean, and say what to do."""
    with atlas_server(KEY) as (project, server, _, _):
        server.turns = [always(status, code)] * 4
        with pytest.raises(errors.AwsProblem) as caught:
            project.read("clusters/main", "2024-08-05")
        assert type(caught.value) is kind
        assert says in caught.value.what
        assert "\x1b" not in caught.value.what
        assert caught.value.remedy or kind is errors.Conflict


def test_refusals_look_as_atlas_describes_them() -> None:
    """What the server of these tests says is what the API is known to say."""
    import json

    assert wrong_with(ERROR, json.loads(refusal(404, "X").body)) == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b"[" * 100_000, b'{"results": 3}'])
def test_what_is_no_answer(body: bytes) -> None:
    """A portal's page, a cut body or a list is not evidence."""
    with atlas_server(KEY) as (project, server, _, _):
        server.turns = [lambda _asked: Reply(body=body)]
        with pytest.raises(errors.Malformed):
            project.read("accessList", "2023-01-01")


@pytest.mark.parametrize(
    "body", [b"{}", b'{"access_token": 3, "expires_in": 1}', b'{"access_token": "a\\nb", "expires_in": 1}']
)
def test_what_is_no_token(body: bytes) -> None:
    """Nothing is signed with it."""
    with serving(Reply(body=body)) as wire:
        client = AtlasClient(wire.url(), ACCOUNT)
        with pytest.raises(errors.Malformed):
            client.get(Asked(project="a" * 24, path="accessList"), "2023-01-01", {})
        assert [asked.path for asked in wire.asked] == ["/api/oauth/token"]


def test_a_wrong_service_account() -> None:
    """It gets no token: Atlas sign-in is refused, and the secret is not repeated."""
    with atlas_server(ServiceAccount(client_id="x", client_secret="planted")) as (project, _, _, _):
        with pytest.raises(errors.Denied) as caught:
            project.read("accessList", "2023-01-01")
        assert caught.value.action == "Atlas sign-in"
        assert "planted" not in f"{caught.value.what} {caught.value.remedy}"


def test_nobody_answers() -> None:
    """A refused connection is unreachable, not absent."""
    with serving(Reply()) as wire:
        url = wire.url()
    with pytest.raises(errors.Unreachable, match="gave no answer"):
        AtlasClient(url, KEY).get(Asked(project="a" * 24, path="accessList"), "2023-01-01", {})


def test_keys_come_from_the_environment() -> None:
    """Under the names of MongoDB's own tools; a service account before an API key; halves are none."""
    api = {"MONGODB_ATLAS_PUBLIC_API_KEY": "p", "MONGODB_ATLAS_PRIVATE_API_KEY": "q"}
    account = {"MONGODB_ATLAS_CLIENT_ID": "i", "MONGODB_ATLAS_CLIENT_SECRET": "s"}
    assert keys_from({}) is None
    assert keys_from({"MONGODB_ATLAS_PUBLIC_API_KEY": "p", "MONGODB_ATLAS_CLIENT_ID": "i"}) is None
    assert keys_from(api) == ApiKey(public="p", private="q")
    assert keys_from({**api, **account}) == ServiceAccount(client_id="i", client_secret="s")
    assert "simulated" in SIMULATED.client_secret


def test_a_key_goes_to_atlas_alone() -> None:
    """Or to this machine; a stranger needs --allow-endpoint."""
    assert chosen_address({}, allow=False) == "https://cloud.mongodb.com"
    for url in ("https://cloud.mongodbgov.com/", "http://127.0.0.1:8080", "http://localhost:1"):
        assert chosen_address({"MONGODB_ATLAS_BASE_URL": url}, allow=False) == url.rstrip("/")
    for url in ("https://mongodb.com.example", "http://cloud.mongodb.com", "https://example.com"):
        with pytest.raises(RefusedProblem):
            chosen_address({"MONGODB_ATLAS_BASE_URL": url}, allow=False)
        assert chosen_address({"MONGODB_ATLAS_BASE_URL": url}, allow=True) == url
