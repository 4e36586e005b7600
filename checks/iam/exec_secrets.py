"""Guide 5.2: ECS reads what the task definition references, as the execution role: the guide gives this right to the
task role, which never uses it for ``ValueFrom``."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from checks.concerns import named, warn_or_pass
from checks.iam.allowed import decisions, denied, marked, role_named, some, undecided
from checks.iam.secret_access import granted_by_the_key, granted_by_the_secret
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import EXECUTION_ROLE
from runbook_tui.aws.facts.permission import Answer, Principal
from runbook_tui.aws.facts.secret_reference import SecretReference, Store, read_reference
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, skip, unknown

READ_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105 - an action
READ_PARAMETER: Final = "ssm:GetParameters"
DECRYPT: Final = "kms:Decrypt"
OF_AWS: Final = "alias/aws/"


class _Wanted(Struct, frozen=True, kw_only=True):
    """What the task definition references. ``secrets`` are names by ARN; ``keys`` ARNs of keys of the customer."""

    secrets: dict[str, str]
    parameters: tuple[str, ...]
    keys: tuple[str, ...]


@check(
    "iam.exec-role.secrets",
    guide="5.2",
    severity="critical",
    scope="environment",
    needs=[
        "ecs:DescribeTaskDefinition",
        "iam:GetRole",
        "iam:SimulatePrincipalPolicy",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
    ],
)
def secrets(aws: Aws, site: Site, env: Environment) -> Verdict:
    """ECS may read every secret and parameter that the task definition references."""
    definition = aws.ecs.task_definition(env.task_family)
    references = tuple(dict.fromkeys(read_reference(one) for one in definition.values_from))
    if not references:
        return skip(f"{definition.label} references no secret")
    evidence = {"task_definition": definition.label, "references": [one.described for one in references]}
    if any(one.store is Store.UNREADABLE for one in references):
        because = f"a reference of {definition.label} is none that ECS can read: see ecs.taskdef.secrets-valuefrom"
        return unknown(Cause.UNDECIDED, because, "correct the reference, then re-check", **evidence)
    name = definition.execution_role_arn.rpartition("/")[2]
    if not name:
        because = f"{definition.label} names no execution role, and references secrets"
        return fail(because, "register a revision with the execution role", **evidence)
    role = role_named(aws, name, EXECUTION_ROLE)
    wanted = _wanted(aws, site, role, references)
    return _judged(aws, site, role, wanted, evidence)


def _judged(aws: Aws, site: Site, role: Principal, wanted: _Wanted, evidence: Mapping[str, object]) -> Verdict:
    context = {"kms:ViaService": [f"secretsmanager.{site.aws.region}.amazonaws.com"]}
    ask = aws.permission.ask
    reading, getting, opening, everywhere = together(
        lambda: ask(role, [READ_SECRET], list(wanted.secrets)) if wanted.secrets else (),
        lambda: ask(role, [READ_PARAMETER], wanted.parameters) if wanted.parameters else (),
        lambda: ask(role, [DECRYPT], wanted.keys, context) if wanted.keys else (),
        lambda: ask(role, [READ_SECRET], ["*"]) if wanted.secrets else (),
    )
    answers = [*reading, *getting, *opening]
    evidence = {**evidence, "role": role.name, **decisions([*answers, *everywhere])}
    refused = [
        *(one for one in denied(reading) if not granted_by_the_secret(aws, role, wanted.secrets[one.resource], one)),
        *denied(getting),
        *(one for one in denied(opening) if not granted_by_the_key(aws, role, one, context)),
    ]
    remedy = "allow it to the execution role, on the environment's own secrets: ECS reads them with this role"
    if refused:
        because = f"{role.name} may not: {some(refused)}; tasks stop with ResourceInitializationError"
        return fail(marked(because, answers), remedy, **evidence)
    doubt = undecided(answers)
    if doubt:
        return doubt
    wide = any(one.allowed for one in everywhere)
    concerns = [f"{role.name} may read every secret: {READ_SECRET} on *"] if wide else []
    return warn_or_pass(concerns, marked(_good(role, wanted, answers), answers), remedy, **evidence)


def _good(role: Principal, wanted: _Wanted, answers: list[Answer]) -> str:
    count = len(wanted.secrets) + len(wanted.parameters)
    return f"{role.name} may read {named(count, 'referenced secret')} ({len(answers)} decisions)"


def _wanted(aws: Aws, site: Site, role: Principal, references: tuple[SecretReference, ...]) -> _Wanted:
    secrets: dict[str, str] = {}
    keys: dict[str, None] = {}
    for name in dict.fromkeys(one.name for one in references if one.store is Store.SECRETS_MANAGER):
        found = aws.secrets.secret(name)
        secrets[found.arn] = found.name
        if found.kms_key_id and OF_AWS not in found.kms_key_id:
            key = aws.permission.key(found.kms_key_id)
            keys |= {key.arn: None} if key.is_of_customer else {}
    own = f"arn:aws:ssm:{site.aws.region}:{role.account}:parameter"
    parameters = tuple(dict.fromkeys(_parameter(one, own) for one in references if one.store is Store.PARAMETER_STORE))
    return _Wanted(secrets=secrets, parameters=parameters, keys=tuple(keys))


def _parameter(reference: SecretReference, own: str) -> str:
    name = reference.name if reference.name.startswith("/") else f"/{reference.name}"
    if reference.account:
        return f"arn:aws:ssm:{reference.region}:{reference.account}:parameter{name}"
    return f"{own}{name}"
