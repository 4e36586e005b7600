"""boto3's waiters, unmodified: while they sleep, the simulated time goes on."""

from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator import fleet
from runbook_tui.simulator.server import Simulator
from tests.support.simulated_app import client, step, stepped_simulator, tasks

pytestmark = pytest.mark.slow

SERVICE = "asharvi-backend-prod"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped_simulator() as running:
        yield running


@pytest.fixture
def slept(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long waiters slept, in simulated seconds."""
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        step(simulator.world, seconds)

    monkeypatch.setattr("botocore.waiter.time.sleep", sleep)
    return naps


def _vpc(simulator: Simulator) -> tuple[str, list[str], str]:
    """The VPC, its public subnets, the load balancer's group."""
    (balancer,) = simulator.world.call("elbv2", "DescribeLoadBalancers")["LoadBalancers"]
    subnets = [each["SubnetId"] for each in balancer["AvailabilityZones"]]
    return balancer["VpcId"], subnets, balancer["SecurityGroups"][0]


def test_load_balancer_available(simulator: Simulator, slept: list[float]) -> None:
    """Two minutes of provisioning, and nothing is let in before."""
    elb = client(simulator, "elbv2")
    _, subnets, group = _vpc(simulator)
    (made,) = elb.create_load_balancer(Name="tests", Subnets=subnets, SecurityGroups=[group])["LoadBalancers"]
    assert made["State"]["Code"] == "provisioning"
    elb.get_waiter("load_balancer_available").wait(Names=["tests"])
    assert sum(slept) == 120
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])


def test_target_in_service_and_deregistered(simulator: Simulator, slept: list[float]) -> None:
    """After its row of checks; and gone after its delay."""
    elb = client(simulator, "elbv2")
    vpc, _, _ = _vpc(simulator)
    (group,) = elb.create_target_group(
        Name="tests",
        Protocol="HTTP",
        Port=3000,
        VpcId=vpc,
        TargetType="ip",
        HealthCheckPath="/ready",
        HealthCheckIntervalSeconds=30,
        HealthyThresholdCount=5,
    )["TargetGroups"]
    place: dict[str, Any] = {"TargetGroupArn": group["TargetGroupArn"]}
    (listener,) = [each for each in _listeners(simulator) if each["Port"] == 443]
    rule = elb.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=97,
        Conditions=[{"Field": "path-pattern", "Values": ["/tests"]}],
        Actions=[{"Type": "forward", **place}],
    )["Rules"][0]["RuleArn"]
    target = {"Id": fleet.address_of(tasks(simulator.world, SERVICE)[0]), "Port": 3000}
    elb.register_targets(**place, Targets=[target])
    elb.get_waiter("target_in_service").wait(**place)
    assert sum(slept) == 150
    slept.clear()
    elb.deregister_targets(**place, Targets=[target])
    elb.get_waiter("target_deregistered").wait(**place, Targets=[target])
    assert sum(slept) == 300
    elb.delete_rule(RuleArn=rule)
    elb.delete_target_group(**place)


def _listeners(simulator: Simulator) -> list[dict[str, Any]]:
    world = simulator.world
    (balancer,) = world.call("elbv2", "DescribeLoadBalancers")["LoadBalancers"]
    found: list[dict[str, Any]] = world.call("elbv2", "DescribeListeners", LoadBalancerArn=balancer["LoadBalancerArn"])[
        "Listeners"
    ]
    return found


def test_a_certificate_and_the_record_that_proves_it(simulator: Simulator, slept: list[float]) -> None:
    """The record is in sync within a minute, the certificate validated within four."""
    acm, dns = client(simulator, "acm"), client(simulator, "route53")
    arn = acm.request_certificate(DomainName="tests.asharvi.test", ValidationMethod="DNS")["CertificateArn"]
    (proof,) = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
    record = {
        "Name": proof["ResourceRecord"]["Name"],
        "Type": "CNAME",
        "TTL": 300,
        "ResourceRecords": [{"Value": proof["ResourceRecord"]["Value"]}],
    }
    change = dns.change_resource_record_sets(
        HostedZoneId=dns.list_hosted_zones()["HostedZones"][0]["Id"],
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )["ChangeInfo"]
    dns.get_waiter("resource_record_sets_changed").wait(Id=change["Id"])
    assert sum(slept) == 60
    acm.get_waiter("certificate_validated").wait(CertificateArn=arn)
    assert sum(slept) == 120
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
