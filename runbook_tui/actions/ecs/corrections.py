"""Each thing that a revision of the task definition may have wrong, put right by a new one (guide 5.2)."""

from typing import Any, Final

from runbook_tui.actions.ecs import container_parts as parts
from runbook_tui.actions.ecs.correcting import Container, Correction, Definition, corrected, of_container, with_members
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.fargate import memory_mib
from runbook_tui.core.plan import Difference, Plan
from runbook_tui.core.site import Environment, Site

_PORT: Final = "containerPort"
_ROOT: Final = ("root", "0")
_STOPS: Final = range(10, 121)  # seconds that a container may have to end; Fargate allows no more


@action("ecs.set-task-roles", guide="5.2", fixes=("ecs.taskdef.roles",))
def set_task_roles(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Tasks run with the environment's task role, and are started with the execution role."""
    roles = parts.roles(aws, site, env)
    title = "Give the tasks their roles"
    return corrected(aws, site, env, "ecs.set-task-roles", title, lambda former: with_members(former, **roles))


@action("ecs.map-port", guide="5.2", fixes=("ecs.taskdef.port",))
def map_port(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The container listens on the application's port."""

    def change(container: Container) -> Correction:
        former = container.get("portMappings", [])
        wanted = [parts.port_mapping(site)]
        served = any(_serves(one, site.app.port) for one in former)
        found = with_members(container, portMappings=former if served else parts.replaced(former, wanted, _PORT))
        variables = container.get("environment", [])
        right = [{**one, "value": str(site.app.port)} if one["name"] == "PORT" else one for one in variables]
        if right == variables:
            return found
        port = Difference(what="PORT", before="another value", after=str(site.app.port))
        definition = {**found.definition, "environment": right}
        return Correction(definition=definition, differences=(*found.differences, port))

    return corrected(aws, site, env, "ecs.map-port", f"Map port {site.app.port}", of_container(env, change))


@action("ecs.add-health-check", guide="5.2", fixes=("ecs.taskdef.healthcheck",))
def add_health_check(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ECS asks the container's readiness path, and ends the task that fails three times."""
    check = parts.health_check(site)
    title = f"Ask {site.app.ready_path} of the container"
    change = of_container(env, lambda container: with_members(container, healthCheck=check))
    return corrected(aws, site, env, "ecs.add-health-check", title, change)


@action("ecs.log-to-group", guide="5.2", fixes=("ecs.taskdef.logging",))
def log_to_group(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The container logs to the environment's own group."""
    wanted = parts.log_configuration(aws, site, env)

    def change(container: Container) -> Correction:
        former = container.get("logConfiguration") or {"logDriver": "no log"}
        found = with_members(container, logConfiguration=_logging(former, wanted))
        # Options of other drivers may hold tokens: only the group is told.
        told = Difference(what="logs", before=_log_of(former), after=_log_of(wanted))
        return Correction(definition=found.definition, differences=(told,) if found.differences else ())

    return corrected(aws, site, env, "ecs.log-to-group", f"Log to {env.log_group}", of_container(env, change))


@action("ecs.harden-container", guide="1.1", fixes=("ecs.taskdef.hardening",))
def harden_container(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The container does not run as root, has an init process, and time to end."""

    def change(container: Container) -> Correction:
        linux = {**container.get("linuxParameters", {}), "initProcessEnabled": True}
        wanted: dict[str, Any] = {"linuxParameters": linux}
        if container.get("user", "").partition(":")[0] in _ROOT:
            wanted["user"] = parts.USER
        if container.get("privileged"):
            wanted["privileged"] = False
        if container.get("stopTimeout") is not None and container["stopTimeout"] not in _STOPS:
            wanted["stopTimeout"] = None
        found = with_members(container, **wanted)
        user = "user" in wanted
        warnings = (f"the image must have the user `{parts.USER}`, as Node.js's own do",) if user else ()
        return Correction(definition=found.definition, differences=found.differences, warnings=warnings)

    return corrected(aws, site, env, "ecs.harden-container", "Harden the container", of_container(env, change))


@action("ecs.run-on-fargate", guide="5.2", fixes=("ecs.taskdef.fargate",))
def run_on_fargate(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Fargate can run the task, on an architecture that its image is built for."""

    def correct(former: Definition) -> Correction:
        image = next((one["image"] for one in former["containerDefinitions"] if one["name"] == env.container), "")
        platform = {"operatingSystemFamily": "LINUX", **former.get("runtimePlatform", {})}
        kinds = [*former.get("requiresCompatibilities", ())]
        return with_members(
            former,
            networkMode="awsvpc",
            requiresCompatibilities=kinds if "FARGATE" in kinds else [*kinds, "FARGATE"],
            cpu=former.get("cpu") or str(env.cpu),
            memory=former.get("memory") or str(env.memory),
            runtimePlatform={**platform, "cpuArchitecture": parts.architecture(aws, image)},
        )

    return corrected(aws, site, env, "ecs.run-on-fargate", "Let Fargate run it", correct)


@action("ecs.lift-memory-limit", guide="5.2", fixes=("ecs.taskdef.size",))
def lift_memory_limit(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The container may use all of the task's memory that the others leave it."""

    def correct(former: Definition) -> Correction:
        others = sum(one.get("memory", 0) for one in former["containerDefinitions"] if one["name"] != env.container)
        free = (memory_mib(str(former.get("memory", ""))) or env.memory) - others
        return of_container(env, lambda container: _limited(container, free))(former)

    return corrected(aws, site, env, "ecs.lift-memory-limit", "Lift the container's limit of memory", correct)


def _limited(container: Container, free: int) -> Correction:
    return with_members(container, memory=free if container.get("memory") else None)


def _serves(mapping: Container, port: int) -> bool:
    return (mapping.get(_PORT), mapping.get("protocol", "tcp"), mapping.get("hostPort") or port) == (port, "tcp", port)


def _logging(former: Container, wanted: dict[str, Any]) -> dict[str, Any]:
    """Options of awslogs that were set stay; a prefix that does not tell environments apart does not."""
    if former["logDriver"] != "awslogs":
        return wanted
    kept, right = former.get("options", {}), wanted["options"]
    prefix = kept.get("awslogs-stream-prefix", "")
    same = bool(prefix) and right["awslogs-stream-prefix"].rpartition("-")[2] in prefix
    options = {**kept, **right, **({"awslogs-stream-prefix": prefix} if same else {})}
    if "mode" not in kept:
        del options["mode"]  # what AWS does then is non-blocking
    return {**former, "options": options}


def _log_of(configuration: Container) -> str:
    group = configuration.get("options", {}).get("awslogs-group", "")
    return f"{configuration['logDriver']} {group}".strip()
