"""What a run changed, as its report tells it: what became of what, by which requests, confirmed by whom."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from runbook_tui.core.change import Change, Stage
from runbook_tui.core.change_events import ActionConfirmed
from runbook_tui.core.events import Entry, Outcome
from runbook_tui.core.plan import Difference
from runbook_tui.core.state import RunState


class CallRecord(Struct, frozen=True, kw_only=True):
    """``request_id`` is AWS's own name of the request; ``outcome`` is ``finished``, ``failed``, ``in doubt`` …"""

    service: str
    operation: str
    effect: str
    outcome: str
    request_id: str = ""
    error: str = ""


class ChangeRecord(Struct, frozen=True, kw_only=True):
    """``confirmed_by`` is empty when it never came to that; ``open`` when it can still be taken back."""

    number: int
    step: str
    action: str
    title: str
    stage: str
    risk: str = ""
    effect: str = ""
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    approver: str = ""
    break_glass: str = ""
    undoes: int | None = None
    open: bool = False


def changes(state: RunState, entries: Iterable[Entry]) -> tuple[ChangeRecord, ...]:
    """Those that were planned at least, in their order."""
    confirmed = {entry.event.change: entry for entry in entries if isinstance(entry.event, ActionConfirmed)}
    return tuple(
        _record(change, confirmed.get(number)) for number, change in state.changes.items() if change.plan is not None
    )


def follow_ups(state: RunState) -> Iterator[str]:
    """What somebody still has to look at after this run."""
    for change in state.changes.values():
        title = change.plan.title if change.plan else change.action
        if change.stage is Stage.IN_DOUBT:
            yield f"find out whether “{title}” was carried out: its answer was never heard"
        if change.stage is Stage.FAILED:
            yield f"“{title}” failed half-way: look at what it left behind"
        if change.break_glass:
            yield f"review “{title}”: it was made without a second person ({change.break_glass})"
    for name, step in state.steps.items():
        if step.outcome is Outcome.ACCEPTED:
            yield f"{name}: it went on over what did not pass ({step.reason})"
        if step.outcome is Outcome.SKIPPED:
            yield f"{name}: skipped ({step.reason})"


def _record(change: Change, confirmed: Entry | None) -> ChangeRecord:
    plan = change.plan
    assert plan is not None, "only what was planned is told"
    return ChangeRecord(
        number=change.number,
        step=change.step,
        action=change.action,
        title=plan.title,
        stage=change.stage.value,
        risk=plan.risk.value,
        effect=plan.effect,
        reason=change.reason,
        differences=plan.differences,
        calls=tuple(_calls(change)),
        confirmed_by=confirmed.by if confirmed else "",
        confirmed_at=confirmed.at if confirmed else None,
        approver=change.approver,
        break_glass=change.break_glass,
        undoes=change.undoes,
        open=change.undoable,
    )


def _calls(change: Change) -> Iterator[CallRecord]:
    assert change.plan is not None, "only what was planned is told"
    for call in change.plan.calls:
        called = change.calls.get(call.id)
        if called is not None:
            yield CallRecord(
                service=call.service,
                operation=call.operation,
                effect=call.effect,
                outcome=called.stage.value,
                request_id=called.request_id,
                error=f"{called.code}: {called.message}" if called.code else "",
            )
