"""Guide 7.1: the VPC is peered with Atlas's, its routes lead there, and its names resolve to private addresses."""

from typing import Any

from checks.concerns import named, warn_or_pass
from checks.database.chosen import unconnected
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.network import RouteTable, Subnet
from runbook_tui.aws.facts.peering import VpcPeeringConnection
from runbook_tui.aws.facts.routes import Path, effective_table, path_to
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn


@check(
    "atlas.connectivity.peering",
    guide="7.1",
    severity="critical",
    scope="shared",
    needs=["ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs"],
)
def peering(aws: Aws, site: Site) -> Verdict:
    """A peering connection with the Atlas VPC is active."""
    elsewhere = unconnected(site, "peering")
    if elsewhere:
        return elsewhere
    cidr, vpc_id = site.db.atlas.cidr, aws.ec2.vpc(site).vpc_id
    found = aws.ec2.peering_connections(vpc_id)
    with_atlas = [one for one in found if _leads(one, vpc_id, cidr)]
    evidence = {"connections": [_told(one, vpc_id) for one in found], "cidr": cidr}
    active = [one for one in with_atlas if one.active]
    if active:
        ids = ", ".join(one.vpc_peering_connection_id for one in active)
        return passed(f"{ids} with {cidr} is active", **evidence)
    waiting = [one for one in with_atlas if one.pending]
    if waiting:
        one = waiting[0]
        until = f" until {one.expiration_time:%Y-%m-%d %H:%M} UTC" if one.expiration_time else " (7 days at most)"
        name = one.vpc_peering_connection_id
        remedy = (
            f"accept what Atlas asked for: aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {name}"
        )
        return warn(f"{name} is {one.status.code}: it waits{until}", remedy, **evidence)
    remedy = "ask for a new peering connection in Atlas (Network Access, Peering) and accept it here"
    if with_atlas:
        states = ", ".join(f"{one.vpc_peering_connection_id} is {one.status.code}" for one in with_atlas)
        return fail(f"no peering connection with {cidr} is active: {states}", remedy, **evidence)
    return fail(f"the VPC has no peering connection with {cidr}", remedy, **evidence)


@check(
    "atlas.connectivity.routes",
    guide="7.1",
    severity="critical",
    scope="shared",
    needs=["ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcs"],
)
def routes(aws: Aws, site: Site) -> Verdict:
    """Every private subnet routes the Atlas addresses to the peering connection."""
    elsewhere = unconnected(site, "peering")
    if elsewhere:
        return elsewhere
    cidr = site.db.atlas.cidr
    tables, private, public = together(
        lambda: aws.ec2.route_tables(aws.ec2.vpc(site).vpc_id),
        lambda: aws.ec2.private_subnets(site),
        lambda: aws.ec2.public_subnets(site),
    )
    paths = {one.subnet_id: _path(tables, one, cidr) for one in private}
    open_to = [one.subnet_id for one in public if _is_peered(_path(tables, one, cidr))]
    evidence: dict[str, Any] = {"routes": {name: _way(path) for name, path in paths.items()}, "public": open_to}
    shut = [f"{name} {trouble}" for name, path in paths.items() if (trouble := _trouble(path, cidr))]
    if shut:
        because = f"{'; '.join(shut)}: tasks there cannot reach the database"
        return fail(because, f"route {cidr} to the peering connection in each private table", **evidence)
    concerns = [f"public subnets lead to Atlas too: {', '.join(open_to)}"] if open_to else []
    good = f"{named(len(paths), 'private subnet')} route {cidr} to the peering connection"
    return warn_or_pass(concerns, good, "remove the route from the public tables", **evidence)


@check(
    "atlas.dns-peering",
    guide="7.1",
    severity="medium",
    scope="shared",
    needs=["ec2:DescribeVpcAttribute", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs"],
)
def dns_peering(aws: Aws, site: Site) -> Verdict:
    """Names of Atlas resolve to private addresses in the VPC."""
    elsewhere = unconnected(site, "peering")
    if elsewhere:
        return elsewhere
    vpc_id = aws.ec2.vpc(site).vpc_id
    support, hostnames, found = together(
        lambda: aws.ec2.vpc_attribute(vpc_id, "enableDnsSupport"),
        lambda: aws.ec2.vpc_attribute(vpc_id, "enableDnsHostnames"),
        lambda: aws.ec2.peering_connections(vpc_id),
    )
    resolving = {one.vpc_peering_connection_id: one.resolves for one in found if one.active}
    evidence = {"support": support, "hostnames": hostnames, "from_remote_vpc": resolving}
    if not support:
        because = "DNS support of the VPC is off: names of Atlas do not resolve at all"
        return fail(because, "turn enableDnsSupport on", **evidence)
    if not hostnames:
        because = "DNS host names of the VPC are off: names of Atlas resolve to public addresses"
        return warn(because, "turn enableDnsHostnames on", **evidence)
    return passed("names of Atlas resolve to private addresses", **evidence)


def _leads(connection: VpcPeeringConnection, vpc_id: str, cidr: str) -> bool:
    """Until it is active AWS may not tell the addresses of the other end: then it may be Atlas's."""
    cidrs = connection.beyond(vpc_id).cidrs
    return security.within(cidr, security.networks(cidrs)) if cidrs else not connection.active


def _told(connection: VpcPeeringConnection, vpc_id: str) -> str:
    cidrs = ", ".join(connection.beyond(vpc_id).cidrs) or "addresses unknown"
    return f"{connection.vpc_peering_connection_id}: {connection.status.code}, {cidrs}"


def _path(tables: tuple[RouteTable, ...], subnet: Subnet, cidr: str) -> Path:
    return path_to(effective_table(tables, subnet.subnet_id).table, cidr)


def _is_peered(path: Path) -> bool:
    return path.route is not None and path.route.vpc_peering_connection_id != "" and path.route.state == "active"


def _trouble(path: Path, cidr: str) -> str:
    route = path.route
    if route is None or not route.vpc_peering_connection_id:
        return f"has no route to the peering connection for {cidr}"
    if route.state != "active":
        return f"routes {cidr} into a black hole ({route.vpc_peering_connection_id})"
    rival = next((one for one in path.rivals if one.vpc_peering_connection_id != route.vpc_peering_connection_id), None)
    return f"sends {rival.destination_cidr_block} of {cidr} another way" if rival else ""


def _way(path: Path) -> str:
    if path.route is None:
        return "none"
    target = path.route.vpc_peering_connection_id or "not a peering connection"
    return f"{path.route.destination_cidr_block} → {target}, {path.route.state}"
