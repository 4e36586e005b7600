"""What the checks of a release ask beside ECS, as AWS would answer it: healthy unless a test says otherwise."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from runbook_tui.aws.probe import Answer as Page
from runbook_tui.core.site import Environment
from tests.support.backend_site import PROD, SITE, STAGING, Raw, ago, arn
from tests.support.facts import NOON, Answers
from tests.support.raw_ecs import DIGEST, FORMER_DIGEST, service_revision

CONFIG = {"config": {"Env": ["PATH=/bin", "NODE_VERSION=24.11.1"], "Labels": {}}}
URL = "https://prod-ap-south-1-starport-layer-bucket.s3.ap-south-1.amazonaws.com/config?signed"
MINUTE = timedelta(minutes=1)
Values = Callable[[str, datetime], float | None]


def config_page(config: Any = None, **changes: Any) -> Page:
    body = json.dumps(CONFIG if config is None else config).encode()
    return Page(**{"url": URL, "status": 200, "ms": 5.0, "headers": {}, "body": body, **changes})


def image(digest: str = DIGEST, *tags: str) -> Raw:
    return {"imageDigest": digest, "imageTags": list(tags), "imagePushedAt": ago(days=3)}


def describe_images(**asked: Any) -> Mapping[str, Any]:
    """A tag means what runs; each digest has the tag that its revision was deployed by."""
    (wanted,) = asked["imageIds"]
    digest = wanted.get("imageDigest", DIGEST)
    return {"imageDetails": [image(digest, "v6") if digest == FORMER_DIGEST else image(digest, "v7", "1a2b3c4")]}


def manifest(given: Any = None) -> Raw:
    text = json.dumps({"config": {"digest": "sha256:c0"}, "layers": []} if given is None else given)
    return {"images": [{"imageId": {"imageDigest": DIGEST}, "imageManifest": text}], "failures": []}


def policy(name: str, change: int, **changes: Any) -> Raw:
    """A step policy of production: out for a positive change, in for a negative one."""
    bound = {"MetricIntervalLowerBound": 0.0} if change > 0 else {"MetricIntervalUpperBound": 0.0}
    return {
        "PolicyName": name,
        "PolicyARN": policy_arn(name),
        "PolicyType": "StepScaling",
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{SITE.ecs.cluster}/{PROD.service}",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{**bound, "ScalingAdjustment": change}],
            "Cooldown": 60,
        },
        "Alarms": [{"AlarmName": name, "AlarmARN": "arn"}],
        **changes,
    }


def tracking(name: str, metric: str, value: float = 60.0, **changes: Any) -> Raw:
    return {
        "PolicyName": name,
        "PolicyARN": policy_arn(name),
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": value,
            "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
            **changes,
        },
        "Alarms": [{"AlarmName": f"TargetTracking-{name}", "AlarmARN": "arn"}],
    }


def policy_arn(name: str) -> str:
    return arn("autoscaling", f"scalingPolicy:1:resource/ecs/service/c/s:policyName/{name}")


def alarm(name: str, comparison: str, threshold: float, env: Environment = PROD, **changes: Any) -> Raw:
    """One alarm on the greater of CPU and memory."""
    return {
        "AlarmName": name,
        "StateValue": "OK",
        "ActionsEnabled": True,
        "AlarmActions": [policy_arn(name)],
        "ComparisonOperator": comparison,
        "Threshold": threshold,
        "EvaluationPeriods": 3,
        "Metrics": [
            {"Id": "used", "Expression": "MAX([cpu, memory])", "ReturnData": True},
            usage("cpu", "CPUUtilization", env),
            usage("memory", "MemoryUtilization", env),
        ],
        **changes,
    }


def plain_alarm(name: str, metric: str, comparison: str, threshold: float, **changes: Any) -> Raw:
    """An alarm on one metric, without metric math."""
    found = alarm(name, comparison, threshold)
    del found["Metrics"]
    stat = usage("x", metric)["MetricStat"]["Metric"]
    return {**found, **stat, "Statistic": "Average", "Period": 60, **changes}


def usage(identity: str, metric: str, env: Environment = PROD) -> Raw:
    where = [{"Name": "ClusterName", "Value": SITE.ecs.cluster}, {"Name": "ServiceName", "Value": env.service}]
    stat = {"Namespace": "AWS/ECS", "MetricName": metric, "Dimensions": where}
    return {"Id": identity, "MetricStat": {"Metric": stat, "Period": 60, "Stat": "Average"}, "ReturnData": False}


def target(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{SITE.ecs.cluster}/{env.service}",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 2,
        "MaxCapacity": env.scaling.max,
        "SuspendedState": {"DynamicScalingInSuspended": False},
        **changes,
    }


CALM: Mapping[str, float] = {
    "requests": 100.0,
    "failed": 0.0,
    "unconnected": 0.0,
    "balancer_failed": 0.0,
    "healthy": 2.0,
    "p50": 0.1,
    "p95": 0.28,
    "cpu": 50.0,
    "memory": 35.0,
    "memory_peak": 36.0,
}


def metric_data(values: Values | None = None) -> Callable[..., Mapping[str, Any]]:
    """``values`` says what a series has in a minute, None for no datapoint; today's window ends at 11:59."""

    def answer(**asked: Any) -> Mapping[str, Any]:
        return {
            "MetricDataResults": [
                _result(query, asked["StartTime"], asked["EndTime"], values) for query in asked["MetricDataQueries"]
            ]
        }

    return answer


def _result(query: Raw, start: datetime, end: datetime, values: Values | None) -> Raw:
    step = timedelta(seconds=query["MetricStat"]["Period"])
    times = [start + step * number for number in range(int((end - start) / step))]
    found = [(at, CALM[query["Id"]] if values is None else values(query["Id"], at)) for at in times]
    points = [(at, value) for at, value in found if value is not None]
    return {
        "Id": query["Id"],
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }


def today(at: datetime) -> bool:
    return NOON - at < timedelta(days=1)


def log_rows(*lines: str, matched: int | None = None, scanned: int = 1000, status: str = "Complete") -> Raw:
    rows = [[{"field": "@message", "value": line}, {"field": "@ptr", "value": "p"}] for line in lines]
    count = len(lines) if matched is None else matched
    return {
        "status": status,
        "results": rows,
        "statistics": {"recordsMatched": float(count), "recordsScanned": float(scanned), "bytesScanned": 1.0},
    }


def release_answers() -> Answers:
    def list_task_definitions(**asked: Any) -> Mapping[str, Any]:
        family = asked["familyPrefix"]
        names = [f"{family}-migrate:12", f"{family}:7", f"{family}:6"]
        return {"taskDefinitionArns": [arn("ecs", f"task-definition/{name}") for name in names]}

    def describe_scalable_targets(**asked: Any) -> Mapping[str, Any]:
        (resource,) = asked["ResourceIds"]
        return {"ScalableTargets": [target(STAGING if resource.endswith(STAGING.service) else PROD)]}

    def describe_scaling_policies(**asked: Any) -> Mapping[str, Any]:
        suffix = "-staging" if asked["ResourceId"].endswith(STAGING.service) else ""
        return {"ScalingPolicies": [policy(f"out{suffix}", 1), policy(f"in{suffix}", -1)]}

    quota = {"QuotaName": "Fargate On-Demand vCPU resource count", "QuotaCode": "L-3032A538", "Value": 140.0}
    alarms = [
        each
        for env, suffix in ((PROD, ""), (STAGING, "-staging"))
        for each in (
            alarm(f"out{suffix}", "GreaterThanOrEqualToThreshold", 60.0, env),
            alarm(f"in{suffix}", "LessThanThreshold", 30.0, env),
        )
    ]
    return {
        ("ecs", "list_task_definitions"): list_task_definitions,
        ("ecs", "describe_service_revisions"): {
            "serviceRevisions": [service_revision(7, DIGEST), service_revision(6, FORMER_DIGEST)]
        },
        ("ecr", "batch_get_image"): manifest(),
        ("ecr", "describe_images"): describe_images,
        ("ecr", "get_download_url_for_layer"): {"downloadUrl": URL, "layerDigest": "sha256:c0"},
        ("application-autoscaling", "describe_scalable_targets"): describe_scalable_targets,
        ("application-autoscaling", "describe_scaling_policies"): describe_scaling_policies,
        ("application-autoscaling", "describe_scaling_activities"): {"ScalingActivities": []},
        ("cloudwatch", "describe_alarms"): {"MetricAlarms": alarms, "CompositeAlarms": []},
        ("cloudwatch", "get_metric_data"): metric_data(),
        ("logs", "start_query"): {"queryId": "q-1"},
        ("logs", "get_query_results"): log_rows(),
        ("service-quotas", "get_service_quota"): {"Quota": quota},
    }
