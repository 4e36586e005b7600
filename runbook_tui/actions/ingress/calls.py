"""What the changes of the way in have in common: one request, and what takes it back."""

from typing import Any, Final

from runbook_tui.core.plan import ApiCall

# What was deleted a moment ago still holds what it used.
IN_USE: Final = ("ResourceInUse", "ResourceInUseException")
_GONE: Final = (
    "LoadBalancerNotFound",
    "TargetGroupNotFound",
    "ListenerNotFound",
    "RuleNotFound",
    "ResourceNotFoundException",
)


def elb(call_id: str, operation: str, effect: str, *undo: ApiCall, **parameters: Any) -> ApiCall:
    """A change by ``elbv2``, and what takes it back."""
    return ApiCall(id=call_id, service="elbv2", operation=operation, parameters=parameters, effect=effect, undo=undo)


def delete(call_id: str, service: str, operation: str, effect: str, **parameters: Any) -> ApiCall:
    """Takes back what was made, once nothing uses it any more."""
    return ApiCall(
        id=call_id,
        service=service,
        operation=operation,
        parameters=parameters,
        effect=effect,
        not_yet=IN_USE,
        patience=120.0,
        gone=_GONE,
    )
