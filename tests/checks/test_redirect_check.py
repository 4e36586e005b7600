"""The probe of plain HTTP, by scripted answers."""

import pytest
from msgspec.structs import replace

from runbook_tui.aws.probe import Answer, Failure, FailureKind
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Status, Verdict
from tests.support.backend import FakeProbe
from tests.support.backend_site import PROD, SITE, site_with, with_environment
from tests.support.facts import answers as reader_of
from tests.support.facts import aws_of

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECK = all_checks()["probe.redirect"]


def redirect(verdict_of: Answer | Failure, site: Site = SITE) -> tuple[Verdict, FakeProbe]:
    probe = FakeProbe(verdict_of)
    return ask(CHECK, aws_of(reader_of({}), probe=probe), site, "prod"), probe


def answer(status: int, location: str = "") -> Answer:
    headers = {"location": location} if location else {}
    return Answer(url=f"http://{PROD.host}/", status=status, ms=3.0, headers=headers, body=b"")


@pytest.mark.parametrize(
    ("found", "status", "says"),
    [
        (answer(301, f"https://{PROD.host}/"), PASS, f"301 to https://{PROD.host}/"),
        (answer(301, f"https://{PROD.host}:443/"), PASS, "301 to"),
        (answer(301, f"https://{PROD.host.upper()}/"), PASS, "301 to"),
        (answer(200), FAIL, "answered with 200 instead of a redirect"),
        (answer(204), FAIL, "answered with 204"),
        (answer(302, f"https://{PROD.host}/"), WARN, "302: browsers do not remember it"),
        (answer(308, f"https://{PROD.host}/"), WARN, "308: browsers"),
        (answer(301, f"http://{PROD.host}/"), WARN, f"leads to http://{PROD.host}/"),
        (answer(301, f"https://{PROD.host}:8443/"), WARN, ":8443/, expected"),
        (answer(301, "https://elsewhere.dev/"), WARN, "leads to https://elsewhere.dev/"),
        (answer(301, f"https://{PROD.host}:x/"), WARN, "which is no address"),
        (answer(301), WARN, "leads to nowhere"),
        (answer(404), WARN, "answered with 404 instead"),
        (answer(503), WARN, "answered with 503 instead"),
    ],
)
def test_redirect_by_its_answer(found: Answer, status: Status, says: str) -> None:
    """301 to the same host over HTTPS passes, plain content fails, all else is a warning."""
    verdict, probe = redirect(found)
    assert (verdict.status, probe.asked) == (status, [f"http://{PROD.host}/"])
    assert says in verdict.because


@pytest.mark.parametrize(
    ("kind", "status"),
    [("timeout", WARN), ("refused", WARN), ("dns", FAIL), ("proxy", UNKNOWN), ("other", UNKNOWN)],
)
def test_a_port_that_gives_no_answer(kind: FailureKind, status: Status) -> None:
    """A closed port is a warning; a name without an address is a failure; what another machine hides is unknown."""
    verdict, _ = redirect(Failure(kind=kind, text="no"))
    assert verdict.status == status
    assert verdict.remedy


def test_a_port_that_is_closed_on_purpose_is_not_asked() -> None:
    """Nobody is redirected where the site wants no plain HTTP."""
    verdict, probe = redirect(answer(200), site_with(net=replace(SITE.net, allow_http_redirect=False)))
    assert (verdict.status, probe.asked) == (SKIP, [])


def test_a_redirect_without_a_host_is_not_asked() -> None:
    """Without a host in the site there is nothing to ask."""
    assert redirect(answer(200), with_environment("prod", host=""))[0].status == UNKNOWN


def test_a_location_cannot_write_on_the_terminal() -> None:
    """Control characters of the answer do not reach the verdict."""
    verdict, _ = redirect(answer(301, "https://evil.dev/\x1b[2J"))
    assert "\x1b" not in verdict.because + str(verdict.evidence)


def test_a_redirect_needs_no_permission() -> None:
    """It asks the endpoint, not AWS."""
    assert CHECK.needs == ()
