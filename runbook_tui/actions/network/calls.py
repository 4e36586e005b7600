"""What all changes of the network have in common: one request to EC2, the tags of what it makes, the plan."""

from typing import Any, Final

from msgspec.structs import replace

from runbook_tui.actions.permissions import needed
from runbook_tui.core.plan import ApiCall, Plan, Ready, answer
from runbook_tui.core.site import Site

# What was made a moment ago is not seen by every server of EC2's at once (EC2 developer guide, eventual consistency).
NOT_YET: Final = (
    "InvalidVpcID.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidRouteTableID.NotFound",
    "InvalidInternetGatewayID.NotFound",
    "InvalidAllocationID.NotFound",
    "InvalidGroup.NotFound",
    "InvalidGroupId.NotFound",
    "NatGatewayNotFound",
)
_ABSENT: Final = (*NOT_YET, "InvalidVpcEndpointId.NotFound", "InvalidVpcPeeringConnectionID.NotFound")
# Interfaces of endpoints, gateways and load balancers linger for minutes after those are deleted.
_LINGERING: Final = ("DependencyViolation",)
_LINGERS: Final = 600.0  # seconds


def ec2(
    call_id: str,
    operation: str,
    effect: str,
    *undo: ApiCall,
    ready: Ready | None = None,
    gone: tuple[str, ...] = (),
    **parameters: Any,
) -> ApiCall:
    """A change of what is there, and what takes it back."""
    return ApiCall(
        id=call_id,
        service="ec2",
        operation=operation,
        parameters=parameters,
        effect=effect,
        not_yet=NOT_YET,
        gone=gone,
        ready=ready,
        undo=undo,
    )


def delete(operation: str, effect: str, code: str, *, ready: Ready | None = None, **parameters: Any) -> ApiCall:
    """Takes back what was made; ``code`` says that it is gone already. It waits for what still depends on it."""
    return ApiCall(
        id=operation.replace("_", "-"),
        service="ec2",
        operation=operation,
        parameters=parameters,
        effect=effect,
        not_yet=_LINGERING,
        patience=_LINGERS,
        gone=(code,),
        ready=ready,
    )


def tagged(site: Site, kind: str, name: str) -> list[dict[str, Any]]:
    """``TagSpecifications`` of what both environments share. ``kind`` is EC2's name of the type of resource."""
    tags = {"Name": name, "Project": site.site.name, "Component": "backend", "Environment": "shared"}
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


def named(site: Site, what: str) -> str:
    return f"{site.site.name}-backend-{what}"


def state(operation: str, path: str, *wanted: str, failed: tuple[str, ...] = (), **parameters: Any) -> Ready:
    """Within ten minutes (a NAT gateway takes two, an endpoint one to five). ``""`` is wanted of what is to go."""
    return Ready(
        operation=operation,
        parameters=parameters,
        path=path,
        wanted=wanted,
        failed=failed,
        absent=_ABSENT,
        timeout=600.0,
        every=5.0,
    )


def made(call_id: str, path: str, known: str = "") -> Any:
    """The id of a thing: ``known``, or what the call that makes it answers."""
    return known or answer(call_id, path)


def complete(plan: Plan) -> Plan:
    """With the permissions of its calls. What is as it should be has no differences."""
    return replace(plan, permissions=needed(plan.calls), differences=plan.differences if plan.calls else ())
