"""Guide, section 8: log groups."""

from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, tags_of
from runbook_tui.simulator.world import World

_DAY = 1  # Container Insights needs no more: its metrics stay when its lines are gone


def seed(world: World) -> None:
    for environment in ENVIRONMENTS.values():
        name = environment.log_group
        world.call("logs", "CreateLogGroup", logGroupName=name, tags=tags_of(environment))
        world.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=SITE.obs.retention_days)
        world.call(
            "logs",
            "PutMetricFilter",
            logGroupName=name,
            filterName="errors",
            filterPattern='{ $.level = "error" }',
            metricTransformations=[
                {"metricName": f"{environment.name}-errors", "metricNamespace": "Asharvi/Backend", "metricValue": "1"}
            ],
        )
    insights = f"/aws/ecs/containerinsights/{SITE.ecs.cluster}/performance"
    world.call("logs", "CreateLogGroup", logGroupName=insights, tags=SHARED)
    world.call("logs", "PutRetentionPolicy", logGroupName=insights, retentionInDays=_DAY)
