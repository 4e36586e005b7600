"""The checks of the load balancer's certificates, on typed facts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import PROD, SITE, STAGING, Raw
from tests.support.facts import NOON, Answers
from tests.support.ingress_ground import (
    CERTIFICATE,
    PROOF,
    PROTECTED,
    SERVER_CERTIFICATE,
    alias,
    but,
    certificate,
    cname,
    environment,
    ingress,
    proof,
    questions,
    records,
    refused,
    site,
    summaries,
    zone,
    zones,
)
from tests.support.raw_elb import listener

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECKS = ("acm.cert.covers", "acm.cert.expiry", "acm.cert.validation-record")
COVERS, EXPIRY, RECORD = CHECKS
SECOND = CERTIFICATE[:-1] + "2"
PLAIN = but(describe_listeners={"Listeners": [listener(80)]})
UNREQUESTED = {**PLAIN, ("acm", "list_certificates"): summaries()}


def one_more(second: Raw, first: Raw | None = None, arn: str = SECOND) -> Answers:
    """A second certificate on the listener."""
    by_arn = {CERTIFICATE: first or certificate(), arn: second}
    listed = {"Certificates": [{"CertificateArn": name} for name in by_arn]}

    def describe(**asked: Any) -> Raw:
        return by_arn[asked["CertificateArn"]]

    return but(describe_listener_certificates=listed, describe_certificate=describe)


def shown(*arns: str) -> Answers:
    return but(describe_listener_certificates={"Certificates": [{"CertificateArn": one} for one in arns]})


def having(**changes: Any) -> Answers:
    return but(describe_certificate=certificate(**changes))


def _pending() -> Answers:
    return {("acm", "describe_certificate"): certificate(Status="PENDING_VALIDATION", NotAfter=None)}


def named(*names: str) -> Raw:
    return certificate(DomainName=names[0], SubjectAlternativeNames=list(names))


def case(check: str, status: Status, given: Answers, *says: str, site: Site = PROTECTED) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


def cover_cases() -> Iterator[Case]:
    yield case(COVERS, PASS, ingress(), f"{STAGING.host}, {PROD.host} are covered")
    yield case(COVERS, PASS, but(describe_certificate=named("*.asharvi.dev")))
    yield case(COVERS, PASS, but(describe_certificate=named("*.ASHARVI.dev")))
    yield case(COVERS, PASS, one_more(named(STAGING.host), named(PROD.host)))
    yield case(COVERS, FAIL, but(describe_certificate=named(PROD.host)), f"names {STAGING.host}: browsers")
    yield case(COVERS, FAIL, but(describe_certificate=named("asharvi.dev")), "no certificate of the listener names")
    deep = environment("staging", host="api.staging.asharvi.dev")
    yield case(COVERS, FAIL, but(describe_certificate=named("*.asharvi.dev")), "api.staging.asharvi.dev", site=deep)
    for status in ("EXPIRED", "REVOKED", "PENDING_VALIDATION", ""):
        yield case(COVERS, FAIL, having(Status=status), f"is {status or 'of no status'}")
    yield case(COVERS, FAIL, one_more(certificate(Status="EXPIRED")), "is EXPIRED")
    elsewhere = CERTIFICATE.replace("ap-south-1", "us-east-1")
    far = certificate(CertificateArn=elsewhere)
    yield case(COVERS, FAIL, one_more(far, arn=elsewhere), "is not of ap-south-1")
    yield case(COVERS, FAIL, shown(), "no certificate of the listener names")
    yield case(COVERS, FAIL, but(describe_certificate=Missing("acm:certificate", CERTIFICATE)), "certificate", "found")
    yield case(COVERS, WARN, having(Type="IMPORTED"), "was imported: ACM does not renew it")
    yield case(COVERS, UNKNOWN, shown(SERVER_CERTIFICATE), "is kept by IAM")
    yield case(COVERS, UNKNOWN, shown(CERTIFICATE, SERVER_CERTIFICATE), "1 certificate of the listener is kept by IAM")
    hostless = site(environments={name: replace(env, host="") for name, env in SITE.environments.items()})
    yield case(COVERS, UNKNOWN, ingress(), "the site names no host", site=hostless)
    yield case(COVERS, PASS, PLAIN, "no listener shows it yet")
    yield case(COVERS, FAIL, UNREQUESTED, f"no certificate of ACM names {STAGING.host}, {PROD.host}")
    yield case(COVERS, FAIL, {**PLAIN, **_pending()}, "is PENDING_VALIDATION")


def days(number: float, renewal: str = "", **changes: Any) -> Raw:
    summary = {"RenewalSummary": {"RenewalStatus": renewal, "RenewalStatusReason": "CAA_ERROR"}} if renewal else {}
    return certificate(NotAfter=NOON + timedelta(days=number), **summary, **changes)


def expiry_cases() -> Iterator[Case]:
    def ending(status: Status, raw: Raw, *says: str, site: Site = PROTECTED) -> Case:
        return case(EXPIRY, status, but(describe_certificate=raw), *says, site=site)

    imported = {"Type": "IMPORTED", "RenewalEligibility": "INELIGIBLE"}
    yield case(EXPIRY, PASS, ingress(), f"{PROD.host} ends in 168 days")
    yield ending(PASS, days(31))
    yield ending(PASS, days(46, **imported))
    for renewal in ("SUCCESS", "PENDING_AUTO_RENEWAL"):
        yield ending(PASS, days(30, renewal), "ends in 30 days")
        yield ending(FAIL, days(7, renewal), "ends in 7 days")
    yield ending(FAIL, days(6.9), "ends in 6 days")
    yield ending(FAIL, days(-1), "ends in -1 days")
    yield ending(FAIL, days(100, Status="EXPIRED"), "has expired")
    yield ending(FAIL, days(7, **imported), "ends in 7 days")
    yield ending(WARN, days(30), "its renewal is not under way")
    for renewal in ("PENDING_VALIDATION", "FAILED"):
        yield ending(WARN, days(30, renewal), f"its renewal is {renewal}: CAA_ERROR")
    yield ending(WARN, days(45, **imported), "nobody renews an imported one")
    yield ending(WARN, days(100, RenewalEligibility="INELIGIBLE"), "INELIGIBLE")
    yield ending(PASS, days(20), site=site(alb=replace(PROTECTED.alb, cert_warn_days=14)))
    yield ending(FAIL, days(20, "SUCCESS"), site=site(alb=replace(PROTECTED.alb, cert_fail_days=21)))
    yield case(EXPIRY, FAIL, one_more(days(3)), "ends in 3 days")
    yield case(EXPIRY, WARN, one_more(days(20)), "ends in 20 days")
    yield case(EXPIRY, UNKNOWN, shown(SERVER_CERTIFICATE), "is kept by IAM")
    yield case(EXPIRY, FAIL, but(**_with_server(days(3))), "ends in 3 days")
    yield ending(UNKNOWN, certificate(NotAfter=None, Status="PENDING_VALIDATION"), "has no end")
    yield case(EXPIRY, SKIP, shown(), "blocked by alb.https-listener")
    unused = {("acm", "describe_certificate"): certificate(RenewalEligibility="INELIGIBLE")}
    yield case(EXPIRY, PASS, {**PLAIN, **unused}, "ends in 168 days")
    yield case(EXPIRY, SKIP, UNREQUESTED, "blocked by acm.cert.covers")


def _with_server(raw: Raw) -> dict[str, Raw]:
    listed = {"Certificates": [{"CertificateArn": one} for one in (CERTIFICATE, SERVER_CERTIFICATE)]}
    return {"describe_listener_certificates": listed, "describe_certificate": raw}


LISTED = ("route53", "list_resource_record_sets")
GONE = f"_d930b28b.{STAGING.host}."


def record_cases() -> Iterator[Case]:
    def proven(status: Status, *options: Raw, says: tuple[str, ...] = (), **changes: Any) -> Case:
        return case(RECORD, status, having(DomainValidationOptions=list(options), **changes), *says)

    mail = proof(PROD.host, ValidationMethod="EMAIL", ResourceRecord=None)
    http = proof(PROD.host, ValidationMethod="HTTP", ResourceRecord=None)
    pending = proof(STAGING.host, ValidationStatus="PENDING_VALIDATION")
    absent = but(list_resource_record_sets=records(without=GONE))
    other = but(list_resource_record_sets=records(cname(GONE, "_0.acm-validations.aws.")))
    loud = but(list_resource_record_sets=records(cname(GONE, PROOF.upper().rstrip("."))))
    yield case(RECORD, PASS, ingress(), "2 records in asharvi.dev")
    yield case(RECORD, PASS, loud, "2 records in asharvi.dev")
    yield proven(PASS, proof(PROD.host), proof("api.asharvi.net"), says=("1 record in asharvi.dev",))
    yield proven(PASS, http, says=("0 records",))
    yield case(RECORD, WARN, absent, f"no record proves {STAGING.host}: renewal will fail")
    yield case(RECORD, WARN, other, f"no record proves {STAGING.host}")
    yield proven(WARN, mail, says=("is proven by e-mail",))
    yield proven(WARN, proof(PROD.host, ResourceRecord=None), says=(f"no record proves {PROD.host}",))
    waiting = {"DomainValidationOptions": [proof(PROD.host), pending]}
    renewal = {"RenewalSummary": {"RenewalStatus": "PENDING_VALIDATION"}}
    for changes in (waiting, {"Status": "PENDING_VALIDATION"}, renewal):
        given = {**absent, ("acm", "describe_certificate"): certificate(**changes)}
        yield case(RECORD, FAIL, given, f"ACM waits for the record of {STAGING.host}")
    yield proven(PASS, proof(PROD.host), pending)
    yield case(RECORD, SKIP, having(Type="IMPORTED"), "they were imported")
    yield case(RECORD, SKIP, but(list_hosted_zones_by_name=zones(zone("Z1", name="a.dev."))), "blocked by dns.zone")
    yield case(RECORD, FAIL, but(list_hosted_zones_by_name=zones(zone("Z1"), zone("Z2"))), "2 public zones")
    yield case(RECORD, PASS, PLAIN, "2 records in asharvi.dev")
    yield case(RECORD, FAIL, {**PLAIN, **_pending(), LISTED: absent[LISTED]}, "ACM waits for the record")
    yield case(RECORD, SKIP, UNREQUESTED, "blocked by acm.cert.covers")


CASES = [*cover_cases(), *expiry_cases(), *record_cases()]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    assert [part for part in one.says if part not in verdict.because] == [], verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


@pytest.mark.parametrize("one", [refused(name, question) for name in CHECKS for question in questions(name)], ids=str)
def test_denied(one: Case) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(one)
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


@pytest.mark.parametrize("name", CHECKS)
def test_needs_are_what_is_asked(name: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(name, CASES) == set(all_checks()[name].needs)


def test_names_outside_the_zone_are_told() -> None:
    """They are listed as evidence, and not judged."""
    given = having(DomainValidationOptions=[proof(PROD.host), proof("api.asharvi.net")])
    verdict, _ = judged(case(RECORD, PASS, given))
    assert verdict.evidence["outside"] == ["api.asharvi.net"]


def test_records_that_only_follow_are_not_taken() -> None:
    """The start of a list of records is a cursor: the alias after it has another name, and proves nothing."""
    given = but(list_resource_record_sets={"ResourceRecordSets": [alias(PROD.host)]})
    assert judged(case(RECORD, WARN, given))[0].status == WARN
