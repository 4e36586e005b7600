"""ECS: whether a task definition lets FIS in, which moto drops."""

from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.world import World


@after("ecs", "RegisterTaskDefinition")
def keep_fault_injection(world: World, parameters: Parameters) -> Reply:
    revisions = world.backend("ecs").task_definitions[parameters["family"]]
    made = revisions[max(revisions)]
    made.enable_fault_injection = bool(parameters.get("enableFaultInjection"))
    return {"taskDefinition": made, "tags": parameters.get("tags") or []}
