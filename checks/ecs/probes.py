"""The container's own health check (guide 5.2)."""

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import Container, HealthCheck
from runbook_tui.aws.facts.health_command import LOCAL_HOSTS, HealthCommand, read_health_command
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown


@check(
    "ecs.taskdef.healthcheck", guide="5.2", severity="high", scope="environment", needs=["ecs:DescribeTaskDefinition"]
)
def healthcheck(aws: Aws, site: Site, env: Environment) -> Verdict:
    """ECS asks the container's readiness path and notices when it fails."""
    definition = aws.ecs.task_definition(env.task_family)
    container = definition.container(env.container)
    health = container.health_check
    remedy = f"use CMD-SHELL `wget -qO- http://127.0.0.1:{site.app.port}{site.app.ready_path} || exit 1`"
    if health is None or health.command[:1] == ("NONE",):
        because = f"{definition.label} has no health check (ECS ignores the Dockerfile's HEALTHCHECK)"
        return fail(because, remedy, task_definition=definition.label)
    evidence = {
        "task_definition": definition.label,
        "command": list(health.command),
        "interval": health.interval,
        "timeout": health.timeout,
        "retries": health.retries,
        "start_period": health.start_period,
    }
    command = read_health_command(health.command)
    if command.broken:
        return fail(command.broken, remedy, **evidence)
    if command.opaque and not command.mentions(site.app.ready_path):
        because = f"{command.tool or 'the command'} hides what is asked: the path cannot be seen"
        return unknown(Cause.UNDECIDED, because, f"state by hand that it asks {site.app.ready_path}", **evidence)
    wrong = _wrong(command, site)
    if wrong:
        return fail(wrong, remedy, **evidence)
    concerns = [
        *_tool_concerns(command, container),
        *_timing_concerns(health),
        *_place_concerns(command, container, site),
    ]
    return warn_or_pass(concerns, f"asks {site.app.ready_path} on port {site.app.port}", remedy, **evidence)


def _wrong(command: HealthCommand, site: Site) -> str:
    path, port = site.app.ready_path, site.app.port
    if not command.can_fail:
        return "its exit code is always 0: it never notices a failure"
    if command.asked:
        others = [one.path for one in command.asked if one.path.rstrip("/") != path.rstrip("/")]
        if others:
            return f"it asks {others[0]}, expected {path}"
        ports = [one.port for one in command.asked if one.port not in ("", str(port))]
        return f"it asks port {ports[0]}, expected {port}" if ports else ""
    if not command.mentions(path):
        return f"it does not ask {path}"
    return "" if command.mentions_port(port) else f"it does not ask port {port}"


def _tool_concerns(command: HealthCommand, container: Container) -> list[str]:
    found = []
    if not command.heeds_status:
        found.append("curl without -f takes an answer 500 for a success")
    if command.tool == "curl" and ("alpine" in container.image or "slim" in container.image):
        found.append("curl is often absent from alpine and slim images")
    return found


def _timing_concerns(health: HealthCheck) -> list[str]:
    found = []
    if health.start_period == 0:
        found.append("startPeriod is 0: failures count while the application starts")
    patience = health.interval * health.retries
    if patience < 30:
        found.append(f"a container is given up after {patience} s, expected 30 s or more")
    return found


def _place_concerns(command: HealthCommand, container: Container, site: Site) -> list[str]:
    found = [f"it asks host {one.host}, expected 127.0.0.1" for one in command.asked if one.host not in LOCAL_HOSTS]
    if any(not one.port for one in command.asked) and container.variable("PORT") != str(site.app.port):
        found.append("its port comes from a variable that cannot be seen here")
    if site.app.ready_checks_db is True:
        path = site.app.ready_path
        found.append(f"{path} asks the database: an outage would end every task, a liveness path would not")
    return found
