"""The certificates that the load balancer shows (guide 6.1, 6.3)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.acm import Certificate, Validation
from runbook_tui.aws.facts.host_certificates import bare_of, held, hosts_of, meant
from runbook_tui.aws.facts.records import in_zone, plain_name
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Alb, Site
from runbook_tui.core.verdict import Cause, Status, Verdict, blocked, fail, passed, skip, unknown, warn

SHOWN_READS: Final = [
    "acm:DescribeCertificate",
    "acm:ListCertificates",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancers",
]
RECORD_READS: Final = ["route53:ListHostedZonesByName", "route53:ListResourceRecordSets"]
IMPORTED_DAYS: Final = 45  # nobody renews these but their owner, who needs longer
RENEWING: Final = ("SUCCESS", "PENDING_AUTO_RENEWAL")


class Shown(Struct, frozen=True):
    """``unreadable`` are ARNs of certificates that IAM keeps: ACM cannot describe them. ``by`` says who shows them."""

    certificates: tuple[Certificate, ...]
    unreadable: tuple[str, ...]
    by: str


LISTENER: Final = "the listener"
NOBODY: Final = "ACM"  # in a new account the certificate comes before the load balancer


def shown(aws: Aws, site: Site) -> Shown:
    """Those of the HTTPS listener; where there is none yet, those that ACM holds for the site's hosts."""
    try:
        listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    except Missing:
        return Shown(meant(held(aws, site), hosts_of(site)), (), NOBODY)
    arns = tuple(dict.fromkeys(one.certificate_arn for one in aws.elb.listener_certificates(listener)))
    by_acm = [arn for arn in arns if ":acm:" in arn]
    return Shown(each(aws.acm.certificate, by_acm), tuple(arn for arn in arns if arn not in by_acm), LISTENER)


@check("acm.cert.covers", guide="6.1", severity="critical", scope="shared", needs=SHOWN_READS)
def cert_covers(aws: Aws, site: Site) -> Verdict:
    """Every environment's host is named by an issued certificate of the listener."""
    found = shown(aws, site)
    hosts = [one.host for one in site.environments.values() if one.host]
    if not hosts:
        return unknown(Cause.UNDECIDED, "the site names no host", "set environments.*.host")
    evidence: dict[str, Any] = {
        "names": {one.certificate_arn: list(one.names) for one in found.certificates},
        "status": {one.certificate_arn: one.status for one in found.certificates},
        "not_of_acm": list(found.unreadable),
    }
    remedy = "request one certificate with both names, or add a second one to the listener"
    wrong = [one for one in found.certificates if one.status != "ISSUED"]
    if wrong:
        return fail("; ".join(f"{_named(one)} is {one.status or 'of no status'}" for one in wrong), remedy, **evidence)
    far = [one for one in found.certificates if one.region != site.aws.region]
    if far:
        return fail(f"{', '.join(map(_named, far))} is not of {site.aws.region}", remedy, **evidence)
    if found.unreadable:
        because = f"{named(len(found.unreadable), 'certificate')} of the listener is kept by IAM, which ACM cannot read"
        return unknown(Cause.UNDECIDED, because, "see probe.https, or import it into ACM", **evidence)
    bare = bare_of([name for one in found.certificates for name in one.names], tuple(hosts))
    if bare:
        because = f"no certificate of {found.by} names {', '.join(bare)}: browsers refuse it"
        return fail(because, remedy, **evidence)
    imported = [_named(one) for one in found.certificates if one.is_imported]
    concerns = [f"{', '.join(imported)} was imported: ACM does not renew it"] if imported else []
    waits = "" if found.by == LISTENER else ", no listener shows it yet"
    good = f"{', '.join(hosts)} are covered{waits}"
    return warn_or_pass(concerns, good, "request it from ACM instead", **evidence)


@check("acm.cert.expiry", guide="6.1", severity="critical", scope="shared", needs=SHOWN_READS)
def cert_expiry(aws: Aws, site: Site) -> Verdict:
    """No certificate of the listener ends soon without being renewed."""
    found, now = shown(aws, site), aws.now()
    if not found.certificates and not found.unreadable:
        by_listener = found.by == LISTENER
        return blocked("alb.https-listener" if by_listener else "acm.cert.covers", f"{found.by} has no certificate")
    in_use = found.by == LISTENER
    judged = {one.certificate_arn: lasting(one, now, site.alb, in_use=in_use) for one in found.certificates}
    evidence: dict[str, Any] = {
        "not_after": {one.certificate_arn: _date(one) for one in found.certificates},
        "renewal": {one.certificate_arn: one.renewal_summary.renewal_status or "none" for one in found.certificates},
        "not_of_acm": list(found.unreadable),
    }
    remedy = "ACM renews it while its DNS record stands: restore that; one that was imported replace by one of ACM's"
    ending = _with(judged.values(), Status.FAIL)
    if ending:
        return fail(ending, remedy, **evidence)
    if found.unreadable:
        because = f"{', '.join(found.unreadable)} is kept by IAM, which ACM cannot read"
        return unknown(Cause.UNDECIDED, because, "see the end that probe.https shows", **evidence)
    doubtful = _with(judged.values(), Status.UNKNOWN)
    if doubtful:
        return unknown(Cause.UNDECIDED, doubtful, "see acm.cert.covers", **evidence)
    soon = _with(judged.values(), Status.WARN)
    return warn(soon, remedy, **evidence) if soon else passed(_with(judged.values(), Status.PASS), **evidence)


def lasting(one: Certificate, now: datetime, limits: Alb, *, in_use: bool = True) -> tuple[Status, str]:
    """How well the end of a certificate is taken care of, and why. One that nothing uses ACM does not renew."""
    left = one.left(now)
    if one.status == "EXPIRED":
        return Status.FAIL, f"{_named(one)} has expired"
    if left is None:
        return Status.UNKNOWN, f"{_named(one)} has no end: it is {one.status or 'of no status'}"
    told = f"{_named(one)} ends in {left // timedelta(days=1)} days"
    renewal = one.renewal_summary
    if left <= timedelta(days=limits.cert_fail_days):
        return Status.FAIL, told
    if one.is_imported:
        soon = left <= timedelta(days=max(IMPORTED_DAYS, limits.cert_warn_days))
        return (Status.WARN, f"{told}, and nobody renews an imported one") if soon else (Status.PASS, told)
    if one.renewal_eligibility == "INELIGIBLE" and in_use:
        return Status.WARN, f"{told}, and ACM will not renew it (INELIGIBLE)"
    if left > timedelta(days=limits.cert_warn_days) or renewal.renewal_status in RENEWING:
        return Status.PASS, told
    reason = f": {renewal.renewal_status_reason}" if renewal.renewal_status_reason else ""
    return Status.WARN, f"{told}, its renewal is {renewal.renewal_status or 'not under way'}{reason}"


@check("acm.cert.validation-record", guide="6.1", severity="high", scope="shared", needs=[*SHOWN_READS, *RECORD_READS])
def cert_validation_record(aws: Aws, site: Site) -> Verdict:
    """The records that prove the certificates' domains to ACM are in the zone, so that renewal goes by itself."""
    found, zone = together(lambda: shown(aws, site), lambda: aws.route53.zone(site))
    if not found.certificates and found.by == NOBODY:
        return blocked("acm.cert.covers", "ACM has no certificate for these hosts")
    managed = [one for one in found.certificates if not one.is_imported]
    if not managed:
        return skip("no certificate of the listener is proven by a record: they were imported")
    options = [(one, option) for one in managed for option in one.domain_validation_options]
    own = [(one, option) for one, option in options if in_zone(option.domain_name.removeprefix("*."), zone.name)]
    proofs = {option.resource_record.name: option.resource_record for _, option in own if option.resource_record}
    sets = dict(zip(proofs, each(lambda name: aws.route53.records(zone, name), proofs), strict=True))
    there = {
        name
        for name, proof in proofs.items()
        if plain_name(proof.value) in {plain_name(value) for one in sets[name] for value in one.values}
    }
    absent = [(one, option) for one, option in own if _wants(option) and not _is_in(option, there)]
    evidence: dict[str, Any] = {
        "records": {name: name in there for name in proofs},
        "outside": sorted({option.domain_name for _, option in options} - {option.domain_name for _, option in own}),
    }
    remedy = "create the CNAME again as ACM tells it"
    pending = [option.domain_name for one, option in absent if _is_pending(one, option)]
    if pending:
        return fail(f"ACM waits for the record of {', '.join(dict.fromkeys(pending))}", remedy, **evidence)
    gone = dict.fromkeys(option.domain_name for _, option in absent)
    mail = dict.fromkeys(option.domain_name for _, option in own if option.validation_method == "EMAIL")
    concerns = [f"no record proves {', '.join(gone)}: renewal will fail"] if gone else []
    concerns += [f"{', '.join(mail)} is proven by e-mail: somebody must answer at each renewal"] if mail else []
    return warn_or_pass(concerns, f"{named(len(there), 'record')} in {plain_name(zone.name)}", remedy, **evidence)


def _wants(option: Validation) -> bool:
    """HTTP is CloudFront's own way, e-mail needs no record."""
    return option.validation_method not in ("EMAIL", "HTTP")


def _is_in(option: Validation, there: Iterable[str]) -> bool:
    return option.resource_record is not None and option.resource_record.name in there


def _is_pending(one: Certificate, option: Validation) -> bool:
    """At its first issue, or while its renewal waits."""
    return "PENDING_VALIDATION" in (one.status, option.validation_status, one.renewal_summary.renewal_status)


def _with(judged: Iterable[tuple[Status, str]], status: Status) -> str:
    return "; ".join(text for one, text in judged if one is status)


def _named(one: Certificate) -> str:
    return one.domain_name or one.certificate_arn.rpartition("/")[2]


def _date(one: Certificate) -> str:
    return f"{one.not_after:%Y-%m-%d}" if one.not_after else "none"
