"""ECS: what moto drops of a task definition: whether it lets FIS in, who registered it and when."""

from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.world import World


@after("ecs", "RegisterTaskDefinition")
def keep_what_moto_drops(world: World, parameters: Parameters) -> Reply:
    revisions = world.backend("ecs").task_definitions[parameters["family"]]
    made = revisions[max(revisions)]
    made.enable_fault_injection = bool(parameters.get("enableFaultInjection"))
    made.registered_at, made.registered_by = world.clock.now(), world.on_call_arn
    return {"taskDefinition": made, "tags": parameters.get("tags") or []}
