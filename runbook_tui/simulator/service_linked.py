"""What AWS's own services do in the account, by their service-linked roles: the trail tells of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.iam.principals import role_named
from runbook_tui.simulator.trail_event import Resource, TrailEvent, make

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World


class Linked(Struct, frozen=True):
    """``invoker`` stands for the address and the program, too: AWS gives neither of its own services."""

    role: str
    session: str
    invoker: str


ECS_SCHEDULER = Linked("AWSServiceRoleForECS", "ecs-service-scheduler", "ecs.amazonaws.com")
ECS_SCALING = Linked(
    "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "AutoScaling-UpdateDesiredCapacity",
    "ecs.application-autoscaling.amazonaws.com",
)


class Deed(Struct, frozen=True, kw_only=True):
    """A changing API call: ``parameters`` are written as CloudTrail writes them, with small first letters."""

    by: Linked
    service: str
    operation: str
    parameters: Mapping[str, Any]
    resources: Sequence[Resource]


def tell(world: "World", deed: Deed) -> None:
    """It has happened now."""
    world.trail.add(event(world, deed, at=world.clock.now()))


def event(world: "World", deed: Deed, *, at: datetime, identifier: str = "") -> TrailEvent:
    told = {
        "sourceIPAddress": deed.by.invoker,
        "userAgent": deed.by.invoker,
        "requestParameters": deed.parameters,
        "responseElements": None,
    }
    return make(
        world,
        at=at,
        name=deed.operation,
        service=deed.service,
        caller=None,
        identity=_identity(world, deed.by, at),
        read_only=False,
        resources=deed.resources,
        told=told,
        identifier=identifier,
    )


def _identity(world: "World", linked: Linked, at: datetime) -> dict[str, Any]:
    account, path = world.account, f"aws-service-role/{linked.invoker}/{linked.role}"
    role = role_named(world, linked.role)
    principal = role.id if role is not None else "AROA" + "".join(each for each in linked.role.upper())[-17:]
    issuer = {
        "type": "Role",
        "principalId": principal,
        "arn": f"arn:aws:iam::{account}:role/{path}",
        "accountId": account,
        "userName": linked.role,
    }
    return {
        "type": "AssumedRole",
        "principalId": f"{principal}:{linked.session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{linked.role}/{linked.session}",
        "accountId": account,
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"mfaAuthenticated": "false", "creationDate": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
        },
        "invokedBy": linked.invoker,
    }
