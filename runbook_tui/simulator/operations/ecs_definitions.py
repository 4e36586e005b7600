"""Task definitions as they are described by the name of their family alone."""

from runbook_tui.simulator.ecs.settings import usable_definition
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("ecs", "DescribeTaskDefinition")
def newest_that_is_active(world: World, parameters: Parameters) -> Reply:
    """A family means its newest ACTIVE revision; moto answers one that was deregistered, too."""
    family = parameters["taskDefinition"].rpartition("/")[2]
    if ":" in family:
        return None
    try:
        arn = usable_definition(world, family)
    except Refused:
        raise Refused("ClientException", "Unable to describe task definition.") from None
    include = {"include": parameters["include"]} if parameters.get("include") else {}
    return dict(world.call("ecs", "DescribeTaskDefinition", taskDefinition=arn, **include))
