"""The roles of tasks, of ECS and of the front end: iam.task-role.*, iam.exec-role.*, iam.frontend-role.*"""

from typing import Any

from runbook_tui.core.site import Table
from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, SKIP, WARN, Row, both
from tests.support.changes import PROD, allow, delete_role, forbid, trust
from tests.support.standing import Standing

TASK, EXECUTION, FRONT_END = SITE.iam.task_role_of("prod"), SITE.iam.execution_role, SITE.frontend.role
READ_SECRET = "secretsmanager:GetSecretValue"


def _everybody_s(statement: dict[str, Any]) -> None:
    del statement["Condition"]


def _migrating(world: Standing) -> None:
    table = Table(name="asharvi-orders", pk="id")
    world.change_site("db", migrating=True, dynamodb=type(world.site.db.dynamodb)(tables=(table,)))


ROWS = (
    Row(
        check="iam.frontend-role.exists",
        name="the front end's role is gone",
        change=lambda world: delete_role(world, FRONT_END),
        flips={
            "review.role-last-used": SKIP,
            "iam.frontend-role.exists": FAIL,
            "iam.frontend-role.services-only": SKIP,
            "iam.frontend-role.unused": SKIP,
            "iam.policy-lint": SKIP,
        },
    ),
    Row(
        check="iam.frontend-role.services-only",
        name="the front end's role may read a table",
        change=lambda world: allow(
            world, FRONT_END, "dynamodb:GetItem", world.world.arn("dynamodb", "table/asharvi-orders")
        ),
        flips={"iam.frontend-role.services-only": FAIL, "iam.frontend-role.unused": WARN},
    ),
    Row(
        check="iam.frontend-role.unused",
        name="the front end's role is granted a service that it has never used",
        change=lambda world: allow(world, FRONT_END, "logs:DescribeLogGroups", "*"),
        flips={"iam.frontend-role.unused": WARN},
    ),
    Row(
        check="iam.policy-lint",
        name="a policy allows an action that does not exist",
        change=lambda world: allow(world, TASK, "secretsmanager:DescribeSecrets", world.world.arn("logs", "*")),
        flips={"iam.policy-lint": FAIL},
    ),
    Row(
        check="iam.exec-role.exists",
        name="the execution role is gone",
        change=lambda world: delete_role(world, EXECUTION),
        flips={
            "review.role-last-used": SKIP,
            "iam.exec-role.exists": FAIL,
            "iam.exec-role.ecr": SKIP,
            **both("iam.exec-role.logs", SKIP),
            **both("iam.exec-role.secrets", SKIP),
            "iam.cicd-role.permissions": SKIP,
            "iam.policy-lint": SKIP,
        },
    ),
    Row(
        check="iam.exec-role.ecr",
        name="ECS may not pull images",
        change=lambda world: world.fault("exec-role-ecr-denied"),
        flips={"iam.exec-role.ecr": FAIL},
    ),
    Row(
        check="iam.exec-role.logs",
        name="ECS may not write logs",
        change=lambda world: world.fault("exec-role-logs-denied"),
        flips=both("iam.exec-role.logs", FAIL),
    ),
    Row(
        check="iam.exec-role.secrets",
        name="ECS may not read secrets",
        change=lambda world: world.fault("exec-role-secret-denied"),
        flips=both("iam.exec-role.secrets", FAIL),
    ),
    Row(
        check="iam.task-role.exists",
        name="the role of prod's tasks is gone",
        change=lambda world: delete_role(world, TASK),
        flips={
            "review.role-last-used": SKIP,
            "maint.task-role-credentials": SKIP,
            "iam.task-role.exists": FAIL,
            "iam.task-role.least-privilege@prod": SKIP,
            "iam.task-role.logs@prod": SKIP,
            "iam.task-role.secrets@prod": SKIP,
            "iam.task-role.trust": SKIP,
            "iam.cicd-role.permissions": SKIP,
            "iam.policy-lint": SKIP,
        },
    ),
    Row(
        check="iam.task-role.trust",
        name="the role of prod's tasks trusts ECS for every account's tasks",
        change=lambda world: trust(world, TASK, _everybody_s),
        flips={"iam.task-role.trust": WARN},
    ),
    Row(
        check="iam.task-role.least-privilege",
        name="staging's tasks may read prod's secret",
        change=lambda world: allow(
            world,
            SITE.iam.task_role_of("staging"),
            READ_SECRET,
            world.world.arn("secretsmanager", f"secret:{PROD.secret_name}-??????"),
        ),
        flips={"iam.task-role.least-privilege@staging": FAIL},
    ),
    Row(
        check="iam.task-role.logs",
        name="prod's application may not write logs",
        change=lambda world: forbid(world, TASK, "logs:PutLogEvents"),
        flips={"iam.task-role.logs@prod": WARN},
    ),
    Row(
        check="iam.task-role.secrets",
        name="prod's application may not read its secret itself",
        change=lambda world: forbid(world, TASK, READ_SECRET),
        flips={"iam.task-role.secrets@prod": WARN},
    ),
    Row(
        check="iam.task-role.db",
        name="the data moves to a table that the tasks may not touch",
        change=_migrating,
        flips={
            **both("iam.task-role.db", FAIL),
            **both("secret.keys", FAIL),
            "sg.ecs.egress-db": FAIL,
            "net.path.aws-apis": WARN,
            "dynamo.endpoint": WARN,
            **both("dynamo.app-modified", WARN),
            **both("dynamo.secret-keys", FAIL),
            **both("dynamo.tables.active", FAIL),
        },
    ),
)
