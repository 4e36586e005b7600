"""Guide 2.1: public and private subnets."""

from ipaddress import IPv4Network
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.aws.facts.routes import (
    Effective,
    default_route,
    effective_table,
    has_blackhole_default,
    internet_routes,
)
from runbook_tui.aws.facts.security import network
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn

ALB_ADDRESSES: Final = 8  # free addresses that a load balancer wants in each of its subnets
ALB_SMALLEST: Final = 27
SUBNET_READS: Final = ["ec2:DescribeSubnets", "ec2:DescribeVpcs"]


@check(
    "net.subnets.public",
    guide="2.1",
    severity="critical",
    scope="shared",
    needs=["ec2:DescribeRouteTables", *SUBNET_READS],
)
def subnets_public(aws: Aws, site: Site) -> Verdict:
    """At least two public subnets in two zones have their default route to the internet gateway."""
    subnets, tables = _with_tables(aws, site, site.net.public_subnets)
    evidence = _subnet_evidence(subnets, tables)
    closed = [_closed(subnet, tables[subnet.subnet_id]) for subnet in subnets]
    troubles = [trouble for trouble in (_too_few(subnets, site), *closed) if trouble]
    if troubles:
        remedy = "have two subnets in two zones, each on a route table with 0.0.0.0/0 to the internet gateway"
        return fail("; ".join(troubles), remedy, **evidence)
    mapping = [subnet.subnet_id for subnet in subnets if subnet.map_public_ip_on_launch]
    if mapping:
        because = f"{', '.join(mapping)} give out public addresses on launch, which a load balancer does not need"
        return warn(because, "turn MapPublicIpOnLaunch off", **evidence)
    return passed(f"{len(subnets)} subnets in {len(_zones(subnets))} zones reach the internet gateway", **evidence)


@check(
    "net.subnets.private",
    guide="2.1",
    severity="critical",
    scope="shared",
    needs=["ec2:DescribeRouteTables", *SUBNET_READS],
)
def subnets_private(aws: Aws, site: Site) -> Verdict:
    """At least two private subnets in two zones have no route to an internet gateway."""
    subnets, tables = _with_tables(aws, site, site.net.private_subnets)
    evidence = _subnet_evidence(subnets, tables)
    open_to = [
        f"{subnet.subnet_id} has a route to {routes[0].gateway_id}"
        for subnet in subnets
        if (routes := internet_routes(tables[subnet.subnet_id].table))
    ]
    troubles = [trouble for trouble in (_too_few(subnets, site), *open_to) if trouble]
    remedy = "give each private subnet a route table of its own, without a route to the internet gateway"
    if troubles:
        return fail("; ".join(troubles), remedy, **evidence)
    implicit = [subnet.subnet_id for subnet in subnets if not tables[subnet.subnet_id].explicit]
    if implicit:
        because = f"{', '.join(implicit)} rely on the VPC's main route table: a later edit of it would expose them"
        return warn(because, remedy, **evidence)
    return passed(f"{len(subnets)} subnets in {len(_zones(subnets))} zones, none with a way in", **evidence)


@check("net.subnets.capacity", guide="2.1", severity="medium", scope="shared", needs=SUBNET_READS)
def subnets_capacity(aws: Aws, site: Site) -> Verdict:
    """Each subnet has addresses to spare for load balancer, tasks and deployments."""
    public, private = aws.ec2.public_subnets(site), aws.ec2.private_subnets(site)
    environments = site.environments.values()
    desired = max((one.desired_min for one in environments), default=0)
    threshold = max(site.net.min_free_ips, *(2 * one.scaling.max for one in environments), 0)
    evidence = {"free": {one.subnet_id: one.available_ip_address_count for one in (*public, *private)}}
    remedy = "use larger subnets: a load balancer and rolling deployments need spare addresses"
    full = [*_short(public, ALB_ADDRESSES), *_short(private, desired)]
    if full:
        return fail("; ".join(full), remedy, threshold=threshold, **evidence)
    small = [f"{one.subnet_id} is smaller than /{ALB_SMALLEST}" for one in public if _is_tiny(one)]
    short = [*_short(private, threshold), *small]
    if short:
        return warn("; ".join(short), remedy, threshold=threshold, **evidence)
    least = min((one.available_ip_address_count for one in private), default=0)
    return passed(f"at least {least} addresses free in each private subnet", threshold=threshold, **evidence)


def _with_tables(aws: Aws, site: Site, wanted: tuple[str, ...]) -> tuple[tuple[Subnet, ...], dict[str, Effective]]:
    """The wanted subnets, and the route table in force in each, by the subnet's id."""
    subnets, tables = together(
        lambda: aws.ec2.chosen_subnets(site, wanted), lambda: aws.ec2.route_tables(aws.ec2.vpc(site).vpc_id)
    )
    return subnets, {subnet.subnet_id: effective_table(tables, subnet.subnet_id) for subnet in subnets}


def _zones(subnets: tuple[Subnet, ...]) -> set[str]:
    return {subnet.zone for subnet in subnets}


def _too_few(subnets: tuple[Subnet, ...], site: Site) -> str:
    usable = tuple(subnet for subnet in subnets if subnet.state == "available")
    wanted = max(2, site.net.az_count)
    if len(usable) < 2:
        return f"{len(usable)} of {len(subnets)} subnets available, at least 2 are needed"
    zones = len(_zones(usable))
    if zones < wanted:
        return f"{len(usable)} subnets in {zones} zone{'s' if zones > 1 else ''}, {wanted} are needed"
    return ""


def _closed(subnet: Subnet, effective: Effective) -> str:
    """Why the subnet does not reach the internet gateway; empty when it does."""
    table = effective.table
    route = default_route(table)
    if route is not None and route.gateway_id.startswith("igw-"):
        return ""
    named = f"{subnet.subnet_id} ({table.route_table_id})"
    if route is not None:
        return f"{named}: 0.0.0.0/0 does not go to an internet gateway"
    return f"{named}: 0.0.0.0/0 is a blackhole" if has_blackhole_default(table) else f"{named}: no default route"


def _subnet_evidence(subnets: tuple[Subnet, ...], tables: dict[str, Effective]) -> dict[str, dict[str, dict[str, str]]]:
    return {"subnets": {subnet.subnet_id: _described(subnet, tables[subnet.subnet_id]) for subnet in subnets}}


def _described(subnet: Subnet, effective: Effective) -> dict[str, str]:
    route = default_route(effective.table)
    target = (route.gateway_id or route.nat_gateway_id or route.transit_gateway_id or "other") if route else "none"
    how = "explicit" if effective.explicit else "main"
    return {"zone": subnet.zone, "table": effective.table.route_table_id, "association": how, "default": target}


def _short(subnets: tuple[Subnet, ...], wanted: int) -> list[str]:
    return [
        f"{one.subnet_id} has {one.available_ip_address_count} free addresses, {wanted} are wanted"
        for one in subnets
        if one.available_ip_address_count < wanted
    ]


def _is_tiny(subnet: Subnet) -> bool:
    cidr = network(subnet.cidr_block) if subnet.cidr_block else None
    return isinstance(cidr, IPv4Network) and cidr.prefixlen > ALB_SMALLEST
