"""What the load balancer's security group lets in and out (guide 2.2, 6.1)."""

from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.network.rules import Peer, Wanted, added, closed, opened, port, removed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.network import SecurityGroup
from runbook_tui.aws.facts.security import ANYWHERE, ANYWHERE_V4, ANYWHERE_V6, Rules
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("ec2.open-balancer", guide="2.2", fixes=("sg.alb.ingress-443", "sg.alb.ingress-80"))
def open_balancer(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer is reached on 443, and on 80 where the site redirects, by whom the site says."""
    group, rules = _ingress(aws, site)
    extra = _extra(site, rules)
    kept = tuple(rule for rule in rules if rule not in extra)
    wanted = [one for one in _wanted(aws, site) if not security.reach(_exact(kept, one), [one.peer.cidr])]
    return complete(
        Plan(
            action="ec2.open-balancer",
            title=f"Let clients in to {site.net.sg_alb}",
            environment=env.name,
            resource=group.group_id,
            effect=f"{', '.join(site.net.alb_allowed_cidrs)} may open connections to the load balancer.",
            risk=Risk.CHANGE,
            calls=tuple(opened(group.group_id, one, egress=False) for one in wanted),
            differences=tuple(added(site.net.sg_alb, one, egress=False) for one in wanted),
        )
    )


@action(
    "ec2.close-balancer",
    guide="2.2",
    fixes=("sg.alb.ingress-minimal", "sg.alb.ingress-443", "sg.alb.ingress-80"),
)
def close_balancer(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Nothing is open to the load balancer but what the site says."""
    group, rules = _ingress(aws, site)
    extra = _extra(site, rules)
    kept = tuple(rule for rule in rules if rule not in extra)
    for one in _wanted(aws, site) if extra else ():
        if not security.reach(_exact(kept, one), [one.peer.cidr]):
            remedy = "open it by a rule of its own first: ec2.open-balancer"
            raise CannotPlan(f"without the other rules {one} would be closed", remedy)
    return complete(
        Plan(
            action="ec2.close-balancer",
            title=f"Close what else {site.net.sg_alb} lets in",
            environment=env.name,
            resource=group.group_id,
            effect="Nobody opens new connections by these rules; those that are open stay till they end.",
            risk=Risk.DISRUPTIVE,
            calls=closed(group.group_id, extra, egress=False),
            differences=removed(site.net.sg_alb, extra, egress=False),
        )
    )


@action("ec2.lead-balancer-to-tasks", guide="2.2", fixes=("sg.alb.egress-app",))
def lead_balancer_to_tasks(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer reaches the tasks on the app's port, and nothing else."""
    group, tasks = aws.ec2.alb_group(site), aws.ec2.ecs_group(site).group_id
    rules = security.egress(aws.ec2.security_group_rules(group.group_id))
    exact = tuple(rule for rule in rules if security.is_exactly(rule, site.app.port))
    kept = security.referring(exact, [tasks]) or _by_address(aws, site, exact)
    wanted = Wanted(ports=port(site.app.port), peer=Peer(group=tasks), description="The tasks")
    extra = tuple(rule for rule in rules if rule not in kept)
    calls = (
        *((opened(group.group_id, wanted, egress=True),) if not kept else ()),
        *closed(group.group_id, extra, egress=True),
    )
    differences = (
        *((added(site.net.sg_alb, wanted, egress=True),) if not kept else ()),
        *removed(site.net.sg_alb, extra, egress=True),
    )
    return complete(
        Plan(
            action="ec2.lead-balancer-to-tasks",
            title=f"Let {site.net.sg_alb} reach the tasks alone",
            environment=env.name,
            resource=group.group_id,
            effect=f"The load balancer opens new connections to {site.net.sg_ecs} on {site.app.port} only.",
            risk=Risk.DISRUPTIVE if extra else Risk.CHANGE,
            calls=calls,
            differences=differences,
        )
    )


def _ingress(aws: Aws, site: Site) -> tuple[SecurityGroup, Rules]:
    group = aws.ec2.alb_group(site)
    return group, security.ingress(aws.ec2.security_group_rules(group.group_id))


def _wanted(aws: Aws, site: Site) -> list[Wanted]:
    allowed = site.net.alb_allowed_cidrs
    if ANYWHERE_V4 in allowed and ANYWHERE_V6 not in allowed and _is_dualstack(aws, site):
        allowed = (*allowed, ANYWHERE_V6)
    plain = [(80, "HTTP, redirected to HTTPS")] if site.net.allow_http_redirect else []
    return [
        Wanted(ports=port(number), peer=Peer(cidr=cidr), description=text)
        for number, text in ((443, "HTTPS"), *plain)
        for cidr in allowed
    ]


def _is_dualstack(aws: Aws, site: Site) -> bool:
    try:
        return aws.elb.load_balancer(site.alb.name).ip_address_type.startswith("dualstack")
    except Missing:
        return False  # the group comes before the load balancer


def _exact(rules: Rules, wanted: Wanted) -> Rules:
    return tuple(rule for rule in rules if security.is_exactly(rule, wanted.ports.first))


def _extra(site: Site, rules: Rules) -> Rules:
    """Other ports; 80 where nothing is redirected; and whoever is not of ``net.alb_allowed_cidrs``. What a prefix
    list or a group holds nobody compares: those of 443 and 80 stay."""
    ports = (443, 80) if site.net.allow_http_redirect else (443,)
    allowed = site.net.alb_allowed_cidrs
    allowed = (*allowed, *ANYWHERE) if ANYWHERE_V4 in allowed else allowed
    meant = tuple(rule for rule in rules if any(security.is_exactly(rule, number) for number in ports))
    wider = security.outside(meant, allowed)
    return tuple(rule for rule in rules if rule not in meant or rule in wider)


def _by_address(aws: Aws, site: Site, exact: Rules) -> Rules:
    """The rules to the private subnets' ranges, where they reach all of them: as good as a reference."""
    ranges = tuple(one.cidr_block for one in aws.ec2.private_subnets(site))
    inside = tuple(rule for rule in exact if rule.cidr_ipv4 and not security.outside([rule], ranges))
    return inside if security.reach(inside, ranges) else ()
