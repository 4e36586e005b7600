"""Guide 2.2: the load balancer's security group."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.ec2 import ALB_GROUP
from runbook_tui.aws.facts.network import SecurityGroupRule
from runbook_tui.aws.facts.security import ANYWHERE, ANYWHERE_V4, ANYWHERE_V6, Rules
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn

GROUP_READS: Final = ["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"]
RULE_READS: Final = ["ec2:DescribeSecurityGroupRules", *GROUP_READS]


@check("sg.alb.exists", guide="2.2", severity="critical", scope="shared", needs=GROUP_READS, establishes=[ALB_GROUP])
def alb_exists(aws: Aws, site: Site) -> Verdict:
    """The VPC has exactly one security group of the load balancer's name."""
    group = aws.ec2.alb_group(site)
    return passed(f"{group.group_name} is {group.group_id}", id=group.group_id, vpc=group.vpc_id)


@check(
    "sg.alb.ingress-443",
    guide="2.2",
    severity="critical",
    scope="shared",
    needs=[*RULE_READS, "elasticloadbalancing:DescribeLoadBalancers"],
)
def alb_ingress_443(aws: Aws, site: Site) -> Verdict:
    """Port 443 is open to whom the site says, and to nobody else."""
    rules = security.covering(_ingress(aws, site), 443)
    allowed = site.net.alb_allowed_cidrs
    wanted = (*allowed, ANYWHERE_V6) if ANYWHERE_V4 in allowed and _is_dualstack(aws, site) else allowed
    evidence = {"rules": _opened(rules), "wanted": list(wanted)}
    remedy = f"allow tcp 443 from {', '.join(wanted)}"
    if not rules:
        return fail("nothing opens 443", remedy, **evidence)
    lists = sorted({rule.prefix_list_id for rule in rules if rule.prefix_list_id})
    if not security.reach(rules, wanted):
        return _not_reached(rules, wanted, lists, remedy, evidence)
    exact = tuple(rule for rule in rules if security.is_exactly(rule, 443))
    if not security.reach(exact, wanted):
        return warn("443 is open only because a wider rule covers it", f"{remedy} by a rule of its own", **evidence)
    wider = security.outside(rules, (*allowed, *ANYWHERE) if ANYWHERE_V4 in allowed else allowed)
    if wider:
        because = f"443 is open wider than the site says: {', '.join(security.peer(rule) for rule in wider)}"
        return warn(because, "remove the wider sources, or add them to net.alb_allowed_cidrs", **evidence)
    if lists:
        because = f"443 is open to {', '.join(lists)} too, whose entries were not compared"
        return warn(because, "look at the prefix list's entries", **evidence)
    return passed(f"443 is open to {', '.join(wanted)}", **evidence)


@check(
    "sg.alb.ingress-80",
    guide="6.1",
    severity="medium",
    scope="shared",
    needs=[*RULE_READS, "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"],
)
def alb_ingress_80(aws: Aws, site: Site) -> Verdict:
    """Port 80 is open to those of 443 where a redirect is wanted, and closed where not."""
    rules = _ingress(aws, site)
    plain, secure = security.covering(rules, 80), security.covering(rules, 443)
    listens = any(listener.port == 80 for listener in aws.elb.listeners(aws.elb.load_balancer(site.alb.name)))
    evidence = {"rules": _opened(plain), "listener": listens, "wanted": site.net.allow_http_redirect}
    if plain and not site.net.allow_http_redirect:
        return warn(
            "80 is open, and the site wants no redirect", "close 80, or set net.allow_http_redirect", **evidence
        )
    if not plain and listens:
        return warn("a listener waits on 80, and the group shuts it off", "open 80, or remove the listener", **evidence)
    if not plain and site.net.allow_http_redirect:
        return warn(
            "80 is closed, so nobody is redirected", "open 80, or set net.allow_http_redirect: false", **evidence
        )
    if not plain:
        return passed("80 is closed, as the site wants", **evidence)
    narrower = _unlike(secure, plain)
    if narrower:
        because = f"80 is narrower than 443: not open to {', '.join(narrower)}"
        return warn(because, "open 80 to the same sources as 443", **evidence)
    if not listens:
        return warn("80 is open, and no listener waits there", "add the redirect listener, or close 80", **evidence)
    return passed("80 is open to the same sources as 443, for the redirect", **evidence)


@check("sg.alb.ingress-minimal", guide="2.2", severity="high", scope="shared", needs=RULE_READS)
def alb_ingress_minimal(aws: Aws, site: Site) -> Verdict:
    """Nothing is open to the load balancer but 443 and 80."""
    rules = _ingress(aws, site)
    extra = tuple(rule for rule in rules if not (security.is_exactly(rule, 443) or security.is_exactly(rule, 80)))
    exposed = [str(port) for port in _sensitive(site) if security.reach_everywhere(security.covering(extra, port))]
    remedy = "remove the rules: only 443 and 80 belong here"
    evidence = {"extra": _opened(extra)}
    if security.allow_all(extra):
        return fail("all traffic is let in from everywhere", remedy, **evidence)
    if exposed:
        return fail(f"open to everybody: {', '.join(exposed)}", remedy, **evidence)
    if extra:
        return warn(f"{len(extra)} more rules: {_in_words(extra)}", remedy, **evidence)
    return passed("only 443 and 80", **evidence)


@check("sg.alb.egress-app", guide="2.2", severity="high", scope="shared", needs=["ec2:DescribeSubnets", *RULE_READS])
def alb_egress_app(aws: Aws, site: Site) -> Verdict:
    """The load balancer may reach the tasks on the app's port, and nothing else."""
    port = site.app.port
    group, tasks = aws.ec2.alb_group(site), aws.ec2.ecs_group(site)
    rules = security.egress(aws.ec2.security_group_rules(group.group_id))
    open_rules = security.covering(rules, port)
    everything = security.allow_all(rules)
    named = security.referring(open_rules, [tasks.group_id])
    evidence = {"rules": _opened(rules)}
    remedy = f"allow tcp {port} out to {tasks.group_id}, then remove the other rules"
    if security.reach(everything, [ANYWHERE_V4]):
        return warn("all traffic is let out everywhere: it works, but looser than the guide", remedy, **evidence)
    ranges = () if named else tuple(one.cidr_block for one in aws.ec2.private_subnets(site))
    if not named and not security.reach(open_rules, ranges):
        return fail(f"nothing lets {port} out to the tasks: their health checks time out", remedy, **evidence)
    extra = tuple(rule for rule in rules if not _serves_tasks(rule, port, tasks.group_id, ranges))
    if extra:
        return warn(f"more than the tasks can be reached: {_in_words(extra)}", remedy, **evidence)
    return passed(f"{port} is let out to {tasks.group_id if named else 'the private subnets'} alone", **evidence)


def _ingress(aws: Aws, site: Site) -> Rules:
    return security.ingress(aws.ec2.security_group_rules(aws.ec2.alb_group(site).group_id))


def _is_dualstack(aws: Aws, site: Site) -> bool:
    try:
        return aws.elb.load_balancer(site.alb.name).ip_address_type.startswith("dualstack")
    except Missing:
        return False  # the group comes before the load balancer; without one nobody comes over IPv6


def _not_reached(
    rules: Rules, wanted: tuple[str, ...], lists: list[str], remedy: str, evidence: Mapping[str, Any]
) -> Verdict:
    union = security.addresses(rules)
    closed = [cidr for cidr in wanted if not security.within(cidr, union)]
    if lists:
        because = f"443 is open to {', '.join(lists)}, whose entries were not compared with {', '.join(closed)}"
        return warn(because, "look at the prefix list's entries, or open 443 to the ranges themselves", **evidence)
    return fail(f"443 is not open to all of {', '.join(closed)}", remedy, **evidence)


def _unlike(secure: Rules, plain: Rules) -> list[str]:
    """Sources of ``secure`` that ``plain`` does not have."""
    union = security.addresses(plain)
    others = {one for rule in plain for one in (rule.prefix_list_id, rule.referenced_group) if one}
    closed = []
    for rule in secure:
        cidr = rule.cidr_ipv4 or rule.cidr_ipv6
        if not (security.within(cidr, union) if cidr else security.peer(rule) in others):
            closed.append(security.peer(rule))
    return sorted(set(closed))


def _sensitive(site: Site) -> list[int]:
    return [port for port in (22, 3389, 27017, site.app.port) if port not in (80, 443)]


def _serves_tasks(rule: SecurityGroupRule, port: int, tasks: str, ranges: tuple[str, ...]) -> bool:
    if not security.is_exactly(rule, port):
        return False
    return bool(security.referring([rule], [tasks])) or (not security.outside([rule], ranges) and bool(rule.cidr_ipv4))


def _opened(rules: Rules) -> dict[str, str]:
    return {rule.security_group_rule_id: security.opening(rule) for rule in rules}


def _in_words(rules: Rules) -> str:
    return "; ".join(security.opening(rule) for rule in rules[:3]) + (" …" if len(rules) > 3 else "")
