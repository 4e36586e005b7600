"""A call about the environment's repository."""

from typing import Any

from runbook_tui.core.plan import ApiCall
from runbook_tui.core.site import Environment


def ecr(
    operation: str,
    env: Environment,
    effect: str,
    undo: tuple[ApiCall, ...] = (),
    *,
    gone: tuple[str, ...] = (),
    **parameters: Any,
) -> ApiCall:
    return ApiCall(
        id=operation.replace("_", "-"),
        service="ecr",
        operation=operation,
        parameters={"repositoryName": env.ecr_repo, **parameters},
        effect=effect,
        gone=gone,
        undo=undo,
    )
