"""What one request needs: IAM actions, and the resources that they are about. ``*`` where the API has no narrower."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.iam.actions import action_of
from runbook_tui.simulator.iam.arns import MEMBERS, Resource

if TYPE_CHECKING:
    from runbook_tui.simulator.wire import Call
    from runbook_tui.simulator.world import World

# operations that IAM knows for every resource only, whatever they are given
_EVERYWHERE = {
    ("ecs", "ListTasks"),
    ("ecs", "ListServices"),
    ("ecs", "DescribeTaskDefinition"),
    ("ecs", "RegisterTaskDefinition"),
    ("ecs", "DeregisterTaskDefinition"),
    ("logs", "DescribeLogGroups"),
    ("logs", "TestMetricFilter"),
    ("cloudtrail", "LookupEvents"),
    ("secretsmanager", "ListSecrets"),
}
_DESCRIBED_EVERYWHERE = ("ec2", "elbv2", "application-autoscaling", "cloudwatch", "rds")
# the roles that an operation hands to a service
_PASSED = {
    ("ecs", "RegisterTaskDefinition"): (("taskRoleArn", "executionRoleArn"), "ecs-tasks.amazonaws.com"),
    ("fis", "CreateExperimentTemplate"): (("roleArn",), "fis.amazonaws.com"),
    ("lambda", "CreateFunction"): (("Role",), "lambda.amazonaws.com"),
    ("cloudtrail", "CreateTrail"): (("CloudWatchLogsRoleArn",), "cloudtrail.amazonaws.com"),
}


class Need(Struct, frozen=True):
    """``keys`` are condition keys that only this need has."""

    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]] = {}


def needs_of(world: "World", call: "Call") -> list[Need]:
    parameters = _parameters(call)
    action = action_of(call)
    own = [Need(action, resource) for resource in _resources(world, call, parameters) or ["*"]]
    return [*own, *_passed(call, parameters)]


def resources_of(world: "World", call: "Call") -> list[tuple[str, str]]:
    """Action and ARN of each resource that the request itself is about."""
    return [(each.action, each.resource) for each in needs_of(world, call) if each.action != "iam:PassRole"]


def _parameters(call: "Call") -> Mapping[str, Any]:
    try:
        return call.parameters()
    except (ValueError, TypeError, KeyError, AttributeError):  # what cannot be read is about nothing in particular
        return {}


def _resources(world: "World", call: "Call", parameters: Mapping[str, Any]) -> list[str]:
    name = (call.service, call.operation)
    if name in _EVERYWHERE or (call.service in _DESCRIBED_EVERYWHERE and call.operation.startswith("Describe")):
        return []
    members: Mapping[str, Resource] = MEMBERS.get(call.service, {})
    for member, resource in members.items():
        value = parameters.get(member)
        if value:
            values = value if isinstance(value, list) else [value]
            return [resource(world, str(each), parameters) for each in values]
    return []


def _passed(call: "Call", parameters: Mapping[str, Any]) -> Iterator[Need]:
    members, service = _PASSED.get((call.service, call.operation), ((), ""))
    for role in dict.fromkeys(str(parameters[each]) for each in members if parameters.get(each)):
        yield Need("iam:PassRole", role, {"iam:PassedToService": (service,)})
