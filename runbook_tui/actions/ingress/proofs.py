"""The records that prove to ACM whose the names are (guide 6.1, 6.3)."""

from collections.abc import Iterator

from runbook_tui.actions.ingress.records import Replaced, batch, difference, sets_of
from runbook_tui.actions.network.calls import complete
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.acm import Certificate, ProofRecord
from runbook_tui.aws.facts.host_certificates import held
from runbook_tui.aws.facts.records import in_zone, plain_name
from runbook_tui.aws.facts.route53 import HostedZone
from runbook_tui.aws.together import each
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.site import Environment, Site

_TTL = 300  # seconds


@action("route53.put-validation-record", guide="6.1", fixes=("acm.cert.validation-record", "acm.cert.expiry"))
def put_validation_record(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The records by which ACM issues and renews the certificates of the hosts are in the zone."""
    zone, certificates = aws.route53.zone(site), _certificates(aws, site)
    proofs = _proofs(certificates, zone)
    changes = tuple(change for one in proofs if (change := _change(aws, zone, one)))
    outside = _outside(certificates, zone)
    elsewhere = f"{', '.join(outside)}: the record belongs into another zone than {plain_name(zone.name)}"
    return complete(
        Plan(
            action="route53.put-validation-record",
            title=f"Prove the certificate's names in {plain_name(zone.name)}",
            environment=env.name,
            resource=plain_name(zone.name),
            effect="ACM finds the records by itself, usually within minutes; they stay, for the renewals.",
            risk=Risk.CHANGE,
            calls=(batch("put-proofs", zone, "ACM can see whose the names are", changes, "as it was"),)
            if changes
            else (),
            differences=tuple(difference(one) for one in changes),
            warnings=(elsewhere,) if outside else (),
        )
    )


def _certificates(aws: Aws, site: Site) -> tuple[Certificate, ...]:
    """Those that ACM holds for the hosts, and those that the listener shows besides."""
    known = held(aws, site)
    arns = {one.certificate_arn for one in known}
    others = sorted(arn for arn in _shown(aws, site) if ":acm:" in arn and arn not in arns)
    found = [one for one in (*known, *each(aws.acm.certificate, others)) if not one.is_imported]
    if not found:
        raise CannotPlan("ACM has no certificate for these hosts", "request one first: acm.request-certificate")
    return tuple(found)


def _shown(aws: Aws, site: Site) -> Iterator[str]:
    try:
        listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    except Missing:
        return  # the certificate comes before the load balancer
    yield from (one.certificate_arn for one in aws.elb.listener_certificates(listener))


def _proofs(certificates: tuple[Certificate, ...], zone: HostedZone) -> tuple[ProofRecord, ...]:
    """One a name, in the order of the names: certificates of the same name share theirs."""
    found: dict[str, ProofRecord] = {}
    for one in certificates:
        for option in one.domain_validation_options:
            if option.validation_method != "DNS" or not _is_inside(option.domain_name, zone):
                continue
            if option.resource_record is None:
                because = f"ACM has not told yet by which record {option.domain_name} is proven"
                raise CannotPlan(because, "wait some seconds, then plan again")
            found[plain_name(option.resource_record.name)] = option.resource_record
    return tuple(found[name] for name in sorted(found))


def _is_inside(domain: str, zone: HostedZone) -> bool:
    return in_zone(domain.removeprefix("*."), zone.name)


def _outside(certificates: tuple[Certificate, ...], zone: HostedZone) -> list[str]:
    names = {option.domain_name for one in certificates for option in one.domain_validation_options}
    return sorted(name for name in names if not _is_inside(name, zone))


def _change(aws: Aws, zone: HostedZone, proof: ProofRecord) -> Replaced | None:
    """None where the zone has it."""
    there = [one for one in sets_of(aws, zone, proof.name) if one["Type"] == "CNAME"]
    before = there[0] if there else None
    values = [plain_name(one["Value"]) for one in before["ResourceRecords"]] if before else []
    if plain_name(proof.value) in values:
        return None
    after = {"Name": proof.name, "Type": "CNAME", "TTL": _TTL, "ResourceRecords": [{"Value": proof.value}]}
    return Replaced(before=before, after=after)
