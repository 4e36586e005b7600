"""The service of prod as it is set, and the application that runs in it."""

from runbook_tui.simulator.faults_of.prod import PROD, service, update
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("targets-unhealthy", "prod: the application answers /ready with 503, so all its targets become unhealthy")
def targets_unhealthy(world: World, _argument: str) -> Undo:
    service(world)
    world.ready_status[PROD.service] = 503
    return lambda: _forget(world.ready_status.pop(PROD.service, None))


@fault("circuit-breaker-off", "prod: the service deploys without its circuit breaker")
def circuit_breaker_off(world: World, _argument: str) -> Undo:
    former = service(world)["deploymentConfiguration"]
    without = {**former, "deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    update(world, deploymentConfiguration=without)
    return lambda: update(world, deploymentConfiguration=former)


def _forget(_former: object) -> None:
    """An undo returns nothing."""
