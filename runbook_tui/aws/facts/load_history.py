"""A quarter of a service's load, by the hour, in one request."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from runbook_tui.aws.facts.rollout_series import Behind
from runbook_tui.aws.facts.series import SeriesFacts, Wanted, Window
from runbook_tui.review.series import HOUR, Load, Measure

SPAN: Final = timedelta(days=90)  # of the 455 days for which CloudWatch keeps points of an hour
_PERIOD: Final = 3600
_OF_SERVICE: Final = {
    Measure.CPU: ("AWS/ECS", "CPUUtilization", "Average"),
    Measure.CPU_P95: ("AWS/ECS", "CPUUtilization", "p95"),
    Measure.CPU_MAX: ("AWS/ECS", "CPUUtilization", "Maximum"),
    Measure.MEMORY: ("AWS/ECS", "MemoryUtilization", "Average"),
    Measure.MEMORY_P95: ("AWS/ECS", "MemoryUtilization", "p95"),
    Measure.MEMORY_MAX: ("AWS/ECS", "MemoryUtilization", "Maximum"),
    Measure.TASKS: ("ECS/ContainerInsights", "RunningTaskCount", "Average"),
    Measure.TASKS_MAX: ("ECS/ContainerInsights", "RunningTaskCount", "Maximum"),
}
_OF_TARGETS: Final = {
    Measure.REQUESTS: ("AWS/ApplicationELB", "RequestCountPerTarget", "Sum"),
    Measure.LATENCY_P95: ("AWS/ApplicationELB", "TargetResponseTime", "p95"),
    Measure.ERRORS: ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum"),
}


def load_of(
    facts: SeriesFacts,
    cluster: str,
    service: str,
    now: datetime,
    measures: Collection[Measure],
    behind: Behind | None = None,
) -> Load:
    """Up to the last full hour: what is asked twice within an hour is the same question. Without ``behind`` nothing is
    known of what visitors asked."""
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    wanted = [one for one in _wanted(cluster, service, behind) if Measure(one.id) in measures]
    found = facts.read(wanted, Window(start=end - SPAN, end=end))
    points = {Measure(name): series for name, series in found.items()}
    return Load.of(points, end - SPAN, int(SPAN / HOUR))


def _wanted(cluster: str, service: str, behind: Behind | None) -> list[Wanted]:
    sources = [({"ClusterName": cluster, "ServiceName": service}, _OF_SERVICE)]
    if behind is not None:
        sources.append(({"LoadBalancer": behind.balancer, "TargetGroup": behind.group}, _OF_TARGETS))
    return [
        Wanted(id=measure.value, namespace=namespace, metric=metric, where=where, stat=stat, period=_PERIOD)
        for where, metrics in sources
        for measure, (namespace, metric, stat) in metrics.items()
    ]
