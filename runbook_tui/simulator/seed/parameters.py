"""Guide, section 3.2: settings that are no secrets, in Parameter Store."""

from runbook_tui.core.site import Environment
from runbook_tui.simulator.names import ENVIRONMENTS, SITE, tags_of
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

_VALUES = {"staging": "debug", "prod": "info"}


def seed(world: World) -> None:
    for environment in ENVIRONMENTS.values():
        for name in SITE.params.required:
            _parameter(world, environment, name)


def _parameter(world: World, environment: Environment, name: str) -> None:
    world.call(
        "ssm",
        "PutParameter",
        Name=f"{SITE.params.path.replace('<env>', environment.name)}{name}",
        Value=_VALUES[environment.name],
        Type="String",
        Tags=listed(tags_of(environment)),
    )
