"""More of the stock clients' waiters, unmodified: boto3's, and those of the aws CLI."""

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator.server import Simulator
from tests.support.simulated_app import client, step, stepped_simulator
from tests.support.simulator import ROOT, Running

pytestmark = pytest.mark.slow

CLUSTER, SERVICE = "asharvi-backend-cluster", "asharvi-backend-prod"


@pytest.fixture(scope="module")
def simulator_here() -> Iterator[Simulator]:
    with stepped_simulator() as running:
        yield running


@pytest.fixture(autouse=True)
def _sleeping(simulator_here: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a waiter sleeps, the simulated time goes on."""
    monkeypatch.setattr("botocore.waiter.time.sleep", lambda seconds: step(simulator_here.world, seconds))


def _network(simulator: Simulator) -> Any:
    world = simulator.world
    (service,) = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[SERVICE])["services"]
    return service["networkConfiguration"]


def test_a_task_of_its_own_runs_and_stops(simulator_here: Simulator) -> None:
    """tasks_running, then tasks_stopped when somebody stopped it."""
    ecs = client(simulator_here, "ecs")
    network = _network(simulator_here)
    asked = {"cluster": CLUSTER, "taskDefinition": SERVICE, "launchType": "FARGATE"}
    (task,) = ecs.run_task(**asked, networkConfiguration=network)["tasks"]
    ecs.get_waiter("tasks_running").wait(cluster=CLUSTER, tasks=[task["taskArn"]])
    ecs.stop_task(cluster=CLUSTER, task=task["taskArn"])
    ecs.get_waiter("tasks_stopped").wait(cluster=CLUSTER, tasks=[task["taskArn"]])


def test_a_load_balancer_is_there_and_then_is_not(simulator_here: Simulator) -> None:
    """load_balancer_exists, then load_balancers_deleted."""
    elb = client(simulator_here, "elbv2")
    (own,) = elb.describe_load_balancers()["LoadBalancers"]
    subnets = [each["SubnetId"] for each in own["AvailabilityZones"]]
    (made,) = elb.create_load_balancer(Name="gone", Subnets=subnets)["LoadBalancers"]
    elb.get_waiter("load_balancer_exists").wait(Names=["gone"])
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[made["LoadBalancerArn"]])


def test_a_nat_gateway_is_available_and_then_deleted(simulator_here: Simulator) -> None:
    """nat_gateway_available, nat_gateway_deleted."""
    ec2 = client(simulator_here, "ec2")
    (balancer,) = simulator_here.world.call("elbv2", "DescribeLoadBalancers")["LoadBalancers"]
    subnet = balancer["AvailabilityZones"][0]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[made])
    ec2.delete_nat_gateway(NatGatewayId=made)
    ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[made])


@pytest.mark.parametrize(
    ("service", "waiter", "asked"),
    [
        ("iam", "role_exists", {"RoleName": "AsharviOnCall"}),
        ("cloudwatch", "alarm_exists", {"AlarmNamePrefix": "asharvi"}),
        ("ec2", "vpc_available", {}),
        ("ec2", "subnet_available", {}),
        ("ecs", "services_stable", {"cluster": CLUSTER, "services": [SERVICE]}),
    ],
)
def test_what_stands_is_found_at_once(
    simulator_here: Simulator, service: str, waiter: str, asked: dict[str, Any]
) -> None:
    """No waiter sleeps for it."""
    before = simulator_here.world.clock.now()
    client(simulator_here, service).get_waiter(waiter).wait(**asked)
    assert simulator_here.world.clock.now() == before


@pytest.mark.parametrize(
    "words",
    [
        ("ecs", "wait", "services-stable", "--cluster", CLUSTER, "--services", SERVICE),
        ("elbv2", "wait", "load-balancer-available", "--names", "asharvi-backend-alb"),
    ],
)
def test_the_aws_cli_waits(simulator: Running, words: tuple[str, ...]) -> None:
    """It ends with 0 and says nothing."""
    program = ROOT / ".venv/bin/aws"
    done = subprocess.run(
        [program if program.exists() else "aws", *words], env=simulator.environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
