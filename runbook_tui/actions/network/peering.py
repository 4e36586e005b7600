"""The way to MongoDB Atlas by VPC peering (guide 7.1)."""

from typing import Any, Final

from runbook_tui.actions.network import routes
from runbook_tui.actions.network.calls import complete, delete, ec2, state
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.network import RouteTable
from runbook_tui.aws.facts.peering import VpcPeeringConnection
from runbook_tui.aws.facts.routes import effective_table, path_to
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_ENDS: Final = ("failed", "expired", "rejected", "deleted")
_ONCE: Final = "the undo ends the connection: Atlas must ask for a new one before it can be accepted again"


@action("ec2.accept-peering", guide="7.1", fixes=("atlas.connectivity.peering",))
def accept_peering(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The peering connection that Atlas asked for is active."""
    vpc_id, found = aws.ec2.vpc(site).vpc_id, _with_atlas(aws, site)
    waiting = sorted((one for one in found if one.pending), key=lambda one: one.vpc_peering_connection_id)
    active = any(one.active for one in found)
    if not active and not waiting:
        remedy = "ask for one in Atlas (Network Access, Peering); it waits seven days to be accepted"
        raise CannotPlan("no peering connection with Atlas waits to be accepted", remedy)
    if not active and len(waiting) > 1:
        told = ", ".join(one.vpc_peering_connection_id for one in waiting)
        raise CannotPlan(f"several wait: {told}", "reject those that are not of Atlas, and plan again")
    chosen = () if active else waiting
    name = chosen[0].vpc_peering_connection_id if chosen else ""
    return complete(
        Plan(
            action="ec2.accept-peering",
            title="Accept the peering connection of Atlas",
            environment=env.name,
            resource=name or vpc_id,
            effect="The VPC and that of Atlas can exchange packets, once routes lead there.",
            risk=Risk.CHANGE,
            calls=tuple(_acceptance(one.vpc_peering_connection_id) for one in chosen),
            differences=tuple(
                Difference(what=one.vpc_peering_connection_id, before=one.status.code, after="active") for one in chosen
            ),
            warnings=(_ONCE, *(_stranger(one, vpc_id) for one in chosen)) if chosen else (),
        )
    )


@action("ec2.route-to-atlas", guide="7.1", fixes=("atlas.connectivity.routes",))
def route_to_atlas(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Every private subnet routes the Atlas addresses to the peering connection."""
    cidr = site.db.atlas.cidr
    active = sorted(one.vpc_peering_connection_id for one in _with_atlas(aws, site) if one.active)
    if not active:
        raise CannotPlan("no peering connection with Atlas is active", "accept one first: ec2.accept-peering")
    tables = aws.ec2.route_tables(aws.ec2.vpc(site).vpc_id)
    own = {
        table.route_table_id: table
        for one in aws.ec2.private_subnets(site)
        for table in (effective_table(tables, one.subnet_id).table,)
    }
    _check_rivals(own, cidr, active)
    astray = {name: table for name, table in sorted(own.items()) if not _leads(table, cidr, active)}
    return complete(
        Plan(
            action="ec2.route-to-atlas",
            title=f"Route {cidr} to Atlas",
            environment=env.name,
            resource=active[0],
            effect="Tasks in every private subnet find the way to the database.",
            risk=Risk.CHANGE,
            calls=tuple(
                routes.placed(table, cidr, f"route-{name}", active[0], VpcPeeringConnectionId=active[0])
                for name, table in astray.items()
            ),
            differences=tuple(
                Difference(what=f"{cidr} of {name}", before=_before(table, cidr), after=active[0])
                for name, table in astray.items()
            ),
        )
    )


def _with_atlas(aws: Aws, site: Site) -> list[VpcPeeringConnection]:
    """Until it is accepted AWS does not tell the other end's addresses: then it may be Atlas's."""
    if not site.db.uses("mongodb_atlas") or site.db.atlas.connectivity != "peering":
        raise CannotPlan("the site does not reach Atlas by peering", "set db.atlas.connectivity: peering first")
    vpc_id, cidr = aws.ec2.vpc(site).vpc_id, site.db.atlas.cidr
    return [
        one
        for one in aws.ec2.peering_connections(vpc_id)
        if (
            security.within(cidr, security.networks(one.beyond(vpc_id).cidrs))
            if one.beyond(vpc_id).cidrs
            else not one.active
        )
    ]


def _acceptance(name: str) -> ApiCall:
    by_id: dict[str, Any] = {"VpcPeeringConnectionIds": [name]}
    path = "VpcPeeringConnections.0.Status.Code"
    back = delete(
        "delete_vpc_peering_connection",
        "the connection is ended",
        "InvalidVpcPeeringConnectionID.NotFound",
        VpcPeeringConnectionId=name,
    )
    return ec2(
        "accept",
        "accept_vpc_peering_connection",
        f"{name} is accepted",
        back,
        ready=state("describe_vpc_peering_connections", path, "active", failed=_ENDS, **by_id),
        VpcPeeringConnectionId=name,
    )


def _stranger(one: VpcPeeringConnection, vpc_id: str) -> str:
    other = one.beyond(vpc_id)
    told = ", ".join(other.cidrs) or "addresses unknown"
    return f"compare with Atlas: account {other.owner_id or 'unknown'}, {other.vpc_id or 'VPC unknown'}, {told}"


def _check_rivals(tables: dict[str, RouteTable], cidr: str, active: list[str]) -> None:
    for name, table in tables.items():
        rival = next((one for one in path_to(table, cidr).rivals if one.vpc_peering_connection_id not in active), None)
        if rival is not None:
            because = f"{name} sends {rival.destination_cidr_block}, a part of {cidr}, to {routes.name_of(rival)}"
            raise CannotPlan(because, "take that route out, or correct db.atlas.cidr in the site")


def _leads(table: RouteTable, cidr: str, active: list[str]) -> bool:
    route = path_to(table, cidr).route
    return route is not None and route.vpc_peering_connection_id in active and route.state == "active"


def _before(table: RouteTable, cidr: str) -> str:
    route = routes.exactly(table, cidr)
    return f"{routes.name_of(route)} ({route.state})" if route else ""
