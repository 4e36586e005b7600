"""The way to the database closed by a rule or a route that goes, and comes again."""

from msgspec.structs import replace

from runbook_tui.actions.drill.cut import Cut
from runbook_tui.actions.drill.marking import marked
from runbook_tui.actions.drill.places import Places, keep_production_out
from runbook_tui.actions.network.routes import exactly, name_of, without
from runbook_tui.actions.network.rules import closed, removed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.atlas_way import atlas_endpoints, atlas_ports
from runbook_tui.aws.facts.routes import effective_table
from runbook_tui.aws.facts.security import Rules
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import Difference
from runbook_tui.core.site import Environment, Site

_LIVE_ON = "connections that are open live on, for days perhaps: the outage shows with the next task that starts"


def close_group(aws: Aws, site: Site, env: Environment, places: Places) -> Cut:
    """Out of the tasks' security groups."""
    groups = sorted(places.own.security_groups)
    warnings = keep_production_out(env, f"the security groups {', '.join(groups)}", places.in_groups())
    rules = {name: _to_database(aws, site, name) for name in groups}
    return _closing(rules, env, warnings, egress=True)


def close_endpoint(aws: Aws, site: Site, env: Environment, places: Places) -> Cut:
    """Into the endpoint of Atlas."""
    if site.db.atlas.connectivity != "privatelink":
        raise CannotPlan("the site does not reach Atlas by PrivateLink", "choose another way")
    also = tuple(places.others)  # everybody in the VPC asks the one endpoint
    warnings = keep_production_out(env, "the endpoint's security groups", also)
    endpoints = atlas_endpoints(aws.ec2.vpc_endpoints(aws.ec2.vpc(site).vpc_id), site)
    groups = sorted({name for one in endpoints for name in one.group_ids})
    first = atlas_ports(site).first
    rules = {name: security.covering(security.ingress(aws.ec2.security_group_rules(name)), first) for name in groups}
    return _closing(rules, env, warnings, egress=False)


def remove_route(aws: Aws, site: Site, env: Environment, places: Places) -> Cut:
    """Out of the tables of the tasks' subnets."""
    if site.db.atlas.connectivity != "peering":
        raise CannotPlan("no route of its own leads to the database", "choose another way")
    cidr, subnets = site.db.atlas.cidr, places.own.subnets
    known = aws.ec2.route_tables(aws.ec2.vpc(site).vpc_id)
    tables = {
        table.route_table_id: table for table in (effective_table(known, subnet).table for subnet in sorted(subnets))
    }
    behind = {
        name: {effective_table(known, subnet).table.route_table_id for subnet in one.subnets}
        for name, one in places.others.items()
    }
    also = tuple(name for name, its in behind.items() if its & tables.keys())
    warnings = keep_production_out(env, f"the route tables {', '.join(tables)}", also)
    routes = {name: exactly(table, cidr) for name, table in tables.items()}
    if not all(routes.values()):
        raise CannotPlan(f"not every table has a route for {cidr}", "put it right first: atlas.connectivity.routes")
    calls = []
    for name, route in routes.items():
        assert route is not None, "looked at above"
        calls += [marked(name, env.name), without(f"cut-{name}", tables[name], route)]
    return Cut(
        resource=", ".join(tables),
        effect=f"Nothing leads to {cidr} any more, for open connections neither.",
        calls=tuple(calls),
        differences=tuple(
            Difference(what=f"{cidr} in {name}", before=name_of(route), after="")
            for name, route in routes.items()
            if route
        ),
        warnings=warnings,
    )


def _to_database(aws: Aws, site: Site, group: str) -> Rules:
    """CannotPlan where a rule for all traffic lets the database through: what else goes through it nobody knows."""
    rules = security.covering(security.egress(aws.ec2.security_group_rules(group)), atlas_ports(site).first)
    if any(security.is_all_traffic(one) for one in rules):
        raise CannotPlan(
            f"{group} lets all traffic out by one rule", "take it away first: ec2.stop-tasks-going-anywhere"
        )
    return rules


def _closing(rules: dict[str, Rules], env: Environment, warnings: tuple[str, ...], *, egress: bool) -> Cut:
    open_ones = {name: found for name, found in rules.items() if found}
    if not open_ones:
        raise CannotPlan("no rule of these security groups lets the tasks to the database", "choose another way")
    calls = []
    for name, found in open_ones.items():
        (closing,) = closed(name, found, egress=egress)
        calls += [marked(name, env.name), replace(closing, id=f"cut-{name}")]
    return Cut(
        resource=", ".join(open_ones),
        effect="No new connection to the database can be opened.",
        calls=tuple(calls),
        differences=tuple(one for name, found in open_ones.items() for one in removed(name, found, egress=egress)),
        warnings=(_LIVE_ON, *warnings),
    )
