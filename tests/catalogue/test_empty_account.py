"""Every check in an account where nobody has built anything yet."""

from collections.abc import Iterator, Mapping

import pytest

from runbook_tui.core.verdict import Cause, Status, Verdict
from tests.support.forks import Forks, forks
from tests.support.standing import Standing

ATLAS = "the Atlas project is no part of the AWS account"
GITHUB = "the repository is no part of the AWS account"
# What holds before anything is built, and why.
MAY_PASS = {
    "atlas.alerts": ATLAS,
    "atlas.backup": ATLAS,
    "atlas.region": ATLAS,
    "cicd.approval": GITHUB,
    "cicd.github-region": GITHUB,
    "cicd.github-secrets": GITHUB,
    "cicd.stages": GITHUB,
    "ecs.taskdef.loadtest": "the site file says when it was",
    "iam.broad-policies": "there is nobody who could be an administrator",
    "iam.cicd.no-static-keys": "the site names no user of the pipeline, so there is no key",
    "iam.root.secure": "an account has its root user before all else",
    "logs.legacy-group": "the group of old is not there, as it should be",
    "maint.audit-log": "journals are kept on the operator's machine",
    "maint.dr-leftovers": "no drill has left anything behind",
    "maint.dr-test": "drills are told by journals",
    "maint.runbooks-documented": "runbooks come with the product",
    "maint.scaling-review": "reviews are told by journals",
    "pre.account-match": "it is the right account, though empty",
    "pre.clock": "clocks agree everywhere",
    "pre.credentials": "somebody is signed in",
    "pre.frontend-inventory": "the site names no resource of the front end",
    "pre.permissions": "the operator's role comes first",
    "pre.region": "the region is enabled",
    "review.iam-activity": "nobody has changed anything yet",
    "pre.site-placeholders": "the site file is complete",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def empty() -> Iterator[Forks]:
    with forks("empty") as ready:
        yield ready


def _verdicts(world: Standing) -> Mapping[str, Verdict]:
    return {name: found.verdict for name, found in world.sweep().items()}


def test_nothing_passes_that_is_not_there(empty: Forks) -> None:
    """Only what is on the list, each with its reason."""
    found = empty.ask(_verdicts)
    passing = {name.partition("@")[0] for name, verdict in found.items() if verdict.status is Status.PASS}
    assert passing <= set(MAY_PASS)


def test_no_check_breaks(empty: Forks) -> None:
    """Neither by itself nor on an answer that it does not expect: what is unknown is undecided."""
    found = empty.ask(_verdicts)
    unknown = {name: verdict.because for name, verdict in found.items() if verdict.cause not in (None, Cause.UNDECIDED)}
    assert unknown == {}


def test_what_needs_something_else_waits_for_it(empty: Forks) -> None:
    """SKIP names the check that blocks it, and that one has failed, or waits itself."""
    found = empty.ask(_verdicts)
    blocked = {name: verdict.because for name, verdict in found.items() if verdict.because.startswith("blocked by ")}
    failed = {name.partition("@")[0] for name, verdict in found.items() if verdict.status is Status.FAIL}
    waiting = {name.partition("@")[0] for name in blocked}
    blockers = {because.split()[2].rstrip(":") for because in blocked.values()}
    assert len(blocked) > 60
    assert {found[name].status for name in blocked} == {Status.SKIP}
    assert blockers <= failed | waiting
    assert blockers & failed
