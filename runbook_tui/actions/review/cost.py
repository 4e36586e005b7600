"""What tells the backend's costs apart, and who hears when they grow (guide 9.3)."""

from typing import Any, Final

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.review.publishing import policy_of, with_publisher
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.catalogue.permissions import partition
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_BUDGETS: Final = "budgets.amazonaws.com"
_ACTUAL: Final = 80.0
_FORECAST: Final = 100.0  # percent of the limit at which somebody is told


@action("ce.activate-tag", guide="9.3", fixes=("review.cost-tags",))
def activate_tag(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The tag by which the backend's costs are told apart is active."""
    if site.cost.allow_paid_calls is False:
        raise CannotPlan("the site does not agree to paid requests", "set cost.allow_paid_calls")
    key = site.cost.tag.partition("=")[0]
    found = aws.cost.allocation_tag(key)
    if found is None:
        raise CannotPlan(f"no bill has seen the tag {key}", "tag the resources, and come again after a day")
    calls = () if found.status == "Active" else (_status(key, "Active", _status(key, found.status)),)
    return Plan(
        action="ce.activate-tag",
        title=f"Activate the cost allocation tag {key}",
        environment=env.name,
        resource=key,
        effect="Costs from now on can be told apart by it, after a day; those of before cannot.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=f"tag {key}", before=found.status, after="Active"),) if calls else (),
        warnings=("only the account that pays can do it: in a member of an organisation it is refused",),
        permissions=needed(calls),
    )


@action("budgets.create", guide="9.3", fixes=("review.cost-guards",))
def create_budget(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """A monthly budget tells the topic when the backend costs more than it may."""
    account = site.aws.account_id or aws.identity.caller().account
    name = site.cost.budget_name or f"{site.site.name}-backend-monthly"
    there = any(one.budget_name == name for one in aws.cost.budgets(account))
    calls = () if there else _creation(aws, site, account, name, _limit(site, inputs))
    return Plan(
        action="budgets.create",
        title=f"Create the budget {name}",
        environment=env.name,
        resource=name,
        effect=f"{site.obs.topic} is told at {_ACTUAL:g} %, and when more is forecast. Nothing stops.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=one.operation, before="", after=one.effect) for one in calls),
        permissions=needed(calls),
    )


def _limit(site: Site, inputs: Inputs) -> str:
    """USD a month. What the site knows of the present costs, and how far they may grow, is the proposal."""
    known = site.cost.baseline_monthly
    usual = f"{known * (1 + site.cost.max_growth_percent / 100):.0f}" if known else ""
    (given,) = inputs.take(Question(name="limit", text="How much may it cost a month, in USD?", default=usual))
    if not given.strip().isdecimal() or int(given) < 1:
        raise CannotPlan(f"{given} is no amount", "name whole US dollars")
    return given.strip()


def _creation(aws: Aws, site: Site, account: str, name: str, limit: str) -> tuple[ApiCall, ...]:
    topic = topic_arn(aws, site)
    policy = policy_of(aws, topic)
    source = f"arn:{partition(site.aws.region)}:budgets::{account}:*"
    condition = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": source}}
    asked = {"AccountId": account, "BudgetName": name}
    gone = _budgets("delete-budget", "delete_budget", asked, f"{name} is deleted")
    key, _, value = site.cost.tag.partition("=")
    filters = {"CostFilters": {"TagKeyValue": [f"user:{key}${value}"]}} if value else {}
    budget = {
        "BudgetName": name,
        "BudgetLimit": {"Amount": limit, "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
        **filters,
    }
    wanted = {
        "AccountId": account,
        "Budget": budget,
        "NotificationsWithSubscribers": [_telling("ACTUAL", _ACTUAL, topic), _telling("FORECASTED", _FORECAST, topic)],
    }
    return (
        with_publisher(topic, policy, "Budgets", _BUDGETS, condition),
        _budgets("create-budget", "create_budget", wanted, f"{name}, {limit} USD a month", gone),
    )


def _telling(kind: str, percent: float, topic: str) -> dict[str, Any]:
    notification = {
        "NotificationType": kind,
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": percent,
        "ThresholdType": "PERCENTAGE",
    }
    return {"Notification": notification, "Subscribers": [{"SubscriptionType": "SNS", "Address": topic}]}


def _budgets(call_id: str, operation: str, parameters: dict[str, Any], effect: str, *undo: ApiCall) -> ApiCall:
    return ApiCall(
        id=call_id,
        service="budgets",
        operation=operation,
        parameters=parameters,
        effect=effect,
        gone=() if undo else ("NotFoundException",),
        undo=undo,
    )


def _status(key: str, status: str, *undo: ApiCall) -> ApiCall:
    return ApiCall(
        id="set-status",
        service="ce",
        operation="update_cost_allocation_tags_status",
        parameters={"CostAllocationTagsStatus": [{"TagKey": key, "Status": status}]},
        effect=f"{key} is {status}",
        undo=undo,
    )
