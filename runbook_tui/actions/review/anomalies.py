"""Who hears of costs that nobody expected (guide 9.3)."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.review.publishing import policy_of, with_publisher
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk, answer
from runbook_tui.core.site import Environment, Site

_ALERTS: Final = "costalerts.amazonaws.com"
_USUAL: Final = "50"  # USD of an anomaly's whole impact: less is noise beside a month's bill


@action("ce.watch-anomalies", guide="9.3", fixes=("review.cost-guards",))
def watch_anomalies(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The topic is told when the costs of any service of AWS are not what they use to be."""
    if site.cost.allow_paid_calls is False:
        raise CannotPlan("the site does not agree to paid requests", "set cost.allow_paid_calls")
    name = f"{site.site.name}-services"
    there = aws.cost.monitors()
    calls = () if there else _watching(aws, site, name, _impact(inputs))
    return Plan(
        action="ce.watch-anomalies",
        title=f"Watch for anomalies of cost ({name})",
        environment=env.name,
        resource=name,
        effect="AWS learns for ten days or so what is usual in the account; then the topic hears of what is not.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=one.operation, before="", after=one.effect) for one in calls),
        permissions=needed(calls),
    )


def _impact(inputs: Inputs) -> str:
    text = "From which impact on, in USD, is somebody told?"
    (given,) = inputs.take(Question(name="impact", text=text, default=_USUAL))
    if not given.strip().isdecimal() or int(given) < 1:
        raise CannotPlan(f"{given} is no amount", "name whole US dollars")
    return given.strip()


def _watching(aws: Aws, site: Site, name: str, impact: str) -> tuple[ApiCall, ...]:
    topic, account = topic_arn(aws, site), site.aws.account_id or aws.identity.caller().account
    condition = {"StringEquals": {"aws:SourceAccount": account}}
    tags = listed(tags_of(site, None))
    monitor_arn = answer("create_anomaly_monitor", "MonitorArn")
    subscription_arn = answer("create_anomaly_subscription", "SubscriptionArn")
    monitor = {"MonitorName": name, "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    expression = {
        "Dimensions": {
            "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
            "Values": [impact],
        }
    }
    subscription = {
        "SubscriptionName": name,
        "MonitorArnList": [monitor_arn],
        "Subscribers": [{"Address": topic, "Type": "SNS"}],
        "Frequency": "IMMEDIATE",
        "ThresholdExpression": expression,
    }
    return (
        with_publisher(topic, policy_of(aws, topic), "CostAlerts", _ALERTS, condition),
        _ce(
            "create_anomaly_monitor",
            {"AnomalyMonitor": monitor, "ResourceTags": tags},
            f"the monitor {name}",
            _ce("delete_anomaly_monitor", {"MonitorArn": monitor_arn}, f"{name} is deleted"),
        ),
        _ce(
            "create_anomaly_subscription",
            {"AnomalySubscription": subscription, "ResourceTags": tags},
            f"{site.obs.topic} is told from {impact} USD on",
            _ce("delete_anomaly_subscription", {"SubscriptionArn": subscription_arn}, "nobody is told"),
        ),
    )


def _ce(operation: str, parameters: Mapping[str, Any], effect: str, *undo: ApiCall) -> ApiCall:
    return ApiCall(
        id=operation,
        service="ce",
        operation=operation,
        parameters=parameters,
        effect=effect,
        gone=() if undo else ("UnknownMonitorException", "UnknownSubscriptionException"),
        undo=undo,
    )
