"""Task definitions as they are registered: a copy of one that was described, with something changed."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecs import TASK_DEFINITION
from runbook_tui.core.plan import ApiCall, answer

# The revision that ``registering`` makes, wherever a later call names one.
REGISTERED: Final = answer("register", "taskDefinition.taskDefinitionArn")

# Members of the answer that RegisterTaskDefinition does not take.
_ANSWERED_ONLY: Final = frozenset(
    {
        "taskDefinitionArn",
        "revision",
        "status",
        "requiresAttributes",
        "compatibilities",
        "registeredAt",
        "registeredBy",
        "deregisteredAt",
        "deleteRequestedAt",
    }
)


def registrable(aws: Aws, name: str) -> dict[str, Any]:
    """Parameters that would register the same again, tags among them. Missing ``ecs:task-definition``."""
    asked = aws.reader.read("ecs", "describe_task_definition", taskDefinition=name, include=["TAGS"])
    found = asked.get("taskDefinition")
    if not isinstance(found, Mapping):
        raise Missing(TASK_DEFINITION, name)
    copied = {member: value for member, value in found.items() if member not in _ANSWERED_ONLY}
    return {**copied, **({"tags": asked["tags"]} if asked.get("tags") else {})}


def with_image(definition: Mapping[str, Any], container: str, image: str) -> dict[str, Any]:
    """The same with another image in one of its containers."""
    containers = [
        {**one, "image": image} if one.get("name") == container else one for one in definition["containerDefinitions"]
    ]
    return {**definition, "containerDefinitions": containers}


def registering(definition: Mapping[str, Any], effect: str) -> ApiCall:
    """A new revision. The way back only puts it away: a number that was used does not come again."""
    return ApiCall(
        id="register",
        service="ecs",
        operation="register_task_definition",
        parameters=definition,
        effect=effect,
        undo=(
            ApiCall(
                id="deregister",
                service="ecs",
                operation="deregister_task_definition",
                parameters={"taskDefinition": REGISTERED},
                effect="the new revision is put away",
            ),
        ),
    )
