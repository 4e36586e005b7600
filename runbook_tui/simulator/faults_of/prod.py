"""What the faults share: the environment that they act on, and how to find its parts."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo
from runbook_tui.simulator.world import World

PROD = ENVIRONMENTS["prod"]
PLACE = {"cluster": SITE.ecs.cluster, "service": PROD.service}


def service(world: World) -> Mapping[str, Any]:
    """As the API describes it. Raises Refused where there is none."""
    answer = world.call("ecs", "DescribeServices", cluster=SITE.ecs.cluster, services=[PROD.service])
    if not answer["services"]:
        raise Refused("ServiceNotFoundException", "Service not found.")
    found: Mapping[str, Any] = answer["services"][0]
    return found


def update(world: World, **wanted: Any) -> None:
    world.call("ecs", "UpdateService", **PLACE, **wanted)


def group(world: World, name: str) -> str:
    """The id of a security group. Raises Refused where there is none."""
    filters = [{"Name": "group-name", "Values": [name]}]
    groups = world.call("ec2", "DescribeSecurityGroups", Filters=filters)["SecurityGroups"]
    if not groups:
        raise Refused("InvalidGroup.NotFound", f"The security group {name} does not exist")
    return str(groups[0]["GroupId"])


def put_back(kept: dict[Any, Any], key: Any, value: Any, order: list[Any]) -> None:
    """A member of moto's into its former place: lists come in the order in which things were made."""
    kept[key] = value
    for each in [name for name in order if name in kept]:
        kept[each] = kept.pop(each)


def undo_call(world: World, service_name: str, operation: str, **parameters: Any) -> Undo:
    """An undo that is one API call."""

    def undo() -> None:
        world.call(service_name, operation, **parameters)

    return undo
