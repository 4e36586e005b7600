"""Guide 1.2: the pipeline may change what belongs to the backend, and nothing else."""

from collections.abc import Iterator
from typing import Final

from checks.concerns import warn_or_pass
from checks.iam.pipeline import by_keys, not_to_be_judged
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import CICD_ROLE
from runbook_tui.aws.facts.iam_types import Placed, placed
from runbook_tui.aws.facts.policy import covers_action, gives_everything, on_everything
from runbook_tui.aws.facts.policy_condition import is_restricted
from runbook_tui.aws.facts.policy_document import covers
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail

PASS_ROLE: Final = "iam:PassRole"  # noqa: S105 - an action
READ_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105 - an action
# What changes something, and can be granted on a resource.
WRITES: Final = (
    "ecr:BatchDeleteImage",
    "ecr:CompleteLayerUpload",
    "ecr:DeleteRepository",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:SetRepositoryPolicy",
    "ecr:UploadLayerPart",
    "ecs:CreateService",
    "ecs:DeleteCluster",
    "ecs:DeleteService",
    "ecs:ExecuteCommand",
    "ecs:RunTask",
    "ecs:StopTask",
    "ecs:UpdateService",
)


@check(
    "iam.cicd-role.least-privilege",
    guide="1.2",
    severity="high",
    scope="shared",
    needs=[
        "iam:GetAccountAuthorizationDetails",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
    ],
)
def least_privilege(aws: Aws, site: Site) -> Verdict:
    """The pipeline writes to the backend's repositories and services only, and passes on the backend's roles only."""
    early = not_to_be_judged(site)
    if early:
        return early
    found = _statements(aws, site)
    broad = [f"{name}, {one.label}: {what}" for name, its in found.items() for one in its for what in _broad(one)]
    wide = [f"{name}, {one.label}: {what}" for name, its in found.items() for one in its for what in _wide(one, site)]
    evidence = {"principals": {name: len(its) for name, its in found.items()}, "broad": broad, "wide": wide}
    remedy = "name the ARNs of the backend's repositories, services and roles in each statement that writes"
    if broad:
        return fail("; ".join(broad), remedy, **evidence)
    return warn_or_pass(wide, f"{', '.join(found)} writes to the backend only", remedy, **evidence)


def _statements(aws: Aws, site: Site) -> dict[str, tuple[Placed, ...]]:
    if not by_keys(site):
        return {site.iam.cicd_role: placed(aws.iam.role_policies(site.iam.cicd_role, CICD_ROLE))}
    account = aws.iam.account()
    found = {}
    for name in site.iam.cicd_users:
        user = account.user(name)
        if user is None:
            raise Missing("iam:user", name, remedy="correct iam.cicd_users in the site file")
        found[name] = user.statements
    return found


def _broad(one: Placed) -> Iterator[str]:
    statement = one.statement
    if not statement.allows or is_restricted(statement):
        return
    if statement.not_actions:
        yield "allows all but some actions (NotAction)"
    elif gives_everything(statement):
        yield "allows everything"
    elif on_everything(statement):
        if covers_action(statement, "ecs:*"):
            yield "allows ecs:* on *"
        yield from (f"allows {action} on *" for action in (PASS_ROLE, READ_SECRET) if statement.names_action(action))


def _wide(one: Placed, site: Site) -> Iterator[str]:
    statement = one.statement
    if not statement.allows or is_restricted(statement):
        return
    writes = [action for action in WRITES if statement.names_action(action)]
    own = _own_resources(site)
    foreign = [pattern for pattern in statement.resources if not any(_within(pattern, each) for each in own)]
    if writes and (foreign or statement.not_resources):
        yield f"writes beyond the backend ({writes[0]} on {', '.join(foreign) or 'all but some'})"
    if statement.names_action(PASS_ROLE):
        if not any(condition.key.lower() == "iam:passedtoservice" for condition in statement.conditions):
            yield "passes roles to any service (no iam:PassedToService)"
        roles = [pattern for pattern in statement.resources if not _is_own_role(pattern, site)]
        if roles:
            yield f"passes further roles on: {', '.join(roles)}"


def _own_resources(site: Site) -> list[str]:
    """Ends of ARNs, from the resource on, as patterns."""
    cluster = site.ecs.cluster
    found = [f"cluster/{cluster}", f"task/{cluster}/*", f"container-instance/{cluster}/*"]
    for env in site.environments.values():
        found += [
            f"repository/{env.ecr_repo}",
            f"service/{cluster}/{env.service}",
            f"task-definition/{env.task_family}:*",
            f"task-definition/{env.task_family}",
        ]
    return found


def _within(pattern: str, own: str) -> bool:
    """A resource of another service is not what ECR and ECS would write to."""
    parts = pattern.split(":", 5)
    if len(parts) < 6:
        return False
    return parts[2] not in ("ecr", "ecs") or covers(own, parts[5])


def _is_own_role(pattern: str, site: Site) -> bool:
    names = {site.iam.execution_role, *(site.iam.task_role_of(name) for name in site.environments)}
    return ":role/" in pattern and pattern.rpartition("/")[2] in names
