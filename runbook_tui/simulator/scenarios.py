"""The worlds that can be simulated, and what they are called. Nothing here needs moto before a story is played."""

import difflib
from collections.abc import Iterator

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator.registry import SCENARIOS, Story, scenario
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


def find_scenario(name: str) -> Story:
    """Raises UsageProblem when there is none of that name."""
    if name not in SCENARIOS:
        near = difflib.get_close_matches(name, SCENARIOS, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(SCENARIOS)}"
        raise UsageProblem(f"there is no scenario {name}", remedy)
    return SCENARIOS[name]


def described() -> Iterator[tuple[str, str]]:
    """Name and description of each."""
    for story in SCENARIOS.values():
        yield story.name, story.description
