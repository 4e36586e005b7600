"""Guide 1.2 and 3.3: the application may read this environment's secrets and parameters only."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from checks.iam.allowed import decisions, marked, task_role, undecided
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import TASK_ROLE
from runbook_tui.aws.facts.iam_types import Placed, placed
from runbook_tui.aws.facts.permission import Answer, Principal
from runbook_tui.aws.facts.policy import gives_service, on_everything
from runbook_tui.aws.facts.policy_condition import is_restricted
from runbook_tui.aws.facts.policy_document import Statement, covers, glob
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail

READ_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105 - an action
SECRETS: Final = (READ_SECRET, "secretsmanager:BatchGetSecretValue")
PARAMETERS: Final = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory")
_SUFFIXES: Final = ("", "-*", "-??????")  # what may follow a secret's name in its ARN


class Scope(Struct, frozen=True, kw_only=True):
    """Where the environment's own things are: ``where`` is REGION:ACCOUNT, ``path`` ends with a slash."""

    where: str
    secret: str
    path: str

    @property
    def all_secrets(self) -> str:
        return f"arn:aws:secretsmanager:{self.where}:secret:*"

    @property
    def all_parameters(self) -> str:
        return f"arn:aws:ssm:{self.where}:parameter/*"


@check(
    "iam.task-role.least-privilege",
    guide="1.2",
    severity="high",
    scope="environment",
    needs=[
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:SimulatePrincipalPolicy",
        "secretsmanager:DescribeSecret",
    ],
)
def least_privilege(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The application's role reads this environment's secrets and parameters, and no others."""
    role = task_role(aws, site, env)
    scope = Scope(
        where=f"{site.aws.region}:{role.account}",
        secret=env.secret_name,
        path=site.params.path.replace("<env>", env.name),
    )
    policies, answers = together(
        lambda: aws.iam.role_policies(role.name, TASK_ROLE),
        lambda: _reading(aws, role, _other_secrets(aws, site, env, scope)),
    )
    statements = placed(policies)
    evidence = {"role": role.name, "statements": len(statements), **decisions(answers)}
    remedy = f"name this environment's ARNs alone: {scope.all_secrets[:-1]}{scope.secret}-??????"
    broad = [f"{one.label}: {trouble}" for one in statements for trouble in too_broad(one.statement, scope)]
    readable = [one.resource.rpartition(":")[2] for one in answers if one.allowed] if site.iam.roles_per_env else []
    if broad or readable:
        troubles = [*broad, *(f"{name}, of the other environment, is readable" for name in readable)]
        return fail(f"{role.name}: {'; '.join(troubles)}", remedy, **evidence)
    doubt = undecided(answers) if site.iam.roles_per_env else None
    if doubt:
        return doubt
    concerns = [f"{one.label}: {worry}" for one in statements for worry in wide(one, scope)]
    if not site.iam.roles_per_env:
        concerns.append("the environments share one role (iam.roles_per_env): each can read the other's secret")
    good = marked(f"{role.name} reads {env.name}'s secrets and parameters only", answers)
    return warn_or_pass(concerns, good, remedy, **evidence)


def _reading(aws: Aws, role: Principal, secrets: Sequence[str]) -> tuple[Answer, ...]:
    return aws.permission.ask(role, [READ_SECRET], secrets) if secrets else ()


def too_broad(statement: Statement, scope: Scope) -> Iterator[str]:
    if not statement.allows or is_restricted(statement):
        return
    if statement.not_actions:
        yield "allows all but some actions (NotAction)"
    elif any(covers(one, "*:*") for one in statement.actions):
        yield "allows the action *"
    elif gives_service(statement, "iam"):
        yield "allows iam:*"
    for kind, actions, everything in (
        ("secret", SECRETS, scope.all_secrets),
        ("parameter", PARAMETERS, scope.all_parameters),
    ):
        reading = any(statement.names_action(one) for one in actions)
        if reading and (on_everything(statement) or any(covers(one, everything) for one in statement.resources)):
            yield f"reads every {kind}"


def wide(one: Placed, scope: Scope) -> Iterator[str]:
    """Not everything, and more than this environment's own."""
    statement = one.statement
    if not statement.allows or is_restricted(statement):
        return
    reads = any(statement.names_action(action) for action in (*SECRETS, *PARAMETERS))
    foreign = [pattern for pattern in statement.resources if reads and not _is_own(pattern, scope)]
    if foreign:
        yield f"reaches beyond the environment: {', '.join(foreign)}"
    if statement.names_action("sts:AssumeRole") and on_everything(statement):
        yield "may assume any role that lets it (sts:AssumeRole on *)"


def _is_own(pattern: str, scope: Scope) -> bool:
    """A resource of another service is none of ours to judge."""
    if ":secret:" in pattern:
        name = pattern.partition(":secret:")[2]
        return name in {f"{scope.secret}{suffix}" for suffix in _SUFFIXES} or _is_exact(name, scope.secret)
    if ":parameter/" in pattern:
        return f"/{pattern.partition(':parameter/')[2]}".startswith(scope.path)
    return ":secretsmanager:" not in pattern and ":ssm:" not in pattern


def _is_exact(name: str, secret: str) -> bool:
    return "*" not in name and "?" not in name and glob(f"{secret}-??????", name)


def _other_secrets(aws: Aws, site: Site, env: Environment, scope: Scope) -> list[str]:
    """ARNs. A secret that is not there would end in six characters too."""
    found = []
    for other in site.environments.values():
        if other.name != env.name and other.secret_name != env.secret_name:
            try:
                found.append(aws.secrets.secret(other.secret_name).arn)
            except Missing:
                found.append(f"{scope.all_secrets[:-1]}{other.secret_name}-AAAAAA")
    return found
