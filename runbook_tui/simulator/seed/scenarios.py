"""The worlds that can be simulated."""

from runbook_tui.simulator.registry import scenario
from runbook_tui.simulator.world import World


@scenario("healthy", "the whole environment of the guide, staging and prod, with nothing wrong")
def healthy(world: World) -> None:
    from runbook_tui.simulator.seed import balancer, compute, identity, logs, network, registry, secrets

    identity.seed(world)
    places = network.seed(world)
    arns = secrets.seed(world)
    registry.seed(world)
    logs.seed(world)
    groups = balancer.seed(world, places)
    compute.seed(world, places, arns, groups)


@scenario("empty", "a fresh account: nobody has built anything yet")
def empty(world: World) -> None:
    from runbook_tui.simulator.seed import identity

    identity.seed_on_call(world)
