"""The task definition that the service runs, and what its revisions say of roles and of the container (guide 5.2)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecs import TASK_DEFINITION
from runbook_tui.aws.facts.ecs_release import read_revision
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn

ROOT: Final = frozenset({"root", "0"})
STOP_TIMEOUT: Final = (10, 120)  # seconds: fewer, and requests are cut off; Fargate allows no more


@check(
    "ecs.taskdef.active",
    guide="5.2",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"],
    establishes=[TASK_DEFINITION],
)
def active(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The service runs an ACTIVE revision, the newest, which has the essential container."""
    revisions = aws.ecs.active_revisions(env.task_family)
    service = aws.ecs.service(site.ecs.cluster, env.service)
    if not revisions:
        raise Missing(TASK_DEFINITION, env.task_family, remedy="register a revision of this family")
    running = aws.ecs.task_definition(service.task_definition)
    container = running.container(env.container)
    age = (aws.now() - running.registered_at).days if running.registered_at else None
    evidence: dict[str, Any] = {
        "task_definition": running.label,
        "status": running.status,
        "newest": str(revisions[0]),
        "registered_by": running.registered_by,
        "age_days": age,
    }
    if not container.essential:
        because = f"container {container.name} of {running.label} is not essential: its end would not end the task"
        return fail(because, "register a revision in which it is essential", **evidence)
    if running.status != "ACTIVE":
        because = f"{running.label} is {running.status}: it runs and scales on, but no service can be updated to it"
        return warn(because, "register a revision anew, and deploy it", **evidence)
    if read_revision(running.label) != revisions[0]:
        because = f"the service runs {running.label}, the newest is {revisions[0]}: not deployed yet, or rolled back"
        return warn(because, "deploy the newest revision, or deregister it when it is not wanted", **evidence)
    return passed(f"{running.label} is ACTIVE and the newest", **evidence)


@check("ecs.taskdef.roles", guide="5.2", severity="high", scope="environment", needs=["ecs:DescribeTaskDefinition"])
def roles(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The task runs with the site's task role and is started with its execution role."""
    definition = aws.ecs.task_definition(env.task_family)
    evidence = {
        "task_definition": definition.label,
        "task_role": definition.task_role_arn,
        "execution_role": definition.execution_role_arn,
    }
    remedy = "register a revision with both roles of the site"
    execution, task = _role(definition.execution_role_arn), _role(definition.task_role_arn)
    wanted = site.iam.task_role_of(env.name)
    if execution != site.iam.execution_role:
        because = f"execution role {execution or 'not set'}, expected {site.iam.execution_role}"
        return fail(because, remedy, **evidence)
    for other in site.environments:
        if task and task == site.iam.task_role_of(other) != wanted:
            return fail(f"task role {task} is that of {other}, expected {wanted}", remedy, **evidence)
    concerns = []
    if not task:
        concerns.append(f"no task role, expected {wanted}: the application has no permissions of its own")
    elif task != wanted:
        concerns.append(f"task role {task}, expected {wanted}")
    return warn_or_pass(concerns, f"task role {task}, execution role {execution}", remedy, **evidence)


def _role(arn: str) -> str:
    """``arn:aws:iam::ACCOUNT:role/PATH/NAME``: a path says nothing about which role it is."""
    return arn.rpartition("/")[2]


@check("ecs.taskdef.hardening", guide="1.1", severity="low", scope="environment", needs=["ecs:DescribeTaskDefinition"])
def hardening(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """The container does not run as root, has an init process, and time to end."""
    definition = aws.ecs.task_definition(env.task_family)
    container = definition.container(env.container)
    init = container.linux_parameters.init_process_enabled
    evidence = {
        "task_definition": definition.label,
        "user": container.user or "as the image says",
        "privileged": container.privileged,
        "read_only_root": container.readonly_root_filesystem,
        "init_process": init,
        "stop_timeout": container.stop_timeout,
    }
    concerns = []
    if container.user.partition(":")[0] in ROOT:
        concerns.append(f"the container runs as {container.user}")
    if container.privileged:
        concerns.append("the container is privileged")
    if not init:
        concerns.append("no init process: signals may not reach the application, and dead children stay")
    low, high = STOP_TIMEOUT
    timeout = container.stop_timeout
    if timeout is not None and not low <= timeout <= high:
        concerns.append(f"stopTimeout is {timeout} s, expected {low} to {high} s")
    good = f"user {evidence['user']}, init process, stopTimeout {timeout or 30} s"
    return warn_or_pass(concerns, good, "run as `node`, enable init, and handle SIGTERM", **evidence)
