"""How the environment's service is set up (guide 5.3)."""

import re

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import target_group_name
from runbook_tui.aws.facts.ecs import CREATE_SERVICE, SERVICE
from runbook_tui.aws.facts.ecs_service import LoadBalancerLink, Service
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn


@check(
    "ecs.service.active",
    guide="5.3",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeServices"],
    establishes=[SERVICE],
)
def active(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The environment has a Fargate service of its own, and it is ACTIVE."""
    service = aws.ecs.known_service(site.ecs.cluster, env.service)
    evidence = {"status": service.status, "arn": service.service_arn, "controller": service.controller}
    sharing = [other.name for other in site.environments.values() if _shares(other, env)]
    if service.status != "ACTIVE":
        return fail(f"service {env.service} is {service.status}, expected ACTIVE", CREATE_SERVICE, **evidence)
    if sharing:
        because = f"{env.name} and {', '.join(sharing)} are the same service {env.service}"
        return fail(because, "create a service for each environment", **evidence)
    remedy = "run it on Fargate, platform LATEST, with the ECS deployment controller"
    return warn_or_pass(_oddities(service), f"service {env.service} is ACTIVE on Fargate", remedy, **evidence)


def _shares(other: Environment, env: Environment) -> bool:
    return other.name != env.name and other.service == env.service


def _oddities(service: Service) -> list[str]:
    found = []
    if not service.on_fargate:
        found.append(f"it does not run on Fargate but {service.launch_type or 'other capacity providers'}")
    if service.scheduling_strategy != "REPLICA":
        found.append(f"scheduling strategy {service.scheduling_strategy}, expected REPLICA")
    if not _current_platform(service.platform_version):
        found.append(f"platform {service.platform_version}, expected LATEST or 1.4.0 and later")
    if service.controller != "ECS":
        found.append(f"controller {service.controller}: the circuit breaker is not available")
    return found


def _current_platform(version: str) -> bool:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version))
    return version == "LATEST" or numbers >= (1, 4, 0)


@check("ecs.service.desired-min", guide="5.3", severity="high", scope="environment", needs=["ecs:DescribeServices"])
def desired_min(aws: Aws, site: Site, env: Environment) -> Verdict:
    """At least as many tasks are wanted as the site asks for."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    evidence = _counts(service)
    if service.desired_count >= env.desired_min:
        return passed(f"{service.desired_count} tasks are wanted, at least {env.desired_min} expected", **evidence)
    because = f"desired count {service.desired_count}, expected at least {env.desired_min}"
    remedy = "raise the count and the scalable target's minimum together: autoscaling would undo the count alone"
    return fail(because, remedy, **evidence) if env.is_prod else warn(because, remedy, **evidence)


def _counts(service: Service) -> dict[str, int]:
    return {"desired": service.desired_count, "running": service.running_count, "pending": service.pending_count}


@check(
    "ecs.service.circuit-breaker",
    guide="5.3",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeServices"],
)
def circuit_breaker(aws: Aws, site: Site, env: Environment) -> Verdict:
    """A failing deployment stops by itself and goes back to the last good one."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    breaker = service.deployment_configuration.deployment_circuit_breaker
    alarms = service.deployment_configuration.alarms
    evidence = {
        "enable": breaker.enable,
        "rollback": breaker.rollback,
        "threshold": breaker.threshold_configuration.type,
        "alarms_enable": alarms.enable,
        "alarms_rollback": alarms.rollback,
        "alarms": list(alarms.alarm_names),
        "controller": service.controller,
    }
    if not breaker.enable:
        return fail("the deployment circuit breaker is off", "enable the circuit breaker with rollback", **evidence)
    concerns = []
    if not breaker.rollback:
        concerns.append("the circuit breaker stops a failing deployment but does not roll it back")
    if not (alarms.enable and alarms.rollback and alarms.alarm_names):
        concerns.append("no alarm rolls a deployment back: the breaker sees tasks that fail, not answers 5xx")
    if service.controller != "ECS":
        concerns.append(f"the circuit breaker works with controller ECS only, not {service.controller}")
    remedy = "enable breaker and rollback, and put the 5xx alarm in the deployment configuration's alarms"
    return warn_or_pass(concerns, "circuit breaker and alarms roll failing deployments back", remedy, **evidence)


@check("ecs.service.deploy-percent", guide="5.3", severity="high", scope="environment", needs=["ecs:DescribeServices"])
def deploy_percent(aws: Aws, site: Site, env: Environment) -> Verdict:
    """A deployment keeps all tasks running and may start as many again."""
    found = aws.ecs.service(site.ecs.cluster, env.service).deployment_configuration
    low, high = found.minimum_healthy_percent, found.maximum_percent
    wanted = f"{site.deploy.min_healthy}/{site.deploy.max_percent}"
    evidence = {"minimum_healthy_percent": low, "maximum_percent": high, "strategy": found.strategy}
    remedy = f"set minimum healthy and maximum percent to {wanted}, sending the breaker's settings along"
    if low >= 100 and high <= 100:
        return fail(f"at {low}/{high} no deployment can ever start", remedy, **evidence)
    if env.is_prod and low < 50:
        because = f"minimum healthy percent {low}: a deployment may stop over half of production"
        return fail(because, remedy, **evidence)
    concerns = [] if f"{low}/{high}" == wanted else [f"minimum healthy/maximum percent {low}/{high}, expected {wanted}"]
    return warn_or_pass(concerns, f"minimum healthy/maximum percent {wanted}", remedy, **evidence)


@check(
    "ecs.service.target-group",
    guide="5.3",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeServices", "elasticloadbalancing:DescribeTargetGroups"],
)
def target_group(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The service registers its tasks in the environment's target group, and there alone."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    group = aws.elb.target_group(env.target_group)
    links = [link for link in service.load_balancers if link.target_group_arn]
    attached = [link.target_group_arn for link in links]
    evidence = {"attached": attached, "expected": group.target_group_arn}
    remedy = f"attach {env.target_group} with container {env.container}, port {site.app.port}"
    foreign = {other.target_group: other.name for other in site.environments.values() if _other_group(other, env)}
    for arn in attached:
        owner = foreign.get(target_group_name(arn))
        if owner:
            because = f"the service is attached to {target_group_name(arn)}, the target group of {owner}"
            return fail(because, remedy, **evidence)
    ours = next((link for link in links if link.target_group_arn == group.target_group_arn), None)
    if ours is None:
        there = ", ".join(target_group_name(arn) for arn in attached) or "no target group"
        return fail(f"the service is attached to {there}, expected {env.target_group}", remedy, **evidence)
    concerns = _link_oddities(ours, len(links), env, site)
    good = f"attached to {env.target_group} with {ours.container_name}:{ours.container_port}"
    return warn_or_pass(concerns, good, remedy, **evidence)


def _other_group(other: Environment, env: Environment) -> bool:
    return other.name != env.name and other.target_group != env.target_group


def _link_oddities(link: LoadBalancerLink, links: int, env: Environment, site: Site) -> list[str]:
    found = []
    if (link.container_name, link.container_port) != (env.container, site.app.port):
        there = f"{link.container_name}:{link.container_port}"
        found.append(f"traffic goes to {there}, expected {env.container}:{site.app.port}")
    if links > 1:
        found.append(f"{links} target groups are attached, expected one")
    return found


@check(
    "ecs.service.grace",
    guide="6.2",
    severity="medium",
    scope="environment",
    needs=["ecs:DescribeServices", "ecs:DescribeTaskDefinition"],
)
def grace(aws: Aws, site: Site, env: Environment) -> Verdict:
    """A starting task has time before the load balancer's health checks may end it."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    start_period = _longest_start(aws, service)
    least = max(30, start_period)
    seconds = service.grace_seconds
    evidence = {"grace_seconds": "absent" if seconds is None else seconds, "start_period": start_period}
    remedy = f"set the health-check grace period to about twice the cold start, e.g. {site.ecs.grace_seconds} s"
    if seconds is None or seconds < least:
        given = "no" if not seconds else f"{seconds} s"
        return warn(f"{given} health-check grace period, expected at least {least} s", remedy, **evidence)
    if seconds > 600:
        return warn(f"{seconds} s grace: a broken release is noticed too late", remedy, **evidence)
    return passed(f"{seconds} s grace, at least {least} s expected", **evidence)


def _longest_start(aws: Aws, service: Service) -> int:
    """Seconds; 0 where the revision is not the service's own affair (controller EXTERNAL)."""
    if not service.task_definition:
        return 0
    containers = aws.ecs.task_definition(service.task_definition).container_definitions
    return max((one.health_check.start_period for one in containers if one.health_check), default=0)


@check("ecs.service.exec", guide="1.1", severity="low", scope="environment", needs=["ecs:DescribeServices"])
def execute_command(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Nobody can open a shell in a task."""
    enabled = aws.ecs.service(site.ecs.cluster, env.service).enable_execute_command
    if enabled:
        return warn("ECS Exec is on: tasks allow shell access", "turn it off after debugging", enabled=True)
    return passed("ECS Exec is off", enabled=False)
