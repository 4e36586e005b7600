"""The environment's target group and the health of what is registered there (guide 6.2, 9.1)."""

import re
from collections import Counter

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.balancing import TargetGroup, TargetHealth
from runbook_tui.aws.facts.ecs_service import Service
from runbook_tui.aws.facts.elb import TARGET_GROUP
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail


@check(
    "tg.exists",
    guide="6.2",
    severity="critical",
    scope="environment",
    needs=["elasticloadbalancing:DescribeTargetGroups"],
    establishes=[TARGET_GROUP],
)
def exists(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The target group takes addresses, in the site's VPC, behind the site's load balancer."""
    group = aws.elb.target_group(env.target_group)
    evidence = {
        "arn": group.target_group_arn,
        "target_type": group.target_type,
        "protocol": group.protocol,
        "port": group.port,
        "vpc": group.vpc_id,
        "load_balancers": list(group.load_balancer_arns),
    }
    remedy = "type, port, protocol and VPC cannot be changed: create a new target group"
    if group.target_type != "ip":
        return fail(f"target type {group.target_type}: Fargate needs ip", remedy, **evidence)
    # A load balancer forwards within its own VPC only: without an id in the site, its rules vouch for the VPC.
    if site.net.vpc_id and group.vpc_id != site.net.vpc_id:
        return fail(f"it is in {group.vpc_id}, expected {site.net.vpc_id}", remedy, **evidence)
    if not group.serves(site.alb.name):
        because = f"no listener rule of {site.alb.name} forwards to {env.target_group}"
        return fail(because, f"add a rule for {env.host} that forwards to it", **evidence)
    concerns = []
    if group.protocol != "HTTP":
        concerns.append(f"protocol {group.protocol}, expected HTTP")
    if group.port != site.app.port:
        concerns.append(f"port {group.port}, expected {site.app.port} (ECS registers the container's port anyway)")
    return warn_or_pass(concerns, f"type ip, port {group.port}, behind {site.alb.name}", remedy, **evidence)


@check(
    "tg.health-check",
    guide="6.2",
    severity="critical",
    scope="environment",
    needs=["elasticloadbalancing:DescribeTargetGroups"],
)
def health_check(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The load balancer asks the readiness path and takes 200 alone, in every environment alike."""
    group = aws.elb.target_group(env.target_group)
    evidence = {**_settings(group), "unhealthy_threshold": group.unhealthy_threshold_count}
    remedy = "correct the health check, the path only after the new one answered 200 through the load balancer"
    if group.health_check_path != site.app.ready_path:
        because = f"path {group.health_check_path or 'not set'}, expected {site.app.ready_path}"
        return fail(because, remedy, **evidence)
    if group.health_check_port not in ("traffic-port", str(site.app.port)):
        because = f"port {group.health_check_port}, expected traffic-port or {site.app.port}"
        return fail(because, remedy, **evidence)
    if not group.health_check_enabled:
        return fail("health checks are off", remedy, **evidence)
    concerns = [*_health_concerns(group), *_differences(aws, site, env, group)]
    good = f"{group.health_check_path} every {group.health_check_interval_seconds} s, {group.matcher.http_code} wanted"
    return warn_or_pass(concerns, good, remedy, **evidence)


def _settings(group: TargetGroup) -> dict[str, str | int]:
    """What should be the same in every environment."""
    return {
        "path": group.health_check_path,
        "port": group.health_check_port,
        "protocol": group.health_check_protocol,
        "interval": group.health_check_interval_seconds,
        "timeout": group.health_check_timeout_seconds,
        "matcher": group.matcher.http_code,
    }


def _health_concerns(group: TargetGroup) -> list[str]:
    found = []
    code = group.matcher.http_code
    if not _narrow(code):
        found.append(f"{code or 'any code'} counts as healthy, expected 200")
    if group.health_check_protocol != "HTTP":
        found.append(f"health checks speak {group.health_check_protocol}, expected HTTP")
    if group.health_check_timeout_seconds >= group.health_check_interval_seconds:
        found.append(f"timeout {group.health_check_timeout_seconds} s is not below the interval")
    seconds = group.health_check_interval_seconds * group.unhealthy_threshold_count
    if seconds > 120:
        found.append(f"a broken target is noticed after {seconds} s, expected 120 s at most")
    return found


def _narrow(code: str) -> bool:
    """Within 200-299: ``200``, ``200,204``, ``200-299``."""
    parts = [part.strip() for part in code.split(",")]
    return all(re.fullmatch(r"2\d\d(-2\d\d)?", part) for part in parts)


def _differences(aws: Aws, site: Site, env: Environment, group: TargetGroup) -> list[str]:
    found = []
    for other in site.environments.values():
        if other.target_group == env.target_group:
            continue
        try:
            theirs = _settings(aws.elb.target_group(other.target_group))
        except Missing:
            continue  # tg.exists of that environment says so
        changed = [name for name, value in _settings(group).items() if theirs[name] != value]
        if changed:
            found.append(f"{', '.join(changed)} differ from {other.name}")
    return found


@check(
    "tg.targets-healthy",
    guide="9.1",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeServices", "elasticloadbalancing:DescribeTargetHealth"],
)
def targets_healthy(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Every running task is a healthy target, in at least two zones."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    arns = [one.target_group_arn for one in service.load_balancers if one.target_group_name == env.target_group]
    if not arns:
        because = f"the service registers no task in {env.target_group}: nothing of it is reached"
        return fail(because, "see ecs.service.target-group", healthy=0)
    targets = aws.elb.target_health(arns[0])
    states = Counter(one.state for one in targets)
    healthy = states["healthy"]
    evidence = {
        "states": dict(states),
        "reasons": dict(Counter(one.reason for one in targets if one.reason)),
        "running": service.running_count,
        "deploying": service.deploying,
        "zones": sorted(_zones(targets)),
    }
    remedy = "find out why: the targets' reasons, the container's log, then security groups and the health check"
    if not healthy:
        return fail(f"no healthy target among {len(targets)}{_reasons(targets)}", remedy, **evidence)
    if not service.deploying:
        if states["unhealthy"]:
            because = f"{states['unhealthy']} of {len(targets)} targets unhealthy{_reasons(targets)}"
            return fail(because, remedy, **evidence)
        if healthy < env.desired_min:
            return fail(f"{healthy} healthy targets, expected at least {env.desired_min}", remedy, **evidence)
    concerns = _target_concerns(targets, service, env)
    good = f"{named(healthy, 'healthy target')}, {service.running_count} tasks running"
    return warn_or_pass(concerns, good, remedy, **evidence)


def _zones(targets: tuple[TargetHealth, ...]) -> set[str]:
    return {one.target.availability_zone for one in targets if one.state == "healthy"} - {""}


def _reasons(targets: tuple[TargetHealth, ...]) -> str:
    reasons = Counter(one.reason for one in targets if one.reason and one.state != "healthy")
    return f" ({', '.join(f'{number}x {reason}' for reason, number in reasons.most_common())})" if reasons else ""


def _target_concerns(targets: tuple[TargetHealth, ...], service: Service, env: Environment) -> list[str]:
    states = Counter(one.state for one in targets)
    healthy, wanted = states["healthy"], max(env.desired_min, service.running_count)
    found = []
    if service.deploying:
        moving = [f"{states[state]} {state}" for state in ("initial", "draining", "unhealthy") if states[state]]
        if moving:
            found.append(f"a deployment is under way: {', '.join(moving)}")
    if healthy < wanted:
        found.append(f"{healthy} healthy targets, expected {wanted}")
    if states["unused"]:
        found.append(f"{states['unused']} unused: their zone is not enabled in the load balancer")
    zones = _zones(targets)
    if healthy >= 2 and len(zones) < 2:
        found.append(f"all healthy targets are in {next(iter(zones), 'a zone that ELB does not name')}")
    return found


@check(
    "tg.deregistration",
    guide="9.2",
    severity="low",
    scope="environment",
    needs=["elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups"],
)
def deregistration(aws: Aws, site: Site, env: Environment) -> Verdict:
    """A leaving target finishes its requests, and a rollback need not wait long for that."""
    group = aws.elb.target_group(env.target_group)
    attributes = aws.elb.target_group_attributes(group.target_group_arn)
    delay = attributes.get("deregistration_delay.timeout_seconds", "300")  # what ELB does without being told
    stickiness = attributes.get("stickiness.enabled", "false")
    evidence = {"deregistration_delay": delay, "stickiness": stickiness}
    concerns = []
    if not delay.isdecimal() or not 15 <= int(delay) <= 120:
        concerns.append(f"deregistration delay {delay} s, expected 15 to 120 s")
    if stickiness == "true":
        concerns.append("stickiness is on: clients cling to leaving targets")
    remedy = f"set the deregistration delay to {site.tg.deregistration_delay} s"
    return warn_or_pass(concerns, f"deregistration delay {delay} s", remedy, **evidence)
