"""The series that tell how a rollout goes: of the environment's target group, its load balancer and its service."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.balancing import LoadBalancer, TargetGroup
from runbook_tui.aws.facts.series import Series, SeriesFacts, Wanted, Window

WEEK: Final = timedelta(days=7)
HOUR: Final = 60  # minutes of a week before that today is compared with
_BALANCER: Final = "AWS/ApplicationELB"
_COUNTS: Final = {
    "requests": "RequestCount",
    "failed": "HTTPCode_Target_5XX_Count",
    "unconnected": "TargetConnectionErrorCount",
}
_TIME: Final = "TargetResponseTime"
_USE: Final = (
    ("cpu", "CPUUtilization", "Average"),
    ("memory", "MemoryUtilization", "Average"),
    ("memory_peak", "MemoryUtilization", "Maximum"),
)


class Behind(Struct, frozen=True, kw_only=True):
    """A target group and the load balancer before it, as CloudWatch names them."""

    balancer: str
    group: str

    @classmethod
    def of(cls, balancer: LoadBalancer, group: TargetGroup) -> "Behind":
        return cls(
            balancer=balancer.load_balancer_arn.partition(":loadbalancer/")[2],
            group=group.target_group_arn.rpartition(":")[2],
        )


class Traced(Struct, frozen=True, kw_only=True):
    """``counts`` minute by minute, ``times`` (p50 and p95, in seconds) of the whole window."""

    window: Window
    counts: Mapping[str, Series]
    times: Mapping[str, float | None]


def traced(facts: SeriesFacts, behind: Behind, window: Window) -> Traced:
    """One request for everything that visitors notice."""
    found = facts.read(_of_visitors(behind, window), window)
    return Traced(
        window=window,
        counts={name: points for name, points in found.items() if name not in ("p50", "p95")},
        # A window that does not fall on CloudWatch's own grid may come in two parts: the slower one counts.
        times={name: max(found[name].values(), default=None) for name in ("p50", "p95")},
    )


def used(facts: SeriesFacts, cluster: str, service: str, window: Window) -> Mapping[str, Series]:
    """``cpu``, ``memory`` (averages) and ``memory_peak``, in percent of what the tasks reserve."""
    where = {"ClusterName": cluster, "ServiceName": service}
    wanted = [
        Wanted(id=name, namespace="AWS/ECS", metric=metric, where=where, stat=stat) for name, metric, stat in _USE
    ]
    return facts.read(wanted, window)


def _of_visitors(behind: Behind, window: Window) -> list[Wanted]:
    balancer = {"LoadBalancer": behind.balancer}
    group = {**balancer, "TargetGroup": behind.group}
    span = len(window.minutes) * 60
    return [
        *(
            Wanted(id=name, namespace=_BALANCER, metric=metric, where=group, stat="Sum")
            for name, metric in _COUNTS.items()
        ),
        Wanted(id="balancer_failed", namespace=_BALANCER, metric="HTTPCode_ELB_5XX_Count", where=balancer, stat="Sum"),
        Wanted(id="healthy", namespace=_BALANCER, metric="HealthyHostCount", where=group, stat="Minimum"),
        *(
            Wanted(id=stat, namespace=_BALANCER, metric=_TIME, where=group, stat=stat, period=span)
            for stat in ("p50", "p95")
        ),
    ]
