"""ACM: certificates that are issued once Route 53 has the records that prove their domains."""

import re
from typing import Any

from runbook_tui.simulator import certificates
from runbook_tui.simulator.certificates import Certificate, Certificates
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("acm", "RequestCertificate")
def refuse_a_bad_token(_world: World, parameters: Parameters) -> Reply:
    token = str(parameters.get("IdempotencyToken", "x"))
    if not re.fullmatch(r"\w{1,32}", token, re.ASCII):
        must = "Member must satisfy regular expression pattern: \\w+, and have length less than or equal to 32"
        where = f"1 validation error detected: Value '{token}' at 'idempotencyToken' failed to satisfy constraint"
        raise Refused("ValidationException", f"{where}: {must}")
    return None


@after("acm", "RequestCertificate")
def wait_for_proof(world: World, _parameters: Parameters) -> Reply:
    """moto's newest certificate is the one, unless the request repeated an earlier one."""
    known = world.store(Certificates).known
    for arn, bundle in world.backend("acm")._certificates.items():  # noqa: SLF001 - listing them judges them
        if bundle.type == "AMAZON_ISSUED" and arn not in known:
            certificates.request(world, arn)
    return None


@overlay("acm", "DeleteCertificate")
def keep_what_is_shown(world: World, parameters: Parameters) -> Reply:
    arn = parameters["CertificateArn"]
    if _users(world, arn):
        raise Refused("ResourceInUseException", f"Certificate {arn} in account {world.account} is in use.")
    return None


@after("acm", "DeleteCertificate")
def forget(world: World, parameters: Parameters) -> Reply:
    world.store(Certificates).known.pop(parameters["CertificateArn"], None)
    return None


@after("acm", "DescribeCertificate")
def describe_certificate(world: World, parameters: Parameters) -> Reply:
    found = world.store(Certificates).known.get(parameters["CertificateArn"])
    if found is None:
        return None
    told = certificates.bundle_of(world, found.arn).describe()["Certificate"]
    users = _users(world, found.arn)
    serial = told["Serial"]
    for member in ("NotAfter", "NotBefore", "IssuedAt", "Serial"):
        del told[member]
    if found.issued is not None:
        told |= {**_times(found), "Serial": serial}
    told |= {
        "CreatedAt": found.requested,
        "InUseBy": users,
        "SubjectAlternativeNames": list(found.domains),
        "DomainValidationOptions": [_proof(found, domain) for domain in found.domains],
        "RenewalEligibility": "ELIGIBLE" if users and found.status == "ISSUED" else "INELIGIBLE",
    }
    state = certificates.renewal(world, found) if users else None
    if state is not None:
        told["RenewalSummary"] = {
            "RenewalStatus": state,
            "DomainValidationOptions": told["DomainValidationOptions"],
            "UpdatedAt": world.clock.now(),
        }
    return {"Certificate": told}


@after("acm", "ListCertificates")
def list_certificates(world: World, parameters: Parameters) -> Reply:
    """Only those that are issued, unless the states are named; without the members that a summary has not."""
    wanted = parameters.get("CertificateStatuses") or ["ISSUED"]
    summaries = []
    for bundle in world.backend("acm").list_certificates(wanted, parameters.get("Includes") or {}):
        told = bundle.describe()["Certificate"]
        found = world.store(Certificates).known.get(bundle.arn)
        users = _users(world, bundle.arn)
        summary = {
            "CertificateArn": bundle.arn,
            "DomainName": told["DomainName"],
            "SubjectAlternativeNameSummaries": list(found.domains) if found else told["SubjectAlternativeNames"],
            "HasAdditionalSubjectAlternativeNames": False,
            "Status": bundle.status,
            "Type": bundle.type,
            "KeyAlgorithm": told["KeyAlgorithm"],
            "InUse": bool(users),
            "Exported": False,
            "RenewalEligibility": "ELIGIBLE" if users and bundle.status == "ISSUED" else "INELIGIBLE",
        }
        if found is not None:
            summary |= {"CreatedAt": found.requested, **_times(found)}
        else:
            summary |= {member: told[member] for member in ("NotBefore", "NotAfter", "ImportedAt") if member in told}
        summaries.append(summary)
    return {"CertificateSummaryList": summaries}


def _times(found: Certificate) -> dict[str, Any]:
    if found.issued is None:
        return {}
    return {"IssuedAt": found.issued, "NotBefore": found.issued, "NotAfter": found.not_after}


def _proof(found: Certificate, domain: str) -> dict[str, Any]:
    name, value = certificates.record_of(domain)
    failed = found.status == "VALIDATION_TIMED_OUT"
    status = "SUCCESS" if domain in found.proven else "FAILED" if failed else "PENDING_VALIDATION"
    return {
        "DomainName": domain,
        "ValidationDomain": domain,
        "ValidationStatus": status,
        "ValidationMethod": "DNS",
        "ResourceRecord": {"Name": name, "Type": "CNAME", "Value": value},
    }


def _users(world: World, arn: str) -> list[str]:
    """The load balancers whose listeners show it."""
    balancers = world.backend("elbv2").load_balancers.values()
    return [
        balancer.arn
        for balancer in balancers
        if any(arn in listener.certificates for listener in balancer.listeners.values())
    ]
