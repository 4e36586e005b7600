"""The checks of the zone and of the hosts' records, on typed facts and a scripted resolver."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Missing
from runbook_tui.aws.probe import Failure, Resolved
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend_site import PROD, Raw
from tests.support.facts import Answers
from tests.support.in_turn import in_turn
from tests.support.ingress_ground import (
    ALB_NAME,
    ALB_ZONE,
    NAME_SERVERS,
    PROTECTED,
    ZONE_ID,
    alias,
    answered,
    but,
    cname,
    environment,
    ingress,
    placed,
    records,
    refused,
    site,
    zone,
    zones,
)
from tests.support.mutation import mutated
from tests.support.outside import OUTSIDE, Heard, said

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECKS = ("dns.zone", "dns.alias", "dns.routing-policy", "dns.resolves")
ZONE, ALIAS, ROUTING, RESOLVES = CHECKS


def name_servers(*names: str, code: str = "NOERROR") -> Mapping[str, Heard]:
    return {**OUTSIDE, "asharvi.dev": Resolved(code=code, data=names)}


def hears(name: str, found: Heard) -> Mapping[str, Heard]:
    return {**OUTSIDE, name: found}


def at(*changed: Raw, without: str = "") -> Answers:
    return but(list_resource_record_sets=records(*changed, without=without))


def having(*listed: Raw) -> Answers:
    return but(list_hosted_zones_by_name=zones(*listed))


def weighted(name: str, weight: int, **changes: Any) -> Raw:
    return alias(PROD.host, SetIdentifier=name, Weight=weight, **changes)


def elsewhere(name: str = "old-alb-2.ap-south-1.elb.amazonaws.com.", zone_id: str = ALB_ZONE, **more: Any) -> Raw:
    target = {"DNSName": name, "HostedZoneId": zone_id, "EvaluateTargetHealth": True}
    return alias(PROD.host, AliasTarget=target, **more)


def blind(**more: Any) -> Raw:
    return alias(PROD.host, AliasTarget={**alias(PROD.host)["AliasTarget"], "EvaluateTargetHealth": False}, **more)


CNAME = cname(f"{PROD.host}.", ALB_NAME)
IP = {"Name": f"{PROD.host}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.7"}]}
NO_BALANCER = but(describe_load_balancers=Missing("elbv2:load-balancer", "asharvi-backend-alb"))
TIMEOUT = Failure(kind="timeout", text="no answer")
BROKEN = Failure(kind="other", text="this machine names no resolver")
CHOSEN = site(domain=PROTECTED.domain.__class__(zone="asharvi.dev", hosted_zone_id=ZONE_ID))
WRONG_ID = site(domain=PROTECTED.domain.__class__(zone="asharvi.dev", hosted_zone_id="ZWRONG"))
WEIGHTED, LATENCY = environment("prod", routing="weighted"), environment("prod", routing="latency")
MUMBAI = alias(PROD.host, SetIdentifier="a", Region="ap-south-1")
DUBLIN = elsewhere(SetIdentifier="b", Region="eu-west-1")
SHIFTED = (weighted("a", 90), elsewhere(SetIdentifier="b", Weight=10))


def case(
    check: str,
    status: Status,
    given: Answers,
    *says: str,
    heard: Mapping[str, Heard] = OUTSIDE,
    site: Site = PROTECTED,
) -> tuple[str, Status, Answers, Mapping[str, Heard], tuple[str, ...], Site]:
    return check, status, given, heard, says, site


DUALSTACK = {("elbv2", "describe_load_balancers"): placed(IpAddressType="dualstack")}
CASES = [
    case(ZONE, PASS, ingress(), f"{ZONE_ID} is public and delegated to"),
    case(ZONE, PASS, ingress(), heard=name_servers(*(f"{one.upper()}." for one in reversed(NAME_SERVERS)))),
    case(ZONE, PASS, ingress(), "in the simulator nobody outside is asked", heard={}),
    case(ZONE, PASS, having(zone(ZONE_ID), zone("Z2", private=True))),
    case(ZONE, PASS, having(zone(ZONE_ID), zone("Z2")), site=CHOSEN),
    case(ZONE, FAIL, having(zone("Z9", name="asharvi.net.")), "hosted zone asharvi.dev not found"),
    case(ZONE, FAIL, having(zone(ZONE_ID, private=True)), "private zones only"),
    case(ZONE, FAIL, ingress(), "asharvi.dev (ZWRONG) not found", site=WRONG_ID),
    case(ZONE, FAIL, ingress(), "is delegated to ns.other.net", heard=name_servers("ns.other.net")),
    case(ZONE, FAIL, ingress(), "is delegated to NXDOMAIN", heard=name_servers(code="NXDOMAIN")),
    case(ZONE, WARN, having(zone("Z1"), zone("Z2")), "2 public zones are called asharvi.dev: Z1, Z2"),
    case(ZONE, WARN, ingress(), "ns-1.awsdns-01.com", "one side only", heard=name_servers(*NAME_SERVERS[1:])),
    case(ZONE, WARN, ingress(), "ns.old.net", heard=name_servers("ns.old.net", *NAME_SERVERS)),
    case(ZONE, UNKNOWN, ingress(), "did not answer", heard=hears("asharvi.dev", TIMEOUT)),
    case(ZONE, UNKNOWN, ingress(), "names no resolver", heard=hears("asharvi.dev", BROKEN)),
    case(ALIAS, PASS, ingress(), f"{PROD.host} is an alias of asharvi-backend-alb"),
    case(ALIAS, PASS, at(alias(PROD.host, Name="API.asharvi.dev.")), "is an alias"),
    case(ALIAS, PASS, at(elsewhere(ALB_NAME)), "is an alias"),
    case(ALIAS, PASS, at(blind()), "is an alias"),
    case(ALIAS, PASS, at(weighted("a", 10), elsewhere(SetIdentifier="b", Weight=90))),
    case(ALIAS, PASS, at(weighted("a", 0), elsewhere(SetIdentifier="b", Weight=0))),
    case(ALIAS, PASS, {**at(alias(PROD.host), alias(PROD.host, Type="AAAA")), **DUALSTACK}),
    case(ALIAS, FAIL, at(without=f"{PROD.host}."), f"record {PROD.host} not found"),
    case(ALIAS, FAIL, at(elsewhere()), "leads to old-alb-2.ap-south-1.elb.amazonaws.com"),
    case(ALIAS, FAIL, at(elsewhere(ALB_NAME, "Z2FDTNDATAQYW2")), "(Z2FDTNDATAQYW2), not to the load balancer"),
    case(ALIAS, FAIL, at(IP), "leads to 203.0.113.7, not to the load balancer"),
    case(ALIAS, FAIL, at(alias(PROD.host, Type="AAAA")), "leads to nothing over IPv4"),
    case(ALIAS, FAIL, at(weighted("a", 0), elsewhere(SetIdentifier="b", Weight=1)), "not to the load balancer"),
    case(ALIAS, FAIL, at(cname(f"{PROD.host}.", "elsewhere.example.net.")), "CNAME of elsewhere.example.net"),
    case(ALIAS, WARN, at(CNAME), "is a CNAME, not an alias"),
    case(ALIAS, WARN, at(blind(SetIdentifier="a", Weight=1)), "a is answered even when no target is healthy"),
    case(ALIAS, WARN, at(blind(SetIdentifier="a", Region="ap-south-1")), "a is answered even"),
    case(ALIAS, WARN, at(blind(SetIdentifier="a", Failover="PRIMARY")), "a is answered even"),
    case(ALIAS, WARN, {**ingress(), **DUALSTACK}, "no AAAA alias"),
    case(ALIAS, UNKNOWN, ingress(), "the site names no host", site=environment("prod", host="")),
    case(ALIAS, SKIP, NO_BALANCER, "blocked by alb.exists"),
    case(ALIAS, SKIP, having(zone("Z9", name="asharvi.net.")), "blocked by dns.zone"),
    case(ALIAS, FAIL, having(zone("Z1"), zone("Z2")), "2 public zones are called asharvi.dev"),
    case(ROUTING, SKIP, ingress(), "one simple record, as the site wants"),
    case(ROUTING, PASS, at(weighted("a", 255)), "is routed weighted", site=WEIGHTED),
    case(ROUTING, PASS, at(weighted("a", 255), elsewhere(SetIdentifier="b", Weight=0)), site=WEIGHTED),
    case(ROUTING, PASS, at(weighted("a", 0)), "is routed weighted", site=WEIGHTED),
    case(ROUTING, PASS, at(MUMBAI, DUBLIN), site=LATENCY),
    case(ROUTING, FAIL, at(weighted("a", 0), elsewhere(SetIdentifier="b", Weight=0)), "A are 0", site=WEIGHTED),
    case(ROUTING, FAIL, at(weighted("a", 0), elsewhere(SetIdentifier="b", Weight=0)), "each set gets an equal part"),
    case(
        ROUTING,
        WARN,
        at(weighted("a", 90), elsewhere(SetIdentifier="b", Weight=10)),
        "a has 90%, b has 10%",
        site=WEIGHTED,
    ),
    case(ROUTING, WARN, at(weighted("a", 255)), "is routed weighted, the site says simple"),
    case(ROUTING, WARN, ingress(), "is routed simple, the site says weighted", site=WEIGHTED),
    case(ROUTING, WARN, at(alias(PROD.host, SetIdentifier="a", Failover="PRIMARY")), "is routed failover"),
    case(ROUTING, WARN, at(alias(PROD.host, SetIdentifier="a", MultiValueAnswer=True)), "is routed multivalue"),
    case(ROUTING, WARN, at(alias(PROD.host, SetIdentifier="a", GeoLocation={"CountryCode": "IN"})), "geolocation"),
    case(
        ROUTING,
        WARN,
        at(*(alias(PROD.host, SetIdentifier=one, Region="ap-south-1") for one in "ab")),
        "a region stands twice",
        site=LATENCY,
    ),
    case(ROUTING, SKIP, at(without=f"{PROD.host}."), "blocked by dns.alias"),
    case(ROUTING, UNKNOWN, ingress(), "the site names no host", site=environment("prod", host="")),
    case(RESOLVES, PASS, ingress(), "2 addresses, those of the load balancer"),
    case(RESOLVES, PASS, ingress(), "in the simulator nobody outside is asked", heard={}),
    case(RESOLVES, FAIL, but(test_dns_answer=answered(code="NXDOMAIN")), "Route 53 answers NXDOMAIN", heard={}),
    case(RESOLVES, FAIL, but(test_dns_answer=answered(code="SERVFAIL")), "Route 53 answers SERVFAIL"),
    case(RESOLVES, FAIL, but(test_dns_answer=answered()), "Route 53 answers no address", heard={}),
    case(RESOLVES, FAIL, ingress(), "answers NXDOMAIN for", heard=hears(PROD.host, Resolved(code="NXDOMAIN"))),
    case(RESOLVES, FAIL, ingress(), "answers no address for", heard=hears(PROD.host, Resolved(code="NOERROR"))),
    case(
        RESOLVES,
        WARN,
        ingress(),
        "leads to none of the load balancer's addresses here",
        heard=hears(PROD.host, Resolved(code="NOERROR", data=("198.51.100.1",))),
    ),
    case(RESOLVES, UNKNOWN, ingress(), "did not answer", heard=hears(PROD.host, TIMEOUT)),
    case(RESOLVES, UNKNOWN, ingress(), "names no resolver", heard=hears(ALB_NAME, BROKEN)),
    case(RESOLVES, UNKNOWN, ingress(), "the site names no host", site=environment("prod", host="")),
    case(RESOLVES, SKIP, NO_BALANCER, "blocked by alb.exists"),
    case(RESOLVES, SKIP, having(zone("Z9", name="asharvi.net.")), "blocked by dns.zone"),
]


@pytest.mark.parametrize(("check", "status", "given", "heard", "says", "site"), CASES)
def test_verdict(
    check: str, status: Status, given: Answers, heard: Mapping[str, Heard], says: tuple[str, ...], site: Site
) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = said(check, given, heard, site)
    assert verdict.status == status, verdict
    assert [part for part in says if part not in verdict.because] == [], verdict.because
    assert bool(verdict.remedy) == (status in (WARN, FAIL, UNKNOWN))


def asked(check: str) -> list[tuple[str, str]]:
    reader = said(check, ingress(), OUTSIDE, PROTECTED)[1]
    return sorted({(service, operation) for service, operation, _ in reader.asked})


@pytest.mark.parametrize(("check", "question"), [(name, one) for name in CHECKS for one in asked(name)])
def test_denied(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    one = refused(check, question)
    verdict, _ = said(check, one.given, OUTSIDE, PROTECTED)
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


@pytest.mark.parametrize("name", CHECKS)
def test_needs_are_what_is_asked(name: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    worlds = [said(check, given, heard, site)[1].actions for check, _, given, heard, _, site in CASES if check == name]
    assert set().union(*worlds) == set(all_checks()[name].needs)


def test_a_resolver_that_times_out_is_a_timeout() -> None:
    """It may answer in a moment: the verdict's cause says so."""
    verdict, _ = said(RESOLVES, ingress(), hears(PROD.host, TIMEOUT), PROTECTED)
    assert verdict.cause is Cause.TIMEOUT


REQUESTS = [(name, question) for name in CHECKS for question in asked(name)]


@given(st.data())
def test_no_shape_of_the_names_is_a_defect(data: st.DataObject) -> None:
    """Whatever Route 53 answers, its checks decide or say what they cannot read; they never break."""
    check, question = data.draw(st.sampled_from(REQUESTS))
    whole: Any = ingress()[question]

    def broken(**parameters: object) -> Raw:
        found: Raw = data.draw(mutated(whole(**parameters) if callable(whole) else whole))
        return found

    with in_turn():
        verdict, _ = said(check, {**ingress(), question: broken}, OUTSIDE, PROTECTED)
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
