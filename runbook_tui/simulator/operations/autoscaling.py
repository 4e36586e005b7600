"""Application Auto Scaling of ECS services: targets, policies with alarms of their own, schedules, activities."""

import uuid
from typing import Any

from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.scaling.activities import as_listed, listed
from runbook_tui.simulator.scaling.bounds import enforce
from runbook_tui.simulator.scaling.tracking import make_alarms
from runbook_tui.simulator.world import World

_SERVICE = "application-autoscaling"
_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
_ROLE = (
    "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
)


def only_ecs(parameters: Parameters) -> None:
    if parameters["ServiceNamespace"] != "ecs":
        raise not_simulated(f"scaling of {parameters['ServiceNamespace']}")


@overlay(_SERVICE, "RegisterScalableTarget")
def check_the_bounds(world: World, parameters: Parameters) -> Reply:
    only_ecs(parameters)
    known = _target(world, parameters)
    least = parameters.get("MinCapacity", known.min_capacity if known is not None else None)
    most = parameters.get("MaxCapacity", known.max_capacity if known is not None else None)
    if least is None or most is None:
        raise Refused("ValidationException", "MinCapacity and MaxCapacity are required to register a scalable target")
    if int(least) > int(most):
        raise Refused("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    return None


@after(_SERVICE, "RegisterScalableTarget")
def keep_within_the_bounds(world: World, parameters: Parameters) -> Reply:
    target = _target(world, parameters)
    target.role_arn = target.role_arn or f"arn:aws:iam::{world.account}:{_ROLE}"
    target.suspended_state = {**_NOT_SUSPENDED, **(target.suspended_state or {})}
    enforce(world, target)
    return None


def _target(world: World, parameters: Parameters) -> Any:
    return world.backend(_SERVICE).targets.get(parameters["ScalableDimension"], {}).get(parameters["ResourceId"])


@overlay(_SERVICE, "DescribeScalableTargets")
def describe_scalable_targets(world: World, parameters: Parameters) -> Reply:
    wanted, dimension = parameters.get("ResourceIds") or (), parameters.get("ScalableDimension")
    found = [
        {
            "ServiceNamespace": target.service_namespace,
            "ResourceId": target.resource_id,
            "ScalableDimension": target.scalable_dimension,
            "MinCapacity": target.min_capacity,
            "MaxCapacity": target.max_capacity,
            "RoleARN": target.role_arn,
            "CreationTime": target.creation_time,
            "SuspendedState": target.suspended_state,
            "ScalableTargetARN": target.arn,
        }
        for targets in world.backend(_SERVICE).targets.values()
        for target in targets.values()
        if target.service_namespace == parameters["ServiceNamespace"]
        and (not wanted or target.resource_id in wanted)
        and dimension in (None, target.scalable_dimension)
    ]
    items, token = page(found, parameters, size="MaxResults", token="NextToken", limit=50)  # noqa: S106
    return {"ScalableTargets": items, "NextToken": token}


@overlay(_SERVICE, "DeregisterScalableTarget")
def take_policies_along(world: World, parameters: Parameters) -> Reply:
    """AWS deletes the policies and scheduled actions of a target that goes."""
    if _target(world, parameters) is None:
        raise _no_target(parameters)
    place = {member: parameters[member] for member in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    for policy in _policies(world, parameters):
        world.call(_SERVICE, "DeleteScalingPolicy", PolicyName=policy.policy_name, **place)
    moto = world.backend(_SERVICE)
    moto.scheduled_actions = [each for each in moto.scheduled_actions if each.resource_id != parameters["ResourceId"]]
    return None


def _no_target(parameters: Parameters) -> Refused:
    """moto says ValidationException here, which is not among the errors of these operations' model."""
    return Refused("ObjectNotFoundException", f"No scalable target registered for {_place(parameters)}")


def _place(parameters: Parameters) -> str:
    return (
        f"service namespace: {parameters['ServiceNamespace']}, "
        f"resource ID: {parameters['ResourceId']}, scalable dimension: {parameters['ScalableDimension']}"
    )


@overlay(_SERVICE, "PutScalingPolicy")
def put_scaling_policy(world: World, parameters: Parameters) -> Reply:
    """A policy that is put again keeps its ARN; target tracking makes its alarms anew."""
    only_ecs(parameters)
    if _target(world, parameters) is None:
        raise _no_target(parameters)
    kind = parameters.get("PolicyType") or "StepScaling"
    body = parameters.get("StepScalingPolicyConfiguration") or parameters.get(
        "TargetTrackingScalingPolicyConfiguration"
    )
    if kind not in ("StepScaling", "TargetTrackingScaling"):
        raise not_simulated(f"a scaling policy of type {kind}")
    if body is None or (kind == "StepScaling") != bool(parameters.get("StepScalingPolicyConfiguration")):
        raise Refused("ValidationException", f"The configuration of a {kind} policy is required")
    former = next((each for each in _policies(world, parameters) if each.policy_name == parameters["PolicyName"]), None)
    policy = _put(world, parameters, kind, body)
    if former is not None:
        policy.policy_arn, policy.creation_time = former.policy_arn, former.creation_time
    _drop_alarms(world, policy)
    if kind == "TargetTrackingScaling":
        make_alarms(world, policy, str(uuid.UUID(int=world.random.getrandbits(128), version=4)))
    return {"PolicyARN": policy.policy_arn, "Alarms": _alarms(world, policy, own=True)}


def _put(world: World, parameters: Parameters, kind: str, body: Any) -> Any:
    policy = world.backend(_SERVICE).put_scaling_policy(
        policy_name=parameters["PolicyName"],
        service_namespace=parameters["ServiceNamespace"],
        resource_id=parameters["ResourceId"],
        scalable_dimension=parameters["ScalableDimension"],
        policy_body=body,
        policy_type=kind,
    )
    for alarm in policy.alarms:  # moto makes some with a threshold of its own
        world.backend("cloudwatch").alarms.pop(alarm.name, None)
    policy.alarms = []
    return policy


@overlay(_SERVICE, "DeleteScalingPolicy")
def take_alarms_along(world: World, parameters: Parameters) -> Reply:
    going = [each for each in _policies(world, parameters) if each.policy_name == parameters["PolicyName"]]
    if not going:
        text = f"No scaling policy found for {_place(parameters)}, policy name: {parameters['PolicyName']}"
        raise Refused("ObjectNotFoundException", text)
    for policy in going:
        _drop_alarms(world, policy)
    return None


def _policies(world: World, parameters: Parameters) -> list[Any]:
    names, kind = parameters.get("PolicyNames") or (), parameters.get("ServiceNamespace")
    return [
        each
        for each in world.backend(_SERVICE).policies.values()
        if each.service_namespace == kind
        and parameters.get("ResourceId") in (None, each.resource_id)
        and parameters.get("ScalableDimension") in (None, each.scalable_dimension)
        and (not names or each.policy_name in names)
    ]


def _alarms(world: World, policy: Any, *, own: bool = False) -> list[dict[str, str]]:
    """Those that call it; ``own`` ones are the target tracking's."""
    mark = f"{policy.policy_arn}:createdBy/" if own else policy.policy_arn
    return [
        {"AlarmName": alarm.name, "AlarmARN": alarm.arn}
        for alarm in world.monitoring.alarms.values()
        if any(action.startswith(mark) for action in alarm.settings.get("AlarmActions") or ())
    ]


def _drop_alarms(world: World, policy: Any) -> None:
    names = [each["AlarmName"] for each in _alarms(world, policy, own=True)]
    if names:
        world.call("cloudwatch", "DeleteAlarms", AlarmNames=names)


@overlay(_SERVICE, "DescribeScalingPolicies")
def describe_scaling_policies(world: World, parameters: Parameters) -> Reply:
    found = [_described(world, each) for each in _policies(world, parameters)]
    items, token = page(found, parameters, size="MaxResults", token="NextToken", limit=50)  # noqa: S106
    return {"ScalingPolicies": items, "NextToken": token}


def _described(world: World, policy: Any) -> dict[str, Any]:
    found = {
        "PolicyARN": policy.policy_arn,
        "PolicyName": policy.policy_name,
        "ServiceNamespace": policy.service_namespace,
        "ResourceId": policy.resource_id,
        "ScalableDimension": policy.scalable_dimension,
        "PolicyType": policy.policy_type,
        "Alarms": _alarms(world, policy),
        "CreationTime": policy.creation_time,
    }
    if policy.policy_type == "StepScaling":
        return {**found, "StepScalingPolicyConfiguration": policy.step_scaling_policy_configuration}
    return {
        **found,
        "TargetTrackingScalingPolicyConfiguration": policy.target_tracking_scaling_policy_configuration,
    }


@overlay(_SERVICE, "DescribeScalingActivities")
def describe_scaling_activities(world: World, parameters: Parameters) -> Reply:
    """What was not scaled comes only when it is asked for."""
    found = [
        as_listed(each)
        for each in listed(world)
        if parameters["ServiceNamespace"] == "ecs"
        and parameters.get("ResourceId") in (None, each.resource)
        and parameters.get("ScalableDimension") in (None, each.dimension)
        and (parameters.get("IncludeNotScaledActivities") or not each.reasons)
    ]
    items, token = page(found, parameters, size="MaxResults", token="NextToken", limit=50)  # noqa: S106
    return {"ScalingActivities": items, "NextToken": token}
