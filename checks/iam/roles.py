"""Guide 1.1 and 1.2: the roles are there, and those whom they are for may assume them."""

from datetime import timedelta
from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.iam.trust import Trust, read_trust
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import CICD_ROLE, EXECUTION_ROLE, FRONTEND_ROLE, TASK_ROLE
from runbook_tui.aws.facts.iam_types import Role
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip

TASKS: Final = "ecs-tasks.amazonaws.com"
UNUSED: Final = timedelta(days=90)


@check(
    "iam.frontend-role.exists",
    guide="1.1",
    severity="medium",
    scope="shared",
    needs=["iam:GetRole"],
    establishes=[FRONTEND_ROLE],
)
def frontend(aws: Aws, site: Site) -> Verdict:
    """The front end's deployment role exists and is in use."""
    if not site.frontend.enabled:
        return skip("the site has no front end")
    role = aws.iam.role(site.frontend.role, FRONTEND_ROLE)
    used = role.role_last_used.last_used_date
    evidence = {
        "arn": role.arn,
        "created": role.create_date.isoformat() if role.create_date else "not told",
        "last_used": used.isoformat() if used else "never",
        "boundary": role.permissions_boundary.arn or "none",
    }
    concerns = []
    if used is None:
        concerns.append(f"{role.role_name} was never used")
    elif aws.now() - used > UNUSED:
        concerns.append(f"{role.role_name} was last used on {used:%Y-%m-%d}, more than 90 days ago")
    remedy = "correct frontend.role in the site, or switch the front end off there"
    return warn_or_pass(concerns, f"{role.role_name} is there and in use", remedy, **evidence)


@check(
    "iam.task-role.exists",
    guide="1.2",
    severity="critical",
    scope="shared",
    needs=["iam:GetRole"],
    establishes=[TASK_ROLE],
)
def task(aws: Aws, site: Site) -> Verdict:
    """Each environment's tasks have a role of their own."""
    roles = task_roles(aws, site)
    concerns = []
    if len(site.environments) > len(roles):
        concerns.append(f"{roles[0].role_name} serves every environment: each can read the other's secret")
    remedy = "create one role an environment, then set iam.roles_per_env: true in the site"
    names = ", ".join(role.role_name for role in roles)
    return warn_or_pass(concerns, f"{names} found", remedy, arns=[role.arn for role in roles])


@check("iam.task-role.trust", guide="1.2", severity="critical", scope="shared", needs=["iam:GetRole"])
def task_trust(aws: Aws, site: Site) -> Verdict:
    """ECS tasks of this account may assume the task role, and nobody else."""
    found = {role.role_name: _trust(role, site) for role in task_roles(aws, site)}
    remedy = f"trust {TASKS} alone, on condition that aws:SourceAccount is the account"
    evidence = _trust_evidence(found)
    for name, trust in found.items():
        trouble = _not_for_tasks(trust)
        if trouble:
            return fail(f"{name}: {trouble}", remedy, **evidence)
    concerns = []
    for name, trust in found.items():
        if TASKS not in trust.guarded:
            concerns.append(f"{name}: no aws:SourceAccount or aws:SourceArn condition (confused deputy)")
        more = [one for one in trust.principals if one != TASKS]
        if more:
            concerns.append(f"{name}: further principals may assume it: {', '.join(more)}")
    return warn_or_pass(concerns, f"ECS tasks alone may assume {', '.join(found)}", remedy, **evidence)


@check(
    "iam.exec-role.exists",
    guide="1.2",
    severity="critical",
    scope="shared",
    needs=["iam:GetRole"],
    establishes=[EXECUTION_ROLE],
)
def execution(aws: Aws, site: Site) -> Verdict:
    """The execution role exists, ECS may assume it, and no stranger."""
    role = aws.iam.role(site.iam.execution_role, EXECUTION_ROLE)
    trust = _trust(role, site)
    evidence = {"arn": role.arn, **_trust_evidence({role.role_name: trust})}
    remedy = f"create it with a trust for {TASKS}"
    trouble = _not_for_tasks(trust)
    if trouble:
        return fail(f"{role.role_name}: {trouble}", remedy, **evidence)
    concerns = []
    if role.role_name in {site.iam.task_role_of(name) for name in site.environments}:
        concerns.append(f"{role.role_name} is the task role too: the application may do what ECS needs to start it")
    return warn_or_pass(concerns, f"ECS may assume {role.role_name}", "give each its own role", **evidence)


@check(
    "iam.cicd-role.exists",
    guide="1.2",
    severity="high",
    scope="shared",
    needs=["iam:GetRole"],
    establishes=[CICD_ROLE],
)
def cicd(aws: Aws, site: Site) -> Verdict:
    """The pipeline's role exists."""
    if site.cicd.kind == "none" or (site.cicd.kind == "github" and site.cicd.auth == "access_keys"):
        return skip("the pipeline assumes no role")
    role = aws.iam.role(site.iam.cicd_role, CICD_ROLE)
    used = role.role_last_used.last_used_date
    return passed(
        f"{role.role_name} found",
        arn=role.arn,
        last_used=used.isoformat() if used else "never",
        max_session_s=role.max_session_duration,
    )


def task_roles(aws: Aws, site: Site) -> list[Role]:
    """One, or one an environment. Missing ``iam:task-role``."""
    names = dict.fromkeys(site.iam.task_role_of(name) for name in site.environments)
    return list(each(lambda name: aws.iam.role(name, TASK_ROLE), names))


def _trust(role: Role, site: Site) -> Trust:
    return read_trust(role.trust, site.aws.account_id or role.account)


def _not_for_tasks(trust: Trust) -> str:
    if TASKS not in trust.services:
        return f"{TASKS} may not assume it"
    if TASKS in trust.elsewhere and TASKS not in set(trust.services) - set(trust.elsewhere):
        return f"{TASKS} may assume it for another account's tasks only"
    return trust.exposed


def _trust_evidence(found: dict[str, Trust]) -> dict[str, Any]:
    return {
        "principals": {name: list(trust.principals) for name, trust in found.items()},
        "conditions": {name: list(trust.conditions) for name, trust in found.items()},
    }
