"""Route 53 and ACM on a stepped clock: answers, changes, certificates that their records prove."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from runbook_tui.simulator import certificates
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.simulated_app import step, stepped_simulator

pytestmark = pytest.mark.slow

HOST = "api.asharvi.test"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped_simulator() as running:
        yield running


@pytest.fixture
def world(simulator: Simulator) -> World:
    return simulator.world


@pytest.fixture
def zone(world: World) -> str:
    (found,) = world.call("route53", "ListHostedZonesByName", DNSName="asharvi.test")["HostedZones"]
    return str(found["Id"]).rpartition("/")[2]


def _asked(world: World, zone: str, name: str, kind: str = "A") -> tuple[str, list[str]]:
    answer = world.call("route53", "TestDNSAnswer", HostedZoneId=zone, RecordName=name, RecordType=kind)
    return answer["ResponseCode"], answer["RecordData"]


def _change(world: World, zone: str, action: str, record: dict[str, Any]) -> str:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    answer = world.call("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch=batch)
    assert answer["ChangeInfo"]["Status"] == "PENDING"
    return str(answer["ChangeInfo"]["Id"])


def _resolved(simulator: Simulator, name: str) -> dict[str, Any]:
    with httpx.Client(trust_env=False) as http:
        answer = http.get(f"{simulator.endpoint_url}/_sim/resolve", params={"name": name})
    found: dict[str, Any] = answer.json()
    return found


def test_both_hosts_are_the_load_balancer(simulator: Simulator, world: World, zone: str) -> None:
    """Route 53's answer, a resolver's answer, and the load balancer's own name agree."""
    (balancer,) = world.call("elbv2", "DescribeLoadBalancers", Names=["asharvi-backend-alb"])["LoadBalancers"]
    addresses = _resolved(simulator, balancer["DNSName"])["addresses"]
    assert len(set(addresses)) == 2
    for host in (HOST, f"staging-{HOST}"):
        assert _asked(world, zone, host) == ("NOERROR", addresses)
        assert _resolved(simulator, host) == {"name": host, "code": "NOERROR", "addresses": addresses}


def test_names_that_are_not_there(simulator: Simulator, world: World, zone: str) -> None:
    """No such name, no such type, no such zone."""
    assert _asked(world, zone, "nobody.asharvi.test") == ("NXDOMAIN", [])
    assert _asked(world, zone, HOST, "MX") == ("NOERROR", [])
    assert _resolved(simulator, "elsewhere.test")["code"] == "NXDOMAIN"
    with pytest.raises(Refused) as raised:
        _asked(world, "Z0", HOST)
    assert raised.value.code == "NoSuchHostedZone"


def test_a_resolver_follows_a_chain_of_names(simulator: Simulator, world: World, zone: str) -> None:
    """A name that leads to itself is a failure, not an endless search."""
    for name, target in (("www", HOST), ("loop", "loop.asharvi.test")):
        record = {"Name": f"{name}.asharvi.test", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": target}]}
        _change(world, zone, "UPSERT", record)
    assert _resolved(simulator, "www.asharvi.test")["addresses"] == _resolved(simulator, HOST)["addresses"]
    assert _resolved(simulator, "loop.asharvi.test")["code"] == "SERVFAIL"


def test_weights_decide_between_records(world: World, zone: str) -> None:
    """One of weight 0 is never the answer."""
    for identifier, weight, address in (("all", 10, "203.0.113.1"), ("none", 0, "203.0.113.2")):
        record = {
            "Name": "weighted.asharvi.test",
            "Type": "A",
            "TTL": 60,
            "SetIdentifier": identifier,
            "Weight": weight,
            "ResourceRecords": [{"Value": address}],
        }
        _change(world, zone, "UPSERT", record)
    assert {tuple(_asked(world, zone, "weighted.asharvi.test")[1]) for _ in range(20)} == {("203.0.113.1",)}


def test_a_change_takes_its_time(world: World, zone: str) -> None:
    """PENDING, then INSYNC; an id that nobody was given is no change."""
    record = {"Name": "slow.asharvi.test", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.9"}]}
    change = _change(world, zone, "CREATE", record)
    step(world, 39)
    assert world.call("route53", "GetChange", Id=change)["ChangeInfo"]["Status"] == "PENDING"
    step(world, 1)
    assert world.call("route53", "GetChange", Id=change)["ChangeInfo"]["Status"] == "INSYNC"
    with pytest.raises(Refused) as raised:
        world.call("route53", "GetChange", Id="C0")
    assert raised.value.code == "NoSuchChange"


def _certificate(world: World, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = world.call("acm", "DescribeCertificate", CertificateArn=arn)["Certificate"]
    return found


def _requested(world: World, host: str) -> str:
    answer = world.call("acm", "RequestCertificate", DomainName=host, ValidationMethod="DNS")
    return str(answer["CertificateArn"])


def test_a_certificate_is_issued_once_its_record_exists(world: World, zone: str) -> None:
    """Not before; and it has no end until then."""
    arn = _requested(world, "new.asharvi.test")
    step(world, 3600)
    waiting = _certificate(world, arn)
    assert (waiting["Status"], "NotAfter" in waiting) == ("PENDING_VALIDATION", False)
    (proof,) = waiting["DomainValidationOptions"]
    assert proof["ValidationStatus"] == "PENDING_VALIDATION"
    record = proof["ResourceRecord"]
    value = [{"Value": record["Value"]}]
    _change(
        world, zone, "CREATE", {"Name": record["Name"], "Type": record["Type"], "TTL": 300, "ResourceRecords": value}
    )
    step(world, 120)
    issued = _certificate(world, arn)
    assert (issued["Status"], issued["DomainValidationOptions"][0]["ValidationStatus"]) == ("ISSUED", "SUCCESS")
    assert issued["NotAfter"] - issued["NotBefore"] == timedelta(days=198)
    listed = [each["CertificateArn"] for each in world.call("acm", "ListCertificates")["CertificateSummaryList"]]
    assert arn in listed


def test_a_certificate_without_its_record_times_out(world: World) -> None:
    """After 72 hours; a list names it only when that state is asked for."""
    arn = _requested(world, "forgotten.asharvi.test")
    step(world, 72 * 3600)
    found = _certificate(world, arn)
    assert (found["Status"], found["DomainValidationOptions"][0]["ValidationStatus"]) == (
        "VALIDATION_TIMED_OUT",
        "FAILED",
    )
    assert arn not in [
        each["CertificateArn"] for each in world.call("acm", "ListCertificates")["CertificateSummaryList"]
    ]
    wanted = world.call("acm", "ListCertificates", CertificateStatuses=["VALIDATION_TIMED_OUT"])
    assert arn in [each["CertificateArn"] for each in wanted["CertificateSummaryList"]]


def test_the_load_balancers_certificate_is_in_use_and_renews(world: World) -> None:
    """Valid for months; near its end ACM says that it will renew it, past it that it has expired."""
    (summary,) = [each for each in world.call("acm", "ListCertificates")["CertificateSummaryList"] if each["InUse"]]
    arn = summary["CertificateArn"]
    found = _certificate(world, arn)
    assert [found["Status"], found["RenewalEligibility"], len(found["InUseBy"])] == ["ISSUED", "ELIGIBLE", 1]
    assert "RenewalSummary" not in found
    certificates.expire_at(world, arn, world.clock.now() + timedelta(days=5))
    assert _certificate(world, arn)["RenewalSummary"]["RenewalStatus"] == "PENDING_AUTO_RENEWAL"
    step(world, 5 * 86_400)
    assert _certificate(world, arn)["Status"] == "EXPIRED"
    certificates.expire_at(world, arn, found["NotAfter"])
    assert _certificate(world, arn)["Status"] == "ISSUED"
    with pytest.raises(Refused):
        certificates.expire_at(world, "arn:aws:acm:ap-south-1:123456789012:certificate/none", world.clock.now())
