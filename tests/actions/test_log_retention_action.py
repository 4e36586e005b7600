"""Setting a log group's retention: planned, confirmed, made, undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.plan import Risk
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.inside import Inside
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow

GROUP = "/aws/ecs/asharvi-backend-staging"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped() as simulator:
        yield Inside(simulator)


@pytest.fixture
def acting(inside: Inside, tmp_path: Path) -> Iterator[Acting]:
    walking = Acting(Kit(load_site(inside.simulator.site_path)), tmp_path, one_step("logs.set-retention"))
    yield walking
    walking.close()


def retention(inside: Inside) -> int | None:
    groups = inside.client("logs").describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    found = next(group for group in groups if group["logGroupName"] == GROUP)
    days: int | None = found.get("retentionInDays")
    return days


def test_what_is_missing_is_asked(acting: Acting) -> None:
    """Without a number of days there is a question with AWS's own choices, and no plan."""
    change = acting.planned()
    assert change.stage is Stage.WANTING
    assert [question.name for question in change.questions] == ["days"]
    assert "3653" in {choice.value for choice in change.questions[0].choices}


def test_a_change_is_made_and_taken_back(acting: Acting, inside: Inside) -> None:
    """Raising the retention and undoing it leaves the group as it was."""
    before = retention(inside)
    change = acting.planned(days="365")
    assert _told(change) == [("put_retention_policy", {"logGroupName": GROUP, "retentionInDays": 365})]
    assert change.plan is not None
    assert change.plan.risk is Risk.CHANGE
    assert acting.made(change).stage is Stage.DONE
    assert retention(inside) == 365
    assert acting.undone().stage is Stage.DONE
    assert retention(inside) == before
    assert acting.state.changes[1].stage is Stage.UNDONE
    assert acting.state.undo_stack == ()


def test_lowering_destroys_and_asks_for_the_name(acting: Acting) -> None:
    """Events would be gone for good, so the group's name must be typed."""
    change = acting.planned(days="1")
    assert change.plan is not None
    assert change.plan.risk is Risk.DESTRUCTIVE
    assert change.confirmation.word == GROUP


def test_a_plan_of_an_older_world_is_refused(acting: Acting, inside: Inside) -> None:
    """Somebody set another retention between the plan and its confirmation: nothing is sent."""
    change = acting.planned(days="365")
    inside.client("logs").put_retention_policy(logGroupName=GROUP, retentionInDays=400)
    made = acting.made(change)
    assert made.stage is Stage.REFUSED
    assert made.calls == {}
    assert retention(inside) == 400
    inside.client("logs").put_retention_policy(logGroupName=GROUP, retentionInDays=30)


def test_a_plan_that_changes_nothing_says_so(acting: Acting, inside: Inside) -> None:
    """The group already keeps its events that long."""
    change = acting.planned(days=str(retention(inside)))
    assert change.plan is not None
    assert change.plan.idle


def _told(change: Change) -> list[tuple[str, object]]:
    assert change.plan is not None
    return [(call.operation, dict(call.parameters)) for call in change.plan.calls]
