"""What the rules look at: a snapshot with its series judged, and what no longer matters left out."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from statistics import fmean
from typing import Final

from runbook_tui.aws.facts.balancing import TargetHealth
from runbook_tui.aws.facts.ecs_service import Deployment, ServiceEvent
from runbook_tui.aws.facts.ecs_task import Task
from runbook_tui.aws.facts.log_class import is_quiet
from runbook_tui.aws.facts.logs import LogEvent
from runbook_tui.aws.facts.series import Series
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Status
from runbook_tui.triage.changes import Change
from runbook_tui.triage.onset import Shift
from runbook_tui.triage.pattern import Text
from runbook_tui.triage.shifts import VISITORS, filled, shifts_of
from runbook_tui.triage.snapshot import Snapshot, Unseen, seen
from runbook_tui.triage.told import changes_of

STILL: Final = timedelta(minutes=15)
LATELY: Final = 5  # minutes that tell how it is now
# What somebody or the scheduler wanted: taken out of the evidence (T3k).
_WANTED: Final = ("scaling activity initiated by",)


class Scene:
    """One diagnosis' view; everything is worked out once, on first use."""

    def __init__(self, snapshot: Snapshot, site: Site, env: Environment) -> None:
        self.snapshot = snapshot
        self.site = site
        self.env = env
        self.at = snapshot.at

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return changes_of(self.snapshot, self.env)

    # tasks and events

    @cached_property
    def stops(self) -> tuple[Task, ...]:
        """Stops that still matter, newest first: of a present deployment, or of the last 15 minutes."""
        tasks = seen(self.snapshot.stopped) or ()
        matter = [one for one in tasks if not _wanted(one) and self._matters(one)]
        return tuple(sorted(matter, key=lambda one: one.ended_at or self.at, reverse=True))

    def _matters(self, task: Task) -> bool:
        service = seen(self.snapshot.service)
        present = {one.id for one in service.deployments} if service else set()
        lately = task.ended_at is None or task.ended_at >= self.at - STILL
        return task.started_by in present or lately

    @cached_property
    def events(self) -> tuple[ServiceEvent, ...]:
        """Those newer than the last steady state, newest first."""
        service = seen(self.snapshot.service)
        found: list[ServiceEvent] = []
        for one in service.newest_events if service else ():
            if one.says_steady:
                break
            found.append(one)
        return tuple(found)

    @cached_property
    def steady_at(self) -> datetime | None:
        service = seen(self.snapshot.service)
        return next((one.created_at for one in service.newest_events if one.says_steady), None) if service else None

    @cached_property
    def starting(self) -> tuple[Text, ...]:
        """What is said of tasks that do not start or do not stay: reasons of stops, then events."""
        reasons = [Text(text=one.reasons, part="stopped", at=one.ended_at, of=task_id(one)) for one in self.stops]
        return (*reasons, *(Text(text=one.message, part="service", at=one.created_at) for one in self.events))

    @property
    def primary(self) -> Deployment | None:
        service = seen(self.snapshot.service)
        return service.primary if service else None

    @property
    def settled(self) -> bool:
        """The service runs what it should and nothing is under way."""
        service = seen(self.snapshot.service)
        return service is not None and service.running_count >= service.desired_count and not service.deploying

    # lines of the log

    @cached_property
    def lines(self) -> tuple[Text, ...]:
        """Lines that do not themselves say that they are no error, each with its task's id."""
        lines = seen(self.snapshot.lines) or ()
        return tuple(_line(one) for one in lines if not is_quiet(one.message))

    # targets

    @cached_property
    def targets(self) -> tuple[TargetHealth, ...]:
        found = seen(self.snapshot.targets)
        return found.get(self.env.name, ()) if found else ()

    def unwell(self, reason: str) -> tuple[TargetHealth, ...]:
        return tuple(one for one in self.targets if one.reason == reason)

    @property
    def healthy_targets(self) -> int:
        return sum(one.state == "healthy" for one in self.targets)

    # checks

    def failed(self, *checks: str) -> tuple[str, ...]:
        return self._with(Status.FAIL, checks)

    def passed(self, *checks: str) -> bool:
        """All of them; one that could not be asked did not pass."""
        return len(self._with(Status.PASS, checks)) == len(checks)

    def because(self, check: str) -> str:
        found = self.snapshot.checks.get(check)
        return "" if found is None or isinstance(found, Unseen) else found.because

    def _with(self, status: Status, checks: tuple[str, ...]) -> tuple[str, ...]:
        found = self.snapshot.checks
        verdicts = {name: found.get(name) for name in checks}
        return tuple(
            name for name, one in verdicts.items() if one and not isinstance(one, Unseen) and one.status is status
        )

    # series

    @cached_property
    def series(self) -> Mapping[str, Series]:
        """This hour's, whole where a count that is absent is 0."""
        metrics = seen(self.snapshot.metrics)
        return filled(metrics.now, metrics.window) if metrics else {}

    @cached_property
    def week_before(self) -> Mapping[str, Series]:
        metrics = seen(self.snapshot.metrics)
        return metrics.week_before if metrics else {}

    @cached_property
    def shifts(self) -> Mapping[str, Shift]:
        """What became worse within the hour, by series."""
        return shifts_of(self.series)

    @cached_property
    def onset(self) -> Shift | None:
        """The earliest that visitors notice; else the earliest of all."""
        noticed = [one for name, one in self.shifts.items() if name in VISITORS]
        return min(noticed or self.shifts.values(), key=lambda one: one.at, default=None)

    def level(self, name: str) -> float | None:
        """Mean of its last minutes; None where there are none."""
        points = self.series.get(name)
        metrics = seen(self.snapshot.metrics)
        if not points or metrics is None:
            return None
        lately = [value for at, value in points.items() if at >= metrics.window.end - LATELY * timedelta(minutes=1)]
        return fmean(lately) if lately else None

    def lasting(self, name: str) -> Shift | None:
        """The series' shift when it has not ended."""
        found = self.shifts.get(name)
        return found if found and found.ended is None else None


def task_id(task: Task) -> str:
    return task.task_arn.rpartition("/")[2]


def _wanted(task: Task) -> bool:
    """T3k: a normal scaling or deployment, or a person."""
    if task.stop_code == "UserInitiated":
        return True
    reason = task.stopped_reason.lower()
    return task.stop_code == "ServiceSchedulerInitiated" and any(one in reason for one in _WANTED)


def _line(one: LogEvent) -> Text:
    return Text(text=one.message, part="lines", at=one.at, of=one.log_stream_name.rpartition("/")[2])


def tasks_of(texts: tuple[Text, ...]) -> Iterator[str]:
    yield from dict.fromkeys(one.of for one in texts if one.of)
