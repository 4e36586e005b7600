"""Whether an alarm rings when it should: thresholds, statistics, times and missing data. Pure."""

from collections.abc import Sequence
from typing import Final

from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.metric_math import fills_gaps, in_percent, is_share
from runbook_tui.core.site import Environment, Site

FAR: Final = 5.0  # times: nearer than that is a matter of taste and traffic
_WINDOW_S: Final = 300  # the site counts errors in five minutes
_SOONEST_S, _LATEST_S = 120, 180


def about_errors(alarm: MetricAlarm, site: Site) -> list[str]:
    """Of an alarm on 5xx, a count or a share of requests."""
    found = _statistics(alarm, ("Sum", "SampleCount"), "of a count (each error counts 1, so its average is 1)")
    if alarm.threshold is not None:
        if is_share(alarm.expression):
            percent = alarm.threshold * (1 if in_percent(alarm.expression) else 100)
            found += _distance(percent, site.alarm.percent_5xx, "%")
        else:
            found += _distance(errors_to_ring(alarm), site.alarm.count_5xx, " errors in 5 minutes")
    if alarm.treat_missing_data != "notBreaching" and not fills_gaps(alarm.expression):
        found.append(f"missing data is treated as {alarm.treat_missing_data}, and without errors there is none")
    return found


def errors_to_ring(alarm: MetricAlarm) -> float:
    """How many errors in five minutes make it ring, when they come as they suit it best."""
    period = max((one.period for one in alarm.watched), default=0) or 60
    looked_at = alarm.evaluation_periods * period
    return (alarm.threshold or 0.0) * alarm.datapoints * _WINDOW_S / looked_at if looked_at else 0.0


def about_hosts(alarm: MetricAlarm) -> list[str]:
    """Of an alarm on unhealthy hosts, or on too few healthy ones."""
    right, what = ("Maximum", "unhealthy") if alarm.rings_upward else ("Minimum", "healthy")
    found = _statistics(alarm, (right,), "hides a host among the others")
    if not alarm.expression and alarm.threshold is not None:
        if not alarm.breaches(1):
            found.append(f"it does not ring at one {what} host (threshold {alarm.threshold:g})")
        elif alarm.rings_upward and alarm.breaches(0):
            found.append("it rings with no unhealthy host at all")
    if not _SOONEST_S <= alarm.seconds <= _LATEST_S:
        found.append(f"it rings after {alarm.seconds} s, expected {_SOONEST_S} to {_LATEST_S} s")
    return found


def about_latency(alarm: MetricAlarm, site: Site) -> list[str]:
    if alarm.threshold is None or alarm.expression:
        return []
    return _distance(alarm.threshold, site.alarm.p95_seconds, " s")


def about_load(alarm: MetricAlarm, env: Environment) -> list[str]:
    """Of an alarm on CPU or memory, in percent: above where scaling begins, and within reach."""
    if alarm.threshold is None or alarm.expression or alarm.namespace != "AWS/ECS":
        return []
    out = env.scaling.out_percent
    if alarm.breaches(out):
        return [f"it rings at {alarm.threshold:g} %, and scaling out at {out} % is nothing to be told of"]
    return [] if alarm.breaches(100) else [f"it never rings (threshold {alarm.threshold:g} %)"]


def about_tasks(alarm: MetricAlarm, env: Environment) -> list[str]:
    """It must ring when as many tasks run as autoscaling may ever start."""
    if alarm.threshold is None or alarm.expression:
        return []
    # samples of CPUUtilization: one a task and minute
    samples = any(one.stat == "SampleCount" for one in alarm.watched)
    most = env.scaling.max * (alarm.period / 60 if samples else 1)
    return [] if alarm.breaches(most) else [f"it does not ring at {env.scaling.max} tasks, the most there can be"]


def _statistics(alarm: MetricAlarm, right: Sequence[str], why: str) -> list[str]:
    wrong = sorted({one.stat for one in alarm.watched} - set(right))
    return [f"statistic {', '.join(wrong)} {why}, expected {right[0]}"] if wrong else []


def _distance(actual: float, wanted: float, unit: str) -> list[str]:
    if wanted / FAR <= actual <= wanted * FAR:
        return []
    return [f"it rings at {actual:g}{unit}, far from the site's {wanted:g}{unit}"]
