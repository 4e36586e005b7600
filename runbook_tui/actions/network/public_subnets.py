"""The public subnets and their way to the internet gateway (guide 2.1)."""

from typing import Any

from runbook_tui.actions.network import routes
from runbook_tui.actions.network.calls import complete, named
from runbook_tui.actions.network.subnets import Wanted, association, new_table, table_of, wanted_subnets
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import RouteTable
from runbook_tui.aws.facts.routes import DEFAULT_V4, default_route
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site

_TABLE = "create-table"


@action("ec2.create-public-subnets", guide="2.1", fixes=("net.subnets.public",))
def create_public_subnets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The public subnets are there, each in a zone of its own, and lead to the internet gateway."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    gateways = aws.ec2.internet_gateways(vpc_id)
    if not gateways:
        raise CannotPlan("no internet gateway is attached to the VPC", "attach one first: ec2.attach-internet-gateway")
    gateway = min(one.internet_gateway_id for one in gateways)
    tables = tuple(sorted(aws.ec2.route_tables(vpc_id), key=lambda one: one.route_table_id))
    wanted = wanted_subnets(aws, site, site.net.public_subnets, site.net.private_subnets)
    shut = [one for one in wanted if not _leads_out(tables, one)]
    calls = (
        *(call for one in wanted for call in one.creation(site, vpc_id, "public")),
        *_ways(site, vpc_id, gateway, tables, wanted, shut),
    )
    return complete(
        Plan(
            action="ec2.create-public-subnets",
            title=f"Public subnets of {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="Subnets for the load balancer and the NAT gateways, with a way to the internet and back.",
            risk=Risk.CHANGE,
            calls=calls,
            differences=tuple(_difference(tables, one, gateway) for one in shut),
        )
    )


def _leads_out(tables: tuple[RouteTable, ...], one: Wanted) -> bool:
    """Explicit or by the main table."""
    if one.subnet is None:
        return False
    table = table_of(tables, one) or _main(tables)
    return table is not None and _is_public(table)


def _is_public(table: RouteTable) -> bool:
    route = default_route(table)
    return route is not None and route.gateway_id.startswith("igw-")


def _ways(
    site: Site,
    vpc_id: str,
    gateway: str,
    tables: tuple[RouteTable, ...],
    wanted: tuple[Wanted, ...],
    shut: list[Wanted],
) -> tuple[ApiCall, ...]:
    """A table of public subnets alone gets the route; a subnet on any other table gets a public one."""
    public = {one.subnet.subnet_id for one in wanted if one.subnet}
    own = {one.cidr: table_of(tables, one) for one in shut}
    mended = {t.route_table_id: t for t in own.values() if t is not None and _serves_only(t, public)}
    moved = [one for one in shut if (t := own[one.cidr]) is None or t.route_table_id not in mended]
    calls = [
        routes.placed(table, DEFAULT_V4, f"route-{name}", gateway, GatewayId=gateway) for name, table in mended.items()
    ]
    if moved:
        known = _public_table(tables, mended)
        if not known:
            calls += _new_public(site, vpc_id, gateway)
        table_id: Any = known or answer(_TABLE, "RouteTable.RouteTableId")
        calls += [association(one, table_id, own[one.cidr]) for one in moved]
    return tuple(calls)


def _new_public(site: Site, vpc_id: str, gateway: str) -> list[ApiCall]:
    new = answer(_TABLE, "RouteTable.RouteTableId")
    return [
        new_table(site, vpc_id, named(site, "public"), _TABLE),
        routes.to("route", new, DEFAULT_V4, gateway, undo=False, GatewayId=gateway),
    ]


def _serves_only(table: RouteTable, subnets: set[str]) -> bool:
    served = {one.subnet_id for one in table.associations if one.subnet_id}
    return served <= subnets and not any(one.main for one in table.associations)


def _public_table(tables: tuple[RouteTable, ...], mended: dict[str, RouteTable]) -> str:
    """One that is public, or about to be; not the main one, which whatever is new would follow."""
    found = (one for one in tables if not any(each.main for each in one.associations))
    return next((one.route_table_id for one in found if _is_public(one) or one.route_table_id in mended), "")


def _main(tables: tuple[RouteTable, ...]) -> RouteTable | None:
    return next((one for one in tables if any(each.main for each in one.associations)), None)


def _difference(tables: tuple[RouteTable, ...], one: Wanted, gateway: str) -> Difference:
    after = f"{one.zone}, 0.0.0.0/0 to {gateway}"
    if one.subnet is None:
        return Difference(what=f"public subnet {one.cidr}", before="", after=after)
    table = table_of(tables, one) or _main(tables)
    route = routes.exactly(table, DEFAULT_V4) if table else None
    before = f"0.0.0.0/0 to {routes.name_of(route)} ({route.state})" if route else "no default route"
    return Difference(what=f"public subnet {one.cidr}", before=f"{one.zone}, {before}", after=after)
