"""The account's quota on Fargate's vCPU."""

from runbook_tui.simulator.faults_of.prod import service
from runbook_tui.simulator.quotas import ON_DEMAND, Granted, in_use
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("task-quota", "Fargate grants the account no more vCPU than run now: nothing scales out, no deployment has room")
def task_quota(world: World, _argument: str) -> Undo:
    service(world)
    changed = world.store(Granted).changed
    former = changed.get(ON_DEMAND.code)
    changed[ON_DEMAND.code] = in_use(world)

    def undo() -> None:
        changed.pop(ON_DEMAND.code, None)
        if former is not None:
            changed[ON_DEMAND.code] = former

    return undo
