"""Guide 3.2 and 3.3: settings that are no secrets, in Parameter Store."""

from typing import Final

from checks.concerns import named, warn_or_pass
from checks.iam.allowed import decisions, denied, marked, role_named, some, task_role, undecided
from checks.secrets.parameter_names import Suspicion, suspicion
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import EXECUTION_ROLE
from runbook_tui.aws.facts.parameters import SECURE
from runbook_tui.aws.facts.permission import Principal
from runbook_tui.aws.facts.secret_reference import SecretReference, Store, read_reference
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, skip

OFF: Final = "the site uses no parameters (params.enabled is false)"
GET: Final = "ssm:GetParameters"
GET_BY_PATH: Final = "ssm:GetParametersByPath"


@check(
    "param.exists",
    guide="3.2",
    severity="low",
    scope="environment",
    needs=["ecs:DescribeTaskDefinition", "ssm:DescribeParameters"],
)
def exists(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Every parameter that the site requires and the task definition references exists."""
    if not site.params.enabled:
        return skip(OFF)
    path = site.params.path_of(env.name)
    found, references = together(lambda: aws.parameters.under(path), lambda: _referenced(aws, env))
    there = {one.name: one for one in found}
    own = [one.name for one in references if _is_here(one, site)]
    elsewhere = [one.name for one in references if not _is_here(one, site)]
    beyond = [name for name in own if name not in there]
    if beyond:
        there |= {one.name: one for one in aws.parameters.named(beyond)}
    evidence = {
        "parameters": {one.name: f"{one.type}, version {one.version}" for one in there.values()},
        "referenced": own,
        "of_other_accounts": elsewhere,
    }
    gone = [name for name in own if name not in there]
    if gone:
        because = f"the task definition references parameters that do not exist: {', '.join(gone)}"
        return fail(because, f"aws ssm put-parameter --name {gone[0]} --type String --value …", **evidence)
    absent = [f"{path}{name}" for name in site.params.required if f"{path}{name}" not in there]
    concerns = [f"required and not there: {', '.join(absent)}"] if absent else []
    good = f"{named(len(site.params.required), 'required parameter')} and everything referenced: all there"
    return warn_or_pass(concerns, good, "create the parameter with aws ssm put-parameter", **evidence)


@check("param.not-sensitive", guide="3.2", severity="high", scope="environment", needs=["ssm:DescribeParameters"])
def not_sensitive(aws: Aws, site: Site, env: Environment) -> Verdict:
    """No parameter that is stored in the clear has the name of a secret."""
    if not site.params.enabled:
        return skip(OFF)
    found = aws.parameters.under(site.params.path_of(env.name))
    judged = {one: suspicion(one.name) for one in found}
    plain = [one.name for one, grade in judged.items() if grade is Suspicion.SENSITIVE and one.type != SECURE]
    secure = [one.name for one, grade in judged.items() if grade is Suspicion.SENSITIVE and one.type == SECURE]
    doubtful = [one.name for one, grade in judged.items() if grade is Suspicion.DOUBTFUL]
    evidence = {"parameters": {one.name: one.type for one in found}}
    remedy = "move the value to Secrets Manager, rotate it, and delete the parameter with its history"
    if plain:
        return fail(f"stored in the clear under the name of a secret: {', '.join(plain)}", remedy, **evidence)
    concerns = [f"look at {', '.join(doubtful)}: the name speaks of a secret"] if doubtful else []
    concerns += [f"a secret outside Secrets Manager: {', '.join(secure)}"] if secure else []
    good = f"{named(len(found), 'parameter')}, none with the name of a secret"
    return warn_or_pass(concerns, good, remedy, **evidence)


@check(
    "param.iam-scope",
    guide="3.3",
    severity="high",
    scope="environment",
    needs=["ecs:DescribeTaskDefinition", "iam:GetRole", "iam:SimulatePrincipalPolicy"],
)
def iam_scope(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The environment's roles may read its own parameters where they use them, and those of no other environment."""
    if not site.params.enabled:
        return skip(OFF)
    (execution, task), references = together(
        lambda: together(
            lambda: role_named(aws, site.iam.execution_role, EXECUTION_ROLE), lambda: task_role(aws, site, env)
        ),
        lambda: _referenced(aws, env),
    )
    own, others, foreign = _arns(site, execution, env)
    by_ecs, by_app = together(
        lambda: aws.permission.ask(execution, [GET], [own, foreign]),
        lambda: aws.permission.ask(task, [GET, GET_BY_PATH], [own, *others]),
    )
    used = [*(by_ecs if references else ()), *(by_app if site.app.reads_secrets_at_runtime else ())]
    needed = [one for one in used if one.resource == own]
    beyond = [one for one in (*by_ecs, *by_app) if one.resource != own]
    answers = [*by_ecs, *by_app]
    evidence = {"execution_role": execution.name, "task_role": task.name, **decisions(answers)}
    remedy = f"allow {own.rpartition('/')[0]}/* alone: aws iam put-role-policy"
    if denied(needed):
        because = f"not allowed where it is used: {some(denied(needed))}"
        return fail(marked(because, answers), remedy, **evidence)
    doubt = undecided([*needed, *beyond])
    if doubt:
        return doubt
    wide = [one for one in beyond if one.allowed]
    concerns = [f"parameters beyond the environment's own may be read: {some(wide)}"] if wide else []
    return warn_or_pass(concerns, marked("only the environment's own parameters", answers), remedy, **evidence)


def _arns(site: Site, role: Principal, env: Environment) -> tuple[str, list[str], str]:
    """A parameter of the environment, of the other ones, and of no environment at all.

    ECS starts the tasks of all environments with one execution role, so that it may read what belongs to each.
    """
    prefix = f"arn:aws:ssm:{site.aws.region}:{role.account}:parameter"
    setting = next(iter(site.params.required), "SETTING")
    paths = {name: f"{prefix}{site.params.path_of(name)}{setting}" for name in site.environments}
    own = paths[env.name]
    others = [arn for arn in paths.values() if arn != own]
    return own, others, f"{prefix}/another-application/{setting}"


def _referenced(aws: Aws, env: Environment) -> list[SecretReference]:
    """What the newest task definition takes from Parameter Store."""
    values = aws.ecs.task_definition(env.task_family).values_from
    found = [read_reference(one) for one in values]
    return [one for one in found if one.store is Store.PARAMETER_STORE]


def _is_here(reference: SecretReference, site: Site) -> bool:
    """A bare name is a parameter of the task's own account and region."""
    own_account = not reference.account or reference.account == site.aws.account_id
    return own_account and reference.region in ("", site.aws.region)
