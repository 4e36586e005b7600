"""Where the rotation of an access key stands, on typed facts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.change import Called, CallStage, Change, Stage
from runbook_tui.core.state import RunState
from runbook_tui.core.verdict import Status, Verdict
from tests.support.facts import NOON, Answer, Answers, FakeReader
from tests.support.iam_ground import PIPELINE, WITH_KEYS, but, key, keys, people, used
from tests.support.past import Kept

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
ROOM, NEW, OLD, OBSERVED = "rotation.room", "rotation.new-key-used", "rotation.old-key-unused", "rotation.observed"


class Case(Struct, frozen=True, kw_only=True):
    check: str
    status: Status
    given: Answers
    says: str = ""
    kept: Kept = Kept()

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{self.says}"


def judged(case: Case) -> tuple[Verdict, FakeReader]:
    reader = FakeReader(case.given)
    aws = Aws(reader, None, lambda: NOON, records=case.kept)  # type: ignore[arg-type]
    return ask(all_checks()[case.check], aws, WITH_KEYS, ""), reader


def uses(old: float | None, new: float | None) -> Answer:
    """Days since each was used; None: never."""

    def last_used(**asked: Any) -> Mapping[str, Any]:
        return used(old if asked["AccessKeyId"].endswith("1") else new)

    return last_used


def pair(old: float | None = 9, new: float | None = 1, status: str = "Active") -> Answers:
    """The older key is 100 days old, the newer one 5."""
    both = keys(key(2, days=5), key(1, days=100, status=status))
    return but(people(), list_access_keys=both, get_access_key_last_used=uses(old, new))


def deactivated(hours: float, stage: Stage = Stage.DONE, label: str = f"{PIPELINE} …0001") -> Kept:
    at = NOON - timedelta(hours=hours)
    called = Called(stage=CallStage.FINISHED, started_at=at)
    change = Change(
        number=1,
        step="deactivate",
        action="iam.deactivate-key",
        stage=stage,
        asked_at=at,
        inputs={"key": label},
        calls={"set-inactive": called},
    )
    return Kept(runs=(RunState(run="r", changes={1: change}, last_at=at),))


IDLE = pair(status="Inactive")
CASES = [
    Case(check=ROOM, status=PASS, given=people(), says="more than one key"),
    Case(check=ROOM, status=FAIL, given=pair(), says="two keys already"),
    Case(check=NEW, status=PASS, given=pair()),
    Case(check=NEW, status=FAIL, given=pair(new=None), says=f"never used: …0002 of {PIPELINE}"),
    Case(check=NEW, status=UNKNOWN, given=people(), says="nobody has two"),
    Case(check=OLD, status=PASS, given=pair(old=9)),
    Case(check=OLD, status=PASS, given=pair(old=None)),
    Case(check=OLD, status=WARN, given=pair(old=3), says="since the newer one was made"),
    Case(check=OLD, status=FAIL, given=pair(old=0.5), says=f"…0001 of {PIPELINE}"),
    Case(check=OLD, status=FAIL, given=pair(old=3, new=None), says="after the newer one"),
    Case(check=OLD, status=UNKNOWN, given=people(), says="nobody has two"),
    Case(check=OBSERVED, status=SKIP, given=pair(), says="no access key is inactive"),
    Case(check=OBSERVED, status=PASS, given=IDLE, kept=deactivated(24)),
    Case(check=OBSERVED, status=FAIL, given=IDLE, kept=deactivated(3.5), says="another 20 h 30 min"),
    Case(check=OBSERVED, status=UNKNOWN, given=IDLE, says="in no journal"),
    Case(check=OBSERVED, status=UNKNOWN, given=IDLE, kept=deactivated(30, Stage.UNDONE)),
    Case(check=OBSERVED, status=UNKNOWN, given=IDLE, kept=deactivated(30, label="somebody …0001")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_rotation(case: Case) -> None:
    """In this world the check says where the rotation stands; no whole key id is in it."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert case.says in verdict.because
    assert "AKIA" not in repr(verdict)


@pytest.mark.parametrize("check", [ROOM, NEW, OLD, OBSERVED])
def test_rotation_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    asked = [judged(case)[1].actions for case in CASES if case.check == check]
    assert set().union(*asked) == set(all_checks()[check].needs)
