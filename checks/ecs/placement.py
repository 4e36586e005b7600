"""Where the service's tasks run (guide 2.1, 2.2, 5.3)."""

from collections import Counter
from typing import Any

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn


@check(
    "ecs.service.subnets",
    guide="5.3",
    severity="high",
    scope="environment",
    needs=["ec2:DescribeSubnets", "ecs:DescribeServices"],
)
def subnets(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Tasks may run in private subnets of at least two zones."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    remedy = "give the service the private subnets of two zones, and let AZ rebalancing spread its tasks"
    if not service.placement.subnets:
        return fail("the service names no subnets", remedy, subnets=[])
    found = aws.ecs.subnets_of(service)
    zones = sorted({subnet.zone for subnet in found})
    evidence = {
        "subnets": {subnet.subnet_id: subnet.zone for subnet in found},
        "zone_rebalancing": service.availability_zone_rebalancing,
    }
    public = [subnet.subnet_id for subnet in found if _among(subnet, site.net.public_subnets)]
    if public:
        return fail(f"tasks may run in public subnets: {', '.join(public)}", remedy, **evidence)
    if len(found) < 2 or len(zones) < 2:
        because = f"tasks may run in {named(len(found), 'subnet')} of {named(len(zones), 'zone')} only, expected two"
        return fail(because, remedy, **evidence)
    concerns = []
    strange = [subnet.subnet_id for subnet in found if not _among(subnet, site.net.private_subnets)]
    if strange:
        concerns.append(f"not among the site's private subnets: {', '.join(strange)}")
    if service.availability_zone_rebalancing != "ENABLED":
        concerns.append("AZ rebalancing is off: tasks may stay in one zone after an outage")
    return warn_or_pass(concerns, f"{len(found)} private subnets in {len(zones)} zones", remedy, **evidence)


def _among(subnet: Subnet, wanted: tuple[str, ...]) -> bool:
    return subnet.subnet_id in wanted or subnet.cidr_block in wanted


@check(
    "ecs.service.task-spread",
    guide="5.3",
    severity="medium",
    scope="environment",
    needs=["ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListTasks"],
)
def task_spread(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Running tasks occupy at least two zones."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    if service.desired_count < 2:
        return skip(f"desired count {service.desired_count}: nothing to spread", desired=service.desired_count)
    tasks = [task for task in aws.ecs.tasks(site.ecs.cluster, env.service, "RUNNING") if task.last_status == "RUNNING"]
    zones = Counter(task.availability_zone for task in tasks if task.availability_zone)
    evidence = {"zones": dict(sorted(zones.items())), "subnets": sorted({task.subnet_id for task in tasks} - {""})}
    remedy = "enable AZ rebalancing, or force a new deployment"
    if not tasks:
        return warn("no task is running", "see ecs.service.running", **evidence)
    if len(zones) < 2:
        where = f"in {next(iter(zones))}" if zones else "in a zone that ECS does not name"
        return warn(f"all {named(len(tasks), 'running task')} {where}", remedy, **evidence)
    return passed(f"{len(tasks)} running tasks in {len(zones)} zones", **evidence)


@check(
    "ecs.service.private",
    guide="2.1",
    severity="high",
    scope="environment",
    needs=["ec2:DescribeSecurityGroups", "ecs:DescribeServices"],
)
def private(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Tasks have no public address and the backend's security group alone."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    remedy = f"set assignPublicIp DISABLED and {site.net.sg_ecs} as the only security group (starts a deployment)"
    public_ip = service.placement.assign_public_ip
    evidence: dict[str, Any] = {
        "assign_public_ip": public_ip,
        "security_groups": list(service.placement.security_groups),
    }
    if not service.placement.security_groups:
        return fail(f"the service names no security group, expected {site.net.sg_ecs}", remedy, **evidence)
    groups = {group.group_id: group.group_name for group in aws.ecs.groups_of(service)}
    evidence["security_groups"] = groups
    if site.net.sg_ecs not in groups.values():
        there = ", ".join(sorted(groups.values()))
        return fail(f"security groups {there or 'unknown'}, expected {site.net.sg_ecs}", remedy, **evidence)
    concerns = []
    if public_ip != "DISABLED":
        concerns.append(f"assignPublicIp is {public_ip}: tasks are reachable from the internet")
    if len(groups) > 1:
        extra = sorted(name for name in groups.values() if name != site.net.sg_ecs)
        concerns.append(f"more security groups than {site.net.sg_ecs}: {', '.join(extra)}")
    return warn_or_pass(concerns, f"no public address, security group {site.net.sg_ecs} alone", remedy, **evidence)
