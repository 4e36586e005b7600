"""What is unusual among the events of an account, rule by rule (guide 9.3). Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.trail_event import TrailEvent

DENIALS_AN_HOUR: Final = 20
HOUR: Final = timedelta(hours=1)
# No table of countries is shipped: registries give whole countries blocks of this size.
RANGE_4: Final = 8
RANGE_6: Final = 20
ROLE_CHANGES: Final = ("AttachRolePolicy", "PutRolePolicy", "UpdateAssumeRolePolicy")
GROUP_CHANGES: Final = (
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "ModifySecurityGroupRules",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
)
SIGN_IN: Final = "ConsoleLogin"


class Expected(Struct, frozen=True, kw_only=True):
    """What is usual here: names of ``principals``, the backend's ``roles`` and ``secrets``, former ``sign_ins``."""

    principals: frozenset[str]
    roles: frozenset[str]
    secrets: tuple[str, ...]
    sign_ins: tuple[TrailEvent, ...] = ()


def alarming(events: Iterable[TrailEvent], expected: Expected) -> Iterator[str]:
    """What nobody may have done."""
    for event in events:
        why = _alarm(event, expected)
        if why:
            yield f"{why}: {event.label}"


def _alarm(event: TrailEvent, expected: Expected) -> str:
    if event.kind == "Root" and not event.by_service:
        return "the root user was used"
    if event.error or event.by_service:
        return ""
    if event.name == SIGN_IN:
        plain = event.kind == "IAMUser" and event.additional.get("MFAUsed") == "No"
        return "a sign-in without a second factor" if plain and _succeeded(event) else ""
    if event.name in ("StopLogging", "DeleteTrail"):
        return "the trail was stopped"
    if event.principal in expected.principals:
        return ""
    if event.name in ("CreateAccessKey", "CreateUser"):
        return "a key or user made by somebody unknown"
    if event.name == "GetSecretValue" and any(_is_secret(event.parameter("secretId"), one) for one in expected.secrets):
        return "a secret read by somebody unknown"
    return ""


def _succeeded(event: TrailEvent) -> bool:
    return event.response.get(SIGN_IN) == "Success"


def _is_secret(asked: str, name: str) -> bool:
    """A secret is asked for by its name or its ARN, which ends in six random characters."""
    resource = asked.rpartition(":secret:")[2]
    return resource == name or (resource.startswith(f"{name}-") and len(resource) == len(name) + 7)


def odd(events: Sequence[TrailEvent], expected: Expected) -> Iterator[str]:
    """What somebody should know about."""
    for event in events:
        if event.name in ROLE_CHANGES and event.parameter("roleName") in expected.roles and not event.error:
            yield f"a backend role was changed: {event.label}"
        elif event.name in GROUP_CHANGES and not event.error:
            yield f"a security group was changed: {event.label}"
        elif event.name in ("StopLogging", "DeleteTrail") and event.error:
            yield f"somebody tried to stop the trail: {event.label}"
    yield from _denials(events)
    yield from _new_ranges(events, expected.sign_ins)


def _denials(events: Sequence[TrailEvent]) -> Iterator[str]:
    """More than twenty within any hour by one principal; the hour with the most of them."""
    by_principal: dict[str, list[TrailEvent]] = {}
    for event in sorted(events, key=lambda one: one.at):
        if event.denied:
            by_principal.setdefault(event.principal, []).append(event)
    for principal, its in by_principal.items():
        most, first = 0, 0
        for place, event in enumerate(its):
            while event.at - its[first].at > HOUR:
                first += 1
            most = max(most, place - first + 1)
        if most > DENIALS_AN_HOUR:
            yield f"{principal or 'nobody named'} was denied {most} times within an hour"


def _new_ranges(events: Sequence[TrailEvent], former: Sequence[TrailEvent]) -> Iterator[str]:
    """Nothing is new where nobody has signed in before."""
    known = {found for event in former if _succeeded(event) and (found := source_range(event.source))}
    if not known:
        return
    for event in events:
        if event.name == SIGN_IN and _succeeded(event):
            found = source_range(event.source)
            if found and found not in known:
                known.add(found)
                yield f"a sign-in from a new range, {found}: {event.label}"


def source_range(source: str) -> str:
    """The wide range that an address is in; empty for a service's name or no address."""
    try:
        address: IPv4Address | IPv6Address = ip_address(source)
    except ValueError:
        return ""
    return str(ip_network((address, RANGE_4 if address.version == 4 else RANGE_6), strict=False))
