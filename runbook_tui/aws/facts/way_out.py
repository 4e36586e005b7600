"""By what a subnet's packets leave the VPC, pure. A public address of their own, the tasks have none."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from runbook_tui.aws.facts.network import NatGateway, Route, RouteTable
from runbook_tui.aws.facts.routes import default_route, effective_table, has_blackhole_default


class Exit(StrEnum):
    """ELSEWHERE: a transit gateway, a firewall or another network, which must see to the rest of the way itself."""

    NAT = "nat"
    ELSEWHERE = "elsewhere"
    NONE = "none"


class WayOut(Struct, frozen=True, kw_only=True):
    """``target`` is the id that the default route names; ``why`` says why the exit is NONE."""

    exit: Exit
    target: str = ""
    why: str = ""

    @property
    def is_open(self) -> bool:
        return self.exit is not Exit.NONE


def way_out(subnet_id: str, tables: Iterable[RouteTable], gateways: Iterable[NatGateway]) -> WayOut:
    """Where the default route in force in a subnet leads. Malformed when the VPC has no table for it."""
    known = tuple(tables)
    table = effective_table(known, subnet_id).table
    route = default_route(table)
    if route is None:
        why = "its default route is a blackhole" if has_blackhole_default(table) else "it has no default route"
        return WayOut(exit=Exit.NONE, why=why)
    if route.nat_gateway_id:
        return _by_nat(route.nat_gateway_id, known, {one.nat_gateway_id: one for one in gateways})
    target = _elsewhere(route)
    if target:
        return WayOut(exit=Exit.ELSEWHERE, target=target)
    leads = route.gateway_id or route.vpc_peering_connection_id or "nothing that is known"
    return WayOut(exit=Exit.NONE, target=leads, why=f"its default route leads to {leads}")


def _by_nat(name: str, tables: tuple[RouteTable, ...], gateways: dict[str, NatGateway]) -> WayOut:
    why = _useless(gateways.get(name), name, tables)
    return WayOut(exit=Exit.NONE if why else Exit.NAT, target=name, why=why)


def _useless(gateway: NatGateway | None, name: str, tables: tuple[RouteTable, ...]) -> str:
    """Why a NAT gateway leads nowhere; empty when it leads to the internet."""
    if gateway is None:
        return f"{name} is not there"
    if gateway.state != "available":
        return f"{name} is {gateway.state}"
    if gateway.connectivity_type != "public":
        return f"{name} is a {gateway.connectivity_type} NAT gateway"
    if gateway.is_regional:
        return ""
    route = default_route(effective_table(tables, gateway.subnet_id).table)
    if route is None or not route.gateway_id.startswith("igw-"):
        return f"{name} is in {gateway.subnet_id}, which has no route to an internet gateway"
    return ""


def _elsewhere(route: Route) -> str:
    """A firewall's endpoint and a virtual private gateway stand where an internet gateway would."""
    gateway = route.gateway_id if route.gateway_id.startswith(("vpce-", "vgw-")) else ""
    return route.transit_gateway_id or gateway or route.network_interface_id
