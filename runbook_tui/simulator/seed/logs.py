"""Guide, section 8: log groups."""

from runbook_tui.simulator.names import ENVIRONMENTS, SITE, tags_of
from runbook_tui.simulator.world import World


def seed(world: World) -> None:
    for environment in ENVIRONMENTS.values():
        name = environment.log_group
        world.call("logs", "CreateLogGroup", logGroupName=name, tags=tags_of(environment))
        world.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=SITE.obs.retention_days)
