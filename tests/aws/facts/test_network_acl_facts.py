"""What network ACLs let pass, against a judge that tries one address and one port at a time."""

from ipaddress import IPv4Network, collapse_addresses, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.network_acl import Flow, NetworkAcl, Passage, allows_everything, beyond, judge
from runbook_tui.aws.facts.security import Ports, network
from tests.support.backend_site import Raw
from tests.support.ground import ALLOW_ALL, DENY_REST, acl_entry, network_acl

# Small worlds, so that every address and port of them can be tried.
PREFIXES = st.sampled_from(["10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.2/31", "10.0.0.5/32", "0.0.0.0/0"])
SIX = st.sampled_from(["2001:db8::/126", "2001:db8::2/127", "::/0"])
PORTS = st.tuples(st.integers(1, 6), st.integers(1, 6)).map(sorted)


@st.composite
def entries(draw: st.DrawFn, cidrs: st.SearchStrategy[str]) -> list[Raw]:
    """Each number once in a direction, in any order."""
    numbers = draw(st.lists(st.integers(1, 99), unique=True, max_size=6))
    return [
        {
            **acl_entry(number, draw(st.sampled_from(["allow", "deny"])), draw(cidrs), egress=draw(st.booleans())),
            **draw(st.sampled_from([{}, {"Protocol": "17"}, _tcp(draw(PORTS))])),
        }
        for number in numbers
    ]


def _tcp(ports: list[int]) -> Raw:
    return {"Protocol": "6", "PortRange": {"From": ports[0], "To": ports[1]}}


def parsed(*given: Raw) -> NetworkAcl:
    return NetworkAcl.from_api(network_acl("acl-1", (), tuple(given)))


def passes(acl: list[Raw], address: str, port: int, *, egress: bool) -> bool:
    """As AWS says: the rule of the lowest number that matches decides; none denies."""
    for one in sorted(acl, key=lambda each: each["RuleNumber"]):
        cidr = ip_network(one.get("CidrBlock") or one["Ipv6CidrBlock"])
        ports = one.get("PortRange", {"From": 0, "To": 65535})
        if one["Egress"] is not egress or one["Protocol"] == "17" or ip_address(address) not in cidr:
            continue
        if ports["From"] <= port <= ports["To"]:
            return bool(one["RuleAction"] == "allow")
    return False


def tried(acl: list[Raw], flow: Flow) -> Passage:
    every = [
        passes(acl, str(address), port, egress=flow.egress)
        for remote in flow.remote
        for address in remote
        for port in range(flow.ports.first, flow.ports.last + 1)
    ]
    return Passage.OPEN if all(every) else Passage.PARTLY if any(every) else Passage.SHUT


@given(entries(PREFIXES), PREFIXES.filter(lambda one: one != "0.0.0.0/0"), PORTS, st.booleans())
def test_judged_as_one_packet_after_another(acl: list[Raw], remote: str, ports: list[int], egress: bool) -> None:
    """Whatever the rules, a flow is open, shut or partly open as trying each address and port shows."""
    flow = Flow("", egress, (network(remote),), Ports(*ports))
    assert judge(parsed(*acl), flow).passage == tried(acl, flow)


@given(entries(SIX), SIX.filter(lambda one: one != "::/0"), PORTS)
def test_ipv6_is_judged_alike(acl: list[Raw], remote: str, ports: list[int]) -> None:
    """IPv6 ranges are judged by IPv6 rules."""
    flow = Flow("", egress=True, remote=(network(remote),), ports=Ports(*ports))
    assert judge(parsed(*acl), flow).passage == tried(acl, flow)


@given(entries(st.one_of(PREFIXES, SIX)), PREFIXES, PORTS)
def test_deciding_rules_are_of_the_direction(acl: list[Raw], remote: str, ports: list[int]) -> None:
    """What is named as deciding exists, has that direction and that action; shut flows name no allow rule."""
    flow = Flow("", egress=False, remote=(network(remote),), ports=Ports(*ports))
    found = judge(parsed(*acl), flow)
    known = {(one["RuleNumber"], one["RuleAction"]) for one in acl if not one["Egress"]}
    assert {(number, "allow") for number in found.allowing} | {(number, "deny") for number in found.denying} <= known
    assert bool(found.allowing) == (found.passage is not Passage.SHUT)


WEB = Flow("", egress=False, remote=(network("0.0.0.0/0"),), ports=Ports(443, 443))


@pytest.mark.parametrize(
    ("rules", "passage", "denying"),
    [
        (ALLOW_ALL, Passage.OPEN, ()),
        (DENY_REST, Passage.SHUT, (32767,)),
        ((), Passage.SHUT, ()),
        ((acl_entry(90, "deny"), *ALLOW_ALL), Passage.SHUT, (90,)),
        ((acl_entry(110, "deny"), *ALLOW_ALL), Passage.OPEN, ()),
        ((acl_entry(90, "deny", "203.0.113.9/32"), *ALLOW_ALL), Passage.PARTLY, (90,)),
        ((acl_entry(90, "deny", ports="22"), *ALLOW_ALL), Passage.OPEN, ()),
        ((acl_entry(90, "deny", ports="400-500"), *ALLOW_ALL), Passage.SHUT, (90,)),
        ((acl_entry(90, "deny", egress=True), *ALLOW_ALL), Passage.OPEN, ()),
        ((acl_entry(90, "allow", "::/0"), *DENY_REST), Passage.SHUT, (32767,)),
        ((acl_entry(1, "allow", "0.0.0.0/1"), acl_entry(2, "allow", "128.0.0.0/1"), *DENY_REST), Passage.OPEN, ()),
        ((acl_entry(1, "allow", "0.0.0.0/1"), *DENY_REST), Passage.PARTLY, (32767,)),
    ],
)
def test_rules_in_their_order(rules: tuple[Raw, ...], passage: Passage, denying: tuple[int, ...]) -> None:
    """The first rule that applies decides its part; rules after it do not count."""
    found = judge(parsed(*rules), WEB)
    assert (found.passage, found.denying) == (passage, denying)


def test_everything_is_allowed_both_ways_or_not_at_all() -> None:
    """An ACL that lets all in but not all out does not allow everything."""
    assert allows_everything(parsed(*ALLOW_ALL))
    assert not allows_everything(parsed(acl_entry(100, "allow"), *DENY_REST))


@given(st.lists(st.sampled_from(["10.20.0.0/16", "10.0.0.0/8", "192.168.0.0/24", "0.0.0.0/0"]), max_size=3))
def test_beyond_is_the_rest(inner: list[str]) -> None:
    """No address is lost and none is twice: what is beyond some ranges and what is in them make up IPv4."""
    rest = beyond(inner)
    held = sum(one.num_addresses for one in _collapsed(inner))
    assert sum(one.num_addresses for one in rest) + held == 2**32
    assert not any(one.overlaps(ip_network(two)) for one in rest for two in inner)


def _collapsed(cidrs: list[str]) -> list[IPv4Network]:
    return list(collapse_addresses(IPv4Network(one) for one in cidrs))


@pytest.mark.parametrize("raw", [{}, {"NetworkAclId": "acl-1", "Entries": [{"RuleNumber": "x"}]}, None, [1]])
def test_an_acl_that_cannot_be_read(raw: object) -> None:
    """A rule without number or action is no rule that could be skipped."""
    with pytest.raises(Malformed):
        NetworkAcl.from_api(raw)
