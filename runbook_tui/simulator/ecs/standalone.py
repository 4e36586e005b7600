"""Tasks outside of any service, such as a migration: they run once, and nobody replaces them."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.ecs import counting, lifecycle
from runbook_tui.simulator.ecs.making import Order
from runbook_tui.simulator.ecs.state import Life
from runbook_tui.simulator.world import World


class Wanted(Struct, frozen=True, kw_only=True):
    """``definition`` is an ARN. Of the subnets in ``network`` the world picks one."""

    cluster: str
    definition: str
    network: Mapping[str, Any]
    started_by: str
    group: str
    tags: Sequence[Mapping[str, str]]
    overrides: Mapping[str, Any]
    execute_command: bool


def run(world: World, wanted: Wanted) -> Any:
    """moto's model of a task that is being provisioned."""
    family = wanted.definition.rpartition("/")[2].partition(":")[0]
    order = Order(
        cluster=wanted.cluster,
        definition=wanted.definition,
        network={**wanted.network, "subnets": [world.random.choice(wanted.network["subnets"])]},
        group=wanted.group or f"family:{family}",
        started_by=wanted.started_by,
        tags=wanted.tags,
        overrides=wanted.overrides,
        execute_command=wanted.execute_command,
    )

    def changed(_life: Life) -> None:
        counting.count_cluster(world, wanted.cluster)

    life = lifecycle.launch(world, order, lambda task: Life(task=task, changed=changed))
    changed(life)
    return life.task
