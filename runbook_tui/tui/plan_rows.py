"""A plan in lines: what it does, what becomes what, the calls, the way back, what it takes. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from textual.content import Content

from runbook_tui.aws.operations import api_name
from runbook_tui.core.change import CallStage, Change, Stage
from runbook_tui.core.plan import ANSWER, SECRET, TOKEN, ApiCall, Difference, Plan, Risk
from runbook_tui.core.text import clean, middle
from runbook_tui.tui.paint import ACCENT, BAD, CAUTION, DIM, GOOD, dim, running_mark
from runbook_tui.tui.times import minutes
from runbook_tui.tui.widgets.lines import Row

_LABEL = 9
_RISK = {Risk.CHANGE: "", Risk.DISRUPTIVE: CAUTION, Risk.DESTRUCTIVE: BAD}
_CALL_MARK = {
    CallStage.FINISHED: ("✔ ", GOOD),
    CallStage.READY: ("✔ ", GOOD),
    CallStage.FAILED: ("✘ ", BAD),
    CallStage.IN_DOUBT: ("? ", CAUTION),
}


def plan_lines(plan: Plan, width: int) -> list[Content]:
    """Everything that the one who confirms has to know, the most important first."""
    lines = Content(clean(plan.effect, 1000)).wrap(width)
    for warning in plan.warnings:
        lines += Content.assemble(("▲ ", f"bold {CAUTION}"), (clean(warning, 1000), CAUTION)).wrap(width)
    lines.append(Content())
    if plan.idle:
        return [*lines, Content.styled("✔ Nothing to do: everything already is as it should be.", GOOD)]
    lines += _labelled("Change", [_difference(one, width) for one in plan.differences])
    needs = ", ".join(plan.permissions)
    risk = Content.assemble(
        (plan.risk.value, f"bold {_RISK[plan.risk]}".strip()), dim(f" · needs {needs}" if needs else "")
    )
    lines += _labelled("Risk", risk.wrap(width - _LABEL))
    lines += _labelled("Calls", [line for call in plan.calls for line in _call(call, width - _LABEL)])
    return lines + _labelled("Undo", _undo(plan, width - _LABEL))


def change_rows(change: Change, width: int, now: datetime) -> list[Row]:
    """The step's last change as it stands: one line a call while it is made, one line when it is over."""
    since = dim(f" · {_seconds(change.asked_at, now)}") if change.stage is Stage.ASKED else Content()
    head = Content.assemble(_stage(change), clean(change.plan.title if change.plan else change.action), since)
    rows = [Row(head.truncate(width, ellipsis=True))]
    if change.reason:
        rows += [Row(dim("  ") + line) for line in Content.styled(clean(change.reason, 1000), CAUTION).wrap(width - 2)]
    if change.remedy:
        rows += [Row(line) for line in dim(f"  {clean(change.remedy, 1000)}").wrap(width)]
    if change.plan is None or not change.calls or change.stage in (Stage.DONE, Stage.UNDONE):
        return rows
    for call in change.plan.calls:
        called = change.calls.get(call.id)
        if called is None:
            mark: tuple[str, str] | Content = ("· ", DIM)
        else:
            mark = _CALL_MARK.get(called.stage) or running_mark()
        waits = called is not None and called.stage is CallStage.FINISHED and call.ready is not None
        said = " · waiting until it is usable" if waits else ""
        under_way = called is not None and (waits or called.stage is CallStage.STARTED)
        if under_way and called is not None and called.started_at is not None:
            said += f" · {_seconds(called.started_at, now)}"
        tail = dim(said)
        line = Content.assemble("  ", mark, clean(call.effect), tail)
        rows.append(Row(line.truncate(width, ellipsis=True)))
    return rows


def _seconds(since: datetime, now: datetime) -> str:
    return minutes((now - since).total_seconds())


def _stage(change: Change) -> Content:
    match change.stage:
        case Stage.DONE:
            return Content.assemble(("✔ changed  ", GOOD))
        case Stage.UNDONE:
            return Content.assemble(("↶ undone  ", CAUTION))
        case Stage.FAILED:
            return Content.assemble(("✘ failed  ", BAD))
        case Stage.IN_DOUBT:
            return Content.assemble(("? in doubt  ", f"bold {CAUTION}"))
        case Stage.REFUSED:
            return Content.assemble(("– not made  ", CAUTION))
        case Stage.ASKED | Stage.CONFIRMED | Stage.RUNNING:
            return Content.assemble(running_mark(), f"{change.stage.value}  ")
        case Stage.WANTING | Stage.PLANNED:
            return Content.assemble((f"◇ {change.stage.value}  ", ACCENT))


def _labelled(label: str, lines: list[Content]) -> list[Content]:
    shown = lines or [dim("none")]
    head = Content.styled(f"{label:<{_LABEL}}", f"bold {DIM}")
    return [Content.assemble(head if n == 0 else " " * _LABEL, line) for n, line in enumerate(shown)]


def _difference(one: Difference, width: int) -> Content:
    room = max(12, (width - _LABEL - len(one.what) - 6) // 2)
    before = middle(clean(one.before), room) or "not there"
    after = middle(clean(one.after), room) or "gone"
    return Content.assemble(f"{clean(one.what)}  ", dim(before), "  →  ", (after, "bold"))


def _call(call: ApiCall, width: int) -> Iterator[Content]:
    name = f"{call.service} {api_name(call.service, call.operation)}"
    yield Content.assemble((name, "bold"), dim(f"  {clean(call.effect)}")).truncate(width, ellipsis=True)
    for parameter, value in call.parameters.items():
        yield Content.assemble("  ", dim(f"{parameter}  "), clean(shown(value), 400)).truncate(width, ellipsis=True)


def _undo(plan: Plan, width: int) -> list[Content]:
    if plan.no_undo:
        return [dim(f"none: {clean(plan.no_undo)}")]
    backs = [back for call in reversed(plan.calls) for back in call.undo]
    return [line for back in backs for line in _call(back, width)]


def shown(value: object) -> str:
    """A parameter in one line; what is filled in later says what it will be."""
    if isinstance(value, Mapping):
        if ANSWER in value:
            return f"({value['path']} of {value[ANSWER]})"
        if SECRET in value:
            return "(what you typed, unseen)"
        if TOKEN in value:
            return "(one of its own)"
        return "{" + ", ".join(f"{name}: {shown(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
