"""How the load balancer is placed, guarded and set (guide 6.1)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import LoadBalancer
from runbook_tui.aws.facts.network import RouteTable, Subnet
from runbook_tui.aws.facts.routes import default_route, effective_table
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

BALANCER: Final = "elasticloadbalancing:DescribeLoadBalancers"
IDLE_SECONDS: Final = 60  # of a load balancer that was not told otherwise


@check(
    "alb.scheme-subnets",
    guide="6.1",
    severity="critical",
    scope="shared",
    needs=["ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcs", BALANCER],
)
def scheme_subnets(aws: Aws, site: Site) -> Verdict:
    """The load balancer faces the internet from public subnets, in every zone that has tasks."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    balancer, subnets, tables, private = together(
        lambda: aws.elb.load_balancer(site.alb.name),
        lambda: aws.ec2.subnets(vpc_id),
        lambda: aws.ec2.route_tables(vpc_id),
        lambda: aws.ec2.private_subnets(site),
    )
    own = {one.subnet_id for one in balancer.availability_zones}
    placed = [subnet for subnet in subnets if subnet.subnet_id in own]
    zones = {subnet.zone for subnet in placed}
    evidence: dict[str, Any] = {
        "scheme": balancer.scheme,
        "subnets": {subnet.subnet_id: subnet.zone for subnet in placed},
    }
    wrong = _misplaced(balancer, placed, tables)
    if wrong:
        remedy = "set public subnets of two zones; the scheme cannot be changed: create another load balancer"
        return fail(wrong, remedy, **evidence)
    without = sorted({subnet.zone for subnet in private} - zones)
    concerns = [f"{', '.join(without)} has tasks but no load balancer: targets there stay unused"] if without else []
    good = f"internet-facing in {len(placed)} public subnets of {len(zones)} zones"
    return warn_or_pass(concerns, good, "add a public subnet of that zone to the load balancer", **evidence)


def _misplaced(balancer: LoadBalancer, placed: list[Subnet], tables: tuple[RouteTable, ...]) -> str:
    if balancer.scheme != "internet-facing":
        return f"{balancer.load_balancer_name} is {balancer.scheme or 'of no scheme'}, expected internet-facing"
    elsewhere = len(balancer.availability_zones) - len(placed)
    if elsewhere:
        return f"{elsewhere} of its subnets are outside of the site's VPC ({balancer.vpc_id})"
    closed = [one.subnet_id for one in placed if not _is_public(one, tables)]
    if closed:
        return f"{', '.join(closed)} is no public subnet: its default route leads to no internet gateway"
    return f"it is in {len(placed)} subnet, at least 2 are needed" if len(placed) < 2 else ""


def _is_public(subnet: Subnet, tables: tuple[RouteTable, ...]) -> bool:
    route = default_route(effective_table(tables, subnet.subnet_id).table)
    return route is not None and route.gateway_id.startswith("igw-")


@check(
    "alb.sg",
    guide="6.1",
    severity="high",
    scope="shared",
    needs=["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", BALANCER],
)
def security_group(aws: Aws, site: Site) -> Verdict:
    """The load balancer has the security group that is meant for it, and no other."""
    balancer, group = together(lambda: aws.elb.load_balancer(site.alb.name), lambda: aws.ec2.alb_group(site))
    has = balancer.security_groups
    evidence = {"groups": list(has), "wanted": group.group_id}
    remedy = f"set {group.group_name} ({group.group_id}) as its only security group"
    if group.group_id not in has:
        because = f"{group.group_name} is not on {balancer.load_balancer_name}: it has {', '.join(has) or 'none'}"
        return fail(because, remedy, **evidence)
    extra = [one for one in has if one != group.group_id]
    if extra:
        return warn(f"{', '.join(extra)} is on it too: what it opens adds up", remedy, **evidence)
    return passed(f"{group.group_name} alone", **evidence)


@check(
    "alb.attributes",
    guide="6.1",
    severity="medium",
    scope="shared",
    needs=["elasticloadbalancing:DescribeLoadBalancerAttributes", BALANCER],
)
def attributes(aws: Aws, site: Site) -> Verdict:
    """The load balancer is protected from deletion, drops invalid headers, and lets idle connections go first."""
    values = aws.elb.load_balancer_attributes(aws.elb.load_balancer(site.alb.name))
    protected = values.get("deletion_protection.enabled") == "true"
    drops = values.get("routing.http.drop_invalid_header_fields.enabled") == "true"
    logs = values.get("access_logs.s3.enabled") == "true"
    text = values.get("idle_timeout.timeout_seconds", "")
    idle = int(text) if text.isdecimal() else IDLE_SECONDS
    keepalive = site.app.keepalive_seconds
    evidence = {
        "deletion_protection": protected,
        "drop_invalid_header_fields": drops,
        "access_logs": logs,
        "idle_timeout": idle,
        "keepalive": keepalive if keepalive is not None else "not in the site",
    }
    concerns = []
    if protected is not site.alb.deletion_protection:
        concerns.append(f"deletion protection is {_on(protected)}, the site says {_on(site.alb.deletion_protection)}")
    if not drops:
        concerns.append("invalid header fields are passed on")
    if keepalive is not None and idle >= keepalive:
        concerns.append(f"idle timeout {idle} s is not below the application's keep-alive of {keepalive} s: 502s")
    if site.alb.access_logs != "off" and not logs:
        concerns.append(f"access logs are off, the site says {site.alb.access_logs}")
    remedy = "set the attribute; Node's own keep-alive of 5 s is below every usual idle timeout, so raise it in the app"
    return warn_or_pass(concerns, f"as the site says, idle timeout {idle} s", remedy, **evidence)


def _on(value: bool) -> str:  # noqa: FBT001 - it is the value that is told
    return "on" if value else "off"


@check("alb.waf", guide="6.1", severity="info", scope="shared", needs=["wafv2:GetWebACLForResource", BALANCER])
def waf(aws: Aws, site: Site) -> Verdict:
    """A web ACL stands before the load balancer."""
    if site.alb.waf == "off":
        return skip("the site wants no web ACL (alb.waf is off)")
    name = aws.wafv2.web_acl(aws.elb.load_balancer(site.alb.name).load_balancer_arn)
    if name is not None:
        return passed(f"web ACL {name}", web_acl=name)
    if site.alb.waf == "required":
        return warn("no web ACL, and the site requires one", "associate a web ACL with rate limiting", web_acl="none")
    return skip("no web ACL, and the site leaves it open (alb.waf is optional)")
