"""The environment's log group."""

from collections.abc import Iterator

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged
from tests.support.backend_site import PROD
from tests.support.facts import Answers, with_answer
from tests.support.raw_elb import log_group

PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP


def groups(*raw: dict[str, object]) -> Answers:
    return with_answer(healthy(), "logs", "describe_log_groups", {"logGroups": list(raw)})


def cases() -> Iterator[Case]:
    check = "logs.group.exists"
    yield Case(check=check, status=PASS, given=healthy(), says=("/aws/ecs/asharvi-backend-prod exists",))
    yield Case(check=check, status=FAIL, given=groups(), says=("not found",))
    neighbour = groups(log_group(logGroupName=f"{PROD.log_group}-2"))
    yield Case(check=check, status=FAIL, given=neighbour, says=("not found",))
    behind_neighbour = groups(log_group(logGroupName=f"{PROD.log_group}-2", retentionInDays=1), log_group())
    yield Case(check=check, status=PASS, given=behind_neighbour)
    rare = groups(log_group(logGroupClass="INFREQUENT_ACCESS"))
    yield Case(check=check, status=WARN, given=rare, says=("INFREQUENT_ACCESS",))

    check = "logs.group.retention"
    yield Case(check=check, status=PASS, given=behind_neighbour)
    for days, status in ((29, FAIL), (30, PASS), (400, PASS), (401, WARN)):
        yield Case(check=check, status=status, given=groups(log_group(retentionInDays=days)), says=(f"{days} days",))
    forever = log_group()
    del forever["retentionInDays"]
    yield Case(check=check, status=WARN, given=groups(forever), says=("never expire",))
    yield Case(check=check, status=SKIP, given=groups(), says=("blocked by logs.group.exists",))


CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_log_group(case: Case) -> None:
    """Each log group of the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_log_group_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)
