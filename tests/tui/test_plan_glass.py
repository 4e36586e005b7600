"""What is seen of a change on the smallest glass, and while it is made."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.widgets import Input

from runbook_tui.core.change import Called, CallStage, Change, Stage
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.plan import ApiCall, Plan, Risk
from runbook_tui.core.state import RunState
from runbook_tui.tui.plan_rows import change_rows
from runbook_tui.tui.screens.plan import PlanScreen
from runbook_tui.tui.walk import Walk
from runbook_tui.tui.widgets.topline import Place
from tests.support.backend_site import SITE

NIGHT = datetime(2026, 11, 23, 3, tzinfo=UTC)
BACK = ApiCall(id="back", service="ecs", operation="update_service", parameters={}, effect="as before")
CALL = ApiCall(
    id="c",
    service="ecs",
    operation="update_service",
    parameters={f"parameter{number}": "x" * 90 for number in range(30)},
    effect="it is restarted",
    undo=(BACK,),
)
PLAN = Plan(
    action="ecs.restart",
    title="Restart the tasks of asharvi-backend-prod",
    environment="prod",
    resource="asharvi-backend-prod",
    effect="New tasks. " * 30,
    risk=Risk.DESTRUCTIVE,
    calls=(CALL,),
    warnings=("this could hurt " * 20,),
)
CHANGE = Change(
    number=1, step="s", action="ecs.restart", stage=Stage.PLANNED, asked_at=NIGHT, plan=PLAN, digest=PLAN.digest
)


@pytest.mark.parametrize("approver", ["", "arn:aws:sts::123456789012:assumed-role/AsharviOnCallLead/somebody.else"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_word_to_type_is_always_seen(size: tuple[int, int], approver: str) -> None:
    """However long the plan is: the whole of what to type, and where; the rest is said to be scrolled to."""
    change = replace(
        CHANGE, approver=approver, confirmation=Confirmation(word="asharvi-backend-prod", approver=bool(approver))
    )

    app: App[None] = App()
    async with app.run_test(size=size) as pilot:
        screen = PlanScreen(change, production=True)
        await app.push_screen(screen)
        await pilot.pause()
        box = screen.query_one(".box").content_region
        for seen in (screen.query_one(Input), screen.query_one(".keys")):
            assert seen.region.height >= 1
            assert box.contains_region(seen.region), (seen, seen.region, box)
        assert ("↓" in str(screen.query_one(".box").border_subtitle)) is (size[1] < 60)


def test_a_call_under_way_says_for_how_long() -> None:
    """Second by second, and no more when it is over."""
    called = Called(stage=CallStage.STARTED, started_at=NIGHT)
    change = replace(CHANGE, stage=Stage.RUNNING, calls={"c": called})
    now = NIGHT + timedelta(seconds=75)
    assert "01:15" in str(change_rows(change, 100, now)[-1].content)
    ended = replace(change, calls={"c": replace(called, stage=CallStage.FINISHED)})
    assert "01:15" not in str(change_rows(ended, 100, now)[-1].content)
    planning = replace(CHANGE, stage=Stage.ASKED, plan=None)
    assert "01:15" in str(change_rows(planning, 100, now)[0].content)


def test_the_header_counts_what_can_be_undone() -> None:
    """A change that was made, until it is taken back; while one is made the seconds are counted."""
    walk = Walk(SITE)
    made = replace(CHANGE, stage=Stage.DONE, calls={"c": Called(stage=CallStage.FINISHED)})
    walk.state = RunState(run="r", started_at=NIGHT, changes={1: made})
    assert walk.place(Place(simulated=True), NIGHT).undoable == 1
    assert not walk.running
    walk.state = RunState(run="r", started_at=NIGHT, changes={1: replace(made, stage=Stage.RUNNING)})
    assert walk.place(Place(simulated=True), NIGHT).undoable == 0
    assert walk.running
