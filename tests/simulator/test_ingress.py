"""The application behind the simulated load balancer, over real HTTP and TLS."""

import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.simulator import PROD_HOST, STAGING_HOST, Running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ingress(simulator: Running) -> dict[str, str]:
    where: dict[str, str] = simulator.control("GET", "ingress")
    return where


@pytest.fixture(scope="module")
def http(ingress: dict[str, str]) -> Iterator[httpx.Client]:
    """Trusts the simulator's authority and nobody else."""
    context = ssl.create_default_context(cadata=ingress["ca"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with httpx.Client(verify=context, trust_env=False) as client:
        yield client


def _get(http: httpx.Client, address: str, host: str, path: str, *, scheme: str = "https") -> httpx.Response:
    extensions: dict[str, Any] = {"sni_hostname": host}
    return http.get(f"{scheme}://{address}{path}", headers={"Host": host}, extensions=extensions)


def _target_group(simulator: Running, name: str) -> Any:
    (group,) = simulator.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"]
    return group["TargetGroupArn"]


def test_the_control_route_says_where_the_application_answers(ingress: dict[str, str]) -> None:
    """Two addresses on loopback and a certificate."""
    assert set(ingress) == {"http", "https", "ca"}
    assert ingress["http"].startswith("127.0.0.1:")
    assert ingress["https"].startswith("127.0.0.1:")
    assert ingress["ca"].startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize(("host", "environment"), [(STAGING_HOST, "staging"), (PROD_HOST, "prod")])
def test_each_host_reaches_its_own_environment(
    http: httpx.Client, ingress: dict[str, str], host: str, environment: str
) -> None:
    """By the load balancer's host rules, with a certificate that is valid for the name."""
    smoke = _get(http, ingress["https"], host, "/health-check")
    assert (smoke.status_code, smoke.json()) == (
        200,
        {"status": "ok", "environment": environment, "version": "1.4.2", "database": "ok"},
    )
    assert _get(http, ingress["https"], host, "/ready").status_code == 200


def test_plain_http_is_redirected_for_good(http: httpx.Client, ingress: dict[str, str]) -> None:
    """Host, path and query are kept."""
    answer = _get(http, ingress["http"], PROD_HOST, "/ready?a=1", scheme="http")
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{PROD_HOST}:443/ready?a=1")


def test_a_host_without_a_rule_gets_the_fixed_answer(http: httpx.Client, ingress: dict[str, str]) -> None:
    """The default action of the listener: 404."""
    answer = http.get(
        f"https://{ingress['https']}/ready", headers={"Host": "other.test"}, extensions={"sni_hostname": PROD_HOST}
    )
    assert (answer.status_code, answer.text) == (404, "Not found")


def test_a_certificate_for_another_name_is_refused(http: httpx.Client, ingress: dict[str, str]) -> None:
    """A client that checks names does not get through."""
    with pytest.raises(httpx.ConnectError, match="not valid for"):
        _get(http, ingress["https"], "api.other.test", "/ready")


def test_an_unknown_authority_is_refused(ingress: dict[str, str]) -> None:
    """Nobody trusts the simulator who was not told to."""
    with (
        httpx.Client(verify=ssl.create_default_context(), trust_env=False) as stranger,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        _get(stranger, ingress["https"], PROD_HOST, "/ready")


def test_a_silent_client_holds_up_nobody(http: httpx.Client, ingress: dict[str, str]) -> None:
    """A connection that never shakes hands leaves the others alone."""
    import socket

    address, _, port = ingress["https"].partition(":")
    with socket.create_connection((address, int(port))):
        assert _get(http, ingress["https"], PROD_HOST, "/ready").status_code == 200


def test_unhealthy_targets_are_asked_all_the_same(
    simulator: Running, http: httpx.Client, ingress: dict[str, str]
) -> None:
    """With none healthy the load balancer fails open: the readiness is bad, the smoke route answers."""
    with simulator.fault("targets-unhealthy"):
        assert _get(http, ingress["https"], PROD_HOST, "/ready").status_code == 503
        assert _get(http, ingress["https"], PROD_HOST, "/health-check").status_code == 200
        assert _get(http, ingress["https"], STAGING_HOST, "/ready").status_code == 200
    assert _get(http, ingress["https"], PROD_HOST, "/ready").status_code == 200


def test_targets_out_of_reach_time_out(simulator: Running, http: httpx.Client, ingress: dict[str, str]) -> None:
    """Failing open does not help when the port is closed: 504 for both environments, which share the group."""
    with simulator.fault("sg-port-closed"):
        statuses = [_get(http, ingress["https"], host, "/ready").status_code for host in (PROD_HOST, STAGING_HOST)]
    assert statuses == [504, 504]


def test_no_registered_target_is_a_503(simulator: Running, http: httpx.Client, ingress: dict[str, str]) -> None:
    """Not to be confused with an unhealthy one."""
    elb, group = simulator.client("elbv2"), _target_group(simulator, "asharvi-backend-tg-stg")
    described = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    targets = [each["Target"] for each in described if each["TargetHealth"]["State"] != "draining"]
    bare = [{"Id": each["Id"], "Port": each["Port"]} for each in targets]
    elb.deregister_targets(TargetGroupArn=group, Targets=bare)
    try:
        answer = _get(http, ingress["https"], STAGING_HOST, "/ready")
    finally:
        elb.register_targets(TargetGroupArn=group, Targets=bare)
    assert answer.status_code == 503
    assert _get(http, ingress["https"], STAGING_HOST, "/ready").status_code == 503, "not before it is healthy"
    simulator.advance(31)
    assert _get(http, ingress["https"], STAGING_HOST, "/ready").status_code == 200
