"""Service Quotas in the simulator, and what ECS does when one is reached."""

from collections.abc import Iterator

import pytest

from runbook_tui.simulator import faults
from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.quotas import ON_DEMAND, REACHED
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import advance, client, stepped

pytestmark = pytest.mark.slow
PROD = ENVIRONMENTS["prod"]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


def granted(simulator: Simulator) -> float:
    asked = {"ServiceCode": "fargate", "QuotaCode": ON_DEMAND.code}
    return float(client(simulator, "service-quotas").get_service_quota(**asked)["Quota"]["Value"])


def test_a_quota_is_had_by_its_code_and_in_the_list(simulator: Simulator) -> None:
    """What Fargate grants, and that there is no other by a wrong code."""
    quotas = client(simulator, "service-quotas")
    listed = quotas.list_service_quotas(ServiceCode="fargate")["Quotas"]
    assert {one["QuotaCode"]: one["Value"] for one in listed}[ON_DEMAND.code] == granted(simulator) == 140
    with pytest.raises(quotas.exceptions.NoSuchResourceException):
        quotas.get_service_quota(ServiceCode="fargate", QuotaCode="L-0")


def test_a_reached_quota_lets_no_task_start(simulator: Simulator) -> None:
    """What runs runs on; a deployment waits, and ECS says why in AWS's words; with room again it goes on."""
    ecs = client(simulator, "ecs")
    place = {"cluster": SITE.ecs.cluster, "services": [PROD.service]}
    faults.set_fault(simulator.world, "task-quota")
    assert granted(simulator) == 3  # two tasks of one vCPU, two of a half
    ecs.update_service(cluster=SITE.ecs.cluster, service=PROD.service, forceNewDeployment=True)
    advance(simulator.world, 300)
    (service,) = ecs.describe_services(**place)["services"]
    assert (service["runningCount"], service["deployments"][0]["runningCount"]) == (2, 0)
    said = [event["message"] for event in service["events"]]
    assert f"service ({PROD.service}) was unable to place a task. Reason: {REACHED}" in said
    faults.clear_fault(simulator.world, "task-quota")
    advance(simulator.world, 900)
    (service,) = ecs.describe_services(**place)["services"]
    assert [(one["status"], one["runningCount"]) for one in service["deployments"]] == [("PRIMARY", 2)]


def test_a_task_of_one_s_own_is_refused_as_well(simulator: Simulator) -> None:
    """RunTask names the reason among its failures."""
    faults.set_fault(simulator.world, "task-quota")
    ecs = client(simulator, "ecs")
    (service,) = ecs.describe_services(cluster=SITE.ecs.cluster, services=[PROD.service])["services"]
    answer = ecs.run_task(
        cluster=SITE.ecs.cluster,
        taskDefinition=service["taskDefinition"],
        launchType="FARGATE",
        networkConfiguration=service["networkConfiguration"],
    )
    assert (answer["tasks"], [one["reason"] for one in answer["failures"]]) == ([], [REACHED])
