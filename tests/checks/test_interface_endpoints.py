"""The checks of the four interface endpoints that the guide names, on typed facts."""

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import SITE, Raw, ago, site_with
from tests.support.facts import Answers
from tests.support.ground import (
    PRIVATE,
    PUBLIC,
    but,
    endpoint,
    endpoints,
    ground,
    questions,
    refused,
    route,
    table,
    tables,
)

SERVICES = {
    "vpce.secretsmanager": "secretsmanager",
    "vpce.ecr-api": "ecr.api",
    "vpce.ecr-dkr": "ecr.dkr",
    "vpce.logs": "logs",
}
PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
SHUT_IN = tables(
    table("rtb-main", main=True), table("rtb-public", route("igw-1"), of=PUBLIC), table("rtb-private", of=PRIVATE)
)
TGW = tables(table("rtb-main", main=True), table("rtb-private", route("tgw-1"), of=PRIVATE))


def net(**keys: object) -> Site:
    return site_with(net=replace(SITE.net, **keys))


def shut_in(*more: Raw, without: str = "") -> Answers:
    return but(describe_vpc_endpoints=endpoints(*more, without=without), describe_route_tables=SHUT_IN)


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


def of_service(check: str, service: str) -> list[Case]:
    absent = endpoints(without=service)
    listed = but(describe_vpc_endpoints=absent)
    pending = endpoint(service, State="pending", CreationTimestamp=ago(minutes=20))
    fresh = endpoint(service, State="pending", CreationTimestamp=ago(minutes=5))
    failed = endpoint(service, State="failed", LastError={"Code": "InternalError"})
    gateway = endpoint(service, VpcEndpointType="Gateway")
    elsewhere = endpoint(f"com.amazonaws.us-east-1.{service}")
    return [
        case(check, PASS, ground(), f"vpce-{service} is available"),
        case(check, PASS, but(describe_vpc_endpoints=endpoints(endpoint(service, State="Available"), without=service))),
        case(check, PASS, ground(), site=net(endpoints="required")),
        case(check, WARN, listed, f"no interface endpoint for {service}", "default route"),
        case(check, WARN, but(describe_vpc_endpoints=endpoints(gateway, without=service)), "no interface endpoint"),
        case(check, WARN, but(describe_vpc_endpoints=endpoints(elsewhere, without=service)), "no interface endpoint"),
        case(check, WARN, but(describe_vpc_endpoints=endpoints(pending, without=service)), "is pending for 20 minutes"),
        case(check, WARN, but(describe_vpc_endpoints=endpoints(fresh, without=service)), "is pending:"),
        case(check, WARN, but(describe_vpc_endpoints=endpoints(failed, without=service)), "no interface endpoint"),
        case(check, WARN, but(describe_vpc_endpoints=absent, describe_route_tables=TGW), "default route"),
        case(check, FAIL, listed, "the site requires it", site=net(endpoints="required")),
        case(check, FAIL, shut_in(without=service), "subnet-prv-a, subnet-prv-b have no way out"),
        case(check, FAIL, shut_in(fresh, without=service), f"vpce-{service} is pending"),
        case(check, SKIP, listed, "net.endpoints is off", site=net(endpoints="off", nat="required")),
        case(check, SKIP, listed, "net.endpoint_services", site=net(endpoint_services=("ssm",))),
        case(check, SKIP, but(describe_vpcs={"Vpcs": []}), "blocked by net.vpc.exists"),
    ]


CASES = [one for check, service in SERVICES.items() for one in of_service(check, service)]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    assert [part for part in one.says if part not in verdict.because] == [], verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL))


@pytest.mark.parametrize("one", [refused(name, question) for name in SERVICES for question in questions(name)], ids=str)
def test_denied(one: Case) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(one)
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


@pytest.mark.parametrize("name", SERVICES)
def test_needs_are_what_is_asked(name: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(name, CASES) == set(all_checks()[name].needs)
