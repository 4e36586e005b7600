"""Weights of record sets, by arithmetic alone."""

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.actions.ingress.weighing import ALL, shared_out

WEIGHTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 255), min_size=2)


def test_the_others_share_the_rest_as_before() -> None:
    """In their former proportion; equally where none of them had anything."""
    assert shared_out({"new": 0, "old": 255}, "new", 10) == {"new": 10, "old": 90}
    assert shared_out({"a": 30, "b": 10, "c": 60}, "c", 20) == {"a": 60, "b": 20, "c": 20}
    assert shared_out({"a": 0, "b": 0, "c": 7}, "c", 0) == {"a": 50, "b": 50, "c": 0}


@given(WEIGHTS, st.integers(0, ALL), st.data())
def test_nothing_is_lost(weights: dict[str, int], percent: int, data: st.DataObject) -> None:
    """They add up to 100, the chosen one has its share, and Route 53 takes each."""
    chosen = data.draw(st.sampled_from(sorted(weights)))
    after = shared_out(weights, chosen, percent)
    assert sum(after.values()) == ALL
    assert after[chosen] == percent
    assert all(0 <= weight <= 255 for weight in after.values())
    others = {name: weight for name, weight in weights.items() if name != chosen}
    assert not any(after[name] for name, weight in others.items() if not weight and any(others.values()))


@given(WEIGHTS, st.integers(0, ALL), st.data())
def test_the_same_share_again_changes_nothing(weights: dict[str, int], percent: int, data: st.DataObject) -> None:
    """Made once, it finds nothing more to do."""
    chosen = data.draw(st.sampled_from(sorted(weights)))
    after = shared_out(weights, chosen, percent)
    assert shared_out(after, chosen, percent) == after
