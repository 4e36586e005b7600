"""What all changes of a service have in common: one UpdateService that sends what changes, and its way back."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.core.plan import ApiCall
from runbook_tui.core.site import Environment, Site


def recorded(aws: Aws, site: Site, env: Environment) -> Mapping[str, Any]:
    """The service as AWS describes it, whole: what is sent back must lack nothing. Missing ``ecs:service``."""
    aws.ecs.service(site.ecs.cluster, env.service)  # says what is missing; the reader asks once
    asked = {"cluster": site.ecs.cluster, "services": [env.service], "include": ["TAGS"]}
    found: Mapping[str, Any] = aws.reader.read("ecs", "describe_services", **asked)["services"][0]
    return found


def update(site: Site, env: Environment, effect: str, undo: tuple[ApiCall, ...] = (), **fields: Any) -> ApiCall:
    """Never with ``desiredCount`` unless the count is what changes: autoscaling may have set another one."""
    return ApiCall(
        id="update-service",
        service="ecs",
        operation="update_service",
        parameters={"cluster": site.ecs.cluster, "service": env.service, **fields},
        effect=effect,
        undo=undo,
    )
