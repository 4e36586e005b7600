"""What the backend's own roles may do: policies made of the site, one a purpose (guide 1.2, 3.3, 5.2)."""

from collections.abc import Iterator
from typing import Final

from runbook_tui.actions.iam.documents import Statement, allow, arn, secret_arn
from runbook_tui.actions.iam.inline import Grant, grant_plan
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import EXECUTION_ROLE, TASK_ROLE
from runbook_tui.aws.facts.secret_reference import SecretReference, Store, read_reference
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Plan
from runbook_tui.core.site import Environment, Site

_READ_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105 - an action
_READ_PARAMETER: Final = "ssm:GetParameters"
_TABLE: Final = (
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DescribeTable",
)
_SOON: Final = "IAM makes it known within a minute; running tasks have it then too."


@action("iam.allow-task-secret", guide="1.2", fixes=("iam.task-role.secrets",))
def allow_task_secret(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The application may read the environment's secret itself."""
    statements = [
        allow([_READ_SECRET], [secret_arn(aws, site, env.secret_name)]),
        *_decrypting(aws, site, [env.secret_name]),
    ]
    policy = f"AsharviBackendSecretsRead-{env.name}"
    return grant_plan(aws, env, "iam.allow-task-secret", [_task(site, env, policy, statements)], _SOON)


@action("iam.allow-task-logs", guide="1.2", fixes=("iam.task-role.logs",))
def allow_task_logs(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The application may write into the environment's log group."""
    group = arn(aws, site, "logs", f"log-group:{env.log_group}:*")
    statements = [allow(["logs:CreateLogStream", "logs:PutLogEvents"], [group])]
    policy = f"AsharviBackendLogs-{env.name}"
    return grant_plan(aws, env, "iam.allow-task-logs", [_task(site, env, policy, statements)], _SOON)


@action("iam.allow-task-tables", guide="1.2", fixes=("iam.task-role.db",))
def allow_task_tables(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The application may read and write each of its DynamoDB tables."""
    tables = [arn(aws, site, "dynamodb", f"table/{table.name}") for table in site.db.dynamodb.tables]
    if not site.db.uses("dynamodb") or not tables:
        raise CannotPlan("the site names no DynamoDB table", "set db.kind and db.dynamodb.tables in the site file")
    statements = [allow(_TABLE, tables), allow(["dynamodb:Query"], [f"{table}/index/*" for table in tables])]
    policy = f"AsharviBackendDynamo-{env.name}"
    return grant_plan(aws, env, "iam.allow-task-tables", [_task(site, env, policy, statements)], _SOON)


@action("iam.allow-execution-secrets", guide="5.2", fixes=("iam.exec-role.secrets",))
def allow_execution_secrets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ECS may read the environment's secret, and whatever else its task definition references."""
    references = _references(aws, env)
    named = (one.name for one in references if one.store is Store.SECRETS_MANAGER)
    secrets = list(dict.fromkeys((env.secret_name, *named)))
    statements = [
        allow([_READ_SECRET], [secret_arn(aws, site, name) for name in secrets]),
        *_decrypting(aws, site, secrets),
        *_parameters(aws, site, references),
    ]
    grant = _execution(site, f"AsharviBackendExecSecrets-{env.name}", statements)
    effect = "Tasks that start from now on are given their secrets; without it they stop before they run."
    return grant_plan(aws, env, "iam.allow-execution-secrets", [grant], effect)


@action("iam.allow-parameters", guide="3.3", fixes=("param.iam-scope",))
def allow_parameters(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Whoever uses the environment's parameters may read them, and no other environment's."""
    if not site.params.enabled:
        raise CannotPlan("the site uses no parameters", "set params.enabled in the site file")
    own = arn(aws, site, "ssm", f"parameter{site.params.path_of(env.name)}*")
    policy = f"AsharviBackendParamsRead-{env.name}"
    grants = [_execution(site, policy, [allow([_READ_PARAMETER], [own])])]
    if site.app.reads_secrets_at_runtime:
        grants.append(_task(site, env, policy, [allow([_READ_PARAMETER, "ssm:GetParametersByPath"], [own])]))
    return grant_plan(aws, env, "iam.allow-parameters", grants, _SOON)


def _task(site: Site, env: Environment, policy: str, statements: list[Statement]) -> Grant:
    return Grant(role=site.iam.task_role_of(env.name), kind=TASK_ROLE, policy=policy, statements=statements)


def _execution(site: Site, policy: str, statements: list[Statement]) -> Grant:
    return Grant(role=site.iam.execution_role, kind=EXECUTION_ROLE, policy=policy, statements=statements)


def _references(aws: Aws, env: Environment) -> list[SecretReference]:
    """None before the first revision: then the environment's own secret is all there is."""
    try:
        values = aws.ecs.task_definition(env.task_family).values_from
    except Missing:
        return []
    return [read_reference(one) for one in values]


def _parameters(aws: Aws, site: Site, references: list[SecretReference]) -> Iterator[Statement]:
    names = dict.fromkeys(one.name.strip("/") for one in references if one.store is Store.PARAMETER_STORE)
    if names:
        yield allow([_READ_PARAMETER], [arn(aws, site, "ssm", f"parameter/{name}") for name in names])


def _decrypting(aws: Aws, site: Site, secrets: list[str]) -> Iterator[Statement]:
    """For keys of the customer; AWS's own key asks for no right."""
    keys = dict.fromkeys(key for name in secrets if (key := _key_of(aws, name)))
    if keys:
        service = {"StringEquals": {"kms:ViaService": f"secretsmanager.{site.aws.region}.amazonaws.com"}}
        yield allow(["kms:Decrypt"], list(keys), service)


def _key_of(aws: Aws, name: str) -> str:
    try:
        key = aws.secrets.secret(name).kms_key_id
    except Missing:
        return ""
    if not key or "alias/aws/" in key:
        return ""
    found = aws.permission.key(key)
    return found.arn if found.is_of_customer else ""
