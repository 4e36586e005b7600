"""Calls that change how a service scales. What is deleted comes back under a new ARN: the alarms that called it are
led to that one."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from runbook_tui.actions.ecs.scaling_state import Scaling, Settings
from runbook_tui.actions.observability.putting import alarms_call, put
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.facts.scaling_rule import CPU, MEMORY
from runbook_tui.core.plan import ApiCall, answer
from runbook_tui.core.site import Environment, Site

_PERIODS: Final = {True: 3, False: 10}  # minutes: out at once, in when it has been quiet for a while
_COMPARISON: Final = {True: "GreaterThanOrEqualToThreshold", False: "LessThanThreshold"}
_TRACKED: Final = {CPU: "ECSServiceAverageCPUUtilization", MEMORY: "ECSServiceAverageMemoryUtilization"}
_GONE: Final = ("ObjectNotFoundException",)


def put_policy(state: Scaling, name: str, kind: str, configuration: Settings) -> ApiCall:
    """In place where it is there already: it keeps its ARN."""
    settings = {"PolicyName": name, **state.place, "PolicyType": kind, f"{kind}PolicyConfiguration": configuration}
    before = state.policies.get(name)
    undo = _scaling(f"{name}-back", "put_scaling_policy", before, f"{name} is as it was") if before else None
    gone = _scaling(f"{name}-gone", "delete_scaling_policy", {"PolicyName": name, **state.place}, f"{name} is deleted")
    effect = f"{name} is put, whole" if before else f"{name} is made"
    return _scaling(_putting(name), "put_scaling_policy", settings, effect, undo or gone)


def arn_of(state: Scaling, name: str) -> Any:
    """Known, or what the call of this plan will answer that makes it."""
    return state.arns.get(name) or answer(_putting(name), "PolicyARN")


def delete_policy(state: Scaling, name: str) -> ApiCall:
    """The alarms of target tracking go with it, and come again with it."""
    back = _scaling(_again(name), "put_scaling_policy", state.policies[name], f"{name} is there again")
    asked = {"PolicyName": name, **state.place}
    return _scaling(f"delete-{name}", "delete_scaling_policy", asked, f"{name} is deleted", back)


def step_configuration(env: Environment, *, upward: bool) -> dict[str, Any]:
    """One task more, or one less, once in the site's time."""
    bound = {"MetricIntervalLowerBound": 0.0} if upward else {"MetricIntervalUpperBound": 0.0}
    return {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{**bound, "ScalingAdjustment": 1 if upward else -1}],
        "Cooldown": env.scaling.cooldown_out if upward else env.scaling.cooldown_in,
        "MetricAggregationType": "Average",
    }


def tracking_configuration(env: Environment, metric: str, percent: float) -> dict[str, Any]:
    return {
        "TargetValue": percent,
        "PredefinedMetricSpecification": {"PredefinedMetricType": _TRACKED[metric]},
        "ScaleOutCooldown": env.scaling.cooldown_out,
        "ScaleInCooldown": env.scaling.cooldown_in,
        "DisableScaleIn": False,
    }


def load_alarm(site: Site, env: Environment, name: str, percent: float, *, upward: bool) -> dict[str, Any]:
    """On the greater of CPU and memory: two alarms could pull in two directions."""
    return {
        "AlarmName": name,
        "AlarmDescription": f"Scales the {env.name} backend",
        "ActionsEnabled": True,
        "Metrics": [
            {"Id": "used", "Expression": "MAX([cpu, memory])", "Label": "CPU or memory", "ReturnData": True},
            _metric(site, env, "cpu", CPU),
            _metric(site, env, "memory", MEMORY),
        ],
        "EvaluationPeriods": _PERIODS[upward],
        "Threshold": percent,
        "ComparisonOperator": _COMPARISON[upward],
        "TreatMissingData": "missing",
    }


def put_alarm(site: Site, env: Environment, state: Scaling, wanted: Settings, going: Collection[str]) -> ApiCall:
    """``going`` are the policies that this plan deletes."""
    name, tags = str(wanted["AlarmName"]), listed(tags_of(site, env))
    return put(f"put-alarm-{name}", wanted, _before(state, name, going), tags)


def drop_alarm(site: Site, env: Environment, state: Scaling, name: str, going: Collection[str]) -> ApiCall:
    """What calls nothing but these policies is deleted; what tells somebody too only stops calling them."""
    there = state.alarms[name]
    dead = {state.arns[one] for one in going}
    other = [one for one in there.get("AlarmActions", ()) if one not in dead]
    if other:
        return put_alarm(site, env, state, {**there, "AlarmActions": other}, going)
    back = alarms_call(f"{name}-back", "put_metric_alarm", _before(state, name, going) or {}, f"{name} is there again")
    return alarms_call(
        f"delete-alarm-{name}", "delete_alarms", {"AlarmNames": [name]}, f"alarm {name} is deleted", (back,)
    )


def _before(state: Scaling, name: str, going: Collection[str]) -> Mapping[str, Any] | None:
    """As it is recorded; a policy that was deleted meanwhile is called by the ARN that it has when it is back."""
    there = state.alarms.get(name)
    if there is None:
        return None
    again = {state.arns[one]: answer(_again(one), "PolicyARN", otherwise=state.arns[one]) for one in going}
    return {**there, "AlarmActions": [again.get(one, one) for one in there.get("AlarmActions", ())]}


def _metric(site: Site, env: Environment, identity: str, metric: str) -> dict[str, Any]:
    where = {"ClusterName": site.ecs.cluster, "ServiceName": env.service}
    return {
        "Id": identity,
        "MetricStat": {
            "Metric": {"Namespace": "AWS/ECS", "MetricName": metric, "Dimensions": listed(where, key="Name")},
            "Period": 60,
            "Stat": "Average",
        },
        "ReturnData": False,
    }


def _scaling(call_id: str, operation: str, parameters: Settings, effect: str, undo: ApiCall | None = None) -> ApiCall:
    return ApiCall(
        id=call_id,
        service="application-autoscaling",
        operation=operation,
        parameters=parameters,
        effect=effect,
        gone=_GONE if operation == "delete_scaling_policy" else (),
        undo=(undo,) if undo else (),
    )


def _putting(name: str) -> str:
    return f"put-{name}"


def _again(name: str) -> str:
    return f"again-{name}"
