"""Rules about addresses: ranges inside the VPC, disjoint from each other and from the peers."""

import ipaddress
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from runbook_tui.core.limits import is_placeholder, shown
from runbook_tui.core.site import Site

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Wrong = tuple[str, str, str]

_PRIVATE: Final = tuple(ipaddress.ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def network_problems(site: Site) -> Iterator[Wrong]:
    vpc = network(site.net.cidr)
    of_vpc = list(_vpc(site, vpc))
    yield from of_vpc
    # Against a wrong range every subnet would be wrong too.
    yield from _subnets(site, None if any(key == "net.cidr" for key, _, _ in of_vpc) else vpc)
    yield from _readable(site)
    if site.net.endpoints == "off" and site.net.nat == "none":
        yield "net.nat", "endpoints off and no NAT: tasks could not start", "set net.nat to auto, or use endpoints"


def network(text: str) -> Network | None:
    """None for what is no CIDR (a subnet's id, a placeholder, a mistake)."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def inside(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and bool(inner.subnet_of(outer))  # type: ignore[arg-type]


def _vpc(site: Site, vpc: Network | None) -> Iterator[Wrong]:
    if vpc is None:
        if not is_placeholder(site.net.cidr):
            yield "net.cidr", f"{shown(site.net.cidr)} is not a CIDR", "give a range such as 10.20.0.0/16"
        return
    if not any(inside(vpc, private) for private in _PRIVATE):
        yield "net.cidr", f"{vpc} is not a private range", "choose one in 10/8, 172.16/12 or 192.168/16"
    elif not 16 <= vpc.prefixlen <= 24:
        yield "net.cidr", f"{vpc} is not from /16 to /24", "choose a size from /16 to /24"
    for place, peer in enumerate(site.net.peer_cidrs):
        yield from _apart(vpc, f"net.peer_cidrs.{place}", peer)
    if site.db.kind == "mongodb_atlas":
        yield from _apart(vpc, "db.atlas.cidr", site.db.atlas.cidr)


def _apart(vpc: Network, key: str, text: str) -> Iterator[Wrong]:
    peer = network(text)
    if peer is not None and peer.overlaps(vpc):
        yield key, f"{peer} overlaps the VPC's {vpc}", "choose ranges that do not overlap: they could not be routed"


def _subnets(site: Site, vpc: Network | None) -> Iterator[Wrong]:
    kinds = {"net.public_subnets": site.net.public_subnets, "net.private_subnets": site.net.private_subnets}
    known: list[tuple[str, str]] = []
    for key, subnets in kinds.items():
        if len(subnets) < 2:
            yield key, f"{len(subnets)} subnet where two are needed", "give two or more, in different zones"
        known += [(f"{key}.{place}", text) for place, text in enumerate(subnets)]
    for key, text in known:
        yield from _subnet(key, text, vpc)
    for (_, one), (key, other) in combinations(known, 2):
        first, second = network(one), network(other)
        if one == other or (first is not None and second is not None and first.overlaps(second)):
            yield key, f"{other} overlaps {one}", "give each subnet a range of its own"


def _subnet(key: str, text: str, vpc: Network | None) -> Iterator[Wrong]:
    found = network(text)
    if found is None:
        is_id = text.startswith("subnet-") and 15 <= len(text) <= 24 and text[7:].isalnum()
        if not is_id and not is_placeholder(text):
            yield key, f"{shown(text)} is neither a CIDR nor a subnet's id", "give 10.20.0.0/24 or subnet-…"
    elif vpc is not None and not inside(found, vpc):
        yield key, f"{found} is not inside the VPC's {vpc}", "choose a range inside net.cidr"


def _readable(site: Site) -> Iterator[Wrong]:
    lists = {
        "net.peer_cidrs": site.net.peer_cidrs,
        "net.alb_allowed_cidrs": site.net.alb_allowed_cidrs,
    }
    asked = [(f"{key}.{place}", text) for key, texts in lists.items() for place, text in enumerate(texts)]
    for key, text in (*asked, ("db.atlas.cidr", site.db.atlas.cidr)):
        if network(text) is None and not is_placeholder(text):
            yield key, f"{shown(text)} is not a CIDR", "give a range such as 192.168.248.0/21 (no bits behind the mask)"
    if not site.net.alb_allowed_cidrs:
        yield "net.alb_allowed_cidrs", "nobody may reach the load balancer", "give one range or more, or 0.0.0.0/0"
