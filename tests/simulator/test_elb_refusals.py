"""What ELB, ACM and WAF refuse, asked by a stock client."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.server import Simulator
from tests.support.stepped import client, stepped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def elb(simulator: Simulator) -> Any:
    return client(simulator, "elbv2")


@pytest.fixture
def balancer(elb: Any) -> Any:
    return elb.describe_load_balancers()["LoadBalancers"][0]


@pytest.fixture
def https(elb: Any, balancer: Any) -> Any:
    listed = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return next(one for one in listed if one["Port"] == 443)


def code(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return str(raised.value.response["Error"]["Code"])


def test_what_is_made_twice(elb: Any, balancer: Any, https: Any) -> None:
    """The same request is answered with what is there, another one of the same name or place is refused."""
    own = {
        "Name": balancer["LoadBalancerName"],
        "Subnets": [one["SubnetId"] for one in balancer["AvailabilityZones"]],
        "SecurityGroups": balancer["SecurityGroups"],
    }
    (again,) = elb.create_load_balancer(**own, Scheme="internet-facing")["LoadBalancers"]
    assert again["LoadBalancerArn"] == balancer["LoadBalancerArn"]
    assert code(elb.create_load_balancer, **own, Scheme="internal") == "DuplicateLoadBalancerName"
    (group,) = elb.describe_target_groups(Names=["asharvi-backend-tg-prod"])["TargetGroups"]
    told = ("Protocol", "ProtocolVersion", "Port", "VpcId", "TargetType", "HealthCheckPath")
    times = ("HealthCheckIntervalSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount")
    same = {"Name": group["TargetGroupName"], **{name: group[name] for name in (*told, *times)}}
    (found,) = elb.create_target_group(**same)["TargetGroups"]
    assert found["TargetGroupArn"] == group["TargetGroupArn"]
    assert code(elb.create_target_group, **{**same, "HealthCheckPath": "/"}) == "DuplicateTargetGroupName"
    place = {"LoadBalancerArn": balancer["LoadBalancerArn"], "Port": 80, "Protocol": "HTTP"}
    assert code(elb.create_listener, **place, DefaultActions=https["DefaultActions"]) == "DuplicateListener"
    rule = {"Conditions": [{"Field": "path-pattern", "Values": ["/x"]}], "Actions": https["DefaultActions"]}
    assert code(elb.create_rule, ListenerArn=https["ListenerArn"], Priority=10, **rule) == "PriorityInUse"


def test_what_cannot_be_made(elb: Any, balancer: Any) -> None:
    """A load balancer in one zone, HTTPS without a certificate."""
    subnet = balancer["AvailabilityZones"][0]["SubnetId"]
    groups = balancer["SecurityGroups"]
    assert code(elb.create_load_balancer, Name="new", Subnets=[subnet], SecurityGroups=groups) == "ValidationError"
    place = {"LoadBalancerArn": balancer["LoadBalancerArn"], "Port": 8443, "Protocol": "HTTPS"}
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    assert code(elb.create_listener, **place, DefaultActions=[answer]) == "ValidationError"


def test_what_is_in_use_is_not_deleted(simulator: Simulator, elb: Any, balancer: Any, https: Any) -> None:
    """Nor is a load balancer that is protected, nor a rule that is gone."""
    arn = balancer["LoadBalancerArn"]
    (group,) = elb.describe_target_groups(Names=["asharvi-backend-tg-prod"])["TargetGroups"]
    certificate = https["Certificates"][0]["CertificateArn"]
    waf = client(simulator, "wafv2")
    (acl,) = waf.list_web_acls(Scope="REGIONAL")["WebACLs"]
    named = {"Name": acl["Name"], "Id": acl["Id"], "Scope": "REGIONAL", "LockToken": acl["LockToken"]}
    assert code(elb.delete_target_group, TargetGroupArn=group["TargetGroupArn"]) == "ResourceInUse"
    assert code(elb.delete_load_balancer, LoadBalancerArn=arn) == "OperationNotPermitted"
    assert code(client(simulator, "acm").delete_certificate, CertificateArn=certificate) == "ResourceInUseException"
    assert code(waf.delete_web_acl, **named) == "WAFAssociatedItemException"
    gone = https["ListenerArn"].replace(":listener/", ":listener-rule/") + "/0"
    assert code(elb.delete_rule, RuleArn=gone) == "RuleNotFound"


def test_certificates_of_a_listener(simulator: Simulator, elb: Any, https: Any) -> None:
    """Only issued ones; the default one is replaced alone, and cannot be taken away."""
    acm, listener = client(simulator, "acm"), https["ListenerArn"]
    default = https["Certificates"][0]["CertificateArn"]
    new = acm.request_certificate(DomainName="x.asharvi.test", ValidationMethod="DNS")["CertificateArn"]
    given = [{"CertificateArn": new}]
    assert code(elb.add_listener_certificates, ListenerArn=listener, Certificates=given) == "UnsupportedCertificate"
    assert code(elb.modify_listener, ListenerArn=listener, Certificates=given) == "UnsupportedCertificate"
    of_default = [{"CertificateArn": default}]
    refused = code(elb.remove_listener_certificates, ListenerArn=listener, Certificates=of_default)
    assert refused == "OperationNotPermitted"


def test_a_token_of_acm_is_short_and_plain(simulator: Simulator) -> None:
    """At most 32 letters and digits; the same token again is the same certificate."""
    acm = client(simulator, "acm")
    wanted = {"DomainName": "y.asharvi.test", "ValidationMethod": "DNS"}
    for token in ("run-1", "x" * 33):
        assert code(acm.request_certificate, **wanted, IdempotencyToken=token) == "ValidationException"
    made = {acm.request_certificate(**wanted, IdempotencyToken="a" * 32)["CertificateArn"] for _ in range(2)}
    assert len(made) == 1


def test_a_resource_has_one_web_acl(simulator: Simulator, balancer: Any) -> None:
    """A second one takes the place of the first."""
    waf, arn = client(simulator, "wafv2"), balancer["LoadBalancerArn"]
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "second"}
    made = waf.create_web_acl(Name="second", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen)
    waf.associate_web_acl(WebACLArn=made["Summary"]["ARN"], ResourceArn=arn)
    assert waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["Name"] == "second"
    waf.disassociate_web_acl(ResourceArn=arn)
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=arn)
