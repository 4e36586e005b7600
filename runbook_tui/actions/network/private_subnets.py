"""The private subnets, each with a route table of its own (guide 2.1)."""

from runbook_tui.actions.network import routes
from runbook_tui.actions.network.calls import complete, named
from runbook_tui.actions.network.subnets import Wanted, association, new_table, table_of, wanted_subnets
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import RouteTable
from runbook_tui.aws.facts.routes import effective_table, internet_routes
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site

_CUT = "tasks in {} that use the route to the internet gateway lose it: see that they have a NAT gateway or endpoints"
_ENDPOINTS = "gateway endpoints are not taken over by a new table: add it to them afterwards"


@action("ec2.create-private-subnets", guide="2.1", fixes=("net.subnets.private",))
def create_private_subnets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The private subnets are there, each in a zone and with a table of its own, and nothing leads in."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    tables = tuple(sorted(aws.ec2.route_tables(vpc_id), key=lambda one: one.route_table_id))
    wanted = wanted_subnets(aws, site, site.net.private_subnets, site.net.public_subnets)
    own = {one.subnet.subnet_id for one in wanted if one.subnet}
    calls = tuple(call for one in wanted for call in _of(site, vpc_id, tables, own, one))
    open_to = [one.cidr for one in wanted if one.subnet and internet_routes(_in_force(tables, one))]
    moved = any(call.operation == "create_route_table" for call in calls) and bool(own)
    return complete(
        Plan(
            action="ec2.create-private-subnets",
            title=f"Private subnets of {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="Subnets for the tasks, each with a route table of its own: nothing from the internet reaches them.",
            risk=Risk.DISRUPTIVE if open_to or moved else Risk.CHANGE,
            calls=_once(calls),
            differences=tuple(_difference(tables, one) for one in wanted if _of(site, vpc_id, tables, own, one)),
            warnings=(*((_CUT.format(", ".join(open_to)),) if open_to else ()), *((_ENDPOINTS,) if moved else ())),
        )
    )


def _of(site: Site, vpc_id: str, tables: tuple[RouteTable, ...], own: set[str], one: Wanted) -> tuple[ApiCall, ...]:
    """A table of private subnets alone loses its way in; a subnet on any other table gets one of its own."""
    before = table_of(tables, one)
    if before is not None and not internet_routes(before):
        return ()
    if before is not None and {each.subnet_id for each in before.associations} <= own:
        found = sorted(internet_routes(before), key=lambda route: route.destination_cidr_block)
        return tuple(
            routes.without(f"close-{before.route_table_id}-{place}", before, route)
            for place, route in enumerate(found, 1)
            if route.destination_cidr_block
        )
    table_call = f"create-table-{one.letter}"
    return (
        *one.creation(site, vpc_id, "private"),
        new_table(site, vpc_id, named(site, f"private-{one.letter}"), table_call),
        *(routes.copied(table_call, one.letter, _in_force(tables, one), but="igw-") if one.subnet else ()),
        association(one, answer(table_call, "RouteTable.RouteTableId"), before),
    )


def _once(calls: tuple[ApiCall, ...]) -> tuple[ApiCall, ...]:
    """Two subnets may share the table that is closed."""
    return tuple({call.id: call for call in calls}.values())


def _in_force(tables: tuple[RouteTable, ...], one: Wanted) -> RouteTable:
    assert one.subnet is not None, "only what is there has a table"
    return effective_table(tables, one.subnet.subnet_id).table


def _difference(tables: tuple[RouteTable, ...], one: Wanted) -> Difference:
    what, after = f"private subnet {one.cidr}", f"{one.zone}, a private table of its own"
    if one.subnet is None:
        return Difference(what=what, before="", after=after)
    ways = internet_routes(_in_force(tables, one))
    way = f", {ways[0].destination_cidr_block} to {ways[0].gateway_id}" if ways else ""
    kind = "a table of its own" if table_of(tables, one) else "the main table"
    return Difference(what=what, before=f"{one.zone}, {kind}{way}", after=after)
