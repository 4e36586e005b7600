"""The alarms that a target tracking policy makes for itself."""

from typing import Any

from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.world import World

_METRICS = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
_LOW = 0.9  # of the target: below it there are too many tasks


def make_alarms(world: World, policy: Any, identity: str) -> None:
    configuration = policy.target_tracking_scaling_policy_configuration
    target = float(configuration["TargetValue"])
    _alarm(world, policy, identity, "AlarmHigh", "GreaterThanThreshold", 3, target)
    if not configuration.get("DisableScaleIn"):
        _alarm(world, policy, identity, "AlarmLow", "LessThanThreshold", 15, target * _LOW)


def _alarm(
    world: World, policy: Any, identity: str, which: str, comparison: str, periods: int, threshold: float
) -> None:
    action = f"{policy.policy_arn}:createdBy/{identity}"
    world.call(
        "cloudwatch",
        "PutMetricAlarm",
        AlarmName=f"TargetTracking-{policy.resource_id}-{which}-{identity}",
        AlarmDescription=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}.",
        AlarmActions=[action],
        EvaluationPeriods=periods,
        Period=60,
        Threshold=threshold,
        ComparisonOperator=comparison,
        **_metric(policy),
    )


def _metric(policy: Any) -> dict[str, Any]:
    configuration = policy.target_tracking_scaling_policy_configuration
    known = configuration.get("PredefinedMetricSpecification")
    if known is None:
        return _customized(configuration.get("CustomizedMetricSpecification"))
    kind = known["PredefinedMetricType"]
    _, cluster, service = policy.resource_id.split("/", 2)
    if kind in _METRICS:
        dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        return {
            "Namespace": "AWS/ECS",
            "MetricName": _METRICS[kind],
            "Statistic": "Average",
            "Unit": "Percent",
            "Dimensions": dimensions,
        }
    if kind != "ALBRequestCountPerTarget":
        raise not_simulated(f"target tracking of {kind}")
    balancer, _, group = str(known.get("ResourceLabel") or "").partition("/targetgroup/")
    if not group:
        raise Refused("ValidationException", "ResourceLabel is required for the metric type ALBRequestCountPerTarget")
    return {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "RequestCountPerTarget",
        "Statistic": "Sum",
        "Dimensions": [
            {"Name": "LoadBalancer", "Value": balancer},
            {"Name": "TargetGroup", "Value": f"targetgroup/{group}"},
        ],
    }


def _customized(wanted: Any) -> dict[str, Any]:
    if not wanted or wanted.get("Metrics"):
        raise not_simulated("target tracking of a metric math expression")
    members = ("Namespace", "MetricName", "Statistic", "Unit", "Dimensions")
    return {member: wanted[member] for member in members if wanted.get(member)}
