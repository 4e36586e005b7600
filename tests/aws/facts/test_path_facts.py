"""Which route a range of addresses takes."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.network import Route, RouteTable
from runbook_tui.aws.facts.routes import path_to

CIDRS = st.builds(
    lambda address, prefix: str(IPv4Network((address, prefix), strict=False)),
    st.integers(0, 2**32 - 1).map(lambda one: one & 0xFFF80000),
    st.integers(0, 32),
)
ATLAS = "192.168.248.0/21"


def table(*cidrs: str) -> RouteTable:
    routes = tuple(Route(destination_cidr_block=cidr, gateway_id=f"g{place}") for place, cidr in enumerate(cidrs))
    return RouteTable(route_table_id="rtb-1", routes=routes)


def test_the_longest_prefix_that_holds_the_whole_range() -> None:
    """The default route holds it too, and loses."""
    path = path_to(table("0.0.0.0/0", ATLAS, "192.168.0.0/16", "10.0.0.0/8"), ATLAS)
    assert path.route is not None
    assert (path.route.destination_cidr_block, path.rivals) == (ATLAS, ())


def test_a_route_to_a_part_is_a_rival() -> None:
    """Half of the range goes another way."""
    path = path_to(table(ATLAS, "192.168.252.0/22"), ATLAS)
    assert [route.destination_cidr_block for route in path.rivals] == ["192.168.252.0/22"]


def test_routes_without_addresses_of_ipv4_do_not_count() -> None:
    """Prefix lists and IPv6 lead elsewhere."""
    routes = (Route(destination_prefix_list_id="pl-1"), Route(destination_ipv6_cidr_block="::/0"))
    assert path_to(RouteTable(route_table_id="rtb-1", routes=routes), ATLAS).route is None


@given(st.lists(CIDRS, max_size=8, unique=True), CIDRS, st.integers(0, 2**32 - 1))
def test_every_address_goes_by_the_route_or_by_a_rival(cidrs: list[str], wanted: str, seed: int) -> None:
    """AWS's rule, address by address: the path says who may take it."""
    block = IPv4Network(wanted)
    address = block[seed % block.num_addresses]
    holding = [IPv4Network(one) for one in cidrs if address in IPv4Network(one)]
    path = path_to(table(*cidrs), wanted)
    allowed = {
        path.route.destination_cidr_block if path.route else None,
        *(one.destination_cidr_block for one in path.rivals),
    }
    winner = max(holding, key=lambda one: one.prefixlen, default=None)
    assert (str(winner) if winner else None) in allowed
