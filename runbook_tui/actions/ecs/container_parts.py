"""What the site says of the container and its task, member by member as RegisterTaskDefinition takes it."""

from collections.abc import Iterable
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import EXECUTION_ROLE, TASK_ROLE
from runbook_tui.aws.facts.image_manifest import ARCHITECTURES
from runbook_tui.aws.facts.image_reference import read_image
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.site import Environment, Site

# Every official image of Node.js has it; it is not root.
USER: Final = "node"
_USUAL: Final = "X86_64"


def roles(aws: Aws, site: Site, env: Environment) -> dict[str, str]:
    """Their ARNs as IAM has them, path and all. Missing when one is not there."""
    return {
        "taskRoleArn": aws.iam.role(site.iam.task_role_of(env.name), TASK_ROLE).arn,
        "executionRoleArn": aws.iam.role(site.iam.execution_role, EXECUTION_ROLE).arn,
    }


def injected(aws: Aws, site: Site, env: Environment) -> list[dict[str, str]]:
    """Where each required key comes from. Missing without the secret, CannotPlan when it waits to be deleted."""
    found = aws.secrets.secret(env.secret_name)
    if found.deleted_date is not None:
        raise CannotPlan(f"{env.secret_name} is being deleted", "restore it first, or store it anew")
    return [{"name": key, "valueFrom": f"{found.arn}:{key}::"} for key in site.secrets.required_keys]


def port_mapping(site: Site) -> dict[str, Any]:
    return {"containerPort": site.app.port, "hostPort": site.app.port, "protocol": "tcp"}


def health_check(site: Site) -> dict[str, Any]:
    """Three failures half a minute apart end the task; the first half minute does not count."""
    probe = f"wget -q -O /dev/null http://127.0.0.1:{site.app.port}{site.app.ready_path} || exit 1"
    return {"command": ["CMD-SHELL", probe], "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 30}


def log_configuration(aws: Aws, site: Site, env: Environment) -> dict[str, Any]:
    """Non-blocking: a slow CloudWatch does not hold the application up. CannotPlan without the group."""
    if aws.logs.find(env.log_group) is None:
        raise CannotPlan(f"there is no log group {env.log_group}", "create it first: no task could start")
    shared = any(other.name != env.name and other.log_group == env.log_group for other in site.environments.values())
    options = {
        "awslogs-group": env.log_group,
        "awslogs-region": site.aws.region,
        "awslogs-stream-prefix": f"{env.container}-{env.name}" if shared else env.container,
        "mode": "non-blocking",
    }
    return {"logDriver": "awslogs", "options": options}


def architecture(aws: Aws, image: str) -> str:
    """One that the image is built for, where it says so. CannotPlan when ECR has no such image."""
    try:
        manifest = aws.images.manifest(read_image(image))
    except Missing:
        manifest = None
    if manifest is None:
        raise CannotPlan(f"ECR has no image {image.rpartition('/')[2]}", "push it, or choose another")
    if not manifest.is_index or ARCHITECTURES[_USUAL] in manifest.architectures:
        return _USUAL
    fitting = sorted(name for name, told in ARCHITECTURES.items() if told in manifest.architectures)
    if not fitting:
        there = ", ".join(manifest.architectures) or "none"
        raise CannotPlan(f"the image is built for {there} only", "build it for linux/amd64")
    return fitting[0]


def replaced(entries: Iterable[dict[str, Any]], wanted: Iterable[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """``wanted`` instead of what has the same ``key``; all others stay, in their order."""
    new = {one[key]: one for one in wanted}
    kept = [new.pop(one.get(key), one) for one in entries]
    return [*kept, *new.values()]
