"""The release before the one that runs: long over, and what a rollback would go back to."""

from datetime import datetime, timedelta

from runbook_tui.core.site import Environment
from runbook_tui.simulator import releases
from runbook_tui.simulator.fleet import find_service
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.world import World

_TOOK = timedelta(minutes=4)


def release(world: World, environment: Environment, definition: str, at: datetime) -> None:
    """Writes down that this task definition was rolled out then, and went well."""
    service = find_service(world, SITE.ecs.cluster, environment.service)
    settings = {"networkConfiguration": service.network_configuration, "loadBalancers": service.load_balancers}
    service.created_at = min(service.created_at, at)
    with world.clock.pinned(at):
        revision = releases.revision_for(world, service, definition, settings)
        former = releases.release_for(world, service, revision, ())
        releases.enter(world, former, "IN_PROGRESS")
    with world.clock.pinned(at + _TOOK):
        releases.enter(world, former, "SUCCESSFUL")
    listed = world.releases[service.arn]
    listed.append(listed.pop(0))
