"""Where tasks run, and where they are registered."""

from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.site import Environment, Site


def private_subnets(aws: Aws, site: Site) -> list[str]:
    """CannotPlan unless they are in two zones at least; Missing when one is not there."""
    found = aws.ec2.private_subnets(site)
    if len({one.zone for one in found}) < 2:
        raise CannotPlan("the private subnets are in fewer than two zones", "create the missing one first")
    return sorted(one.subnet_id for one in found)


def private_placement(aws: Aws, site: Site) -> dict[str, Any]:
    return {
        "subnets": private_subnets(aws, site),
        "securityGroups": [aws.ec2.ecs_group(site).group_id],
        "assignPublicIp": "DISABLED",
    }


def target_group_of(aws: Aws, site: Site, env: Environment) -> dict[str, Any]:
    """CannotPlan for a group that ECS would refuse: one that no load balancer leads to, or one of instances."""
    group = aws.elb.target_group(env.target_group)
    if group.target_type != "ip":
        raise CannotPlan(f"{env.target_group} is for targets of type {group.target_type}", "make one of type ip")
    if not group.load_balancer_arns:
        raise CannotPlan(f"no load balancer leads to {env.target_group}", "make its listener rule first")
    return {
        "targetGroupArn": group.target_group_arn,
        "containerName": env.container,
        "containerPort": site.app.port,
    }
