"""Log groups: logs.group.*"""

from tests.mutations.contract import FAIL, SKIP, WARN, Row
from tests.support.changes import PROD

ROWS = (
    Row(
        check="logs.group.exists",
        name="prod's log group is gone",
        change=lambda world: world.client("logs").delete_log_group(logGroupName=PROD.log_group),
        flips={
            "logs.group.exists@prod": FAIL,
            "roll.log-errors@prod": SKIP,
            "logs.group.retention@prod": SKIP,
            "logs.flowing@prod": SKIP,
            "ecs.taskdef.logging@prod": FAIL,
            "pre.dedicated-resources": WARN,
            "db.app-reachability@prod": SKIP,
        },
    ),
    Row(
        check="logs.group.retention",
        name="prod's log events never expire",
        change=lambda world: world.client("logs").delete_retention_policy(logGroupName=PROD.log_group),
        flips={"logs.group.retention@prod": WARN},
    ),
)
