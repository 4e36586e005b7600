"""How the load balancer is placed, guarded and set (guide 6.1)."""

from runbook_tui.actions.ingress.balancers import DROPS, PROTECTION
from runbook_tui.actions.ingress.calls import elb
from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.aws.facts.routes import default_route, effective_table
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_IDLE = "idle_timeout.timeout_seconds"
_IDLE_SECONDS = 60  # of a load balancer that was not told otherwise
_SHORTER = 5  # seconds that the load balancer lets go before the application does
_SHORTEST = 15  # a shorter one would cut answers that take their time


@action("elbv2.set-subnets", guide="6.1", fixes=("alb.scheme-subnets",))
def set_subnets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer is in the site's public subnets, and in no private one."""
    balancer = aws.elb.load_balancer(site.alb.name)
    if balancer.scheme != "internet-facing":
        remedy = "its scheme cannot be changed: make another one under another alb.name, then move the names"
        raise CannotPlan(f"{site.alb.name} is {balancer.scheme}", remedy)
    now = sorted(one.subnet_id for one in balancer.availability_zones)
    wanted = _wanted(aws, site, now)
    zones = {one.zone for one in wanted}
    if len(zones) < 2:
        raise CannotPlan("public subnets of one zone alone are left", "give net.public_subnets one of another zone")
    after = sorted(one.subnet_id for one in wanted)
    arn, leaves = balancer.load_balancer_arn, sorted(set(now) - set(after))
    back = elb("subnets-back", "set_subnets", "it is in the former subnets", LoadBalancerArn=arn, Subnets=now)
    call = elb("set-subnets", "set_subnets", f"it is in {len(after)}", back, LoadBalancerArn=arn, Subnets=after)
    return complete(
        Plan(
            action="elbv2.set-subnets",
            title=f"Place {site.alb.name} in the public subnets",
            environment=env.name,
            resource=site.alb.name,
            effect="It comes up in new subnets within minutes, and its addresses there are new.",
            risk=Risk.DISRUPTIVE if leaves else Risk.CHANGE,
            calls=(call,) if after != now else (),
            differences=(Difference(what="subnets", before=", ".join(now), after=", ".join(after)),),
            warnings=(f"connections by {', '.join(leaves)} end",) if leaves else (),
        )
    )


def _wanted(aws: Aws, site: Site, now: list[str]) -> list[Subnet]:
    """Those of the site, and of the present ones the public ones of further zones."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    chosen, tables = list(aws.ec2.public_subnets(site)), aws.ec2.route_tables(vpc_id)
    for one in aws.ec2.subnets(vpc_id):
        route = default_route(effective_table(tables, one.subnet_id).table)
        is_public = route is not None and route.gateway_id.startswith("igw-")
        if one.subnet_id in now and is_public and one.zone not in {each.zone for each in chosen}:
            chosen.append(one)
    return chosen


@action("elbv2.set-security-groups", guide="6.1", fixes=("alb.sg",))
def set_security_groups(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer has the security group that is meant for it, and no other."""
    balancer, group = aws.elb.load_balancer(site.alb.name), aws.ec2.alb_group(site)
    arn, now, after = balancer.load_balancer_arn, sorted(balancer.security_groups), [group.group_id]
    leaves = sorted(set(now) - set(after))
    operation = "set_security_groups"
    back = elb("groups-back", operation, "it has the former groups", LoadBalancerArn=arn, SecurityGroups=now)
    effect = f"{group.group_name} alone says who comes in"
    call = elb("set-groups", operation, effect, back, LoadBalancerArn=arn, SecurityGroups=after)
    return complete(
        Plan(
            action="elbv2.set-security-groups",
            title=f"Give {site.alb.name} the group {group.group_name} alone",
            environment=env.name,
            resource=site.alb.name,
            effect="New connections are let in and out by the rules of this group, at once.",
            risk=Risk.DISRUPTIVE if leaves else Risk.CHANGE,
            calls=(call,) if after != now else (),
            differences=(Difference(what="security groups", before=", ".join(now), after=", ".join(after)),),
            warnings=(f"whoever is let in, or to the tasks, by {', '.join(leaves)} only is shut out",)
            if leaves
            else (),
        )
    )


@action("elbv2.set-attributes", guide="6.1", fixes=("alb.attributes",))
def set_attributes(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer is protected, drops headers that are none, and ends idle connections before the application."""
    balancer = aws.elb.load_balancer(site.alb.name)
    values = aws.elb.load_balancer_attributes(balancer)
    changed = {key: text for key, text in _attributes(site, values).items() if values.get(key) != text}
    arn = balancer.load_balancer_arn
    before = {key: values.get(key) or _unsaid(key) for key in changed}
    return complete(
        Plan(
            action="elbv2.set-attributes",
            title=f"Set the attributes of {site.alb.name}",
            environment=env.name,
            resource=site.alb.name,
            effect="At once, for new connections.",
            risk=Risk.CHANGE,
            calls=(_attribute_call(arn, changed, before),) if changed else (),
            differences=tuple(Difference(what=key, before=before[key], after=changed[key]) for key in changed),
            warnings=tuple(_left(site, values)),
        )
    )


def _attributes(site: Site, values: dict[str, str]) -> dict[str, str]:
    wanted = {PROTECTION: str(site.alb.deletion_protection).lower(), DROPS: "true"}
    keepalive, text = site.app.keepalive_seconds, values.get(_IDLE, "")
    idle = int(text) if text.isdecimal() else _IDLE_SECONDS
    if keepalive is not None and idle >= keepalive and keepalive - _SHORTER >= _SHORTEST:
        wanted[_IDLE] = str(keepalive - _SHORTER)
    return wanted


def _left(site: Site, values: dict[str, str]) -> list[str]:
    """What is not right and cannot be put right here."""
    found, keepalive = [], site.app.keepalive_seconds
    if keepalive is not None and keepalive - _SHORTER < _SHORTEST:
        found.append(f"the application keeps connections for {keepalive} s only: raise that in the application")
    if site.alb.access_logs != "off" and values.get("access_logs.s3.enabled") != "true":
        found.append("access logs need a bucket that ELB may write to: turn them on by hand")
    return found


def _unsaid(key: str) -> str:
    return str(_IDLE_SECONDS) if key == _IDLE else "false"


def _attribute_call(arn: str, changed: dict[str, str], before: dict[str, str]) -> ApiCall:
    operation = "modify_load_balancer_attributes"
    back = elb("attributes-back", operation, "as they were", LoadBalancerArn=arn, Attributes=listed(before))
    effect = ", ".join(f"{key} {text}" for key, text in changed.items())
    return elb("set-attributes", operation, effect, back, LoadBalancerArn=arn, Attributes=listed(changed))
