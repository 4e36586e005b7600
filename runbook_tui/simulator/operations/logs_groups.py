"""CloudWatch Logs: groups with their class and the number of their metric filters, which moto does not count."""

from typing import Any

from runbook_tui.simulator.logs.metrics import filters_of
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World

_CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")


class Classes:
    """By the name of the group; STANDARD is not written down."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}


@overlay("logs", "CreateLogGroup")
def only_known_classes(_world: World, parameters: Parameters) -> Reply:
    wanted = parameters.get("logGroupClass")
    if wanted not in (None, *_CLASSES):
        raise Refused("InvalidParameterException", f"{wanted} is no log group class.")
    return None


@after("logs", "CreateLogGroup")
def remember_the_class(world: World, parameters: Parameters) -> Reply:
    world.store(Classes).of[parameters["logGroupName"]] = parameters.get("logGroupClass") or "STANDARD"
    return None


@after("logs", "DeleteLogGroup")
def filters_go_with_their_group(world: World, parameters: Parameters) -> Reply:
    from runbook_tui.simulator.logs.metrics import all_filters

    kept = all_filters(world)
    kept[:] = [each for each in kept if each["logGroupName"] != parameters["logGroupName"]]
    return None


@overlay("logs", "DescribeLogGroups")
def describe_log_groups(world: World, parameters: Parameters) -> Reply:
    """In the order of their names. ``logGroupNamePrefix`` is of the name, ``logGroupNamePattern`` anywhere in it."""
    prefix, part = parameters.get("logGroupNamePrefix") or "", parameters.get("logGroupNamePattern") or ""
    if prefix and part:
        text = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        raise Refused("InvalidParameterException", text)
    wanted = parameters.get("logGroupClass")
    found = [
        group
        for name, group in sorted(world.backend("logs").groups.items())
        if name.startswith(prefix)
        and part.lower() in name.lower()
        and wanted in (None, world.store(Classes).of.get(name, "STANDARD"))
    ]
    items, following = page(found, parameters, size="limit", token="nextToken", limit=50)  # noqa: S106
    return {"logGroups": [_described(world, each) for each in items], "nextToken": following}


def _described(world: World, group: Any) -> dict[str, Any]:
    world.app_log.fill(group.name)
    return {
        **group.to_describe_dict(),
        "metricFilterCount": len(filters_of(world, group.name)),
        "logGroupClass": world.store(Classes).of.get(group.name, "STANDARD"),
    }
