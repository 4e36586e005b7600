"""Guide, section 8: log groups, the alarms that guard a deployment, and the topic they tell."""

from runbook_tui.core.site import Environment
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, tags_of
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World


def seed(world: World) -> None:
    topic = str(world.call("sns", "CreateTopic", Name=SITE.obs.topic, Tags=listed(SHARED))["TopicArn"])
    for environment in ENVIRONMENTS.values():
        name = environment.log_group
        world.call("logs", "CreateLogGroup", logGroupName=name, tags=tags_of(environment))
        world.call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=SITE.obs.retention_days)
        _alarm(world, environment, topic)


def alarm_name(environment: Environment) -> str:
    return f"{environment.service}-5xx"


def _alarm(world: World, environment: Environment, topic: str) -> None:
    world.call(
        "cloudwatch",
        "PutMetricAlarm",
        AlarmName=alarm_name(environment),
        AlarmDescription=f"Too many errors of the {environment.name} backend",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=5,
        DatapointsToAlarm=3,
        Threshold=SITE.alarm.count_5xx,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
        Tags=listed(tags_of(environment)),
    )
    world.call(
        "cloudwatch", "SetAlarmState", AlarmName=alarm_name(environment), StateValue="OK", StateReason="No errors"
    )
