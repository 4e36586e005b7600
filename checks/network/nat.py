"""Guide 2.1: NAT gateways, only if outbound internet is required."""

from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.needed_services import needed_services
from runbook_tui.aws.facts.network import NatGateway, Subnet
from runbook_tui.aws.facts.private_way import ROUTE_READS, WAY_READS, Private, private_of
from runbook_tui.aws.facts.routes import default_route, effective_table
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn


@check("net.nat.need", guide="2.1", severity="medium", scope="shared", needs=WAY_READS)
def nat_need(aws: Aws, site: Site) -> Verdict:
    """Where the private subnets need the internet they have a way to it; where not, no NAT gateway costs money."""
    private = private_of(aws, site)
    reasons = _reasons(private, site)
    present = {one.nat_gateway_id: one.state for one in private.gateways if one.state in ("available", "pending")}
    ways = {subnet.subnet_id: private.way_out(subnet) for subnet in private.subnets}
    evidence: dict[str, Any] = {
        "needed_for": reasons,
        "gateways": {one.nat_gateway_id: one.state for one in private.gateways},
        "ways": {name: f"{way.exit} {way.target}".strip() for name, way in ways.items()},
    }
    shut = private.shut()
    if reasons and shut:
        because = "; ".join(f"{name}: {why}" for name, why in shut.items())
        remedy = "give the subnet a default route to a public NAT gateway that is available in a public subnet"
        return fail(f"needed for {', '.join(reasons)}, but {because}", remedy, **evidence)
    if reasons:
        return passed(f"needed for {', '.join(reasons)}; each private subnet has a way out", **evidence)
    if present:
        remedy = "remove it and its address, unless something else needs it; then set net.nat: required"
        return warn(f"{', '.join(present)} cost money, and nothing needs the internet", remedy, **evidence)
    return passed("nothing needs the internet, and there is no NAT gateway", **evidence)


@check("net.nat.redundancy", guide="2.1", severity="low", scope="shared", needs=ROUTE_READS)
def nat_redundancy(aws: Aws, site: Site) -> Verdict:
    """No private subnet loses its way out with another zone, unless the site accepts that."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    private, subnets, tables, gateways = together(
        lambda: aws.ec2.private_subnets(site),
        lambda: aws.ec2.subnets(vpc_id),
        lambda: aws.ec2.route_tables(vpc_id),
        lambda: aws.ec2.nat_gateways(vpc_id),
    )
    zones = {subnet.subnet_id: subnet.zone for subnet in subnets}
    known = {one.nat_gateway_id: one for one in gateways}
    routes = {one.subnet_id: default_route(effective_table(tables, one.subnet_id).table) for one in private}
    used = {name: route.nat_gateway_id for name, route in routes.items() if route and route.nat_gateway_id}
    if not used:
        return skip("no private subnet has its default route to a NAT gateway")
    pairs = {one.subnet_id: (one.zone, _zone(known.get(used[one.subnet_id]), zones)) for one in _of(private, used)}
    evidence = {"zones": {name: f"{own} -> {other}" for name, (own, other) in pairs.items()}}
    astray = [f"{name} ({own}) leaves by {other}" for name, (own, other) in pairs.items() if other not in (own, "all")]
    if not astray:
        return passed("each private subnet leaves by a NAT gateway of its own zone", **evidence)
    if not site.net.nat_per_az:
        because = f"the site accepts one NAT gateway for several zones (net.nat_per_az): {'; '.join(astray)}"
        return passed(because, **evidence)
    return warn("; ".join(astray), "have a NAT gateway in each zone of the private subnets", **evidence)


def _reasons(private: Private, site: Site) -> list[str]:
    """What needs the internet."""
    atlas = site.db.kind == "mongodb_atlas" or site.db.migrating
    bare = [
        service for service in needed_services(site) if not all(private.endpoint(s, service) for s in private.subnets)
    ]
    found = {
        "net.nat: required": site.net.nat == "required",
        "Atlas over the internet": atlas and site.db.atlas.connectivity == "public",
        "mail": site.app.smtp_host_kind == "external",
        f"services without an endpoint ({', '.join(bare)})": bool(bare),
    }
    return [reason for reason, given in found.items() if given]


def _of(subnets: tuple[Subnet, ...], names: dict[str, str]) -> list[Subnet]:
    return [subnet for subnet in subnets if subnet.subnet_id in names]


def _zone(gateway: NatGateway | None, zones: dict[str, str]) -> str:
    """``all`` for a regional one."""
    if gateway is None:
        return "no zone"
    return "all" if gateway.is_regional else zones.get(gateway.subnet_id, "another VPC")
