"""The worlds that can be simulated, and what they are called. Nothing here needs moto before a story is played.

``healthy``, ``migrating`` and ``empty`` are built here; every other one is a file of ``scenarios/`` that begins with
one of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import story
from runbook_tui.simulator.names import ENVIRONMENTS, SITE, ZONE
from runbook_tui.simulator.registry import SCENARIOS, Story, scenario
from runbook_tui.simulator.world import World

FOLDER = Path(__file__).parent / "scenarios"


@scenario("healthy", "the whole environment of the guide, staging and prod, with nothing wrong")
def healthy(world: World) -> None:
    _build(world, SITE.secrets.required_keys)


def _site_of_a_beginner() -> Mapping[str, Any]:
    """Nobody has built a website here either; and the team has an address."""
    return {
        "frontend": {"enabled": False},
        "obs": {"subscriptions": [{"protocol": "email", "endpoint": f"on-call@{ZONE}"}]},
    }


@scenario("empty", "a fresh account: nobody has built anything yet", site=_site_of_a_beginner)
def empty(world: World) -> None:
    from runbook_tui.simulator.operations.company import Company
    from runbook_tui.simulator.seed import identity

    identity.seed_on_call(world)
    identity.lend_the_right_to_build(world)
    company = world.store(Company)
    company.is_there, company.theirs = True, tuple(each.ecr_repo for each in ENVIRONMENTS.values())


def _site_that_migrates() -> Mapping[str, Any]:
    from runbook_tui.simulator.seed import dynamodb

    return dynamodb.site()


@scenario("migrating", "the same on its way from MongoDB to DynamoDB: both are there", site=_site_that_migrates)
def migrating(world: World) -> None:
    from runbook_tui.simulator.seed import dynamodb

    _build(world, dynamodb.REQUIRED)
    dynamodb.prepare(world)
    world.settle()


def _build(world: World, keys: Sequence[str]) -> None:
    """``keys`` are those of the application's secret."""
    from runbook_tui.simulator.seed import (
        autoscaling,
        balancer,
        compute,
        cost,
        dns,
        firewall,
        identity,
        logs,
        network,
        observability,
        parameters,
        peering,
        registry,
        rotation,
        secrets,
    )

    identity.seed(world)
    places = network.seed(world)
    peering.seed(world, places)
    arns = secrets.seed(world, keys)
    parameters.seed(world)
    registry.seed(world)
    logs.seed(world)
    groups = balancer.seed(world, places)
    firewall.seed(world)
    dns.seed(world)
    compute.seed(world, places, arns, groups, keys)
    world.settle()
    observability.seed(world)
    autoscaling.seed(world)
    rotation.seed(world)
    cost.seed(world)


def find_scenario(name: str) -> Story:
    """A bundled one by its name, any other by its path (``.yaml``, or with a ``/``). Raises UsageProblem."""
    if name.endswith((".yaml", ".yml")) or "/" in name:
        tale = story.load(Path(name))
        story.check(tale)
        return _told(tale)
    if name in SCENARIOS:
        return SCENARIOS[name]
    files = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
    if name in files:
        return _told(story.load(files[name]))
    remedy = did_you_mean(name, [*SCENARIOS, *files]) or "see: runbook-tui list scenarios"
    raise UsageProblem(f"there is no scenario {name}", remedy)


def all_scenarios() -> dict[str, Story]:
    """By name: those built here first, then the files in the order of the alphabet."""
    return {**SCENARIOS, **{tale.name: _told(tale) for tale in tales()}}


def tales() -> Iterator[story.Tale]:
    for path in sorted(FOLDER.glob("*.yaml")):
        yield story.load(path)


def described() -> Iterator[tuple[str, str]]:
    """Name and description of each."""
    for each in all_scenarios().values():
        yield each.name, each.description


def _told(tale: story.Tale) -> Story:
    def play(world: World) -> None:
        SCENARIOS[tale.world].play(world)
        story.play(world, tale)

    return Story(name=tale.name, description=tale.description, play=play, site=SCENARIOS[tale.world].site)
