"""One route of a table: made, led elsewhere, or taken out, and the way back."""

from typing import Any

from runbook_tui.actions.network.calls import ec2
from runbook_tui.aws.facts.network import Route, RouteTable
from runbook_tui.core.plan import ApiCall, answer

_TARGETS = {
    "GatewayId": "gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "EgressOnlyInternetGatewayId": "egress_only_internet_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
}


def to(call_id: str, table_id: Any, cidr: str, what: str, *, undo: bool = True, **target: Any) -> ApiCall:
    """A route that was not there. Without ``undo`` in a table that goes again as a whole."""
    where: dict[str, Any] = {"RouteTableId": table_id, "DestinationCidrBlock": cidr}
    back = (ec2(call_id, "delete_route", f"no route for {cidr}", gone=("InvalidRoute.NotFound",), **where),)
    return ec2(call_id, "create_route", f"{cidr} leads to {what}", *(back if undo else ()), **where, **target)


def instead(call_id: str, table: RouteTable, before: Route, what: str, **target: Any) -> ApiCall:
    """A route that leads elsewhere, or into a black hole: AWS takes no route back to a target that is gone."""
    where: dict[str, Any] = {
        "RouteTableId": table.route_table_id,
        "DestinationCidrBlock": before.destination_cidr_block,
    }
    if before.state == "active":
        back = ec2(call_id, "replace_route", f"it leads to {name_of(before)} again", **where, **target_of(before))
    else:
        effect = f"no route for {before.destination_cidr_block}: {name_of(before)} is gone"
        back = ec2(call_id, "delete_route", effect, gone=("InvalidRoute.NotFound",), **where)
    effect = f"{before.destination_cidr_block} leads to {what} instead of {name_of(before)}"
    return ec2(call_id, "replace_route", effect, back, **where, **target)


def without(call_id: str, table: RouteTable, route: Route) -> ApiCall:
    where: dict[str, Any] = {"RouteTableId": table.route_table_id, "DestinationCidrBlock": route.destination_cidr_block}
    effect = f"it leads to {name_of(route)} again"
    back = ec2(call_id, "create_route", effect, gone=("RouteAlreadyExists",), **where, **target_of(route))
    effect = f"{route.destination_cidr_block} no longer leads to {name_of(route)}"
    return ec2(call_id, "delete_route", effect, back, **where)


def exactly(table: RouteTable, cidr: str) -> Route | None:
    """The table's route for this range and no other, active or not."""
    return next((route for route in table.routes if route.destination_cidr_block == cidr), None)


def placed(table: RouteTable, cidr: str, call_id: str, what: str, **target: Any) -> ApiCall:
    """The route for this range, made or led elsewhere."""
    before = exactly(table, cidr)
    if before is None:
        return to(call_id, table.route_table_id, cidr, what, **target)
    return instead(call_id, table, before, what, **target)


def copied(table_call: str, letter: str, table: RouteTable, *, but: str) -> tuple[ApiCall, ...]:
    """The IPv4 routes of ``table`` in a new one, without those to targets that begin with ``but``, and ``local``."""
    kept = [
        route
        for route in table.routes
        if route.state == "active" and route.destination_cidr_block and not name_of(route).startswith((but, "local"))
    ]
    new = answer(table_call, "RouteTable.RouteTableId")
    return tuple(
        to(
            f"route-{letter}-{place}",
            new,
            route.destination_cidr_block,
            name_of(route),
            undo=False,
            **target_of(route),
        )
        for place, route in enumerate(sorted(kept, key=lambda one: one.destination_cidr_block), 1)
    )


def target_of(route: Route) -> dict[str, Any]:
    """As CreateRoute takes it: a firewall's endpoint stands where an internet gateway would, and is told apart."""
    found = {member: getattr(route, name) for member, name in _TARGETS.items() if getattr(route, name)}
    member, target = next(iter(found.items()))
    return {"VpcEndpointId": target} if target.startswith("vpce-") else {member: target}


def name_of(route: Route) -> str:
    return next((str(getattr(route, name)) for name in _TARGETS.values() if getattr(route, name)), "nothing")
