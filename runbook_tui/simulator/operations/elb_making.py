"""Load balancing: what is made twice. ELB answers a repeated request with what is there, and refuses another one of the
same name or port; moto makes a second one."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World

_PROVISIONING = 120.0  # seconds
_ZONES = {"ap-south-1": "ZP97RAFLXTNZK"}  # where the names of load balancers are, by region
_GROUP_DEFAULTS = {
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPath": "/",
    "HealthCheckPort": "traffic-port",
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckTimeoutSeconds": 5,
    "UnhealthyThresholdCount": 2,
    "HealthyThresholdCount": 5,
    "TargetType": "instance",
}


@overlay("elbv2", "CreateLoadBalancer")
def create_load_balancer(world: World, parameters: Parameters) -> Reply:
    name = parameters["Name"]
    known = [one for one in world.backend("elbv2").load_balancers.values() if one.name == name]
    if known:
        _same(known[0], parameters)
        return _told(world, name)
    subnets = [world.backend("ec2").get_subnet(one) for one in parameters.get("Subnets") or ()]
    if subnets and len({one.availability_zone for one in subnets}) < 2:
        raise Refused("ValidationError", "At least two subnets in two different Availability Zones must be specified")
    return None


@after("elbv2", "CreateLoadBalancer")
def come_up(world: World, parameters: Parameters) -> Reply:
    """moto activates a load balancer when somebody looks at it."""
    balancers = world.backend("elbv2").load_balancers.values()
    made = next(each for each in balancers if each.name == parameters["Name"])
    made.activate = lambda: None
    made.canonical_hosted_zone_id = _ZONES.get(world.region, made.canonical_hosted_zone_id)
    if made.state == "provisioning":
        world.agenda.after(_PROVISIONING, lambda: setattr(made, "state", "active"))
    return _told(world, made.name)


@overlay("elbv2", "CreateTargetGroup")
def create_target_group(world: World, parameters: Parameters) -> Reply:
    name = parameters["Name"]
    known = [one for one in world.backend("elbv2").target_groups.values() if one.name == name]
    if not known:
        return None
    (told,) = world.call("elbv2", "DescribeTargetGroups", Names=[name])["TargetGroups"]
    wanted = {**_GROUP_DEFAULTS, **{key: value for key, value in parameters.items() if key not in ("Name", "Tags")}}
    if any(told.get(key) != value for key, value in wanted.items()):
        text = f"A target group with the same name '{name}' exists, but with different settings"
        raise Refused("DuplicateTargetGroupName", text)
    return {"TargetGroups": [told]}


def _told(world: World, name: str) -> Reply:
    return {"LoadBalancers": world.call("elbv2", "DescribeLoadBalancers", Names=[name])["LoadBalancers"]}


def _same(known: Any, parameters: Parameters) -> None:
    """Raises Refused unless it was made as it is wanted."""
    has: Mapping[str, Any] = {
        "Subnets": {one.id for one in known.subnets},
        "SecurityGroups": set(known.security_groups),
        "Scheme": known.scheme,
        "Type": known.type,
    }
    wanted = {
        "Subnets": set(parameters.get("Subnets") or ()),
        "SecurityGroups": set(parameters.get("SecurityGroups") or ()),
        "Scheme": parameters.get("Scheme", "internet-facing"),
        "Type": parameters.get("Type", "application"),
    }
    if has != wanted:
        text = f"A load balancer with the same name '{known.name}' exists, but with different settings"
        raise Refused("DuplicateLoadBalancerName", text)
