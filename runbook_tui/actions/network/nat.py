"""NAT gateways, where the private subnets need the internet (guide 2.1)."""

from typing import Any

from msgspec import Struct

from runbook_tui.actions.network import routes
from runbook_tui.actions.network.calls import complete, delete, ec2, made, named, state, tagged
from runbook_tui.actions.network.wanted_endpoints import by_the_internet
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import NatGateway, RouteTable, Subnet
from runbook_tui.aws.facts.private_way import Private, private_of
from runbook_tui.aws.facts.routes import DEFAULT_V4, default_route, effective_table
from runbook_tui.aws.facts.way_out import Exit
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer, token
from runbook_tui.core.site import Environment, Site

_COST = "each NAT gateway and its address cost money by the hour, and by the gigabyte"
_LATER = "the endpoints that the site wants are not all there: create them, and no NAT gateway is needed"


class _Way(Struct, frozen=True, kw_only=True):
    """The public subnet that a private one leaves by, and the gateway there: none where it must be made."""

    subnet: Subnet
    table: RouteTable
    outer: Subnet
    letter: str
    gateway: str

    @property
    def target(self) -> Any:
        return made(f"create-nat-{self.letter}", "NatGateway.NatGatewayId", self.gateway)

    @property
    def name(self) -> str:
        return self.gateway or f"the NAT gateway in {self.outer.subnet_id}"


@action("ec2.create-nat-gateways", guide="2.1", fixes=("net.nat.need", "net.nat.redundancy"))
def create_nat_gateways(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Every private subnet that needs the internet has its way to it by a NAT gateway."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    private = private_of(aws, site)
    reasons = _reasons(site)
    ways = _ways(aws, site, private) if reasons else ()
    new = {way.letter: way for way in ways if not way.gateway}
    by_table = {way.table.route_table_id: way for way in ways}
    calls = (
        *(call for way in new.values() for call in _creation(site, way)),
        *(_route(name, way) for name, way in by_table.items()),
    )
    return complete(
        Plan(
            action="ec2.create-nat-gateways",
            title=f"A way out for the private subnets of {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect=(
                f"The tasks reach the internet, for {', '.join(reasons)}; nothing reaches them from there."
                if reasons
                else "The site needs no internet from its private subnets."
            ),
            risk=Risk.CHANGE,
            calls=calls,
            differences=tuple(_difference(way) for way in ways),
            warnings=(_COST,) if new else (_LATER,) if not reasons and private.shut() and _bare(private, site) else (),
        )
    )


def _reasons(site: Site) -> list[str]:
    """What needs the internet once the endpoints that the site wants are there; nothing where it wants no NAT."""
    atlas = site.db.uses("mongodb_atlas") and site.db.atlas.connectivity == "public"
    found = {
        "net.nat: required": site.net.nat == "required",
        "Atlas over the internet": atlas,
        "mail": site.app.smtp_host_kind == "external",
        f"services without an endpoint ({', '.join(by_the_internet(site))})": bool(by_the_internet(site)),
    }
    return [] if site.net.nat == "none" else [reason for reason, given in found.items() if given]


def _bare(private: Private, site: Site) -> bool:
    services = site.net.endpoint_services if site.net.endpoints != "off" else ()
    return any(not private.endpoint(subnet, service) for subnet in private.subnets for service in services)


def _ways(aws: Aws, site: Site, private: Private) -> tuple[_Way, ...]:
    """Of the subnets that have none, or, where each zone is to have its own gateway, leave by another zone."""
    public = aws.ec2.public_subnets(site)
    letters = {one.zone_id: one.zone_name[-1:] for one in aws.ec2.availability_zones(site.aws.region)}
    known = {one.subnet_id: one.nat_gateway_id for one in private.gateways if _usable(one)}
    found = []
    for subnet in private.subnets:
        outer = _outer(site, public, subnet)
        if _leaves_well(site, private, subnet, outer):
            continue
        effective = effective_table(private.tables, subnet.subnet_id)
        if not effective.explicit:
            remedy = "give it a table of its own first: ec2.create-private-subnets"
            raise CannotPlan(f"{subnet.subnet_id} relies on the VPC's main route table", remedy)
        letter = letters.get(outer.zone, outer.zone)
        gateway = known.get(outer.subnet_id, "")
        found.append(_Way(subnet=subnet, table=effective.table, outer=outer, letter=letter, gateway=gateway))
    for way in found:
        _check_public(private, way.outer)
    return tuple(found)


def _usable(gateway: NatGateway) -> bool:
    return gateway.state == "available" and gateway.connectivity_type == "public"


def _outer(site: Site, public: tuple[Subnet, ...], subnet: Subnet) -> Subnet:
    if not site.net.nat_per_az:
        return public[0]
    found = next((one for one in public if one.zone == subnet.zone), None)
    if found is None:
        raise CannotPlan(
            f"there is no public subnet in {subnet.zone}, where {subnet.subnet_id} is", "add one to net.public_subnets"
        )
    return found


def _leaves_well(site: Site, private: Private, subnet: Subnet, outer: Subnet) -> bool:
    way = private.way_out(subnet)
    if way.exit is not Exit.NAT:
        return way.is_open
    used = next(one for one in private.gateways if one.nat_gateway_id == way.target)
    zones = {one.subnet_id: one.zone for one in (outer, *private.subnets)}
    return not site.net.nat_per_az or used.is_regional or zones.get(used.subnet_id) == subnet.zone


def _check_public(private: Private, outer: Subnet) -> None:
    route = default_route(effective_table(private.tables, outer.subnet_id).table)
    if route is None or not route.gateway_id.startswith("igw-"):
        remedy = "lead the public subnets to it first: ec2.create-public-subnets"
        raise CannotPlan(f"{outer.subnet_id} has no route to an internet gateway", remedy)


def _creation(site: Site, way: _Way) -> tuple[ApiCall, ...]:
    name, address_call = named(site, f"nat-{way.letter}"), f"allocate-{way.letter}"
    address = answer(address_call, "AllocationId")
    release = delete(
        "release_address", "the address is given back", "InvalidAllocationID.NotFound", AllocationId=address
    )
    by_id: dict[str, Any] = {"NatGatewayIds": [way.target]}
    path = "NatGateways.0.State"
    back = delete(
        "delete_nat_gateway",
        f"{name} is gone",
        "NatGatewayNotFound",
        ready=state("describe_nat_gateways", path, "deleted", "", **by_id),
        NatGatewayId=way.target,
    )
    return (
        ec2(
            address_call,
            "allocate_address",
            "a public address",
            release,
            Domain="vpc",
            TagSpecifications=tagged(site, "elastic-ip", name),
        ),
        ec2(
            f"create-nat-{way.letter}",
            "create_nat_gateway",
            f"{name} in {way.outer.subnet_id}",
            back,
            ready=state("describe_nat_gateways", path, "available", failed=("failed", "deleted"), **by_id),
            SubnetId=way.outer.subnet_id,
            AllocationId=address,
            ClientToken=token(),
            TagSpecifications=tagged(site, "natgateway", name),
        ),
    )


def _route(table_id: str, way: _Way) -> ApiCall:
    return routes.placed(way.table, DEFAULT_V4, f"route-{table_id}", way.name, NatGatewayId=way.target)


def _difference(way: _Way) -> Difference:
    before = routes.exactly(way.table, DEFAULT_V4)
    told = f"{routes.name_of(before)} ({before.state})" if before else ""
    return Difference(what=f"0.0.0.0/0 of {way.subnet.subnet_id}", before=told, after=way.name)
