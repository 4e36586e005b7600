"""The plan that takes a change back: the undo of each call that may have happened, last one first."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from runbook_tui.aws.errors import AwsProblem
from runbook_tui.catalogue.actions import CannotPlan, InputsNeeded
from runbook_tui.core.change import Change
from runbook_tui.core.plan import ANSWER, ApiCall, Difference, Plan, answer, fillable, filled, references


def undo_plan(change: Change, plan_again: Callable[[], Plan]) -> Plan:
    """CannotPlan when nothing of it can be taken back. ``plan_again`` is the change's own plan as it would be now: when
    that finds anything to do, somebody has changed since what the change left behind, and the operator is told."""
    assert change.plan is not None, "only what was planned can be undone"
    numbered: list[ApiCall] = []
    unknown: list[ApiCall] = []
    own: dict[str, str] = {}  # what the undo calls themselves answer: their new ids by the ones in the change's plan
    for call in change.takes_back:
        answers = {**_later(call, own), **change.answers}
        if fillable(call.parameters, answers):
            numbered.append(_numbered(len(numbered) + 1, call, answers))
            own[call.id] = numbered[-1].id
        else:
            unknown.append(call)
    if not numbered:
        raise CannotPlan(f"change {change.number} cannot be undone by itself", _by_hand(unknown))
    moved = [] if change.temporary else _moved(plan_again)  # it is taken back whatever has become of the world
    warnings = [*moved, *([f"left as it is: {_by_hand(unknown)}"] if unknown else [])]
    return Plan(
        action=change.action,
        title=f"Undo: {change.plan.title}",
        environment=change.plan.environment,
        resource=change.plan.resource,
        effect=f"Takes back change {change.number}: {change.plan.effect}",
        risk=change.plan.undo_risk or change.plan.risk,
        calls=tuple(numbered),
        differences=tuple(
            Difference(what=one.what, before=one.after, after=one.before) for one in change.plan.differences
        ),
        warnings=tuple(warnings),
        permissions=change.plan.permissions,
        no_undo="carry the change out again",
    )


def _later(call: ApiCall, own: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The answers of undo calls before this one, by the name that it knows them by: given when those were made."""
    found: dict[str, dict[str, Any]] = {}
    for one in references(call.parameters):
        if one[ANSWER] in own:
            found.setdefault(one[ANSWER], {})[one["path"]] = answer(own[one[ANSWER]], one["path"])
    return found


def _numbered(place: int, call: ApiCall, answers: Mapping[str, Mapping[str, Any]]) -> ApiCall:
    """With the answers of the change in what it asks and in what it waits for: its own plan has none of them. What it
    waits for may be told by its own answer."""
    name, parameters, awaited = f"undo-{place}-{call.id}", filled(call.parameters, answers, ""), call.ready
    if awaited is not None:
        own = {one["path"]: answer(name, one["path"]) for one in references(awaited.parameters)}
        awaited = replace(awaited, parameters=filled(awaited.parameters, {call.id: own, **answers}, ""))
    return replace(call, id=name, parameters=parameters, ready=awaited, undo=())


def _moved(plan_again: Callable[[], Plan]) -> list[str]:
    try:
        now = plan_again()
    except (AwsProblem, CannotPlan) as problem:
        return [f"what the change left behind could not be read again: {problem.what}"]
    except InputsNeeded:
        return ["what the change left behind could not be compared"]
    if now.idle:
        return []
    return [
        "something has changed since: "
        + "; ".join(f"{one.what} is {one.before or 'absent'}" for one in now.differences)
    ]


def _by_hand(calls: list[ApiCall]) -> str:
    return "; ".join(f"{call.service} {call.operation} ({call.effect})" for call in calls) or "nothing was recorded"
