"""The container that the environment's newest task definition describes: its port and its log (guide 5.2, 8.1)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import LogConfiguration, PortMapping
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, warn


@check("ecs.taskdef.port", guide="5.2", severity="critical", scope="environment", needs=["ecs:DescribeTaskDefinition"])
def port(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The container listens on the application's port."""
    definition = aws.ecs.task_definition(env.task_family)
    container = definition.container(env.container)
    wanted = site.app.port
    mappings = [f"{one.container_port}/{one.protocol}" for one in container.port_mappings]
    evidence: dict[str, Any] = {"task_definition": definition.label, "mappings": mappings}
    remedy = f"register a revision that maps port {wanted}, tcp"
    if not any(_serves(mapping, wanted) for mapping in container.port_mappings):
        there = ", ".join(mappings) or "no port"
        return fail(f"{definition.label} maps {there}, expected {wanted}/tcp", remedy, **evidence)
    concerns = []
    variable = container.variable("PORT")
    if variable is not None and variable.strip() != str(wanted):
        # Shown only when it is a number: whatever else stands there may be a value that belongs nowhere.
        shown = variable.strip() if variable.strip().isdigit() else "not a number"
        evidence["PORT"] = shown
        concerns.append(f"the variable PORT is {shown}, the mapping {wanted}")
    return warn_or_pass(concerns, f"{definition.label} maps {wanted}/tcp", remedy, **evidence)


def _serves(mapping: PortMapping, port: int) -> bool:
    return mapping.container_port == port and mapping.protocol == "tcp" and mapping.host_port in (0, port)


@check(
    "ecs.taskdef.logging",
    guide="5.2",
    severity="high",
    scope="environment",
    needs=["ecs:DescribeTaskDefinition", "logs:DescribeLogGroups"],
)
def logging(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The container logs to the environment's log group."""
    definition = aws.ecs.task_definition(env.task_family)
    log = definition.container(env.container).log_configuration
    remedy = f"log with awslogs to {env.log_group}"
    if log is None:
        return fail(f"{definition.label} has no log configuration", remedy, task_definition=definition.label)
    evidence = {"task_definition": definition.label, "driver": log.log_driver, **_shown(log)}
    if log.log_driver != "awslogs":
        return warn(f"log driver {log.log_driver}: the runbooks read CloudWatch only", remedy, **evidence)
    wrong = _wrong(log, site, env)
    if wrong:
        return fail(wrong, remedy, **evidence)
    group = log.options["awslogs-group"]
    if log.options.get("awslogs-create-group") != "true" and aws.logs.find(group) is None:
        return fail(f"log group {group} does not exist: no task can start", f"create it, or {remedy}", **evidence)
    return warn_or_pass(_concerns(log, site, env), f"awslogs to {group}", remedy, **evidence)


_SHOWN: Final = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix", "awslogs-create-group", "mode")


def _shown(log: LogConfiguration) -> dict[str, str]:
    """Known options only: those of other drivers may hold tokens."""
    return {name: log.options[name] for name in _SHOWN if name in log.options}


def _wrong(log: LogConfiguration, site: Site, env: Environment) -> str:
    group, region = log.options.get("awslogs-group", ""), log.options.get("awslogs-region", "")
    if not group:
        return "awslogs names no group"
    if region != site.aws.region:
        return f"awslogs-region is {region or 'not set'}, expected {site.aws.region}"
    for other in site.environments.values():
        if other.name != env.name and group == other.log_group != env.log_group:
            return f"the log goes to {group}, the group of {other.name}"
    return ""


def _concerns(log: LogConfiguration, site: Site, env: Environment) -> list[str]:
    group, prefix = log.options["awslogs-group"], log.options.get("awslogs-stream-prefix", "")
    found = []
    if group != env.log_group:
        kind = "the shared group of old" if group == site.obs.legacy_group else "another group"
        found.append(f"the log goes to {group}, {kind}, expected {env.log_group}")
    if not prefix:
        found.append("awslogs-stream-prefix is not set")
    elif env.name not in prefix and _is_shared(group, site, env):
        found.append(f"{group} is shared, but stream prefix {prefix} does not name {env.name}")
    if log.options.get("mode") == "blocking":
        found.append("mode is blocking: the application stalls when the log does")
    return found


def _is_shared(group: str, site: Site, env: Environment) -> bool:
    return any(other.name != env.name and other.log_group == group for other in site.environments.values())
