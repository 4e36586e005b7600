"""Load balancing: targets with a health of their own."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator import health
from runbook_tui.simulator.health import Health
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_CALM = {"AnomalyDetection": {"Result": "normal", "MitigationInEffect": "no"}}


@overlay("elbv2", "DescribeTargetHealth")
def describe_target_health(world: World, parameters: Parameters) -> Reply:
    group = world.backend("elbv2").target_groups.get(parameters["TargetGroupArn"])
    if group is None:
        raise Refused("TargetGroupNotFound", "One or more target groups not found")
    include = parameters.get("Include") or ()
    known = dict(world.targets.listed(group.arn))
    wanted = parameters.get("Targets")
    targets = [(each["Id"], _port(each, known.get(each["Id"]), group)) for each in wanted] if wanted else known.items()
    return {
        "TargetHealthDescriptions": [
            _described(world, group, address, port, _health(world, group, address, asked=port, known=known))
            | (_CALM if "AnomalyDetection" in include or "All" in include else {})
            for address, port in targets
        ]
    }


@overlay("elbv2", "DescribeTargetGroups")
def say_who_forwards(world: World, _parameters: Parameters) -> Reply:
    """moto remembers load balancers, rules and listeners that are gone."""
    for group in health.groups(world):
        balancer = health.balancer_of(world, group)
        group.load_balancer_arns = [balancer.arn] if balancer is not None else []
    return None


def _health(world: World, group: Any, address: str, *, asked: int, known: Mapping[str, int]) -> Health:
    """Id and port together are a target."""
    return world.targets.last_health(group.arn, address) if known.get(address) == asked else health.NOT_REGISTERED


def _port(target: Parameters, registered: int | None, group: Any) -> int:
    return int(target.get("Port") or registered or group.port)


def _described(world: World, group: Any, address: str, port: int, found: Health) -> dict[str, Any]:
    state: dict[str, Any] = {"State": found.state}
    if found.reason:
        state |= {"Reason": found.reason, "Description": found.description}
    target: dict[str, Any] = {"Id": address, "Port": port}
    zone = _zone(world, address)
    if zone:
        target["AvailabilityZone"] = zone
    return {"Target": target, "HealthCheckPort": str(health.check_port(group, port)), "TargetHealth": state}


def _zone(world: World, address: str) -> str:
    interfaces = world.backend("ec2").enis.values()
    return next((str(each.subnet.availability_zone) for each in interfaces if each.private_ip_address == address), "")
