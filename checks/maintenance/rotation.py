"""Guide 10: secrets are rotated, and nothing in a task has to be."""

import re
from collections.abc import Iterator
from typing import Any, Final

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import TaskDefinition
from runbook_tui.aws.facts.iam import TASK_ROLE
from runbook_tui.aws.facts.secrets import CURRENT
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.runbook import Family
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.state import RunState
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown

STATIC: Final = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
REVOKED: Final = "AWSRevokeOlderSessions"  # the policy that the IAM console writes when sessions are revoked
_LEAK: Final = re.compile(r"leak|credential|compromis", re.IGNORECASE)


@check(
    "maint.secrets-rotated",
    guide="10",
    severity="medium",
    scope="environment",
    needs=["ecs:DescribeTasks", "ecs:ListTasks", "secretsmanager:ListSecretVersionIds"],
)
def secrets_rotated(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The environment's secret is young enough, and every running task has read its current value."""
    versions, tasks = together(
        lambda: aws.secrets.versions(env.secret_name),
        lambda: aws.ecs.tasks(site.ecs.cluster, env.service, "RUNNING"),
    )
    current = next((one for one in versions if CURRENT in one.version_stages), None)
    if current is None:
        return fail(f"{env.secret_name} has no version at {CURRENT}", "put a value into the secret")
    changed = current.created_date
    if changed is None:
        return unknown(Cause.UNDECIDED, f"AWS does not say when {env.secret_name} was changed", "re-check")
    days, limit = (aws.now() - changed).days, site.secrets.rotation_max_days
    older = [one.task_arn.rpartition("/")[2] for one in tasks if one.started_at and one.started_at < changed]
    starting = [one for one in tasks if one.started_at is None and one.last_status == "RUNNING"]
    evidence: dict[str, Any] = {
        "changed": f"{changed:%Y-%m-%d}",
        "days": days,
        "allowed": limit,
        "tasks": len(tasks),
        "older_tasks": older,
    }
    because = f"{env.secret_name} was changed {days} days ago"
    remedy = "walk the runbook of secret rotation: a new value, then a new deployment"
    if days > 2 * limit:
        return fail(f"{because}, allowed {limit}", remedy, **evidence)
    if starting:
        return unknown(Cause.UNDECIDED, "ECS does not say since when a task runs", "re-check", **evidence)
    concerns = [f"{because}, allowed {limit}"] if days > limit else []
    if older:
        concerns.append(f"{named(len(older), 'task')} began before that: they still use the former value")
    return warn_or_pass(concerns, f"{because}, and every task began after that", remedy, **evidence)


@check(
    "maint.task-role-credentials",
    guide="10",
    severity="low",
    scope="shared",
    needs=["ecs:DescribeTaskDefinition", "iam:GetRole", "iam:ListRolePolicies"],
)
def task_role_credentials(aws: Aws, site: Site) -> Verdict:
    """Tasks use their role alone, whose credentials ECS renews by itself."""
    roles = dict.fromkeys(site.iam.task_role_of(name) for name in site.environments)
    families = dict.fromkeys(env.task_family for env in site.environments.values())
    definitions, found, inline = together(
        lambda: each(aws.ecs.task_definition, families),
        lambda: each(lambda name: aws.iam.role(name, TASK_ROLE), roles),
        lambda: each(lambda name: aws.iam.inline_names(name, TASK_ROLE), roles),
    )
    static = [place for definition in definitions for place in _static(definition)]
    evidence: dict[str, Any] = {
        "task_definitions": [one.label for one in definitions],
        "static_keys": static,
        "max_session_s": {role.role_name: role.max_session_duration for role in found},
        "inline_policies": dict(zip(roles, inline, strict=True)),
    }
    if static:
        remedy = "take the keys out, let the task role allow what they did, and deactivate them"
        return fail(f"static keys reach the tasks: {', '.join(static)}", remedy, **evidence)
    suspected = [run for run in aws.records.history().of(Family.INCIDENT) if not run.phase.over and _is_leak(run)]
    bare = [name for name, names in zip(roles, inline, strict=True) if REVOKED not in names]
    concerns = []
    if suspected and bare:
        concerns = [f"{suspected[0].run} is about a leak, and older sessions of {', '.join(bare)} were not revoked"]
    remedy = "revoke the role's active sessions in IAM, then force a new deployment"
    return warn_or_pass(concerns, "no static keys: ECS renews the role's credentials", remedy, **evidence)


def _static(definition: TaskDefinition) -> Iterator[str]:
    """Names alone: the values may be the keys."""
    for container in definition.container_definitions:
        for variable in container.environment:
            if variable.name in STATIC:
                yield f"{variable.name} in {container.name} of {definition.label}"
        for secret in container.secrets:
            if secret.name in STATIC:
                yield f"{secret.name} (a secret) in {container.name} of {definition.label}"


def _is_leak(run: RunState) -> bool:
    """Whether its title, what was chosen in it, or a note speaks of a leak."""
    chosen = [step.option or "" for step in run.steps.values()]
    return any(_LEAK.search(text) for text in (run.title, *chosen, *(note.text for note in run.notes)))
