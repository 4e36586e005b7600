"""The healthy world without its compute: network, secrets, images, load balancer and logs are there, ECS is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import CLUSTER, advance, client, stepped

DIMENSION = "ecs:service:DesiredCount"


@contextmanager
def without_compute() -> Iterator[Simulator]:
    """Alarms of autoscaling are gone with its policies; those that tell somebody stay."""
    with stepped() as simulator:
        _take_away(simulator)
        yield simulator


def _take_away(simulator: Simulator) -> None:
    ecs, scaling = client(simulator, "ecs"), client(simulator, "application-autoscaling")
    for environment in ENVIRONMENTS.values():
        name = environment.service
        scaling.deregister_scalable_target(
            ServiceNamespace="ecs", ResourceId=f"service/{CLUSTER}/{name}", ScalableDimension=DIMENSION
        )
        client(simulator, "cloudwatch").delete_alarms(AlarmNames=[f"{name}-scale-out", f"{name}-scale-in"])
        ecs.update_service(cluster=CLUSTER, service=name, desiredCount=0)
        ecs.delete_service(cluster=CLUSTER, service=name)
        for arn in ecs.list_task_definitions(familyPrefix=environment.task_family)["taskDefinitionArns"]:
            ecs.deregister_task_definition(taskDefinition=arn)
    advance(simulator.world, 600)
    ecs.delete_cluster(cluster=CLUSTER)


def compute(simulator: Simulator) -> dict[str, Any]:
    """All of ECS and of autoscaling that is there to be used: what was deleted is told for a while, and is not here."""
    ecs, scaling = client(simulator, "ecs"), client(simulator, "application-autoscaling")
    arns = ecs.list_clusters()["clusterArns"]
    clusters = ecs.describe_clusters(clusters=arns, include=["SETTINGS", "TAGS"])["clusters"] if arns else []
    there = [one for one in clusters if one["status"] == "ACTIVE"]
    services = [arn for one in there for arn in ecs.list_services(cluster=one["clusterName"])["serviceArns"]]
    alarms = client(simulator, "cloudwatch").describe_alarms()["MetricAlarms"]
    return {
        "clusters": there,
        "services": services,
        "revisions": ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"],
        "targets": scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"],
        "policies": scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"],
        "alarms": sorted(one["AlarmName"] for one in alarms),
    }
