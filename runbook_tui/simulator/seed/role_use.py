"""When roles were used last: no API can say that they were."""

from datetime import timedelta

from runbook_tui.simulator.iam.principals import role_named
from runbook_tui.simulator.iam.services_used import ServicesUsed
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.world import World

_OF_THE_FRONT_END = ("cloudfront", "s3", "lambda", "apigateway")


def seed(world: World) -> None:
    """The pipelines have worked this week: the front end's yesterday, the backend's three days ago."""
    used = world.store(ServicesUsed).at
    for name, days in ((SITE.frontend.role, 1), (SITE.iam.cicd_role, 3)):
        model = role_named(world, name)
        model.last_used = (world.clock.now() - timedelta(days=days)).replace(tzinfo=None)
        model.last_used_region = world.region
    for number, service in enumerate(_OF_THE_FRONT_END):
        role = role_named(world, SITE.frontend.role).arn
        used[role, service] = world.clock.now() - timedelta(days=1 + number)
