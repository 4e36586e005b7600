"""What a dashboard shows, out of its body."""

import json
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.dashboard import BrokenBody, Search, Shown, read_dashboard
from tests.support import raw_cloudwatch as raw
from tests.support.mutation import mutated

PART = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8).filter(
    lambda text: text not in (".", "...")
)
ENTRY = st.tuples(PART, PART, st.lists(st.tuples(PART, PART), max_size=3, unique_by=lambda pair: pair[0]))


def body(*metrics: Any, **properties: Any) -> str:
    return json.dumps({"widgets": [raw.widget(*metrics, **properties)]})


def shown(text: str) -> list[tuple[str, str, dict[str, str]]]:
    return [(one.namespace, one.metric, dict(one.where)) for one in read_dashboard(text).metrics]


def test_an_entry_is_a_metric() -> None:
    """Namespace, metric, dimensions in pairs, options at the end; without them the widget's own."""
    text = body(
        ["AWS/ECS", "CPUUtilization", "ServiceName", "a", {"stat": "p95", "region": "x"}], ["A", "B"], stat="Sum"
    )
    one, two = read_dashboard(text).metrics
    assert one == Shown(
        namespace="AWS/ECS", metric="CPUUtilization", where={"ServiceName": "a"}, stat="p95", region="x"
    )
    assert (two.stat, two.region, two.where) == ("Sum", "ap-south-1", {})


@given(st.lists(ENTRY, min_size=1, max_size=5))
def test_dots_repeat_the_entry_before(entries: list[tuple[str, str, list[tuple[str, str]]]]) -> None:
    """An entry in which every part that is the same as before is a dot means what it means in full."""
    full = [[space, metric, *(part for pair in where for part in pair)] for space, metric, where in entries]
    short = [full[0]]
    for before, entry in pairwise(full):
        short.append(
            ["." if place < len(before) and before[place] == part else part for place, part in enumerate(entry)]
        )
    assert (
        shown(body(*short)) == shown(body(*full)) == [(space, metric, dict(where)) for space, metric, where in entries]
    )


@given(ENTRY.filter(lambda entry: bool(entry[2])), PART)
def test_an_ellipsis_repeats_all_but_the_last(entry: tuple[str, str, list[tuple[str, str]]], value: str) -> None:
    """Three dots stand for everything up to the value that follows them."""
    space, metric, where = entry
    full = [space, metric, *(part for pair in where for part in pair)]
    assert shown(body(full, ["...", value]))[1] == (space, metric, dict([*where[:-1], (where[-1][0], value)]))


def test_expressions_are_searches() -> None:
    """Metric math and searches name their metrics in a text."""
    found = read_dashboard(body([{"expression": "SEARCH('{AWS/ECS}', 'Sum')", "id": "e1"}], ["A", "B"]))
    assert found.searches == (Search(text="SEARCH('{AWS/ECS}', 'Sum')", region="ap-south-1"),)
    assert len(found.metrics) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("null", "no list of widgets"),
        ("[]", "no list of widgets"),
        ("{}", "no list of widgets"),
        ('{"widgets": "many"}', "no list of widgets"),
    ],
)
def test_what_is_no_dashboard(text: str, why: str) -> None:
    """A body that could not be drawn is told so, with the reason."""
    with pytest.raises(BrokenBody, match=why):
        read_dashboard(text)


@pytest.mark.parametrize(
    "widget",
    [
        None,
        [],
        {},
        {"properties": []},
        raw.widget(None, [], [None], [{}], ["A"], [1, 2], ["."], ["...", "x"], [["A", "B"]]),
    ],
)
def test_a_widget_that_shows_nothing(widget: Any) -> None:
    """It counts as a widget, and nothing is made up from it."""
    found = read_dashboard(json.dumps({"widgets": [widget]}))
    assert (found.widgets, found.metrics, found.searches) == (1, (), ())


@given(st.data())
def test_no_body_breaks_the_reader(data: st.DataObject) -> None:
    """A body that was cut or changed in any place is read, or refused with a reason."""
    broken = data.draw(mutated(json.loads(raw.body())))
    text = json.dumps(broken, default=str)
    with suppress(BrokenBody):
        read_dashboard(text[: data.draw(st.integers(0, len(text)))])
    with suppress(BrokenBody):
        read_dashboard(text)
