"""Load balancing: target health that follows the world instead of being always good."""

from typing import Any

from runbook_tui.simulator.health import health_of
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("elbv2", "DescribeTargetHealth")
def describe_target_health(world: World, parameters: Parameters) -> Reply:
    group = world.backend("elbv2").target_groups.get(parameters["TargetGroupArn"])
    if group is None:
        raise Refused("TargetGroupNotFound", "One or more target groups not found")
    wanted = parameters.get("Targets") or list(group.targets.values())
    return {"TargetHealthDescriptions": [_described(world, group, each) for each in wanted]}


@after("elbv2", "CreateListener")
def plain_http_has_no_policy(world: World, parameters: Parameters) -> Reply:
    """moto gives every listener a TLS policy."""
    balancer = world.backend("elbv2").load_balancers[parameters["LoadBalancerArn"]]
    for listener in balancer.listeners.values():
        if listener.protocol == "HTTP":
            listener.ssl_policy = None
    return None


def _described(world: World, group: Any, target: Parameters) -> dict[str, Any]:
    address, port = target["Id"], int(target.get("Port") or group.port)
    health = health_of(world, group, address, port)
    found: dict[str, Any] = {"State": health.state}
    if health.reason:
        found |= {"Reason": health.reason, "Description": health.description}
    described = {"Id": address, "Port": port}
    zone = _zone(world, address)
    if zone:
        described["AvailabilityZone"] = zone
    return {"Target": described, "HealthCheckPort": str(port), "TargetHealth": found}


def _zone(world: World, address: str) -> str:
    interfaces = world.backend("ec2").enis.values()
    return next((str(each.subnet.availability_zone) for each in interfaces if each.private_ip_address == address), "")
