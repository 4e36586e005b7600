"""The series of a snapshot, a point a minute: of visitors, of hosts, of tasks."""

from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.rollout_series import WEEK, Behind
from runbook_tui.aws.facts.series import Wanted, Window
from runbook_tui.aws.together import together
from runbook_tui.core.site import Environment, Site
from runbook_tui.triage.snapshot import Metrics

MINUTES: Final = 60
BALANCER: Final = "AWS/ApplicationELB"
_OF_GROUP: Final = {
    "requests": ("RequestCount", "Sum"),
    "target_5xx": ("HTTPCode_Target_5XX_Count", "Sum"),
    "unconnected": ("TargetConnectionErrorCount", "Sum"),
    "p50": ("TargetResponseTime", "p50"),
    "p95": ("TargetResponseTime", "p95"),
    "healthy": ("HealthyHostCount", "Minimum"),
    "unhealthy": ("UnHealthyHostCount", "Maximum"),
}
_OF_BALANCER: Final = {
    "elb_5xx": ("HTTPCode_ELB_5XX_Count", "Sum"),
    "elb_502": ("HTTPCode_ELB_502_Count", "Sum"),
    "elb_503": ("HTTPCode_ELB_503_Count", "Sum"),
    "elb_504": ("HTTPCode_ELB_504_Count", "Sum"),
    "rejected": ("RejectedConnectionCount", "Sum"),
}
_OF_SERVICE: Final = {
    "cpu": ("AWS/ECS", "CPUUtilization", "Average"),
    "cpu_peak": ("AWS/ECS", "CPUUtilization", "Maximum"),
    "memory": ("AWS/ECS", "MemoryUtilization", "Average"),
    "memory_peak": ("AWS/ECS", "MemoryUtilization", "Maximum"),
    "tasks": ("ECS/ContainerInsights", "RunningTaskCount", "Average"),
}
# Before the place of a zone in the load balancer's list.
OF_ZONE: Final = "zone_5xx_"
SLOW_IN_ZONE: Final = "zone_p95_"


def measured(aws: Aws, site: Site, env: Environment) -> Metrics:
    """Two requests, one beside the other: this hour, and the same a week before."""
    balancer, group = together(
        lambda: aws.elb.load_balancer(site.alb.name), lambda: aws.elb.target_group(env.target_group)
    )
    zones = tuple(zone.zone_name for zone in balancer.availability_zones)
    wanted = _wanted(Behind.of(balancer, group), zones, site.ecs.cluster, env.service)
    window = Window.before(aws.now(), MINUTES)
    now, before = together(
        lambda: aws.series.read(wanted, window), lambda: aws.series.read(wanted, window.earlier(WEEK))
    )
    return Metrics(window=window, now=now, week_before=before)


def _wanted(behind: Behind, zones: tuple[str, ...], cluster: str, service: str) -> list[Wanted]:
    of_balancer = {"LoadBalancer": behind.balancer}
    of_group = {**of_balancer, "TargetGroup": behind.group}
    of_service = {"ClusterName": cluster, "ServiceName": service}
    found = [
        Wanted(id=name, namespace=BALANCER, metric=metric, where=where, stat=stat)
        for where, metrics in ((of_group, _OF_GROUP), (of_balancer, _OF_BALANCER))
        for name, (metric, stat) in metrics.items()
    ]
    found += [
        Wanted(id=name, namespace=namespace, metric=metric, where=of_service, stat=stat)
        for name, (namespace, metric, stat) in _OF_SERVICE.items()
    ]
    of_zones = ((OF_ZONE, _OF_GROUP["target_5xx"]), (SLOW_IN_ZONE, _OF_GROUP["p95"]))
    return found + [
        Wanted(
            id=f"{name}{place}",
            namespace=BALANCER,
            metric=metric,
            where={**of_group, "AvailabilityZone": zone},
            stat=stat,
        )
        for name, (metric, stat) in of_zones
        for place, zone in enumerate(zones)
    ]
