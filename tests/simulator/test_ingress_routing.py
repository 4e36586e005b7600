"""The simulated load balancer on a stepped clock: rules, failures, certificates, counts."""

import contextlib
import json
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from runbook_tui.aws.probe import Answer, Failure, Ingress, Probe
from runbook_tui.simulator import certificates
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.simulated_app import step, stepped_simulator, tasks
from tests.support.simulator import PROD_HOST, STAGING_HOST

pytestmark = pytest.mark.slow

SERVICE = "asharvi-backend-prod"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped_simulator() as running:
        yield running


@pytest.fixture
def world(simulator: Simulator) -> World:
    return simulator.world


@pytest.fixture(scope="module")
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(verify=ssl.create_default_context(cadata=simulator.ingress.ca), trust_env=False) as client:
        yield client


class Visitor:
    """Asks the load balancer by the name of a host."""

    def __init__(self, simulator: Simulator, http: httpx.Client) -> None:
        self._address = simulator.ingress.https
        self._http = http

    def get(self, host: str, path: str = "/ready", method: str = "GET") -> httpx.Response:
        extensions: dict[str, Any] = {"sni_hostname": PROD_HOST}
        return self._http.request(
            method, f"https://{self._address}{path}", headers={"Host": host}, extensions=extensions
        )


@pytest.fixture
def visitor(simulator: Simulator, http: httpx.Client) -> Visitor:
    return Visitor(simulator, http)


def _listener(world: World) -> str:
    (balancer,) = world.call("elbv2", "DescribeLoadBalancers", Names=["asharvi-backend-alb"])["LoadBalancers"]
    listeners = world.call("elbv2", "DescribeListeners", LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return next(str(each["ListenerArn"]) for each in listeners if each["Port"] == 443)


def _group(world: World, environment: str) -> str:
    found = world.call("elbv2", "DescribeTargetGroups", Names=[f"asharvi-backend-tg-{environment}"])["TargetGroups"]
    return str(found[0]["TargetGroupArn"])


@contextlib.contextmanager
def _rule(world: World, action: dict[str, Any], *conditions: dict[str, Any]) -> Iterator[None]:
    answer = world.call(
        "elbv2", "CreateRule", ListenerArn=_listener(world), Priority=1, Conditions=list(conditions), Actions=[action]
    )
    try:
        yield
    finally:
        world.call("elbv2", "DeleteRule", RuleArn=answer["Rules"][0]["RuleArn"])


def _host(name: str) -> dict[str, Any]:
    return {"Field": "host-header", "HostHeaderConfig": {"Values": [name]}}


def _path(pattern: str) -> dict[str, Any]:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": [pattern]}}


def _later(world: World) -> datetime:
    """A moment that no earlier request shares."""
    step(world, 1)
    return world.clock.now()


def test_every_condition_of_a_rule_must_hold(world: World, visitor: Visitor) -> None:
    """Host and path and method; a bracket stands for itself."""
    page = {"StatusCode": "418", "ContentType": "text/plain", "MessageBody": "short and stout"}
    method = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}}
    action = {"Type": "fixed-response", "FixedResponseConfig": page}
    with _rule(world, action, _host("*.asharvi.test"), _path("/tea[1]/*"), method):
        poured = visitor.get(PROD_HOST, "/tea[1]/green")
        assert (poured.status_code, poured.text) == (418, "short and stout")
        assert visitor.get(PROD_HOST, "/tea1/green").status_code == 404
        assert visitor.get("other.test", "/tea[1]/green").text == "Not found"
        assert visitor.get(PROD_HOST, "/tea[1]/green", "PUT").status_code != 418


def test_weights_share_the_requests(world: World, visitor: Visitor) -> None:
    """A group of weight 0 gets none."""
    groups = [
        {"TargetGroupArn": _group(world, "prod"), "Weight": 0},
        {"TargetGroupArn": _group(world, "stg"), "Weight": 5},
    ]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    with _rule(world, action, _host(PROD_HOST)):
        seen = {visitor.get(PROD_HOST, "/health-check").json()["environment"] for _ in range(10)}
    assert seen == {"staging"}


def test_a_redirect_with_a_status_of_its_own(world: World, visitor: Visitor) -> None:
    """302, to another host, with the query that it names."""
    wanted = {"Host": "new.asharvi.test", "Path": "/moved/#{path}", "Query": "from=#{host}", "StatusCode": "HTTP_302"}
    with _rule(world, {"Type": "redirect", "RedirectConfig": wanted}, _path("/old")):
        answer = visitor.get(PROD_HOST, "/old?a=1")
    assert (answer.status_code, answer.headers["location"]) == (
        302,
        f"https://new.asharvi.test:443/moved/old?from={PROD_HOST}",
    )


def test_visitors_are_shared_between_the_targets(world: World, visitor: Visitor) -> None:
    """In turn; an unhealthy one is left out."""
    asked: list[str] = []
    former = world.servers.ask

    def noting(task: Any, port: int, path: str, patience: float) -> Any:
        asked.append(task.id)
        return former(task, port, path, patience)

    world.servers.ask = noting  # type: ignore[method-assign]
    try:
        for _ in range(4):
            visitor.get(PROD_HOST)
    finally:
        world.servers.ask = former  # type: ignore[method-assign]
    assert sorted(asked) == sorted([each.id for each in tasks(world, SERVICE)] * 2)


def test_a_database_outage_seen_from_outside(world: World, visitor: Visitor) -> None:
    """Not ready after half a minute, and still alive; the answers are counted as the target's."""
    since = _later(world)
    with world.lock:
        world.gate.set("blackhole", cut=True)
    try:
        assert visitor.get(PROD_HOST).status_code == 503
        assert visitor.get(PROD_HOST, "/health-check").json()["database"] == "degraded"
    finally:
        with world.lock:
            world.gate.set("pass")
    step(world, 1)
    ready, smoke = world.traffic.between(since, world.clock.now())
    assert (ready.status, ready.seconds, ready.from_target, ready.group) == (503, 30.0, True, _group(world, "prod"))
    assert (smoke.status, smoke.from_target) == (200, True)


def test_an_application_slower_than_the_load_balancer_is_a_gateway_timeout(world: World, visitor: Visitor) -> None:
    """The idle timeout is the load balancer's patience; the answer is its own."""
    (balancer,) = world.call("elbv2", "DescribeLoadBalancers", Names=["asharvi-backend-alb"])["LoadBalancers"]
    place = {"LoadBalancerArn": balancer["LoadBalancerArn"]}
    since = _later(world)
    for seconds, status in (("20", 504), ("60", 503)):
        patience = [{"Key": "idle_timeout.timeout_seconds", "Value": seconds}]
        world.call("elbv2", "ModifyLoadBalancerAttributes", **place, Attributes=patience)
        with world.lock:
            world.gate.set("blackhole", cut=True)
        try:
            assert visitor.get(PROD_HOST).status_code == status
        finally:
            with world.lock:
                world.gate.set("pass")
    step(world, 1)
    first, second = world.traffic.between(since, world.clock.now())
    assert [first.from_target, first.seconds, second.from_target] == [False, 20.0, True]


def test_a_task_that_does_not_listen_is_a_bad_gateway(world: World, visitor: Visitor) -> None:
    """502, counted as the load balancer's own."""
    world.app.listens = lambda task, port: False  # type: ignore[method-assign]
    since = _later(world)
    try:
        assert visitor.get(PROD_HOST).status_code == 502
    finally:
        del world.app.listens
    step(world, 1)
    (access,) = world.traffic.between(since, world.clock.now())
    assert (access.status, access.from_target) == (502, False)


def test_what_a_visitor_did_is_in_the_log(world: World, visitor: Visitor) -> None:
    """One line a request, with the status that it got."""
    visitor.get(STAGING_HOST, "/no-such-route")
    step(world, 1)
    groups = [each["logGroupName"] for each in world.call("logs", "DescribeLogGroups")["logGroups"]]
    group = next(each for each in groups if "staging" in each)
    events = world.call("logs", "FilterLogEvents", logGroupName=group, filterPattern='"no-such-route"')["events"]
    line = json.loads(events[-1]["message"])
    assert (line["msg"], line["req"], line["res"]) == (
        "request completed",
        {"method": "GET", "url": "/no-such-route"},
        {"statusCode": 404},
    )


def _probe(simulator: Simulator) -> Answer | Failure:
    where = simulator.ingress
    return Probe(Ingress(http=where.http, https=where.https, ca=where.ca)).get(f"https://{PROD_HOST}/ready")


def test_the_certificate_ends_when_acm_says(simulator: Simulator, world: World) -> None:
    """Near its end it is near its end on the wire; past it, a client that checks refuses it."""
    (summary,) = world.call("acm", "ListCertificates")["CertificateSummaryList"]
    former = summary["NotAfter"]
    certificates.expire_at(world, summary["CertificateArn"], world.clock.now() + timedelta(hours=5))
    near = _probe(simulator)
    assert isinstance(near, Answer)
    assert near.certificate is not None
    left = near.certificate.not_after - world.clock.now()
    assert timedelta(hours=4, minutes=59) < left <= timedelta(hours=5, minutes=1)
    step(world, 5 * 3600 + 60)
    expired = _probe(simulator)
    assert isinstance(expired, Failure)
    assert expired.kind == "tls-expired"
    certificates.expire_at(world, summary["CertificateArn"], former)
    assert isinstance(_probe(simulator), Answer)


def test_a_closed_security_group_keeps_visitors_waiting(simulator: Simulator, world: World, visitor: Visitor) -> None:
    """No answer at all: the client gives up."""
    groups = world.call("ec2", "DescribeSecurityGroups")["SecurityGroups"]
    group = next(each["GroupId"] for each in groups if each["GroupName"] == "alb-backend-sg")
    rule = {
        "GroupId": group,
        "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    }
    world.call("ec2", "RevokeSecurityGroupIngress", **rule)
    try:
        with (
            httpx.Client(
                verify=ssl.create_default_context(cadata=simulator.ingress.ca), trust_env=False, timeout=0.5
            ) as http,
            pytest.raises(httpx.ReadTimeout),
        ):
            Visitor(simulator, http).get(PROD_HOST)
    finally:
        world.call("ec2", "AuthorizeSecurityGroupIngress", **rule)
    assert visitor.get(PROD_HOST).status_code == 200
