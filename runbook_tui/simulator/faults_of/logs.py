"""CloudWatch Logs: the group that tasks write to."""

from runbook_tui.simulator.faults_of.prod import PROD, put_back
from runbook_tui.simulator.logs.metrics import all_filters, filters_of
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("log-group-missing", "prod: the log group was deleted, and its lines with it")
def log_group_missing(world: World, _argument: str) -> Undo:
    groups = world.backend("logs").groups
    order, former = list(groups), groups.get(PROD.log_group)
    filters = filters_of(world, PROD.log_group)
    world.call("logs", "DeleteLogGroup", logGroupName=PROD.log_group)

    def undo() -> None:
        put_back(groups, PROD.log_group, former, order)
        all_filters(world).extend(dict(each) for each in filters)

    return undo
