"""Alarms, dashboards, topics and traces as AWS would describe them: raw, and healthy unless a test says otherwise."""

import json
from typing import Any

from runbook_tui.core.site import Environment
from tests.support.backend_site import ACCOUNT, BALANCER_ARN, PROD, REGION, SITE, STAGING, Raw, ago, arn, group_arn

TOPIC = arn("sns", SITE.obs.topic)
BALANCER = BALANCER_ARN.partition(":loadbalancer/")[2]
KEY = arn("kms", "key/0f4a7d1c-8a1b-4c52-9d3e-00000000000a")


def dimensions(**values: str) -> list[Raw]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def of_targets(env: Environment = PROD) -> list[Raw]:
    return dimensions(LoadBalancer=BALANCER, TargetGroup=group_arn(env.target_group).rpartition(":")[2])


def of_service(env: Environment = PROD) -> list[Raw]:
    return dimensions(ClusterName=SITE.ecs.cluster, ServiceName=env.service)


def alarm(name: str, **changes: Any) -> Raw:
    """A change to None takes a member away."""
    whole = {
        "AlarmName": name,
        "AlarmArn": arn("cloudwatch", f"alarm:{name}"),
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "OKActions": [TOPIC],
        "InsufficientDataActions": [],
        "StateValue": "OK",
        "StateReason": "Threshold Crossed: no datapoint was above it.",
        "StateUpdatedTimestamp": ago(days=3),
        "StateTransitionedTimestamp": ago(days=3),
        "Period": 60,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 3,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        **changes,
    }
    return {member: value for member, value in whole.items() if value is not None}


def errors(env: Environment = PROD, **changes: Any) -> Raw:
    watched = {"Namespace": "AWS/ApplicationELB", "MetricName": "HTTPCode_Target_5XX_Count", "Statistic": "Sum"}
    return alarm(f"{env.service}-5xx", **{**watched, "Dimensions": of_targets(env), "Threshold": 10.0, **changes})


def errors_of_balancer(**changes: Any) -> Raw:
    watched = {"Namespace": "AWS/ApplicationELB", "MetricName": "HTTPCode_ELB_5XX_Count", "Statistic": "Sum"}
    where = dimensions(LoadBalancer=BALANCER)
    return alarm("asharvi-backend-alb-5xx", **{**watched, "Dimensions": where, "Threshold": 10.0, **changes})


def unhealthy(env: Environment = PROD, **changes: Any) -> Raw:
    watched = {"Namespace": "AWS/ApplicationELB", "MetricName": "UnHealthyHostCount", "Statistic": "Maximum"}
    rings = {"Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 3}
    return alarm(f"{env.service}-unhealthy", **{**watched, **rings, "Dimensions": of_targets(env), **changes})


def latency(env: Environment = PROD, **changes: Any) -> Raw:
    watched = {"Namespace": "AWS/ApplicationELB", "MetricName": "TargetResponseTime", "ExtendedStatistic": "p95"}
    return alarm(f"{env.service}-p95", **{**watched, "Dimensions": of_targets(env), "Threshold": 1.0, **changes})


def busy(metric: str = "CPUUtilization", env: Environment = PROD, **changes: Any) -> Raw:
    watched = {"Namespace": "AWS/ECS", "MetricName": metric, "Statistic": "Average"}
    return alarm(f"{env.service}-{metric}", **{**watched, "Dimensions": of_service(env), "Threshold": 80.0, **changes})


def at_most(env: Environment = PROD, **changes: Any) -> Raw:
    watched = {"Namespace": "ECS/ContainerInsights", "MetricName": "RunningTaskCount", "Statistic": "Average"}
    rings = {"Threshold": float(env.scaling.max), "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
    return alarm(f"{env.service}-tasks", **{**watched, **rings, "Dimensions": of_service(env), **changes})


def scaling(env: Environment = PROD, **changes: Any) -> Raw:
    """Autoscaling's own: in a quiet service it is in ALARM all the time."""
    policy = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:1:resource/ecs/service/x:policyName/in"
    quiet = {"ComparisonOperator": "LessThanThreshold", "Threshold": 30.0, "StateValue": "ALARM"}
    return busy(
        env=env, **{"AlarmName": f"{env.service}-low", "AlarmActions": [policy], "OKActions": [], **quiet, **changes}
    )


def share(numerator: str = "HTTPCode_Target_5XX_Count", env: Environment = PROD, **changes: Any) -> Raw:
    """An alarm on metric math: errors in percent of requests."""
    given = {"errors": numerator, "requests": "RequestCount"}
    metrics: list[Raw] = [
        {"Id": name, "ReturnData": False, "MetricStat": {"Metric": _metric(metric, env), "Period": 60, "Stat": "Sum"}}
        for name, metric in given.items()
    ]
    metrics.append({"Id": "rate", "Expression": "errors / requests * 100", "ReturnData": True})
    return alarm(f"{env.service}-5xx-rate", **{"Metrics": metrics, "Threshold": 5.0, "Period": None, **changes})


def _metric(name: str, env: Environment) -> Raw:
    return {"Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": of_targets(env)}


def composite(rule: str, name: str = "asharvi-backend-prod", **changes: Any) -> Raw:
    kept = ("AlarmArn", "ActionsEnabled", "AlarmActions", "OKActions", "StateValue", "StateReason")
    times = ("StateUpdatedTimestamp", "StateTransitionedTimestamp", "AlarmName")
    whole = alarm(name)
    return {**{key: whole[key] for key in (*kept, *times)}, "AlarmRule": rule, **changes}


def of_environment(env: Environment) -> list[Raw]:
    both = [busy(metric, env) for metric in ("CPUUtilization", "MemoryUtilization")]
    return [errors(env), unhealthy(env), latency(env), *both, at_most(env), scaling(env)]


def all_alarms() -> list[Raw]:
    return [*of_environment(PROD), *of_environment(STAGING), errors_of_balancer()]


def alarms(*metric: Raw, composites: tuple[Raw, ...] = ()) -> Raw:
    return {"MetricAlarms": list(metric), "CompositeAlarms": list(composites)}


def change(name: str, minutes: float) -> Raw:
    return {"AlarmName": name, "HistoryItemType": "StateUpdate", "Timestamp": ago(minutes=minutes)}


def widget(*metrics: Any, **properties: Any) -> Raw:
    return {"type": "metric", "properties": {"region": REGION, "metrics": list(metrics), **properties}}


def body(env: Environment = PROD, *more: Raw) -> str:
    """A dashboard with all that the guide asks for."""
    target = ["TargetGroup", group_arn(env.target_group).rpartition(":")[2], "LoadBalancer", BALANCER]
    service = ["ClusterName", SITE.ecs.cluster, "ServiceName", env.service]
    shown = [
        widget(["AWS/ApplicationELB", "TargetResponseTime", *target, {"stat": "p95"}]),
        widget(["AWS/ECS", "CPUUtilization", *service], [".", "MemoryUtilization", ".", ".", ".", "."]),
        widget(["ECS/ContainerInsights", "RunningTaskCount", *service]),
        {"type": "text", "properties": {"markdown": "# Backend"}},
    ]
    return json.dumps({"widgets": [*shown, *more]})


def policy(*statements: Raw) -> str:
    return json.dumps({"Version": "2008-10-17", "Statement": list(statements)})


def by_owner() -> Raw:
    """What SNS gives to every topic."""
    return {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:GetTopicAttributes", "SNS:Publish", "SNS:Subscribe"],
        "Resource": TOPIC,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
    }


def topic(**changes: Any) -> Raw:
    return {"Attributes": {"TopicArn": TOPIC, "Owner": ACCOUNT, "Policy": policy(by_owner()), **changes}}


def subscription(
    arn_or_word: str = f"{TOPIC}:1", protocol: str = "email", endpoint: str = "on-call@asharvi.dev"
) -> Raw:
    return {"SubscriptionArn": arn_or_word, "Protocol": protocol, "Endpoint": endpoint, "TopicArn": TOPIC}


def trace(number: int = 1, **changes: Any) -> Raw:
    return {"Id": f"1-6924d0c0-{number:024x}", "Duration": 0.1, "HasFault": False, **changes}
