"""Guide 1.2 and 4.2: the pipeline may push images, register revisions and update the services."""

from typing import Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from checks.iam.allowed import decisions, denied, marked, role_named, some, undecided
from checks.iam.pipeline import not_to_be_judged, principals
from checks.iam.roles import task_roles
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import EXECUTION_ROLE
from runbook_tui.aws.facts.permission import Answer, Principal
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail

REGISTER: Final = "ecs:RegisterTaskDefinition"
PASSING: Final = {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}
ANYWHERE: Final = ("ecr:GetAuthorizationToken", REGISTER, "ecs:DescribeTaskDefinition", "cloudwatch:DescribeAlarms")
PUSH: Final = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)
DEPLOY: Final = ("ecs:UpdateService", "ecs:DescribeServices")
DESCRIBE_SECRET: Final = "secretsmanager:DescribeSecret"  # noqa: S105 - an action
GOOD_TO_HAVE: Final = ("cloudwatch:DescribeAlarms", DESCRIBE_SECRET)
BUILT_ELSEWHERE: Final = "CodeBuild pushes the image with a role of its own, which is not judged here"


class _Targets(Struct, frozen=True, kw_only=True):
    """ARNs of what the pipeline works on."""

    repositories: tuple[str, ...]
    services: tuple[str, ...]
    families: tuple[str, ...]
    roles: tuple[str, ...]
    secrets: tuple[str, ...]


@check(
    "iam.cicd-role.permissions",
    guide="1.2",
    severity="high",
    scope="shared",
    needs=[
        "codepipeline:GetPipeline",
        "iam:GetRole",
        "iam:ListUsers",
        "iam:SimulatePrincipalPolicy",
        "secretsmanager:DescribeSecret",
    ],
)
def permissions(aws: Aws, site: Site) -> Verdict:
    """The pipeline may do every step of a release, on what belongs to the backend."""
    early = not_to_be_judged(site)
    if early:
        return early
    pipeline = principals(aws, site)
    targets = _targets(aws, site, pipeline[0].account)
    by_codebuild = site.cicd.kind == "codepipeline"
    found = {one.name: _ask(aws, one, targets, pushes=not by_codebuild) for one in pipeline}
    answers = [answer for its in found.values() for answer in its]
    evidence = {"principals": list(found), **decisions(answers)}
    remedy = "allow what is missing on the backend's own resources; iam:PassRole is the usual omission"
    refused = {name: [one for one in denied(its) if one.action not in GOOD_TO_HAVE] for name, its in found.items()}
    troubles = [f"{name} may not: {some(its)}" for name, its in refused.items() if its]
    if troubles:
        return fail(marked("; ".join(troubles), answers), remedy, **evidence)
    doubt = undecided(answers)
    if doubt:
        return doubt
    concerns = [f"{name} may not: {some(denied(its))}" for name, its in found.items() if denied(its)]
    concerns += [BUILT_ELSEWHERE] if by_codebuild else []
    good = marked(f"{', '.join(found)} may release to {len(targets.services)} services", answers)
    return warn_or_pass(concerns, good, remedy, **evidence)


def _ask(aws: Aws, one: Principal, targets: _Targets, *, pushes: bool) -> list[Answer]:
    """A group of actions for each type of resource: IAM judges every action on every resource of a request."""
    ask = aws.permission.ask
    anywhere, pushing, deploying, others = together(
        lambda: _anywhere(aws, one, targets, ANYWHERE if pushes else ANYWHERE[1:]),
        lambda: ask(one, PUSH, targets.repositories) if pushes else (),
        lambda: ask(one, DEPLOY, targets.services),
        lambda: together(
            lambda: ask(one, ["iam:PassRole"], targets.roles, PASSING),
            lambda: ask(one, [DESCRIBE_SECRET], targets.secrets) if targets.secrets else (),
        ),
    )
    return [*anywhere, *pushing, *deploying, *others[0], *others[1]]


def _anywhere(aws: Aws, one: Principal, targets: _Targets, actions: tuple[str, ...]) -> tuple[Answer, ...]:
    found = aws.permission.ask(one, actions, ["*"])
    if all(answer.action != REGISTER for answer in denied(found)):
        return found
    scoped = aws.permission.ask(one, [REGISTER], targets.families)
    return (*(answer for answer in found if answer.action != REGISTER), *scoped)


def _targets(aws: Aws, site: Site, account: str) -> _Targets:
    where = f"{site.aws.region}:{account}"
    environments = tuple(site.environments.values())
    roles = [role.arn for role in task_roles(aws, site)]
    roles.append(role_named(aws, site.iam.execution_role, EXECUTION_ROLE).arn)
    return _Targets(
        repositories=tuple(f"arn:aws:ecr:{where}:repository/{env.ecr_repo}" for env in environments),
        services=tuple(f"arn:aws:ecs:{where}:service/{site.ecs.cluster}/{env.service}" for env in environments),
        families=tuple(f"arn:aws:ecs:{where}:task-definition/{env.task_family}:*" for env in environments),
        roles=tuple(roles),
        secrets=tuple(filter(None, each(lambda env: _secret(aws, env.secret_name), environments))),
    )


def _secret(aws: Aws, name: str) -> str:
    """Empty when there is none: secret.exists says so."""
    try:
        return aws.secrets.secret(name).arn
    except Missing:
        return ""
