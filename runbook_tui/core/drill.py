"""What a drill's journal tells: what was cut when, who noticed when, and when all was well again. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.core.change_events import ActionAsked, ActionPlanned, CallStarted
from runbook_tui.core.events import CheckFinished, Entry, StepEntered, StepLeft, WaitEnded
from runbook_tui.core.records import INJECT, RECOVER, RESTORE
from runbook_tui.core.verdict import Status, Verdict

READY: Final = "db.app-reachability"  # its evidence holds what the readiness path answered
SMOKE: Final = "smoke.endpoint"
TARGETS: Final = "tg.targets-healthy"
ALARMS: Final = "alarm.states"  # its evidence holds since when an alarm rings
SOON: Final = timedelta(minutes=5)  # so long nobody may be left in the dark
_OPEN_LIVE_ON: Final = ("sg", "privatelink")
_KILLED: Final = ("container health checks", "elb health checks", "due to an unhealthy status")


class Drill(Struct, frozen=True, kw_only=True):
    """T0 to T5 of the runbook: the cut, the first error that a user would see, the first alarm, the first call that
    puts back, the first readiness, and everything well. None for what the journal does not hold."""

    method: str = ""
    cut: datetime | None = None
    error: datetime | None = None
    alarm: datetime | None = None
    restored: datetime | None = None
    ready: datetime | None = None
    well: datetime | None = None
    seen_until: datetime | None = None

    @property
    def detection(self) -> timedelta | None:
        return _between(self.error, self.alarm)

    @property
    def recovery(self) -> timedelta | None:
        """What is held against ``dr.rto_minutes``."""
        return _between(self.restored, self.well)

    @property
    def outage(self) -> timedelta | None:
        return _between(self.error, self.well)


class Look(Struct, frozen=True, kw_only=True):
    """One answer of a check that watches the outage."""

    at: datetime
    check: str
    verdict: Verdict


def drill(entries: Iterable[Entry]) -> Drill:
    told = tuple(entries)
    method, cut = _cut(told)
    if cut is None:
        return Drill(method=method)
    restored = _restored(told, cut)
    since = [one for one in looks(told) if one.at >= cut]
    during = [one for one in since if restored is None or one.at < restored]
    error = next((one.at for one in during if _errs(one)), None)
    after = [one for one in since if restored is not None and one.at >= restored]
    return Drill(
        method=method,
        cut=cut,
        error=error,
        alarm=_alarm(since, cut),
        restored=restored,
        ready=next((one.at for one in after if answered_ready(one)), None),
        well=_well(told, restored),
        seen_until=during[-1].at if during else None,
    )


def findings(entries: Iterable[Entry], seen: Drill) -> tuple[str, ...]:
    """What the drill has taught, in sentences; empty when it went as it should."""
    watched = [one for one in looks(entries) if seen.cut is not None and one.at >= seen.cut]
    return tuple(_findings(watched, seen))


def looks(entries: Iterable[Entry]) -> Iterator[Look]:
    for entry in entries:
        if isinstance(entry.event, CheckFinished):
            yield Look(at=entry.at, check=entry.event.check, verdict=entry.event.verdict)


def answered_ready(look: Look) -> bool:
    return look.check == READY and bool(look.verdict.evidence.get("ready") == "200")


def ringing(look: Look) -> tuple[str, ...]:
    """Names of the alarms that ring in an answer about alarms."""
    states = look.verdict.evidence.get("states") if look.check == ALARMS else None
    return tuple(name for name, state in states.items() if state == "ALARM") if isinstance(states, dict) else ()


def _findings(watched: Sequence[Look], seen: Drill) -> Iterator[str]:
    if seen.error is None:
        if seen.method in _OPEN_LIVE_ON:
            yield "connections that were open lived on: the outage would show with the next task that starts"
        else:
            yield "no check saw an error while the database was gone"
    late = seen.detection is not None and seen.detection > SOON
    blind = seen.error is not None and seen.alarm is None and _between(seen.error, seen.seen_until) is not None
    if late:
        yield f"no alarm within {SOON // timedelta(minutes=1)} minutes of the first error"
    elif blind:
        minutes = ((seen.seen_until or seen.error) - seen.error) / timedelta(minutes=1)  # type: ignore[operator]
        yield f"no alarm in the {minutes:.0f} minutes that it was watched after the first error"
    if any(_killed(one.verdict) for one in watched):
        yield "tasks were replaced for their health checks: readiness is used as liveness"
    if seen.restored is not None and seen.well is None:
        yield "the journal does not hold that all was well again"


def _killed(verdict: Verdict) -> bool:
    said = " ".join(_texts((verdict.because, verdict.evidence))).lower()
    return any(one in said for one in _KILLED)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, one in value.items():
                yield str(name)
                yield from _texts(one)
        case list() | tuple():
            for one in value:
                yield from _texts(one)
        case _:
            pass


def _cut(entries: Sequence[Entry]) -> tuple[str, datetime | None]:
    """How, and when the last call of it was made; by hand, when the step was left."""
    method, number, at = "", 0, None
    for entry in entries:
        match entry.event:
            case ActionPlanned(change=change, plan=plan) if plan.restore_within > 0:
                number = change
            case ActionAsked(inputs=inputs, undoes=None) if "method" in inputs:
                method = inputs["method"]
            case CallStarted(change=change) if change == number:
                at = entry.at
            case StepLeft(step=step) if step == INJECT and at is None:
                return method or "by hand", entry.at
            case _:
                pass
    return method, at


def _restored(entries: Sequence[Entry], cut: datetime) -> datetime | None:
    undoing = {entry.event.change for entry in entries if isinstance(entry.event, ActionAsked) and entry.event.undoes}
    for entry in entries:
        if entry.at < cut:
            continue
        match entry.event:
            case CallStarted(change=change) if change in undoing:
                return entry.at
            case StepEntered(step=step) if step == RESTORE and not undoing:
                return entry.at
            case _:
                pass
    return None


def _well(entries: Sequence[Entry], restored: datetime | None) -> datetime | None:
    """When the wait for everything was met, in the step itself or in the one that it led to."""
    step, recovering = "", False
    for entry in entries:
        match entry.event:
            case StepEntered(step=step):
                recovering = recovering or step == RECOVER
            case WaitEnded(met=True) if recovering and restored is not None and entry.at >= restored:
                return entry.at
            case _:
                pass
    return None


def _alarm(since: Sequence[Look], cut: datetime) -> datetime | None:
    """As CloudWatch dates it, where it does; else when it was seen first. What rang before does not count."""
    whole_second = cut.replace(microsecond=0)
    for one in since:
        dated = one.verdict.evidence.get("since")
        times = dated if isinstance(dated, dict) else {}
        fresh = [at for name in ringing(one) if (at := _read(times.get(name)) or one.at) >= whole_second]
        if fresh:
            return min(fresh)
    return None


def _read(text: Any) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        return None


def _errs(one: Look) -> bool:
    if one.check == READY:
        return bool(one.verdict.evidence.get("ready", "200") != "200")
    return one.check in (SMOKE, TARGETS) and one.verdict.status is Status.FAIL


def _between(one: datetime | None, two: datetime | None) -> timedelta | None:
    return two - one if one is not None and two is not None and two >= one else None
