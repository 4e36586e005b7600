"""ECS's API around the engine: clusters, services that come and go, filters, pages and refusals."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runbook_tui.simulator.ecs.state import Schedule
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support import ecs_stage
from tests.support.stepped import CLUSTER, PROD, advance, client, stepped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def world(simulator: Simulator) -> World:
    return simulator.world


@pytest.fixture(autouse=True)
def _struck(world: World) -> Iterator[None]:
    yield
    ecs_stage.strike(world)


def _refused(world: World, code: str, operation: str, **parameters: Any) -> None:
    with pytest.raises(Refused) as raised:
        world.call("ecs", operation, **parameters)
    assert raised.value.code == code


def test_a_service_is_gone_when_its_last_task_is(simulator: Simulator, world: World) -> None:
    """It drains, becomes inactive, can still be described, is not listed, and its name is free again."""
    service = ecs_stage.create(world)
    place = {"cluster": CLUSTER, "service": service.name}
    _refused(world, "InvalidParameterException", "DeleteService", **place)
    assert world.call("ecs", "DeleteService", **place, force=True)["service"]["status"] == "DRAINING"
    _refused(world, "ServiceNotActiveException", "UpdateService", **place, desiredCount=1)
    arn = service.described()["serviceArn"]
    assert arn in world.call("ecs", "ListServices", cluster=CLUSTER)["serviceArns"]
    service.until(lambda self: bool(self.described()["status"] == "INACTIVE"), minutes=4)
    waiter = client(simulator, "ecs").get_waiter("services_inactive")
    waiter.wait(cluster=CLUSTER, services=[service.name], WaiterConfig={"Delay": 0, "MaxAttempts": 1})
    assert arn not in world.call("ecs", "ListServices", cluster=CLUSTER)["serviceArns"]
    assert service.described()["runningCount"] == 0
    assert world.backend("elbv2").target_groups[service.group].targets == {}


def test_what_a_new_service_may_not_be(world: World) -> None:
    """In the words of ECS."""
    service = ecs_stage.create(world, settled=False)
    like = service.described()
    order = {
        "cluster": CLUSTER,
        "serviceName": "staged-other",
        "taskDefinition": PROD,
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": like["networkConfiguration"],
    }
    _refused(world, "InvalidParameterException", "CreateService", **{**order, "serviceName": service.name})
    _refused(world, "ClientException", "CreateService", **{**order, "taskDefinition": "nobody"})
    _refused(world, "ClusterNotFoundException", "CreateService", **{**order, "cluster": "nowhere"})
    vpc = world.call("ec2", "DescribeVpcs")["Vpcs"][0]["VpcId"]
    group = world.call(
        "elbv2", "CreateTargetGroup", Name="alone", Protocol="HTTP", Port=3000, VpcId=vpc, TargetType="ip"
    )
    balancers = [
        {"targetGroupArn": group["TargetGroups"][0]["TargetGroupArn"], "containerName": "app", "containerPort": 3000}
    ]
    with pytest.raises(Refused, match="does not have an associated load balancer"):
        world.call("ecs", "CreateService", **order, loadBalancers=balancers)
    _refused(world, "NotSimulated", "CreateService", **order, deploymentController={"type": "CODE_DEPLOY"})


def test_a_cluster_in_use_cannot_be_deleted(world: World) -> None:
    """And its settings change one by one."""
    _refused(world, "ClusterContainsServicesException", "DeleteCluster", cluster=CLUSTER)
    former = world.call("ecs", "DescribeClusters", clusters=[CLUSTER], include=["SETTINGS"])["clusters"][0]["settings"]
    changed = world.call(
        "ecs", "UpdateClusterSettings", cluster=CLUSTER, settings=[{"name": "containerInsights", "value": "disabled"}]
    )["cluster"]
    assert changed["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    world.call("ecs", "UpdateClusterSettings", cluster=CLUSTER, settings=former)


def test_tasks_are_listed_by_what_they_are(world: World) -> None:
    """By service, family, who started them and launch type; stopped ones apart; in pages."""
    service = ecs_stage.create(world, desiredCount=3)
    deployment = service.primary()["id"]
    every = {each["taskArn"] for each in service.tasks()}

    def listed(**filters: Any) -> set[str]:
        arns: list[str] = world.call("ecs", "ListTasks", cluster=CLUSTER, **filters)["taskArns"]
        return set(arns)

    assert listed(startedBy=deployment) == listed(serviceName=service.name) == every
    assert listed(family=PROD) > every
    assert listed(family="nobody") == set()
    assert listed(launchType="EC2") == set()
    assert listed(serviceName=service.name, desiredStatus="STOPPED") == set()
    first = world.call("ecs", "ListTasks", cluster=CLUSTER, serviceName=service.name, maxResults=2)
    rest = world.call(
        "ecs", "ListTasks", cluster=CLUSTER, serviceName=service.name, maxResults=2, nextToken=first["nextToken"]
    )
    assert (len(first["taskArns"]), len(rest["taskArns"]), rest.get("nextToken")) == (2, 1, None)


def test_a_task_goes_through_its_states(world: World) -> None:
    """With the times of each, and connected when it has its interface."""
    service = ecs_stage.create(world, settled=False, desiredCount=1)
    states: list[str] = []
    for _ in range(60):
        advance(world, 1)
        for task in service.tasks():
            if not states or states[-1] != task["lastStatus"]:
                states.append(task["lastStatus"])
    assert states == ["PROVISIONING", "PENDING", "RUNNING"]
    (task,) = service.tasks()
    assert (
        task["createdAt"] < task["connectivityAt"] <= task["pullStartedAt"] < task["pullStoppedAt"] <= task["startedAt"]
    )
    assert (task["connectivity"], task["attachments"][0]["status"]) == ("CONNECTED", "ATTACHED")
    assert "stoppedReason" not in task
    world.call("ecs", "StopTask", cluster=CLUSTER, task=task["taskArn"])
    states.clear()
    for _ in range(90):
        (now,) = world.call("ecs", "DescribeTasks", cluster=CLUSTER, tasks=[task["taskArn"]])["tasks"]
        if not states or states[-1] != now["lastStatus"]:
            states.append(now["lastStatus"])
        advance(world, 0.5)
    assert states == ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]


def test_service_deployments_are_filtered_and_paged(world: World) -> None:
    """By status; the newest first."""
    service = ecs_stage.create(world)
    service.update(forceNewDeployment=True)
    service.until_settled()

    def listed(**more: Any) -> Any:
        return world.call("ecs", "ListServiceDeployments", cluster=CLUSTER, service=service.name, **more)

    found = listed()["serviceDeployments"]
    assert [each["status"] for each in found] == ["SUCCESSFUL", "SUCCESSFUL"]
    assert found[0]["createdAt"] > found[1]["createdAt"]
    assert listed(status=["IN_PROGRESS"])["serviceDeployments"] == []
    page = listed(maxResults=1)
    assert listed(maxResults=1, nextToken=page["nextToken"])["serviceDeployments"] == found[1:]
    second = timedelta(seconds=1)
    assert listed(createdAt={"after": found[0]["createdAt"] - second})["serviceDeployments"] == found[:1]
    assert listed(createdAt={"before": found[1]["createdAt"] + second})["serviceDeployments"] == found[1:]
    found = world.call("ecs", "DescribeServiceDeployments", serviceDeploymentArns=["arn:aws:ecs:x"])
    assert [each["reason"] for each in found["failures"]] == ["MISSING"]


def test_without_capacity_nothing_is_placed(world: World) -> None:
    """Said once, in AWS's words; afterwards the tasks come."""
    service = ecs_stage.create(world)
    text = "Capacity is unavailable at this time. Please try again later or in a different availability zone."
    world.store(Schedule).no_capacity = text
    service.update(desiredCount=4)
    advance(world, 600)
    assert service.messages().count(f"was unable to place a task. Reason: {text}") == 1
    assert len(service.tasks()) == 2
    world.store(Schedule).no_capacity = ""
    service.until(lambda self: bool(self.described()["runningCount"] == 4), minutes=5)


def test_a_deployment_that_can_neither_start_nor_stop_says_so(world: World) -> None:
    """One task, and no room for a second."""
    limits = {"minimumHealthyPercent": 60, "maximumPercent": 100}
    service = ecs_stage.create(world, desiredCount=1, deploymentConfiguration=limits)
    service.update(forceNewDeployment=True)
    advance(world, 300)
    stuck = [
        each for each in service.messages() if each.startswith("was unable to stop or start tasks during a deploy")
    ]
    assert len(stuck) == 1
    assert len(service.tasks()) == 1
