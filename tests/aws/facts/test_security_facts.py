"""Arithmetic of security groups, compared with counting addresses one by one."""

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.network import SecurityGroupRule
from runbook_tui.aws.facts.security import Ports


def rule(first: int = 443, last: int | None = None, cidr: str = "10.0.0.0/28", **changes: Any) -> SecurityGroupRule:
    raw = {
        "SecurityGroupRuleId": f"sgr-{first}-{cidr}",
        "GroupId": "sg-1",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": first,
        "ToPort": first if last is None else last,
        **({"CidrIpv6" if ":" in cidr else "CidrIpv4": cidr} if cidr else {}),
        **changes,
    }
    return SecurityGroupRule.from_api(raw)


def everything(cidr: str) -> SecurityGroupRule:
    return rule(-1, cidr=cidr, IpProtocol="-1")


# Prefixes inside 10.0.0.0/26 and fd00::/122: 64 addresses each, few enough to count.
FOUR = st.builds(
    lambda size, at: str(ip_network((0x0A000000 + at, size), strict=False)), st.integers(26, 32), st.integers(0, 63)
)
SIX = st.builds(
    lambda size, at: str(ip_network(((0xFD << 120) + at, size), strict=False)),
    st.integers(122, 128),
    st.integers(0, 63),
)
CIDRS = st.lists(st.one_of(FOUR, SIX), max_size=8)
PORTS = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair)))


def counted(cidrs: list[str]) -> set[Any]:
    return {address for cidr in cidrs for address in ip_network(cidr)}


@given(CIDRS, st.one_of(FOUR, SIX))
def test_within_is_subset_of_the_union(cidrs: list[str], wanted: str) -> None:
    """A range is within the union exactly when each of its addresses is in one of the ranges."""
    assert security.within(wanted, security.networks(cidrs)) == (counted([wanted]) <= counted(cidrs))


@given(CIDRS, st.lists(st.one_of(FOUR, SIX), min_size=1, max_size=4))
def test_reach_adds_rules_up(cidrs: list[str], wanted: list[str]) -> None:
    """Rules of one or several groups reach what all their addresses together hold."""
    rules = [rule(cidr=cidr) for cidr in cidrs]
    assert security.reach(rules, wanted) == (counted(wanted) <= counted(cidrs))


@given(CIDRS, CIDRS)
def test_outside_finds_what_is_not_allowed(cidrs: list[str], allowed: list[str]) -> None:
    """A rule is outside exactly when one of its addresses is not allowed."""
    found = {one.cidr_ipv4 or one.cidr_ipv6 for one in security.outside([rule(cidr=cidr) for cidr in cidrs], allowed)}
    assert found == {cidr for cidr in cidrs if not counted([cidr]) <= counted(allowed)}


@given(CIDRS, CIDRS)
def test_overlapping_shares_an_address(ones: list[str], others: list[str]) -> None:
    """Two ranges overlap exactly when they share an address."""
    expected = {(one, two) for one in ones for two in others if counted([one]) & counted([two])}
    assert set(security.overlapping(ones, others)) == expected


@given(st.lists(st.tuples(PORTS, FOUR), max_size=6), PORTS, FOUR)
def test_gap_is_the_first_port_that_is_shut(
    opened: list[tuple[tuple[int, int], str]], ends: tuple[int, int], to: str
) -> None:
    """A gap begins at the first wanted port on which the rules together do not reach the range."""
    rules = [rule(first, last, cidr) for (first, last), cidr in opened]
    gap = security.gap(rules, Ports(*ends), lambda its: security.reach(its, [to]))

    def shut(port: int) -> bool:
        return not counted([to]) <= counted([cidr for (first, last), cidr in opened if first <= port <= last])

    assert (gap.first if gap else None) == next((port for port in range(ends[0], ends[1] + 1) if shut(port)), None)
    assert gap is None or all(shut(port) for port in range(gap.first, gap.last + 1))


def test_two_halves_are_everywhere() -> None:
    """0.0.0.0/1 and 128.0.0.0/1 together are all of IPv4; one of them is not."""
    halves = [rule(cidr="0.0.0.0/1"), rule(cidr="128.0.0.0/1")]
    assert security.reach_everywhere(halves)
    assert not security.reach_everywhere(halves[:1])


def test_reaching_nothing_is_not_reaching() -> None:
    """With nothing to reach the answer is no: an empty list of subnets must not look covered."""
    assert not security.reach([rule(cidr="0.0.0.0/0")], [])


def test_families_do_not_mix() -> None:
    """All of IPv4 holds no IPv6 address, and the other way round."""
    assert not security.reach([rule(cidr="0.0.0.0/0")], ["::/0"])
    assert not security.reach([rule(cidr="::/0")], ["0.0.0.0/0"])


@pytest.mark.parametrize(
    ("one", "port", "covered"),
    [
        (rule(443), 443, True),
        (rule(443), 444, False),
        (rule(80, 443), 443, True),
        (rule(80, 442), 443, False),
        (rule(443, IpProtocol="6"), 443, True),
        (rule(443, IpProtocol="udp"), 443, False),
        (rule(443, IpProtocol="17"), 443, False),
        (everything("10.0.0.0/28"), 443, True),
        (rule(-1, IpProtocol="icmp"), 443, False),
    ],
)
def test_covers(one: SecurityGroupRule, port: int, covered: bool) -> None:
    """A rule covers a port as TCP, by name or number, or as all traffic."""
    assert security.covers(one, port) == covered


def test_allow_all_needs_all_traffic_everywhere() -> None:
    """Only rules of every protocol count, and only where together they reach everywhere."""
    assert security.allow_all([rule(0, 65535, "0.0.0.0/0"), everything("10.0.0.0/8")]) == ()
    default = everything("0.0.0.0/0")
    assert security.allow_all([default, everything("10.0.0.0/8")]) == (default,)
    halves = (everything("0.0.0.0/1"), everything("128.0.0.0/1"))
    assert security.allow_all(halves) == halves


@pytest.mark.parametrize(("status", "counts"), [("", True), ("active", True), ("deleted", False), ("expired", False)])
def test_reference_that_peering_left_behind(status: str, counts: bool) -> None:
    """A reference to a group across a peering that is gone lets nobody in."""
    one = rule(cidr="", ReferencedGroupInfo={"GroupId": "sg-2", "PeeringStatus": status})
    assert bool(security.referring([one], ["sg-2"])) == counts


def test_prefix_list_that_is_not_known() -> None:
    """No prefix list is not matched by rules that have none."""
    assert security.listing([rule()], None) == ()


def test_opening_in_words() -> None:
    """A rule is told as what is open and to whom."""
    assert security.opening(rule(20, 25, "0.0.0.0/0")) == "tcp 20-25 · 0.0.0.0/0"
    assert security.opening(everything("::/0")) == "all traffic · ::/0"
    assert security.opening(rule(53, cidr="", IpProtocol="udp", PrefixListId="pl-1")) == "udp · pl-1"


def test_impossible_range() -> None:
    """Something that is no range is Malformed, not a crash."""
    with pytest.raises(Malformed):
        security.network("10.0.0.0/99")
