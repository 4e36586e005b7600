"""Guide 1.2: what the application itself may do."""

from typing import Final

from checks.concerns import warn_or_pass
from checks.iam.allowed import decisions, denied, marked, some, task_role, undecided
from checks.iam.secret_access import granted_by_the_secret
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.permission import Answer
from runbook_tui.aws.facts.tables import tables_of
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

READ_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105 - an action
WRITE_LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
READS: Final = ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem")
WRITES: Final = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem")
OTHERS: Final = ("dynamodb:DeleteItem", "dynamodb:DescribeTable")
TOO_MUCH: Final = ("dynamodb:DeleteTable", "dynamodb:UpdateTable")


@check(
    "iam.task-role.secrets",
    guide="1.2",
    severity="high",
    scope="environment",
    needs=[
        "iam:GetRole",
        "iam:SimulatePrincipalPolicy",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
    ],
)
def secrets(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The application may read the environment's secret itself."""
    secret = aws.secrets.secret(env.secret_name)
    role = task_role(aws, site, env)
    answers = aws.permission.ask(role, [READ_SECRET], [secret.arn])
    evidence = {"role": role.name, **decisions(answers)}
    if denied(answers) and granted_by_the_secret(aws, role, secret.name, answers[0]):
        return passed(marked(f"the policy of {secret.name} lets {role.name} read it", answers), **evidence)
    if denied(answers):
        because = marked(f"{role.name} may not read {secret.name}", answers)
        remedy = f"allow {READ_SECRET} on {_pattern(secret.arn)}, and kms:Decrypt for a key of your own"
        if site.app.reads_secrets_at_runtime:
            return fail(f"{because}, and the application reads it at run time", remedy, **evidence)
        return warn(f"{because}; it need not while ECS injects the secrets", remedy, **evidence)
    return undecided(answers) or passed(marked(f"{role.name} may read {secret.name}", answers), **evidence)


@check(
    "iam.task-role.logs",
    guide="1.2",
    severity="low",
    scope="environment",
    needs=["iam:GetRole", "iam:SimulatePrincipalPolicy"],
)
def logs(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The application may write into the environment's log group, and into no other."""
    role = task_role(aws, site, env)
    group = f"arn:aws:logs:{site.aws.region}:{role.account}:log-group:{env.log_group}:log-stream:*"
    answers, everywhere = each(lambda where: aws.permission.ask(role, WRITE_LOGS, [where]), (group, "*"))
    evidence = {"role": role.name, **decisions([*answers, *everywhere])}
    remedy = f"allow both on the ARN of {env.log_group} with :* at its end"
    if denied(answers):
        because = f"{role.name} may not: {some(denied(answers))}; only a log shipper inside the container needs it"
        return warn(marked(because, answers), remedy, **evidence)
    doubt = undecided(answers)
    if doubt:
        return doubt
    wide = [one.action for one in everywhere if one.allowed]
    concerns = [f"{role.name} may write into every log group: {', '.join(wide)} on *"] if wide else []
    return warn_or_pass(concerns, marked(f"{role.name} may write into {env.log_group}", answers), remedy, **evidence)


@check(
    "iam.task-role.db",
    guide="1.2",
    severity="high",
    scope="environment",
    needs=["iam:GetRole", "iam:SimulatePrincipalPolicy"],
)
def db(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The application may read and write each of its DynamoDB tables, and not change the tables themselves."""
    if not site.db.uses("dynamodb"):
        return skip("the data is in MongoDB: no IAM permission is involved")
    role = task_role(aws, site, env)
    where = f"arn:aws:dynamodb:{site.aws.region}:{role.account}:table"
    tables = [f"{where}/{table.name}" for table in tables_of(site, env)]
    if not tables:
        return skip(f"the site names no DynamoDB table of {env.name}")
    answers, indexes, scan = together(
        lambda: aws.permission.ask(role, (*READS, *WRITES, *OTHERS, *TOO_MUCH), tables),
        lambda: aws.permission.ask(role, ["dynamodb:Query"], [f"{table}/index/*" for table in tables]),
        lambda: aws.permission.ask(role, ["dynamodb:Scan"], ["*"]),
    )
    evidence = {"role": role.name, **decisions([*answers, *indexes, *scan])}
    remedy = "allow item-level actions on the named tables only"
    shut = [trouble for table in tables for trouble in _shut(table, answers)]
    if shut:
        return fail(marked(f"{role.name} {'; '.join(shut)}", answers), remedy, **evidence)
    doubt = undecided([one for one in answers if one.action in (*READS, *WRITES) and _is_wanted(one, answers)])
    if doubt:
        return doubt
    wide = [one for one in (*answers, *scan) if one.allowed and one.action in (*TOO_MUCH, "dynamodb:Scan")]
    concerns = [f"{role.name} may do more than its work: {some(wide)}"] if wide else []
    good = marked(f"{role.name} may read and write {len(tables)} tables", answers)
    return warn_or_pass(concerns, good, remedy, **evidence)


def _shut(table: str, answers: tuple[Answer, ...]) -> list[str]:
    its = [one for one in answers if one.resource == table]
    kinds = {"read": READS, "write": WRITES}
    name = table.rpartition("/")[2]
    return [
        f"may not {kind} {name}"
        for kind, actions in kinds.items()
        if len(denied(one for one in its if one.action in actions)) == len(actions)
    ]


def _is_wanted(one: Answer, answers: tuple[Answer, ...]) -> bool:
    """Whether it could decide: of its kind nothing is allowed for sure on this table."""
    kind = READS if one.action in READS else WRITES
    return not any(each.allowed for each in answers if each.resource == one.resource and each.action in kind)


def _pattern(arn: str) -> str:
    """The secret whatever its six random characters."""
    return f"{arn[:-6]}??????"
