"""Certificates of ACM over time: validated once their records exist, expired when their time is over."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from runbook_tui.simulator import dns
from runbook_tui.simulator.refusal import Refused

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

LIFETIME = timedelta(days=198)  # what ACM issues since 2026
_VALIDATING = 120.0  # seconds from a record to the certificate; half an hour at the longest
_PATIENCE = 72 * 3600.0  # seconds until ACM gives up
_RENEWS = timedelta(days=60)


class Certificate(Struct, kw_only=True):
    """``proven`` are the domains whose record was found. The times are None until it is issued."""

    arn: str
    domains: tuple[str, ...]
    requested: datetime
    status: str = "PENDING_VALIDATION"
    issued: datetime | None = None
    not_after: datetime | None = None
    proven: set[str] = field(default_factory=set)


class Certificates(Struct):
    """Those that were requested, by ARN; imported ones are moto's."""

    known: dict[str, Certificate] = field(default_factory=dict)


def request(world: "World", arn: str) -> None:
    """Takes up a certificate that moto has just made."""
    bundle = bundle_of(world, arn)
    domains = tuple(dict.fromkeys((bundle.common_name, *sorted(bundle.sans))))
    found = Certificate(arn=arn, domains=domains, requested=world.clock.now())
    world.store(Certificates).known[arn] = found
    bundle.check = lambda: None  # moto would issue it by itself, and judge it by the machine's clock
    world.agenda.after(_PATIENCE, lambda: _give_up(world, found))
    look_for_records(world)


def issue(world: "World", arn: str, *, issued: datetime, not_after: datetime) -> None:
    """As if its records had always been there."""
    found = world.store(Certificates).known[arn]
    found.proven = set(found.domains)
    found.requested, found.issued, found.not_after = issued - timedelta(minutes=5), issued, not_after
    _follow_time(world, found)


def expire_at(world: "World", arn: str, when: datetime) -> None:
    """Moves the end of a certificate: for faults. The load balancer shows the certificate that really ends then.
    Raises Refused for one that is not known here."""
    found = world.store(Certificates).known.get(arn)
    if found is None:
        raise Refused("ResourceNotFoundException", f"Could not find certificate {arn}.")
    found.not_after = when
    _follow_time(world, found)


def look_for_records(world: "World") -> None:
    """ACM finds a record that proves a domain a while after it was made."""
    for found in world.store(Certificates).known.values():
        for domain in found.domains:
            if found.status == "PENDING_VALIDATION" and domain not in found.proven and _has_record(world, domain):
                world.agenda.after(_VALIDATING, partial(_prove, world, found, domain))


def record_of(domain: str) -> tuple[str, str]:
    """Name and value of the CNAME that proves a domain: the same for all certificates of an account."""
    bare = domain.removeprefix("*.")
    return f"_d930b28be6c5927595552b219965053e.{bare}.", _PROOF


_PROOF = "_c9edd76ee4a0e2a74388032f3861cc50.ykybfrwcxw.acm-validations.aws."


def bundle_of(world: "World", arn: str) -> Any:
    """moto's model of a certificate. Raises Refused."""
    bundle = world.backend("acm")._certificates.get(arn)  # noqa: SLF001 - reading it by the API judges it by moto's rules
    if bundle is None:
        raise Refused("ResourceNotFoundException", f"Could not find certificate {arn}.")
    return bundle


def renewal(world: "World", found: Certificate) -> str | None:
    """The state of the managed renewal of a certificate in use; None while its end is far off. It hangs here for ever:
    a certificate that comes near its end has been given that end by a fault."""
    if found.not_after is None or found.status != "ISSUED" or found.not_after - world.clock.now() > _RENEWS:
        return None
    proven = all(_has_record(world, domain) for domain in found.domains)
    return "PENDING_AUTO_RENEWAL" if proven else "PENDING_VALIDATION"


def _has_record(world: "World", domain: str) -> bool:
    name, value = record_of(domain)
    zone = dns.zone_of(world, name)
    if zone is None:
        return False
    return value.rstrip(".") in {each.rstrip(".") for each in dns.answer(world, zone, name, "CNAME").data}


def _prove(world: "World", found: Certificate, domain: str) -> None:
    if found.status != "PENDING_VALIDATION" or not _has_record(world, domain):
        return
    found.proven.add(domain)
    if found.proven == set(found.domains):
        now = world.clock.now()
        found.issued, found.not_after = now, now + LIFETIME
        _follow_time(world, found)


def _give_up(world: "World", found: Certificate) -> None:
    if found.status == "PENDING_VALIDATION":
        found.status = "VALIDATION_TIMED_OUT"
        _write(world, found)


def _follow_time(world: "World", found: Certificate) -> None:
    assert found.not_after is not None
    ended = world.clock.now() >= found.not_after
    found.status = "EXPIRED" if ended else "ISSUED"
    _write(world, found)
    if not ended:
        until = found.not_after
        world.agenda.at(until, lambda: _follow_time(world, found) if found.not_after == until else None)


def _write(world: "World", found: Certificate) -> None:
    bundle = world.backend("acm")._certificates.get(found.arn)  # noqa: SLF001 - no API changes a status
    if bundle is not None:
        bundle.status = found.status
