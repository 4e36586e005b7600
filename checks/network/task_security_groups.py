"""Guide 2.2: the tasks' security group, from outside in."""

from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.ec2 import ECS_GROUP
from runbook_tui.aws.facts.security import Rules
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn

GROUP_READS: Final = ["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"]
RULE_READS: Final = ["ec2:DescribeSecurityGroupRules", *GROUP_READS]


@check("sg.ecs.exists", guide="2.2", severity="critical", scope="shared", needs=GROUP_READS, establishes=[ECS_GROUP])
def ecs_exists(aws: Aws, site: Site) -> Verdict:
    """The VPC has exactly one security group of the tasks' name."""
    group = aws.ec2.ecs_group(site)
    shared = f", shared by {' and '.join(site.environments)}" if len(site.environments) > 1 else ""
    return passed(f"{group.group_name} is {group.group_id}{shared}", id=group.group_id, vpc=group.vpc_id)


@check(
    "sg.ecs.ingress-app", guide="2.2", severity="critical", scope="shared", needs=["ec2:DescribeSubnets", *RULE_READS]
)
def ecs_ingress_app(aws: Aws, site: Site) -> Verdict:
    """The load balancer's group may reach the tasks on the app's port."""
    port, balancer = site.app.port, aws.ec2.alb_group(site)
    rules = security.covering(_ingress(aws, site), port)
    remedy = f"allow tcp {port} from {balancer.group_id}"
    evidence = {"rules": {rule.security_group_rule_id: security.opening(rule) for rule in rules}}
    named = security.referring(rules, [balancer.group_id])
    if named:
        return passed(f"{port} is open to {balancer.group_id}", **evidence)
    if security.reach(rules, [subnet.cidr_block for subnet in aws.ec2.public_subnets(site)]):
        because = f"{port} is open to the public subnets' addresses instead of to {balancer.group_id}"
        return warn(because, f"{remedy} instead", **evidence)
    return fail(f"nothing lets {balancer.group_id} in on {port}: every target will be unhealthy", remedy, **evidence)


@check("sg.ecs.ingress-minimal", guide="2.2", severity="high", scope="shared", needs=RULE_READS)
def ecs_ingress_minimal(aws: Aws, site: Site) -> Verdict:
    """Nobody but the load balancer's group may reach the tasks."""
    balancer, rules = aws.ec2.alb_group(site), _ingress(aws, site)
    meant = security.referring(
        (rule for rule in rules if security.is_exactly(rule, site.app.port)), [balancer.group_id]
    )
    extra = tuple(rule for rule in rules if rule not in meant)
    evidence = {"extra": {rule.security_group_rule_id: security.opening(rule) for rule in extra}}
    remedy = f"remove them: only {balancer.group_id} belongs here, on {site.app.port}"
    if security.reach_everywhere(extra):
        return fail(f"open to everybody: {'; '.join(security.opening(rule) for rule in extra)}", remedy, **evidence)
    if extra:
        because = f"{len(extra)} more sources: {'; '.join(security.opening(rule) for rule in extra[:3])}"
        return warn(because, remedy, **evidence)
    return passed("only the load balancer is let in" if meant else "nothing is let in", **evidence)


def _ingress(aws: Aws, site: Site) -> Rules:
    return security.ingress(aws.ec2.security_group_rules(aws.ec2.ecs_group(site).group_id))
