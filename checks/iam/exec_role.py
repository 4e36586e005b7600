"""Guide 1.2: what ECS may do to start a task: pull the image, open the log."""

from typing import Final

from checks.concerns import warn_or_pass
from checks.iam.allowed import decisions, denied, marked, role_named, some, undecided
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import TaskDefinition
from runbook_tui.aws.facts.iam import EXECUTION_ROLE
from runbook_tui.aws.facts.permission import Answer
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed

SIGN_IN: Final = "ecr:GetAuthorizationToken"
PULL: Final = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PROBE: Final = "ecr:BatchCheckLayerAvailability"
WRITE: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
CREATE: Final = "logs:CreateLogGroup"


@check(
    "iam.exec-role.ecr",
    guide="1.2",
    severity="critical",
    scope="shared",
    needs=["iam:GetRole", "iam:SimulatePrincipalPolicy"],
)
def ecr(aws: Aws, site: Site) -> Verdict:
    """ECS may pull the images of every environment's repository."""
    role = role_named(aws, site.iam.execution_role, EXECUTION_ROLE)
    where = f"arn:aws:ecr:{site.aws.region}:{role.account}:repository"
    repositories = [f"{where}/{env.ecr_repo}" for env in site.environments.values()]
    everywhere, scoped = together(
        lambda: aws.permission.ask(role, [SIGN_IN, *PULL, PROBE], ["*"]),
        lambda: aws.permission.ask(role, [*PULL, PROBE], repositories),
    )
    needed = [*(one for one in everywhere if one.action == SIGN_IN), *(one for one in scoped if one.action != PROBE)]
    evidence = {"role": role.name, **decisions([*scoped, *everywhere])}
    remedy = "attach AmazonECSTaskExecutionRolePolicy, or allow what is missing on the repositories"
    if denied(needed):
        because = f"{role.name} may not: {some(denied(needed))}; no task can start"
        return fail(marked(because, needed), remedy, **evidence)
    doubt = undecided(needed)
    if doubt:
        return doubt
    concerns = [f"{role.name} may not: {one.action} (recommended)" for one in scoped if _refuses_probe(one)][:1]
    wide = sorted({one.action for one in everywhere if _by_customer(one)})
    if wide:
        concerns.append(f"{role.name} may pull from every repository: {', '.join(wide)} on *")
    good = marked(f"{role.name} may pull from {len(repositories)} repositories", needed)
    return warn_or_pass(concerns, good, remedy, **evidence)


def _refuses_probe(one: Answer) -> bool:
    return one.action == PROBE and not one.allowed


def _by_customer(one: Answer) -> bool:
    """Whether somebody wrote the star; AWS's own policy has one, and is what the guide attaches."""
    return one.action != SIGN_IN and one.allowed and not any(each.is_of_aws for each in one.matched)


@check(
    "iam.exec-role.logs",
    guide="1.2",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeTaskDefinition", "iam:GetRole", "iam:SimulatePrincipalPolicy"],
)
def logs(aws: Aws, site: Site, env: Environment) -> Verdict:
    """ECS may write the container's output into the environment's log group."""
    definition, role = together(
        lambda: aws.ecs.task_definition(env.task_family),
        lambda: role_named(aws, site.iam.execution_role, EXECUTION_ROLE),
    )
    creates = creates_group(definition)
    group = f"arn:aws:logs:{site.aws.region}:{role.account}:log-group:{env.log_group}"
    answers, creating = together(
        lambda: aws.permission.ask(role, WRITE, [f"{group}:log-stream:*"]),
        lambda: aws.permission.ask(role, [CREATE], [f"{group}:*"]),
    )
    needed = [*answers, *(creating if creates else ())]
    evidence = {"role": role.name, "awslogs-create-group": creates, **decisions([*answers, *creating])}
    if denied(needed):
        because = f"{role.name} may not: {some(denied(needed))}; tasks stop before they start"
        remedy = "allow it on the environment's log group; create the group beforehand rather than let ECS do it"
        return fail(marked(because, needed), remedy, **evidence)
    good = marked(f"{role.name} may write into {env.log_group}", needed)
    return undecided(needed) or passed(good, **evidence)


def creates_group(definition: TaskDefinition) -> bool:
    """Whether a container asks ECS to create its log group."""
    options = [one.log_configuration.options for one in definition.container_definitions if one.log_configuration]
    return any(each.get("awslogs-create-group", "").lower() == "true" for each in options)
