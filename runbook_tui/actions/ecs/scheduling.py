"""More tasks at hours of the week that are known beforehand (guide 10)."""

from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.autoscaling import ScheduledAction, scaled
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

DAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
AHEAD: Final = timedelta(minutes=15)  # tasks take minutes to start
_HOUR: Final = timedelta(hours=1)


class _Window(Struct, frozen=True, kw_only=True):
    days: tuple[str, ...]
    start: int
    end: int
    lowest: int


@action("ecs.schedule-scaling", guide="10", fixes=("scaling.rhythm",))
def schedule_scaling(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """At the hours of the week that you choose autoscaling keeps more tasks, and begins a quarter of an hour before."""
    target = aws.autoscaling.target(site.ecs.cluster, env.service)
    if target is None:
        raise CannotPlan(f"{env.service} is not registered for autoscaling", "set its bounds first")
    window = _asked(inputs)
    if not env.scaling.min < window.lowest <= target.max_capacity:
        raise CannotPlan(
            f"{window.lowest} tasks are outside {env.scaling.min} to {target.max_capacity}",
            f"choose more than {env.scaling.min}, and raise the highest number first where it is too low",
        )
    present = {one.scheduled_action_name: one for one in aws.autoscaling.schedule(site.ecs.cluster, env.service)}
    calls = tuple(
        call
        for name, cron, lowest in _wanted(env, window)
        if (call := _put(site, env, name, cron, lowest, present.get(name))) is not None
    )
    days = ", ".join(window.days)
    return Plan(
        action="ecs.schedule-scaling",
        title=f"Keep {window.lowest} tasks of {env.service} on {days}, {window.start:02}:00 to {window.end:02}:00 UTC",
        environment=env.name,
        resource=env.service,
        effect=f"A quarter of an hour before, at least {window.lowest} tasks run; afterwards {env.scaling.min} again, "
        "and autoscaling takes away what the load does not need.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(
            Difference(what=str(call.parameters["ScheduledActionName"]), before=_told(present, call), after=call.effect)
            for call in calls
        ),
        warnings=("hours are in UTC: where clocks change, the window moves by an hour twice a year",),
        permissions=needed(calls),
    )


def _asked(inputs: Inputs) -> _Window:
    days, start, end, lowest = inputs.take(
        Question(name="days", text="On which days? (MON,TUE,WED,THU,FRI,SAT,SUN)", default="MON,TUE,WED,THU,FRI"),
        Question(name="start", text="From which full hour on, in UTC? (0 to 23)", default="12"),
        Question(name="end", text="To before which full hour, in UTC? (1 to 24)", default="15"),
        Question(name="lowest", text="At least how many tasks then?"),
    )
    chosen = {day.strip().upper() for day in days.split(",")}
    if not chosen <= set(DAYS):
        raise CannotPlan(f"days: {days} cannot be read", f"days by commas, of: {', '.join(DAYS)}")
    window = _Window(
        days=tuple(day for day in DAYS if day in chosen),
        start=_number("start", start, 0, 23),
        end=_number("end", end, 1, 24),
        lowest=_number("lowest", lowest, 1, 5000),
    )
    if window.end <= window.start:
        raise CannotPlan("the window ends before it begins", "one that goes over midnight is two windows")
    return window


def _number(name: str, text: str, least: int, most: int) -> int:
    if not text.strip().isdecimal() or not least <= int(text) <= most:
        raise CannotPlan(f"{name}: {text or 'nothing'} is no number of these", f"choose {least} to {most}")
    return int(text)


def _wanted(env: Environment, window: _Window) -> tuple[tuple[str, str, int], ...]:
    """Name, schedule and lowest number: up before the window, down after it."""
    return (
        (f"{env.service}-up", cron(window.days, window.start * _HOUR - AHEAD), window.lowest),
        (f"{env.service}-down", cron(window.days, window.end * _HOUR), env.scaling.min),
    )


def cron(days: tuple[str, ...], time: timedelta) -> str:
    """At ``time`` after midnight of these days; what lies before or after the day moves the days."""
    moved, rest = divmod(time, 24 * _HOUR)
    hours, minutes = divmod(rest // timedelta(minutes=1), 60)
    named = [DAYS[(DAYS.index(day) + moved) % len(DAYS)] for day in days]
    return f"cron({minutes} {hours} ? * {','.join(sorted(named, key=DAYS.index))} *)"


def _put(
    site: Site, env: Environment, name: str, schedule: str, lowest: int, present: ScheduledAction | None
) -> ApiCall | None:
    """None where it is there already."""
    place = {**scaled(site.ecs.cluster, env.service), "ScheduledActionName": name}
    action_of = {"MinCapacity": lowest}
    if present is not None and present.does(schedule, lowest):
        return None
    return ApiCall(
        id=name.rpartition("-")[2],
        service="application-autoscaling",
        operation="put_scheduled_action",
        parameters={**place, "Schedule": schedule, "Timezone": "UTC", "ScalableTargetAction": action_of},
        effect=f"at least {lowest} tasks at {schedule} UTC",
        undo=(_back(place, present),),
    )


def _back(place: dict[str, Any], present: ScheduledAction | None) -> ApiCall:
    name = place["ScheduledActionName"]
    if present is None:
        return ApiCall(
            id=f"delete-{name.rpartition('-')[2]}",
            service="application-autoscaling",
            operation="delete_scheduled_action",
            parameters=place,
            effect=f"{name} is gone again",
            gone=("ObjectNotFoundException",),
        )
    return ApiCall(
        id=f"put-back-{name.rpartition('-')[2]}",
        service="application-autoscaling",
        operation="put_scheduled_action",
        parameters={**place, **present.body},
        effect=f"{name} is as it was: {present.told}",
    )


def _told(present: dict[str, ScheduledAction], call: ApiCall) -> str:
    found = present.get(str(call.parameters["ScheduledActionName"]))
    return found.told if found is not None else ""
