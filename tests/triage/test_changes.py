"""Changes of every source in one order, and what of them may have brought trouble about."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.triage.changes import CONSEQUENCES, Change, Kind, chosen, just_before, last_change, merged
from tests.support.scenes import NOW, ago

TEXTS = st.sampled_from(["", "ecs", "UpdateService", "asha", "Revoke"])
CHANGES = st.builds(
    Change,
    at=st.integers(0, 7200).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    source=TEXTS,
    who=TEXTS,
    what=TEXTS,
    resource=TEXTS,
    kind=st.sampled_from(Kind),
)
LISTS = st.lists(CHANGES, max_size=12)


@given(one=LISTS, two=LISTS)
def test_merging_orders_and_loses_nothing(one: list[Change], two: list[Change]) -> None:
    """Oldest first; each once, however many sources tell it, and in whatever order they stand."""
    found = merged(one, two)
    assert {*found} == {*one, *two}
    assert len(found) == len({*found})
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert merged(found, one) == found
    assert {*merged(two, one)} == {*found}


@given(found=LISTS, who=TEXTS, what=TEXTS, kinds=st.lists(st.sampled_from(Kind), max_size=3))
def test_filters_only_take_away(found: list[Change], who: str, what: str, kinds: list[Kind]) -> None:
    """One after the other they are what they are together; without any everything stays."""
    both = chosen(found, who=who, what=what, kinds=kinds)
    assert both == chosen(chosen(chosen(found, who=who), what=what), kinds=kinds)
    assert chosen(found) == tuple(found)


@given(found=LISTS)
def test_what_comes_just_before_is_within_a_quarter_of_an_hour(found: list[Change]) -> None:
    """And never an alarm, a stop or an event, which are consequences."""
    near = just_before(found, NOW)
    assert all(timedelta() <= NOW - one.at <= timedelta(minutes=15) for one in near)
    assert all(one.kind not in CONSEQUENCES for one in near)
    assert {*found} - {*near} >= {one for one in found if one.kind in CONSEQUENCES}


def test_the_last_change_is_what_somebody_did() -> None:
    """Autoscaling and alarms do not count as one."""
    told = [
        Change(at=ago(40), source="ecs", who="ci", what="deployment", resource="s", kind=Kind.DEPLOYMENT),
        Change(at=ago(20), source="ec2", who="asha", what="Revoke", resource="sg", kind=Kind.NETWORK),
        Change(at=ago(10), source="aas", who="", what="scaling", resource="s", kind=Kind.SCALING),
        Change(at=ago(5), source="cw", who="", what="rings", resource="a", kind=Kind.ALARM),
    ]
    assert last_change(told, NOW) == told[1]
    assert last_change(told, ago(30)) == told[0]
    assert last_change([], NOW) is None
