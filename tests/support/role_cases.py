"""Worlds of roles, and what the checks of the backend's roles must say in them."""

from typing import Any

import msgspec
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.core.site import Cicd, Frontend, Site, Table
from runbook_tui.core.verdict import Status
from tests.support.backend import Case
from tests.support.backend_site import ACCOUNT, SITE, ago, arn
from tests.support.facts import Answers
from tests.support.iam_ground import allow, but, deny, document, iam_arn
from tests.support.role_ground import (
    EXEC,
    FRONT,
    OF_AWS,
    PULL,
    ROLES,
    TASK_PROD,
    WRITE_LOGS,
    defined,
    described_secret,
    of_execution,
    of_task,
    per_env,
    policies,
    role,
    role_world,
    roles,
    secret_arn,
    trust,
)

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
FRONTEND, TASK, TRUST = "iam.frontend-role.exists", "iam.task-role.exists", "iam.task-role.trust"
SECRETS, LOGS, DB = "iam.task-role.secrets", "iam.task-role.logs", "iam.task-role.db"
LEAST, EXECUTION, PULLS = "iam.task-role.least-privilege", "iam.exec-role.exists", "iam.exec-role.ecr"
EXEC_LOGS, INJECTS, CICD_EXISTS = "iam.exec-role.logs", "iam.exec-role.secrets", "iam.cicd-role.exists"
CHECKS = (FRONTEND, TASK, TRUST, SECRETS, LOGS, DB, LEAST, EXECUTION, PULLS, EXEC_LOGS, INJECTS, CICD_EXISTS)
SIMULATED = (SECRETS, LOGS, DB, LEAST, PULLS, EXEC_LOGS, INJECTS)
READ = "secretsmanager:GetSecretValue"
ROLE_ARN = iam_arn(f"role/backend/{TASK_PROD}")
EXEC_ARN = iam_arn(f"role/backend/{EXEC}")
KEY = arn("kms", "key/k-1")
IN_VPC = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
READER = replace(ROLES, app=replace(ROLES.app, reads_secrets_at_runtime=True))
TABLES = replace(
    ROLES,
    db=replace(
        ROLES.db,
        kind="dynamodb",
        dynamodb=replace(ROLES.db.dynamodb, tables=(Table(name="orders", pk="id", pk_type="S"),)),
    ),
)
ORDERS = [arn("dynamodb", "table/orders"), arn("dynamodb", "table/orders/index/*")]
GONE = Missing("secretsmanager:secret", "x")
SHARED = per_env(shared=True)


def case(check: str, status: Status, given: Answers, *says: str, site: Site = ROLES) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


def world(**changed: Any) -> Answers:
    return but(role_world(), **changed)


def task(*statements: Any) -> Answers:
    return role_world(policies(task_prod=list(statements)))


def execution(*statements: Any) -> Answers:
    return role_world(policies(execution=list(statements)))


def trusts(name: str, **changes: Any) -> Answers:
    return world(get_role=roles(role(name, trust(**changes))))


def secret_policy(*statements: Any) -> Any:
    return {"Name": "x", "ResourcePolicy": msgspec.json.encode(document(*statements)).decode()}


def with_key(**asked: Any) -> Any:
    return {**described_secret(**asked), "KmsKeyId": "k-1"}


def key_policy(*statements: Any) -> Any:
    return {"Policy": msgspec.json.encode(document(*statements)).decode()}


def logging(**options: str) -> Any:
    """A task definition whose log has these options."""
    options = {name.replace("_", "-"): text for name, text in options.items()}
    return {"taskDefinition": defined("prod", containerDefinitions=[{"name": "app", **_log(options)}])}


def _log(options: dict[str, str]) -> Any:
    return {"logConfiguration": {"logDriver": "awslogs", "options": options}}


def referencing(*values: str, **changes: Any) -> Any:
    listed = [{"name": f"K{place}", "valueFrom": value} for place, value in enumerate(values)]
    return {"taskDefinition": defined("prod", containerDefinitions=[{"name": "app", "secrets": listed}], **changes)}


ITEMS = ["dynamodb:GetItem", "dynamodb:PutItem"]
GROUP = arn("logs", f"log-group:{ROLES.environments['prod'].log_group}:*")
BY_EXEC = {"Effect": "Allow", "Principal": {"AWS": EXEC_ARN}, "Action": "kms:Decrypt", "Resource": "*"}
ONE_MORE = {"Service": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]}
FOREIGN = {"AWS": "arn:aws:iam::210987654321:role/x"}

CASES = [
    case(FRONTEND, PASS, role_world(), "is there and in use"),
    case(FRONTEND, FAIL, world(get_role=roles(absent=(FRONT,))), "front end role AsharviDeployRole not found"),
    case(FRONTEND, WARN, world(get_role=roles(role(FRONT, RoleLastUsed={}))), "was never used"),
    case(
        FRONTEND,
        WARN,
        world(get_role=roles(role(FRONT, RoleLastUsed={"LastUsedDate": ago(days=91)}))),
        "more than 90 days ago",
    ),
    case(FRONTEND, SKIP, role_world(), "no front end", site=replace(ROLES, frontend=Frontend(enabled=False))),
    case(TASK, PASS, role_world(), f"{TASK_PROD} found"),
    case(TASK, WARN, role_world(), "serves every environment", site=SHARED),
    case(TASK, FAIL, world(get_role=roles(absent=(TASK_PROD,))), f"task role {TASK_PROD} not found"),
    case(TRUST, PASS, role_world(), "ECS tasks alone"),
    case(TRUST, SKIP, world(get_role=roles(absent=(TASK_PROD,))), "blocked by iam.task-role.exists"),
    case(TRUST, FAIL, trusts(TASK_PROD, service="ec2.amazonaws.com"), "ecs-tasks.amazonaws.com may not assume it"),
    case(TRUST, FAIL, trusts(TASK_PROD, Action="sts:TagSession"), "may not assume it"),
    case(TRUST, FAIL, trusts(TASK_PROD, Effect="Deny"), "may not assume it"),
    case(TRUST, FAIL, trusts(TASK_PROD, Principal="*"), "may not assume it"),
    case(
        TRUST,
        FAIL,
        trusts(TASK_PROD, Principal={"Service": "ecs-tasks.amazonaws.com", "AWS": "*"}),
        "everybody may assume it",
    ),
    case(
        TRUST,
        FAIL,
        trusts(TASK_PROD, Principal={"Service": "ecs-tasks.amazonaws.com", **FOREIGN}),
        "another account may assume it: arn:aws:iam::210987654321:role/x",
    ),
    case(
        TRUST,
        FAIL,
        trusts(TASK_PROD, Principal={"Service": "ecs-tasks.amazonaws.com", "AWS": "210987654321"}),
        "another account",
    ),
    case(
        TRUST,
        FAIL,
        trusts(TASK_PROD, Condition={"StringEquals": {"aws:SourceAccount": "210987654321"}}),
        "another account's tasks only",
    ),
    case(
        TRUST,
        PASS,
        trusts(TASK_PROD, Condition={"ArnLike": {"AWS:SourceArn": f"arn:aws:ecs:ap-south-1:{ACCOUNT}:*"}}),
        "ECS tasks alone",
    ),
    case(TRUST, WARN, trusts(TASK_PROD, Condition=None), "confused deputy"),
    case(TRUST, WARN, trusts(TASK_PROD, Condition={"Bool": {"aws:SecureTransport": "true"}}), "confused deputy"),
    case(TRUST, WARN, trusts(TASK_PROD, Principal=ONE_MORE), "further principals", "ec2.amazonaws.com"),
    case(
        TRUST,
        WARN,
        trusts(TASK_PROD, Principal={"Service": "ecs-tasks.amazonaws.com", "AWS": iam_arn("root")}),
        "further principals",
    ),
    case(SECRETS, PASS, role_world(), "may read asharvi/backend/prod"),
    case(SECRETS, WARN, task(), "need not while ECS injects"),
    case(SECRETS, FAIL, task(), "reads it at run time", site=READER),
    case(SECRETS, FAIL, task(*of_task("staging")), "may not read asharvi/backend/prod", site=READER),
    case(SECRETS, FAIL, task(*of_task("prod"), deny(Action="*")), "may not read", site=READER),
    case(
        SECRETS,
        PASS,
        but(
            task(),
            get_resource_policy=secret_policy(
                {"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": READ, "Resource": "*"}
            ),
        ),
        "the policy of asharvi/backend/prod lets",
    ),
    case(
        SECRETS,
        FAIL,
        but(
            task(deny(Action=READ)),
            get_resource_policy=secret_policy(
                {"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": READ, "Resource": "*"}
            ),
        ),
        "may not read",
        site=READER,
    ),
    case(SECRETS, UNKNOWN, task(allow(READ, Condition=IN_VPC)), "depends on aws:SourceVpc", site=READER),
    case(SECRETS, SKIP, world(describe_secret=GONE), "blocked by secret.exists"),
    case(SECRETS, SKIP, world(get_role=roles(absent=(TASK_PROD,))), "blocked by iam.task-role.exists"),
    case(LOGS, PASS, role_world(), "may write into /aws/ecs/asharvi-backend-prod"),
    case(LOGS, WARN, task(), "only a log shipper"),
    case(LOGS, WARN, task(allow("logs:CreateLogStream", GROUP)), "logs:PutLogEvents on log-group"),
    case(LOGS, WARN, task(allow(WRITE_LOGS)), "into every log group"),
    case(LOGS, UNKNOWN, task(allow(WRITE_LOGS, GROUP, Condition=IN_VPC)), "aws:SourceVpc"),
    case(DB, SKIP, role_world(), "MongoDB"),
    case(DB, SKIP, role_world(), "no DynamoDB table", site=replace(SITE, db=replace(SITE.db, migrating=True))),
    case(DB, PASS, task(allow(ITEMS, ORDERS)), "may read and write 1 tables", site=TABLES),
    case(DB, PASS, task(allow([*ITEMS, "dynamodb:Scan"], ORDERS)), "may read and write", site=TABLES),
    case(DB, FAIL, task(allow(ITEMS[0], ORDERS)), "may not write orders", site=TABLES),
    case(DB, FAIL, task(allow(ITEMS[1], ORDERS)), "may not read orders", site=TABLES),
    case(DB, FAIL, role_world(), "may not read orders; may not write orders", site=TABLES),
    case(DB, WARN, task(allow("dynamodb:*", ORDERS)), "dynamodb:DeleteTable on table/orders", site=TABLES),
    case(DB, WARN, task(allow([*ITEMS, "dynamodb:Scan"])), "dynamodb:Scan", site=TABLES),
    case(DB, UNKNOWN, task(allow(ITEMS, ORDERS, Condition=IN_VPC)), "aws:SourceVpc", site=TABLES),
    case(DB, PASS, task(allow(ITEMS, ORDERS), allow("dynamodb:Query", ORDERS, Condition=IN_VPC)), site=TABLES),
    case(LEAST, PASS, role_world(), "prod's secrets and parameters only"),
    case(LEAST, FAIL, task(allow("*")), "allows the action *", "reads every secret"),
    case(LEAST, FAIL, task(allow("*:*", "arn:aws:s3:::x")), "allows the action *"),
    case(LEAST, FAIL, task(allow("IAM:*", "arn:x")), "allows iam:*"),
    case(LEAST, FAIL, task(allow("secretsmanager:*")), "own, statement 0: reads every secret"),
    case(LEAST, FAIL, task(allow("ssm:GetParam*", arn("ssm", "parameter/*"))), "reads every parameter"),
    case(LEAST, FAIL, task(allow(READ, "arn:aws:secretsmanager:*:*:secret:*")), "reads every secret"),
    case(LEAST, FAIL, task({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), "NotAction"),
    case(LEAST, FAIL, task({"Effect": "Allow", "Action": READ, "NotResource": "x"}), "reads every secret"),
    case(
        LEAST,
        FAIL,
        task(*of_task("prod"), *of_task("staging")),
        "asharvi/backend/staging-AbC123, of the other environment",
    ),
    case(
        LEAST,
        FAIL,
        role_world(managed={iam_arn("policy/Old"): [allow("iam:*")]}),
        "Old, statement 0: allows iam:*",
    ),
    case(LEAST, WARN, task(allow(READ, arn("secretsmanager", "secret:asharvi/backend/prod*"))), "beyond the environ"),
    case(LEAST, WARN, task(allow(READ, arn("secretsmanager", "secret:other-AbC123"))), "beyond the environment"),
    case(LEAST, WARN, task(allow("ssm:GetParameter", arn("ssm", "parameter/asharvi/*"))), "beyond the environment"),
    case(LEAST, PASS, task(allow("ssm:GetParameter", arn("ssm", "parameter/asharvi/backend/prod/*"))), "only"),
    case(LEAST, PASS, task(allow(READ, secret_arn("prod"))), "only"),
    case(LEAST, WARN, task(allow("sts:AssumeRole")), "sts:AssumeRole on *"),
    case(
        LEAST, PASS, task(allow(READ, Condition={"StringEquals": {"aws:ResourceTag/env": "prod"}}), deny(Action=READ))
    ),
    case(
        LEAST,
        UNKNOWN,
        task(allow(READ, Condition={"StringEquals": {"aws:ResourceTag/env": "prod"}})),
        "aws:ResourceTag/env",
    ),
    case(
        LEAST,
        WARN,
        role_world({SITE.iam.task_role: [*of_task("prod"), *of_task("staging")]}),
        "share one role",
        "beyond the environment",
        site=SHARED,
    ),
    case(LEAST, PASS, world(describe_secret=GONE), "only"),
    case(EXECUTION, PASS, role_world(), "ECS may assume"),
    case(EXECUTION, PASS, trusts(EXEC, Condition=None), "ECS may assume"),
    case(EXECUTION, FAIL, world(get_role=roles(absent=(EXEC,))), f"execution role {EXEC} not found"),
    case(EXECUTION, FAIL, trusts(EXEC, service="ecs.amazonaws.com"), "may not assume it"),
    case(EXECUTION, FAIL, trusts(EXEC, Principal={"Service": "ecs-tasks.amazonaws.com", **FOREIGN}), "another acc"),
    case(
        EXECUTION,
        WARN,
        role_world(),
        "is the task role too",
        site=replace(SHARED, iam=replace(SHARED.iam, task_role=EXEC)),
    ),
    case(PULLS, PASS, role_world(), "may pull from 2 repositories"),
    case(PULLS, PASS, role_world({}, {OF_AWS: [allow([*PULL, "ecr:GetAuthorizationToken", *WRITE_LOGS])]}), "may pull"),
    case(PULLS, WARN, execution(allow([*PULL, "ecr:GetAuthorizationToken"])), "from every repository"),
    case(PULLS, FAIL, execution(*of_execution()[1:]), "ecr:GetAuthorizationToken; no task can start"),
    case(PULLS, FAIL, execution(of_execution()[0]), "ecr:BatchGetImage on repository/asharvi-backend-staging"),
    case(
        PULLS,
        FAIL,
        execution(of_execution()[0], allow(PULL, arn("ecr", "repository/asharvi-backend-prod"))),
        "ecr:GetDownloadUrlForLayer on repository/asharvi-backend-staging",
    ),
    case(
        PULLS,
        WARN,
        execution(of_execution()[0], allow(PULL[:2], arn("ecr", "repository/asharvi-backend-*"))),
        "BatchCheckLayerAvailability (recommended)",
    ),
    case(PULLS, UNKNOWN, execution(of_execution()[0], allow(PULL, Condition=IN_VPC)), "aws:SourceVpc"),
    case(PULLS, SKIP, world(get_role=roles(absent=(EXEC,))), "blocked by iam.exec-role.exists"),
    case(EXEC_LOGS, PASS, role_world(), "may write into /aws/ecs/asharvi-backend-prod"),
    case(EXEC_LOGS, FAIL, execution(*of_execution()[:3]), "logs:CreateLogStream on log-group", "tasks stop"),
    case(
        EXEC_LOGS,
        FAIL,
        world(describe_task_definition=logging(awslogs_create_group="true")),
        "logs:CreateLogGroup on log-group:/aws/ecs/asharvi-backend-prod:*",
    ),
    case(EXEC_LOGS, PASS, world(describe_task_definition=logging(awslogs_create_group="false"))),
    case(EXEC_LOGS, UNKNOWN, execution(allow(WRITE_LOGS, GROUP, Condition=IN_VPC)), "aws:SourceVpc"),
    case(INJECTS, PASS, role_world(), "may read 1 referenced secret"),
    case(INJECTS, FAIL, execution(*of_execution()[:2]), "ResourceInitializationError"),
    case(INJECTS, FAIL, execution(*of_task("staging")), "secret:asharvi/backend/prod-AbC123"),
    case(INJECTS, WARN, execution(allow(READ)), "may read every secret"),
    case(
        INJECTS,
        FAIL,
        world(describe_task_definition=referencing(f"{secret_arn('prod')}:A::", "LOG_LEVEL")),
        "ssm:GetParameters on parameter/LOG_LEVEL",
    ),
    case(
        INJECTS,
        PASS,
        but(
            execution(allow("ssm:GetParameters", arn("ssm", "parameter/asharvi/*"))),
            describe_task_definition=referencing("/asharvi/backend/prod/LOG_LEVEL", arn("ssm", "parameter/asharvi/x")),
        ),
        "2 referenced secrets",
    ),
    case(INJECTS, SKIP, world(describe_task_definition=referencing()), "references no secret"),
    case(INJECTS, UNKNOWN, world(describe_task_definition=referencing("arn:aws:s3:::x")), "none that ECS can read"),
    case(
        INJECTS,
        FAIL,
        world(describe_task_definition=referencing(f"{secret_arn('prod')}:A::", executionRoleArn="")),
        "names no execution role",
    ),
    case(INJECTS, FAIL, world(describe_secret=with_key), "kms:Decrypt on key/k-1"),
    case(INJECTS, PASS, world(describe_secret=with_key, get_key_policy=key_policy(BY_EXEC)), "may read"),
    case(
        INJECTS,
        FAIL,
        world(
            describe_secret=with_key,
            get_key_policy=key_policy({**BY_EXEC, "Condition": {"StringEquals": {"kms:ViaService": "s3.x"}}}),
        ),
        "kms:Decrypt",
    ),
    case(
        INJECTS,
        PASS,
        but(execution(*of_execution(), allow("kms:Decrypt", KEY)), describe_secret=with_key),
        "(2 decisions)",
    ),
    case(
        INJECTS,
        PASS,
        world(
            describe_secret=with_key,
            describe_key={"KeyMetadata": {"Arn": KEY, "KeyManager": "AWS"}},
        ),
        "(1 decisions)",
    ),
    case(INJECTS, SKIP, world(describe_secret=GONE), "blocked by secret.exists"),
    case(CICD_EXISTS, PASS, role_world(), "AsharviCicdDeployRole found"),
    case(CICD_EXISTS, FAIL, world(get_role=roles(absent=("AsharviCicdDeployRole",))), "cicd role"),
    case(CICD_EXISTS, SKIP, role_world(), "assumes no role", site=replace(ROLES, cicd=Cicd(kind="none"))),
    case(CICD_EXISTS, SKIP, role_world(), "assumes no role", site=replace(ROLES, cicd=Cicd(auth="access_keys"))),
    case(CICD_EXISTS, PASS, role_world(), site=replace(ROLES, cicd=Cicd(kind="codepipeline", auth="access_keys"))),
]
