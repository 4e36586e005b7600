"""A site that has chosen everything of guide section 8, and the answers of a world where all of it is well."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.core.site import Environment, Site
from tests.support import raw_cloudwatch as raw
from tests.support.backend import healthy as backend
from tests.support.backend_site import ENVIRONMENTS, PROD, SITE, STAGING, ago, arn
from tests.support.facts import Answer, Answers, with_answer
from tests.support.iam_ground import iam_arn
from tests.support.raw_ecs import container, task, task_definition
from tests.support.raw_elb import log_group

NAMESPACE = "Asharvi/Backend"
WATCHED: Site = replace(
    SITE,
    obs=replace(SITE.obs, tracing="xray", metric_filters=("errors",), metric_namespace=NAMESPACE),
)
INSIGHTS = f"/aws/ecs/containerinsights/{SITE.ecs.cluster}/performance"


def healthy() -> Answers:
    """Everything that the checks of guide section 8 ask, for both environments."""
    return {
        **backend(),
        ("cloudwatch", "describe_alarms"): raw.alarms(*raw.all_alarms()),
        ("cloudwatch", "describe_alarm_history"): {"AlarmHistoryItems": [raw.change(f"{PROD.service}-5xx", 30)]},
        ("cloudwatch", "get_dashboard"): dashboards(),
        ("cloudwatch", "list_metrics"): {"Metrics": [{"Namespace": NAMESPACE, "MetricName": "Orders"}]},
        ("ecs", "describe_task_definition"): {"taskDefinition": with_sidecar()},
        ("ecs", "describe_tasks"): {"tasks": [task(1, startedAt=ago(days=2)), task(2, startedAt=ago(days=1))]},
        ("iam", "get_role"): get_role,
        ("iam", "simulate_principal_policy"): simulated,
        ("kms", "describe_key"): {"KeyMetadata": {"Arn": raw.KEY, "KeyManager": "CUSTOMER"}},
        ("kms", "get_key_policy"): {"Policy": raw.policy(key_statement())},
        ("logs", "describe_log_groups"): groups(),
        ("logs", "describe_log_streams"): streams(minutes=3),
        ("logs", "describe_metric_filters"): {"metricFilters": [metric_filter()]},
        ("logs", "filter_log_events"): {"events": []},
        ("sns", "list_topics"): {"Topics": [{"TopicArn": raw.TOPIC}]},
        ("sns", "get_topic_attributes"): raw.topic(),
        ("sns", "list_subscriptions_by_topic"): {"Subscriptions": [raw.subscription()]},
        ("xray", "get_trace_summaries"): {"TraceSummaries": [raw.trace()]},
    }


def changed(service: str, operation: str, answer: Answer) -> Answers:
    return with_answer(healthy(), service, operation, answer)


def with_alarms(*metric: Any, composites: tuple[Any, ...] = ()) -> Answers:
    """These alarms, and no others."""
    return changed("cloudwatch", "describe_alarms", raw.alarms(*metric, composites=composites))


def without_alarm(part: str, *instead: Any, composites: tuple[Any, ...] = ()) -> Answers:
    """All alarms but those whose names have this part; ``instead`` of them others."""
    kept = [one for one in raw.all_alarms() if part not in one["AlarmName"]]
    return with_alarms(*kept, *instead, composites=composites)


def dashboards(body: str | None = None) -> Answer:
    """The guide's for each environment, or this one for prod."""
    bodies = {f"asharvi-backend-{env.name}": raw.body(env) for env in ENVIRONMENTS.values()}
    if body is not None:
        bodies["asharvi-backend-prod"] = body

    def get_dashboard(**asked: Any) -> Mapping[str, Any]:
        name = asked["DashboardName"]
        if name not in bodies:
            raise Missing("cloudwatch:resource", name)
        return {"DashboardName": name, "DashboardArn": arn("cloudwatch", name), "DashboardBody": bodies[name]}

    return get_dashboard


def groups(*more: Any) -> Mapping[str, Any]:
    insights = log_group(logGroupName=INSIGHTS, retentionInDays=7)
    return {"logGroups": [log_group(PROD), log_group(STAGING), insights, *more]}


def streams(minutes: float | None = None) -> Mapping[str, Any]:
    """One whose last event is so long ago; one without any event when that is not said."""
    if minutes is None:
        return {"logStreams": [{"logStreamName": "app/app/1"}]}
    at = int(ago(minutes=minutes).timestamp() * 1000)
    return {"logStreams": [{"logStreamName": "app/app/1", "lastEventTimestamp": at, "lastIngestionTime": at}]}


def events_at(*minutes: float) -> Answer:
    """Log events so many minutes ago; FilterLogEvents tells those since ``startTime``."""
    times = [int(ago(minutes=each).timestamp() * 1000) for each in minutes]

    def filter_log_events(**asked: Any) -> Mapping[str, Any]:
        return {"events": [{"timestamp": at, "message": "x"} for at in sorted(times) if at >= asked["startTime"]]}

    return filter_log_events


def metric_filter(name: str = "errors", metric: str = "ErrorCount") -> Mapping[str, Any]:
    told = {"metricName": metric, "metricNamespace": NAMESPACE, "metricValue": "1"}
    return {"filterName": name, "filterPattern": "ERROR", "metricTransformations": [told]}


def with_sidecar(env: Environment = PROD, **changes: Any) -> Mapping[str, Any]:
    daemon = {"name": "xray", "image": "public.ecr.aws/xray/aws-xray-daemon:3.x", "essential": False, **changes}
    return task_definition(env, containerDefinitions=[container(env), daemon])


def get_role(**asked: Any) -> Mapping[str, Any]:
    name = asked["RoleName"]
    trust = {"Version": "2012-10-17", "Statement": []}
    return {"Role": {"RoleName": name, "Path": "/", "Arn": iam_arn(f"role/{name}"), "AssumeRolePolicyDocument": trust}}


def simulated(**asked: Any) -> Mapping[str, Any]:
    return {"EvaluationResults": [{"EvalActionName": one, "EvalDecision": "allowed"} for one in asked["ActionNames"]]}


def key_statement(**changes: Any) -> Any:
    allowed = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}
    return {**allowed, "Principal": {"Service": "cloudwatch.amazonaws.com"}, **changes}
