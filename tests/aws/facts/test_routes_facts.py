"""Which routes of a subnet are in force."""

import pytest

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.network import RouteTable
from runbook_tui.aws.facts.routes import default_route, effective_table, has_blackhole_default, internet_routes
from tests.support.ground import route, table


def parsed(*raw: dict[str, object]) -> list[RouteTable]:
    return [RouteTable.from_api(one) for one in raw]


@pytest.mark.parametrize("order", [1, -1])
def test_association_wins_over_the_main_table(order: int) -> None:
    """A table with an association is the subnet's, in whatever order AWS lists them."""
    both = parsed(table("rtb-main", main=True), table("rtb-own", of=("subnet-1",)))[::order]
    found = effective_table(both, "subnet-1")
    assert (found.table.route_table_id, found.explicit) == ("rtb-own", True)


def test_main_table_is_the_fallback() -> None:
    """A subnet without an association uses the main table, and that is told."""
    found = effective_table(parsed(table("rtb-own", of=("subnet-1",)), table("rtb-main", main=True)), "subnet-2")
    assert (found.table.route_table_id, found.explicit) == ("rtb-main", False)


def test_no_table_at_all() -> None:
    """A VPC always has a main table: an answer without one cannot be judged."""
    with pytest.raises(Malformed):
        effective_table(parsed(table("rtb-own", of=("subnet-1",))), "subnet-2")


def test_blackhole_is_no_route() -> None:
    """A default route whose target is gone counts as absent, and is told apart from none."""
    (one,) = parsed(table("rtb", route("igw-1", state="blackhole")))
    assert (default_route(one), internet_routes(one), has_blackhole_default(one)) == (None, (), True)


def test_any_destination_through_an_internet_gateway_counts() -> None:
    """Half the internet through a gateway is a way in too; an egress-only gateway is none."""
    (one,) = parsed(table("rtb", route("igw-1", "128.0.0.0/1"), route("eigw-1", "::/0"), route("nat-1")))
    assert [found.gateway_id for found in internet_routes(one)] == ["igw-1"]
    found = default_route(one)
    assert found is not None
    assert found.nat_gateway_id == "nat-1"
