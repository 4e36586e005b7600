"""A task definition as it can be registered again: what a release is made of."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.simulator.world import World

REGISTERED: Final = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
    "pidMode",
)


def described(world: World, definition: str) -> dict[str, Any]:
    """Its members that a registration takes, tags among them. Raises Refused."""
    answer = world.call("ecs", "DescribeTaskDefinition", taskDefinition=definition, include=["TAGS"])
    former = answer["taskDefinition"]
    return {**{key: former[key] for key in REGISTERED if former.get(key)}, "tags": answer.get("tags", [])}


def register(world: World, members: Mapping[str, Any]) -> str:
    """The ARN of the new revision."""
    made = world.call("ecs", "RegisterTaskDefinition", **members)
    return str(made["taskDefinition"]["taskDefinitionArn"])
