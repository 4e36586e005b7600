"""What every action is put through: planned, made, taken back to the same state; refused when the world moved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from runbook_tui.core.change import Change, Stage
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step

Look = Callable[[], Any]


def made_and_undone(kit: Kit, folder: Path, action: str, look: Look, inputs: dict[str, str] | None = None) -> Change:
    """Carry the action out in production and take it back; ``look`` reads everything that it may touch. Gives the
    change as it was made."""
    acting = Acting(kit, folder, one_step(action), "prod")
    try:
        before = look()
        made = _made(acting, inputs or {})
        assert look() != before
        again = acting.planned(**inputs or {})
        assert again.plan is not None, again.reason
        assert again.plan.idle, "made again it would do something again"
        undone = acting.undone(made.number)
        assert undone.stage is Stage.DONE, undone.reason
        assert look() == before
        return made
    finally:
        acting.close()


def refused_when_moved(
    kit: Kit, folder: Path, action: str, move: Callable[[], object], inputs: dict[str, str] | None = None
) -> None:
    """``move`` changes something of what the plan would change, between the plan and its confirmation."""
    acting = Acting(kit, folder, one_step(action), "prod", "moved")
    try:
        change = _planned(acting, inputs or {})
        move()
        refused = acting.made(change)
        assert refused.stage is Stage.REFUSED
        assert refused.calls == {}
    finally:
        acting.close()


def _made(acting: Acting, inputs: dict[str, str]) -> Change:
    made = acting.made(_planned(acting, inputs))
    assert made.stage is Stage.DONE, (made.reason, made.calls)
    return made


def _planned(acting: Acting, inputs: dict[str, str]) -> Change:
    change = acting.planned(**inputs)
    assert change.stage is Stage.PLANNED, (change.reason, change.questions)
    assert change.plan is not None
    assert not change.plan.idle
    return change
