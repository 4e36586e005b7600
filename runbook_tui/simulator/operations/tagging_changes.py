"""Tags put on and taken off by the index of tagged resources: it asks each service for it, as AWS's does."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_API: Final = "resourcegroupstaggingapi"
_Call = tuple[str, str, Mapping[str, Any]]


@overlay(_API, "TagResources")
def tag_resources(world: World, parameters: Parameters) -> Reply:
    tags = dict(parameters["Tags"])
    return _each(world, parameters, lambda arn: _tagging(arn, tags))


@overlay(_API, "UntagResources")
def untag_resources(world: World, parameters: Parameters) -> Reply:
    keys = list(parameters["TagKeys"])
    return _each(world, parameters, lambda arn: _untagging(arn, keys))


def _each(world: World, parameters: Parameters, call: Callable[[str], _Call | None]) -> dict[str, Any]:
    """What one resource is refused does not hinder the others."""
    arns = parameters["ResourceARNList"]
    if not 1 <= len(arns) <= 20:
        raise Refused("InvalidParameterException", "ResourceARNList must hold 1 to 20 ARNs.")
    failed: dict[str, Any] = {}
    for arn in arns:
        made = call(arn)
        if made is None:
            failed[arn] = _failure(400, "InvalidParameterException", "This service is not simulated here")
            continue
        service, operation, given = made
        try:
            world.call(service, operation, **given)
        except Refused as refused:
            failed[arn] = _failure(404, refused.code, str(refused))
    return {"FailedResourcesMap": failed}


def _failure(status: int, code: str, message: str) -> dict[str, Any]:
    return {"StatusCode": status, "ErrorCode": code, "ErrorMessage": message}


def _tagging(arn: str, tags: Mapping[str, str]) -> _Call | None:
    capital = [{"Key": key, "Value": value} for key, value in tags.items()]
    small = [{"key": key, "value": value} for key, value in tags.items()]
    match arn.split(":")[2]:
        case "ec2":
            return "ec2", "CreateTags", {"Resources": [_id(arn)], "Tags": capital}
        case "ecr":
            return "ecr", "TagResource", {"resourceArn": arn, "tags": capital}
        case "ecs":
            return "ecs", "TagResource", {"resourceArn": arn, "tags": small}
        case "elasticloadbalancing":
            return "elbv2", "AddTags", {"ResourceArns": [arn], "Tags": capital}
        case "logs":
            return "logs", "TagResource", {"resourceArn": arn, "tags": dict(tags)}
        case "sns":
            return "sns", "TagResource", {"ResourceArn": arn, "Tags": capital}
        case _:
            return None


def _untagging(arn: str, keys: Sequence[str]) -> _Call | None:
    match arn.split(":")[2]:
        case "ec2":
            return "ec2", "DeleteTags", {"Resources": [_id(arn)], "Tags": [{"Key": key} for key in keys]}
        case "ecr":
            return "ecr", "UntagResource", {"resourceArn": arn, "tagKeys": list(keys)}
        case "ecs":
            return "ecs", "UntagResource", {"resourceArn": arn, "tagKeys": list(keys)}
        case "elasticloadbalancing":
            return "elbv2", "RemoveTags", {"ResourceArns": [arn], "TagKeys": list(keys)}
        case "logs":
            return "logs", "UntagResource", {"resourceArn": arn, "tagKeys": list(keys)}
        case "sns":
            return "sns", "UntagResource", {"ResourceArn": arn, "TagKeys": list(keys)}
        case _:
            return None


def _id(arn: str) -> str:
    """EC2 tags by the resource's id."""
    return arn.rpartition("/")[2]
