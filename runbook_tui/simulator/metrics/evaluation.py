"""The datapoints of an alarm's last periods."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from runbook_tui.simulator.metrics.alarm import EXTRA_PERIODS, Alarm, Datapoint
from runbook_tui.simulator.metrics.arithmetic import Line
from runbook_tui.simulator.metrics.load import minute_of, time_of
from runbook_tui.simulator.metrics.queries import Queries, name_of
from runbook_tui.simulator.metrics.sample import statistic_of
from runbook_tui.simulator.metrics.series import samples
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World


def period_of(alarm: Alarm) -> int:
    """In seconds; that of the series which a math alarm watches."""
    settings = alarm.settings
    if settings.get("Period"):
        return int(settings["Period"])
    periods = [int(each["MetricStat"]["Period"]) for each in settings.get("Metrics") or () if each.get("MetricStat")]
    return max(
        [*periods, *(int(each["Period"]) for each in settings.get("Metrics") or () if each.get("Period"))] or [60]
    )


def due(alarm: Alarm, at: datetime) -> bool:
    """Whether one of its periods ends at ``at``."""
    return minute_of(at) % (period_of(alarm) // 60) == 0


def datapoints(world: World, alarm: Alarm) -> list[Datapoint]:
    """Of the periods that are over, oldest first; a few more than the alarm's evaluation periods."""
    step = period_of(alarm) // 60
    end = minute_of(world.clock.now()) // step * step
    wanted = range(end - step * (alarm.periods + EXTRA_PERIODS), end, step)
    for gone in [minute for minute in alarm.recent if minute < wanted[0]]:
        del alarm.recent[gone]
    lacking = [minute for minute in wanted if minute not in alarm.recent]
    if lacking:
        find = _expressed if alarm.settings.get("Metrics") else _plain
        for point in find(world, alarm, lacking):
            alarm.recent[minute_of(point.at)] = point
    return [alarm.recent[minute] for minute in wanted]


def _plain(world: World, alarm: Alarm, minutes: Sequence[int]) -> list[Datapoint]:
    settings = alarm.settings
    statistic, period = settings.get("Statistic") or settings["ExtendedStatistic"], period_of(alarm)
    start, end = time_of(minutes[0]), time_of(minutes[-1]) + timedelta(seconds=period)
    found = dict(samples(world, name_of(settings), start, end, period))
    points = []
    for at in map(time_of, minutes):
        sample = found.get(at)
        value = None if sample is None else statistic_of(sample, statistic)
        points.append(Datapoint(at=at, value=value, samples=0.0 if sample is None else sample.count))
    return points


def _expressed(world: World, alarm: Alarm, minutes: Sequence[int]) -> list[Datapoint]:
    """One period more, for expressions that compare a datapoint with the one before."""
    period = timedelta(seconds=period_of(alarm))
    metrics = alarm.settings["Metrics"]
    watched = next(each["Id"] for each in metrics if each.get("ReturnData", True))
    queries = Queries(world, metrics, time_of(minutes[0]) - period, time_of(minutes[-1]) + period)
    try:
        value = queries.value(watched)
    except Refused:  # it was carried out once when the alarm was put: only its data can be wrong now
        value = Line("", 60, {})
    found = value.points if isinstance(value, Line) else {}
    return [Datapoint(at=at, value=found.get(at), samples=1.0) for at in map(time_of, minutes)]
