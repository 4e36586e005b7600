"""The endpoint as its clients see it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from checks.endpoint import open_to_all
from checks.release.smoke import body_matches
from runbook_tui.aws.probe import Answer, Certificate, Failure, FailureKind
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Status, Verdict
from tests.support.backend import FakeProbe
from tests.support.backend_site import PROD, SITE, site_with, with_environment
from tests.support.facts import NOON, answers, aws_of

PASS, WARN, FAIL, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN
NARROW = site_with(net=replace(SITE.net, alb_allowed_cidrs=("203.0.113.0/24",)))
CERTIFICATE = Certificate(subject="CN=api.asharvi.dev", issuer="CN=Amazon", not_after=NOON + timedelta(days=60))


def answer(status: int = 200, ms: float = 40.0, body: bytes = b'{"status":"ok"}') -> Answer:
    url = f"https://{PROD.host}/ready"
    return Answer(url=url, status=status, ms=ms, headers={}, body=body, certificate=CERTIFICATE)


def failure(kind: FailureKind) -> Failure:
    return Failure(kind=kind, text=f"it was {kind}")


def probed(check: str, found: Sequence[Answer | Failure], site: Site = SITE) -> tuple[Verdict, list[str]]:
    probe = FakeProbe(*found)
    reader = answers({})  # a probe asks AWS nothing: any request fails the test
    return ask(all_checks()[check], aws_of(reader, NOON, probe), site, "prod"), probe.asked


FAILURES: list[tuple[FailureKind, Site, Status]] = [
    ("tls-name", SITE, FAIL),
    ("tls-expired", NARROW, FAIL),
    ("tls-untrusted", SITE, FAIL),
    ("timeout", SITE, FAIL),
    ("timeout", NARROW, UNKNOWN),
    ("refused", SITE, FAIL),
    ("dns", SITE, FAIL),
    ("proxy", SITE, UNKNOWN),
    ("other", SITE, UNKNOWN),
]


@pytest.mark.parametrize("check", ["probe.https", "smoke.endpoint"])
@pytest.mark.parametrize(("kind", "site", "status"), FAILURES)
def test_an_endpoint_that_gives_no_answer(check: str, kind: FailureKind, site: Site, status: Status) -> None:
    """What the endpoint itself does wrong is FAIL; what this machine's network may do is UNKNOWN."""
    verdict, asked = probed(check, [failure(kind)], site)
    assert verdict.status == status
    assert verdict.remedy
    assert verdict.evidence["failure"] == kind
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("found", "status", "says"),
    [
        (answer(), PASS, "/ready answers 200 in 40 ms"),
        (answer(ms=2000), PASS, "in 2000 ms"),
        (answer(ms=2001), WARN, "expected within 2000 ms"),
        (answer(301), WARN, "answers 301"),
        (answer(404), WARN, "answers 404"),
        (answer(503), FAIL, "answers 503"),
    ],
)
def test_https_by_its_answer(found: Answer, status: Status, says: str) -> None:
    """200 in two seconds passes; a redirect, 4xx or slowness warns; 5xx fails."""
    verdict, asked = probed("probe.https", [found])
    assert (verdict.status, asked) == (status, ["https://api.asharvi.dev/ready"])
    assert says in verdict.because


def test_https_shows_the_certificate() -> None:
    """Subject and last day of the certificate are evidence."""
    verdict, _ = probed("probe.https", [answer()])
    assert verdict.evidence["certificate"] == "CN=api.asharvi.dev"
    assert verdict.evidence["not_after"].startswith("2027-01-22")


@pytest.mark.parametrize(
    ("found", "status", "says"),
    [
        ([answer()], PASS, "5 times 200, slowest 40 ms"),
        ([answer(), answer(), answer(), answer(503), answer()], FAIL, "1 of 5 times with 503"),
        ([answer(204)], FAIL, "5 of 5 times with 204"),
        ([answer(ms=10), answer(ms=999)], PASS, "slowest 999 ms"),
        ([answer(ms=10), answer(ms=1000), answer(ms=10)], WARN, "took 1000 ms"),
        ([answer(), answer(), failure("timeout")], FAIL, "did not answer in time"),
    ],
)
def test_smoke_by_its_answers(found: list[Answer | Failure], status: Status, says: str) -> None:
    """Five good and quick answers pass; one bad answer or none fails; one slow answer warns."""
    verdict, asked = probed("smoke.endpoint", found)
    assert verdict.status == status
    assert says in verdict.because
    assert set(asked) == {"https://api.asharvi.dev/health-check"}


def test_smoke_asks_five_times_and_keeps_no_body() -> None:
    """A body may hold anything: evidence has its length only."""
    verdict, asked = probed("smoke.endpoint", [answer(body=b"password=hunter2")])
    assert len(asked) == 5
    assert verdict.evidence["body_bytes"] == [16] * 5
    assert "hunter2" not in str(verdict)


def test_smoke_warns_of_an_unexpected_body() -> None:
    """200 with another body than the site expects is not a pass."""
    site = site_with(app=replace(SITE.app, smoke_expect="$.status=ok"))
    assert probed("smoke.endpoint", [answer()], site)[0].status is PASS
    assert probed("smoke.endpoint", [answer(), answer(body=b'{"status":"degraded"}')], site)[0].status is WARN


@pytest.mark.parametrize("check", ["probe.https", "smoke.endpoint"])
def test_no_host_is_not_asked(check: str) -> None:
    """An environment without a host is UNKNOWN: nothing was asked, so nothing passed."""
    verdict, asked = probed(check, [answer()], with_environment("prod", host=""))
    assert (verdict.status, asked) == (UNKNOWN, [])


@pytest.mark.parametrize(
    ("expected", "body", "matches"),
    [
        (None, b"", True),
        ("", b"anything", True),
        ("^ok$", b"ok", True),
        ("ok", b"not at all", False),
        ("$.status", b'{"status": null}', True),
        ("$.status=ok", b'{"status": "ok"}', True),
        ("$.status=ok", b'{"status": "okay"}', False),
        ("$.db.up=true", b'{"db": {"up": true}}', True),
        ("$.db.up=true", b'{"db": 3}', False),
        ("$.status=ok", b"<html>", False),
        ("$.status=ok", b"\xff\xfe", False),
        ("$.status=ok", b"[" * 20000, False),
    ],
)
def test_body_matches(expected: str | None, body: bytes, matches: bool) -> None:
    """A regular expression is found anywhere; ``$.field=value`` is looked up in a JSON answer."""
    assert body_matches(body, expected) is matches


@pytest.mark.parametrize(
    ("cidrs", "everyone"),
    [
        (("0.0.0.0/0",), True),
        (("0.0.0.0/1", "128.0.0.0/1"), True),
        (("203.0.113.0/24", "0.0.0.0/0"), True),
        (("203.0.113.0/24",), False),
        (("::/0",), False),
        ((), False),
    ],
)
def test_open_to_all(cidrs: tuple[str, ...], everyone: bool) -> None:
    """Two halves of the internet are the internet."""
    assert open_to_all(cidrs) is everyone


@pytest.mark.parametrize("check", ["probe.https", "smoke.endpoint"])
def test_probes_need_no_permission(check: str) -> None:
    """They ask the endpoint, not AWS."""
    assert all_checks()[check].needs == ()
