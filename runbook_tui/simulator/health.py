"""Target health: what a load balancer finds when it asks a target, and what it makes of a row of such findings.

``state_of(world, group_arn, target)`` is the state, reason and description of one target, in the API's words. Targets
get in and out by ``RegisterTargets`` and ``DeregisterTargets``; the checks keep their interval on the agenda, and
none is on it while every target is healthy and would be found so again.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator import fleet
from runbook_tui.simulator.application import NOTHING_LISTENS, Reply
from runbook_tui.simulator.listener_rules import goals
from runbook_tui.simulator.reach import balancer_reaches, interface_at

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World


class Health(Struct, frozen=True):
    """In the API's words. A healthy target has a state only."""

    state: str
    reason: str = ""
    description: str = ""


HEALTHY = Health("healthy")
NOT_REGISTERED = Health("unused", "Target.NotRegistered", "Target is not registered to the target group")
NOT_IN_USE = Health(
    "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)
ZONE_OFF = Health(
    "unused", "Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer"
)
DRAINING = Health("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
REGISTERING = Health("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = Health("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
_TIMEOUT = Health("unhealthy", "Target.Timeout", "Request timed out")
_FAILED = Health("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def state_of(world: "World", group_arn: str, target: Mapping[str, Any] | str) -> tuple[str, str, str]:
    """State, reason and description, the latter two empty for a healthy target. ``target`` is the API's ``Target``
    or its id alone."""
    health = world.targets.health(group_arn, target if isinstance(target, str) else str(target["Id"]))
    return health.state, health.reason, health.description


def groups(world: "World") -> list[Any]:
    return list(world.backend("elbv2").target_groups.values())


def balancer_of(world: "World", group: Any) -> Any:
    """The load balancer that forwards to a target group, by a listener or by one of its rules; or None."""
    balancers = list(world.backend("elbv2").load_balancers.values())
    return next((each for each in balancers if any(group.arn in goals(one) for one in each.listeners.values())), None)


def task_at(world: "World", address: str) -> Any:
    """The running task that has an address, or None."""
    tasks = fleet.all_tasks(world)
    return next((each for each in tasks if each.last_status == "RUNNING" and fleet.address_of(each) == address), None)


def why_unused(world: "World", balancer: Any, address: str) -> Health | None:
    """None when the target is one that ``balancer``, that of its group, checks."""
    if balancer is None:
        return NOT_IN_USE
    interface = interface_at(world, address)
    zones = {subnet.availability_zone for subnet in balancer.subnets}
    return ZONE_OFF if interface is not None and interface.subnet.availability_zone not in zones else None


def check(world: "World", group: Any, address: str, port: int) -> tuple[Health, Reply]:
    """One health check of a target that is in use: what it makes the target, and the application's answer to it.
    Causes in the order in which a load balancer meets them."""
    asked = check_port(group, port)
    if not balancer_reaches(world, balancer_of(world, group), address, asked):
        return _TIMEOUT, NOTHING_LISTENS
    task = task_at(world, address)
    if task is None:  # the interface is there, but not yet, or no longer, what was behind it
        return _TIMEOUT, NOTHING_LISTENS
    reply = world.app.reply(task, asked, str(group.health_check_path or "/"))
    if reply.status == 0:
        return _FAILED, reply
    if reply.seconds > float(group.health_check_timeout_seconds):
        return _TIMEOUT, reply
    if not _matches(str(group.matcher["HttpCode"]), reply.status):
        text = f"Health checks failed with these codes: [{reply.status}]"
        return Health("unhealthy", "Target.ResponseCodeMismatch", text), reply
    return HEALTHY, reply


def check_port(group: Any, port: int) -> int:
    wanted = str(group.health_check_port or "traffic-port")
    return int(wanted) if wanted.isdecimal() else port


def _matches(codes: str, status: int) -> bool:
    """``200``, ``200,202`` or ``200-299``."""
    for part in codes.split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False
