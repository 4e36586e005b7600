"""The load balancer, its listeners, the target groups and their targets."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged, with_service
from tests.support.backend_site import PROD, SITE, STAGING, VPC, Raw, site_with
from tests.support.facts import Answers, with_answer
from tests.support.raw_ecs import deployment
from tests.support.raw_elb import balancer, listener, redirect, rule, target, target_group

PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
FORWARD = {"Type": "forward", "TargetGroupArn": "arn:…"}
FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def with_balancer(**changes: object) -> Answers:
    return with_answer(healthy(), "elbv2", "describe_load_balancers", {"LoadBalancers": [balancer(**changes)]})


def no_balancer() -> Answers:
    return with_answer(healthy(), "elbv2", "describe_load_balancers", Missing("elbv2:load-balancer", "?"))


def balancer_cases() -> Iterator[Case]:
    check = "alb.exists"
    yield Case(check=check, status=PASS, given=healthy(), says=("is active",))
    yield Case(check=check, status=FAIL, given=no_balancer(), says=("asharvi-backend-alb not found",))
    network = with_balancer(Type="network")
    yield Case(check=check, status=FAIL, given=network, says=("a network load balancer",))
    for state in ("failed", "active_impaired"):
        given = with_balancer(State={"Code": state, "Reason": "no free addresses"})
        yield Case(check=check, status=FAIL, given=given, says=(state, "no free addresses"))
    yield Case(check=check, status=WARN, given=with_balancer(State={"Code": "provisioning"}), says=("provisioning",))


def with_listeners(*listeners: Raw) -> Answers:
    return with_answer(healthy(), "elbv2", "describe_listeners", {"Listeners": list(listeners)})


def default_80(action: Raw, *rules: Raw) -> Answers:
    given = with_listeners(listener(80, DefaultActions=[action]), listener(443))
    return with_answer(given, "elbv2", "describe_rules", {"Rules": [*rules, rule(action, default=True)]})


def redirect_cases() -> Iterator[Case]:
    check = "alb.http-redirect"
    yield Case(check=check, status=PASS, given=healthy(), says=("port 80 redirects to HTTPS",))
    yield Case(check=check, status=PASS, given=default_80(redirect(), rule(redirect(Host="www.asharvi.dev"))))
    yield Case(check=check, status=FAIL, given=default_80(FORWARD), says=("forwards plain HTTP",))
    behind = default_80(redirect(), rule(FORWARD))
    yield Case(check=check, status=FAIL, given=behind, says=("forwards plain HTTP",))
    same_port = default_80(redirect(Port="#{port}"))
    yield Case(check=check, status=FAIL, given=same_port, says=("keeps port #{port}",))
    plain = default_80(redirect(Protocol="#{protocol}"))
    yield Case(check=check, status=FAIL, given=plain, says=("redirects to #{protocol}",))
    implied = default_80({"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS"}})
    yield Case(check=check, status=FAIL, given=implied, says=("keeps port #{port}",))
    short = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    yield Case(check=check, status=PASS, given=default_80({"Type": "redirect", "RedirectConfig": short}))
    yield Case(check=check, status=WARN, given=default_80(redirect(StatusCode="HTTP_302")), says=("HTTP_302",))
    yield Case(check=check, status=WARN, given=default_80(redirect(Port="8443")), says=("port 8443",))
    yield Case(check=check, status=WARN, given=default_80(redirect(Host="x.asharvi.dev")), says=("fixed host",))
    yield Case(check=check, status=WARN, given=default_80(redirect(Path="/")), says=("fixed path /",))
    yield Case(check=check, status=WARN, given=default_80(FIXED), says=("no redirect",))
    mixed = default_80(redirect(), rule(FIXED))
    yield Case(check=check, status=WARN, given=mixed, says=("answer with fixed-response",))
    odd = with_listeners(listener(80, Protocol="HTTPS"), listener(443))
    yield Case(check=check, status=WARN, given=odd, says=("port 80 speaks HTTPS",))
    closed = with_listeners(listener(443))
    yield Case(check=check, status=WARN, given=closed, says=("no listener on port 80",))
    on_purpose = site_with(net=replace(SITE.net, allow_http_redirect=False))
    yield Case(check=check, status=SKIP, given=closed, site=on_purpose, says=("closed on purpose",))
    yield Case(check=check, status=FAIL, given=default_80(FORWARD), site=on_purpose)
    yield Case(check=check, status=SKIP, given=no_balancer(), says=("blocked by alb.exists",))


def accepting(*protocols: str) -> Answers:
    policy = {"Name": SITE.alb.ssl_policy, "SslProtocols": list(protocols)}
    return with_answer(healthy(), "elbv2", "describe_ssl_policies", {"SslPolicies": [policy]})


def https_cases() -> Iterator[Case]:
    check = "alb.https-listener"
    yield Case(check=check, status=PASS, given=healthy(), says=("1 certificate",))
    yield Case(check=check, status=PASS, given=accepting("TLSv1.3"))
    yield Case(check=check, status=FAIL, given=with_listeners(listener(80)), says=("no listener on port 443",))
    plain = with_listeners(listener(443, Protocol="HTTP"))
    yield Case(check=check, status=FAIL, given=plain, says=("port 443 speaks HTTP",))
    bare = with_listeners(listener(443, Certificates=[]))
    bare = with_answer(bare, "elbv2", "describe_listener_certificates", {"Certificates": []})
    yield Case(check=check, status=FAIL, given=bare, says=("no default certificate",))
    old = accepting("TLSv1", "TLSv1.1", "TLSv1.2")
    yield Case(check=check, status=WARN, given=old, says=("still accepts TLSv1, TLSv1.1",))
    yield Case(check=check, status=WARN, given=accepting(), says=("names no protocol",))
    yield Case(check=check, status=SKIP, given=no_balancer(), says=("blocked by alb.exists",))


def with_groups(prod: Raw | None, staging: Raw | None = None) -> Answers:
    found = {PROD.target_group: prod, STAGING.target_group: staging or target_group(STAGING)}

    def describe(**asked: Any) -> Mapping[str, Any]:
        (name,) = asked["Names"]
        if found[name] is None:
            raise Missing("elbv2:target-group", name)
        return {"TargetGroups": [found[name]]}

    return with_answer(healthy(), "elbv2", "describe_target_groups", describe)


def group(**changes: Any) -> Answers:
    return with_groups(target_group(**changes))


def group_cases() -> Iterator[Case]:
    check = "tg.exists"
    yield Case(check=check, status=PASS, given=healthy(), says=("type ip, port 3000",))
    yield Case(check=check, status=FAIL, given=with_groups(None), says=("asharvi-backend-tg-prod not found",))
    yield Case(check=check, status=FAIL, given=group(TargetType="instance"), says=("Fargate needs ip",))
    elsewhere = site_with(net=replace(SITE.net, vpc_id="vpc-0ffffffff"))
    yield Case(check=check, status=FAIL, given=healthy(), site=elsewhere, says=(VPC, "expected vpc-0ffffffff"))
    here = site_with(net=replace(SITE.net, vpc_id=VPC))
    yield Case(check=check, status=PASS, given=healthy(), site=here)
    yield Case(check=check, status=FAIL, given=group(LoadBalancerArns=[]), says=("no listener rule",))
    other = ["arn:aws:elasticloadbalancing:ap-south-1:123456789012:loadbalancer/app/asharvi-backend-alb-old/1"]
    yield Case(check=check, status=FAIL, given=group(LoadBalancerArns=other), says=("no listener rule",))
    yield Case(check=check, status=WARN, given=group(Port=80), says=("port 80, expected 3000",))
    yield Case(check=check, status=WARN, given=group(Protocol="HTTPS"), says=("protocol HTTPS",))

    check = "tg.health-check"
    yield Case(check=check, status=PASS, given=healthy(), says=("/ready every 15 s, 200 wanted",))
    yield Case(check=check, status=FAIL, given=group(HealthCheckPath="/readyz"), says=("path /readyz",))
    yield Case(check=check, status=FAIL, given=group(HealthCheckPort="8080"), says=("port 8080",))
    yield Case(check=check, status=FAIL, given=group(HealthCheckEnabled=False), says=("are off",))
    numbered = with_groups(target_group(HealthCheckPort="3000"), target_group(STAGING, HealthCheckPort="3000"))
    yield Case(check=check, status=PASS, given=numbered)
    for code, wide in (("200-399", True), ("200,404", True), ("200-299", False), ("200,204", False)):
        both = with_groups(target_group(Matcher={"HttpCode": code}), target_group(STAGING, Matcher={"HttpCode": code}))
        yield Case(check=check, status=WARN if wide else PASS, given=both, says=(f"{code}",))
    slow = group(HealthCheckIntervalSeconds=60, UnhealthyThresholdCount=3)
    yield Case(check=check, status=WARN, given=slow, says=("noticed after 180 s", "interval differ from staging"))
    yield Case(check=check, status=WARN, given=group(HealthCheckTimeoutSeconds=15), says=("not below the interval",))
    yield Case(check=check, status=WARN, given=group(HealthCheckProtocol="HTTPS"), says=("speak HTTPS",))
    apart = with_groups(target_group(), target_group(STAGING, HealthCheckPath="/"))
    yield Case(check=check, status=WARN, given=apart, says=("path differ from staging",))
    alone = with_groups(None)
    yield Case(check=check, status=PASS, given=alone, environment="staging")
    yield Case(check=check, status=SKIP, given=alone, says=("blocked by tg.exists",))


def targets(*described: Raw, given: Answers | None = None) -> Answers:
    answer = {"TargetHealthDescriptions": list(described)}
    return with_answer(given or healthy(), "elbv2", "describe_target_health", answer)


A, B = target(zone="ap-south-1a"), target(zone="ap-south-1b")
SICK = target("unhealthy", "ap-south-1b", "Target.ResponseCodeMismatch")
STARTING = target("initial", "ap-south-1b", "Elb.InitialHealthChecking")
LEAVING = target("draining", "ap-south-1b", "Target.DeregistrationInProgress")
UNUSED = target("unused", "ap-south-1c", "Target.NotInUse")


def deploying(**changes: Any) -> Answers:
    return with_service(deployments=[deployment(rolloutState="IN_PROGRESS")], **changes)


def target_cases() -> Iterator[Case]:
    check = "tg.targets-healthy"
    yield Case(check=check, status=PASS, given=healthy(), says=("2 healthy targets, 2 tasks running",))
    yield Case(check=check, status=FAIL, given=targets(), says=("no healthy target among 0",))
    all_sick = targets(SICK, SICK, given=deploying())
    yield Case(check=check, status=FAIL, given=all_sick, says=("among 2 (2x Target.ResponseCodeMismatch)",))
    yield Case(check=check, status=FAIL, given=targets(A, B, SICK), says=("1 of 3 targets unhealthy",))
    yield Case(check=check, status=FAIL, given=targets(A), says=("1 healthy targets, expected at least 2",))
    yield Case(check=check, status=WARN, given=targets(A, SICK, given=deploying()), says=("1 unhealthy",))
    rolling = targets(A, B, STARTING, LEAVING, given=deploying())
    yield Case(check=check, status=WARN, given=rolling, says=("1 initial, 1 draining",))
    yield Case(check=check, status=PASS, given=targets(A, B, LEAVING))
    behind = targets(A, B, STARTING, given=with_service(runningCount=3))
    yield Case(check=check, status=WARN, given=behind, says=("2 healthy targets, expected 3",))
    yield Case(check=check, status=WARN, given=targets(A, A), says=("all healthy targets are in ap-south-1a",))
    yield Case(check=check, status=WARN, given=targets(target(zone=""), target(zone="")), says=("does not name",))
    yield Case(check=check, status=WARN, given=targets(A, B, UNUSED), says=("1 unused",))
    yield Case(check=check, status=FAIL, given=with_service(loadBalancers=[]), says=("registers no task",))
    yield Case(check=check, status=SKIP, given=with_service(status="INACTIVE"), says=("blocked by ecs.service.active",))


def attributes(**values: str) -> Answers:
    raw = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
    return with_answer(healthy(), "elbv2", "describe_target_group_attributes", {"Attributes": raw})


def deregistration_cases() -> Iterator[Case]:
    check = "tg.deregistration"
    yield Case(check=check, status=PASS, given=healthy(), says=("30 s",))
    for seconds, status in (("15", PASS), ("120", PASS), ("14", WARN), ("121", WARN), ("0", WARN), ("300", WARN)):
        given = attributes(deregistration_delay__timeout_seconds=seconds)
        yield Case(check=check, status=status, given=given, says=(f"{seconds} s",))
    yield Case(check=check, status=WARN, given=attributes(), says=("300 s",))
    sticky = attributes(deregistration_delay__timeout_seconds="30", stickiness__enabled="true")
    yield Case(check=check, status=WARN, given=sticky, says=("stickiness is on",))
    yield Case(check=check, status=SKIP, given=with_groups(None), says=("blocked by tg.exists",))


CASES = [
    *balancer_cases(),
    *redirect_cases(),
    *https_cases(),
    *group_cases(),
    *target_cases(),
    *deregistration_cases(),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_an_ingress(case: Case) -> None:
    """Each load balancer or target group of the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_ingress_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)
