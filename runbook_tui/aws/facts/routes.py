"""Which routes are in force, pure: the effective table of a subnet, and what is active in it."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.network import Route, RouteTable
from runbook_tui.aws.facts.security import network, within

DEFAULT_V4: Final = "0.0.0.0/0"


class Effective(Struct, frozen=True):
    """``explicit`` is false where the subnet falls back to the VPC's main table."""

    table: RouteTable
    explicit: bool


def effective_table(tables: Iterable[RouteTable], subnet_id: str) -> Effective:
    """The table with an association for the subnet, else the main one. Malformed when a VPC has neither."""
    main = None
    for table in tables:
        if any(one.subnet_id == subnet_id for one in table.associations):
            return Effective(table, explicit=True)
        if any(one.main for one in table.associations):
            main = table
    if main is None:
        raise Malformed(f"AWS answered no route table for {subnet_id}", remedy="re-check")
    return Effective(main, explicit=False)


def active(table: RouteTable) -> tuple[Route, ...]:
    """Without the routes whose target is gone: a blackhole counts as absent."""
    return tuple(route for route in table.routes if route.state == "active")


def internet_routes(table: RouteTable) -> tuple[Route, ...]:
    """Active routes to an internet gateway, whatever the destination. Egress-only gateways let nobody in."""
    return tuple(route for route in active(table) if route.gateway_id.startswith("igw-"))


def default_route(table: RouteTable) -> Route | None:
    """The active route for 0.0.0.0/0."""
    return next((route for route in active(table) if route.destination_cidr_block == DEFAULT_V4), None)


def has_blackhole_default(table: RouteTable) -> bool:
    return any(route.destination_cidr_block == DEFAULT_V4 and route.state == "blackhole" for route in table.routes)


class Path(Struct, frozen=True):
    """How packets to a range of addresses leave: by ``route``, but for parts of the range that ``rivals`` take away.

    ``route`` is the most specific one that holds the whole range, active or not; None when there is none.
    """

    route: Route | None
    rivals: tuple[Route, ...]


def path_to(table: RouteTable, cidr: str) -> Path:
    """Longest prefix wins in AWS, for routes to black holes too. Routes to prefix lists are not looked at."""
    wanted = network(cidr)
    four = [(network(one.destination_cidr_block), one) for one in table.routes if one.destination_cidr_block]
    holding = [(block.prefixlen, place) for place, (block, _) in enumerate(four) if within(cidr, (block,))]
    rivals = tuple(one for block, one in four if block != wanted and within(one.destination_cidr_block, (wanted,)))
    return Path(four[max(holding)[1]][1] if holding else None, rivals)
