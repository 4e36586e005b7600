"""Guide, section 5.3: out at 60 % of CPU or memory, in at 30 % of both."""

from typing import Any

from runbook_tui.core.site import Environment
from runbook_tui.simulator.metrics import ringing
from runbook_tui.simulator.metrics.load import MINUTE, minute_of, time_of
from runbook_tui.simulator.names import ENVIRONMENTS, SITE, tags_of
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

_SINCE = 40 * 24 * 60 * MINUTE
_DIMENSION = "ecs:service:DesiredCount"


def seed(world: World) -> None:
    long_ago = time_of(minute_of(world.clock.now())) - _SINCE
    with world.clock.pinned(long_ago):
        for environment in ENVIRONMENTS.values():
            _scaling(world, environment)
    with world.clock.pinned(long_ago + MINUTE):
        ringing.evaluate(world)
    world.monitoring.history.clear()


def out_alarm(environment: Environment) -> str:
    return f"{environment.service}-scale-out"


def in_alarm(environment: Environment) -> str:
    return f"{environment.service}-scale-in"


def _scaling(world: World, environment: Environment) -> None:
    scaling = environment.scaling
    place = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{SITE.ecs.cluster}/{environment.service}",
        "ScalableDimension": _DIMENSION,
    }
    world.call(
        "application-autoscaling",
        "RegisterScalableTarget",
        **place,
        MinCapacity=environment.desired_min,
        MaxCapacity=scaling.max,
    )
    out = _policy(world, place, out_alarm(environment), 1, scaling.cooldown_out)
    _alarm(world, environment, out_alarm(environment), out, ("GreaterThanOrEqualToThreshold", scaling.out_percent, 3))
    inward = _policy(world, place, in_alarm(environment), -1, scaling.cooldown_in)
    _alarm(world, environment, in_alarm(environment), inward, ("LessThanThreshold", scaling.in_percent, 10))


def _policy(world: World, place: dict[str, str], name: str, change: int, cooldown: int) -> str:
    bound = {"MetricIntervalLowerBound": 0.0} if change > 0 else {"MetricIntervalUpperBound": 0.0}
    answer = world.call(
        "application-autoscaling",
        "PutScalingPolicy",
        PolicyName=name,
        **place,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{**bound, "ScalingAdjustment": change}],
            "Cooldown": cooldown,
            "MetricAggregationType": "Average",
        },
    )
    return str(answer["PolicyARN"])


def _alarm(world: World, environment: Environment, name: str, policy: str, rule: tuple[str, float, int]) -> None:
    """One alarm on the greater of both: two of them could pull in two directions."""
    comparison, threshold, periods = rule
    world.call(
        "cloudwatch",
        "PutMetricAlarm",
        AlarmName=name,
        AlarmDescription=f"Scales the {environment.name} backend",
        AlarmActions=[policy],
        Metrics=[
            {"Id": "used", "Expression": "MAX([cpu, memory])", "Label": "CPU or memory", "ReturnData": True},
            _metric(environment, "cpu", "CPUUtilization"),
            _metric(environment, "memory", "MemoryUtilization"),
        ],
        EvaluationPeriods=periods,
        Threshold=float(threshold),
        ComparisonOperator=comparison,
        TreatMissingData="missing",
        Tags=listed(tags_of(environment)),
    )


def _metric(environment: Environment, identity: str, metric: str) -> dict[str, Any]:
    dimensions = listed({"ClusterName": SITE.ecs.cluster, "ServiceName": environment.service}, key="Name")
    return {
        "Id": identity,
        "MetricStat": {
            "Metric": {"Namespace": "AWS/ECS", "MetricName": metric, "Dimensions": dimensions},
            "Period": 60,
            "Stat": "Average",
        },
        "ReturnData": False,
    }
