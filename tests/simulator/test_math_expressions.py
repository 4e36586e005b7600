"""Metric math."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runbook_tui.simulator.metrics.arithmetic import Line, Sources, Value, evaluate
from runbook_tui.simulator.refusal import Refused

_START = datetime(2026, 11, 23, tzinfo=UTC)
_TIMES = [_START + timedelta(minutes=each) for each in range(4)]


def _line(*values: float | None) -> Line:
    points = {at: value for at, value in zip(_TIMES, values, strict=True) if value is not None}
    return Line("m", 60, points)


_KNOWN: Mapping[str, Line] = {
    "m1": _line(1, 2, 3, 4),
    "m2": _line(2, 0, 6, None),
    "errors": _line(None, 5, None, 1),
    "none": _line(None, None, None, None),
}


def _resolve(name: str) -> Value:
    if name not in _KNOWN:
        raise Refused("ValidationError", name)
    return _KNOWN[name]


_SOURCES = Sources(
    _resolve, lambda: {"m1": _KNOWN["m1"], "m2": _KNOWN["m2"]}, lambda *_: (_KNOWN["m1"],), lambda _: _TIMES
)


def _values(text: str) -> Sequence[float | None]:
    found = evaluate(text, _SOURCES)
    assert isinstance(found, Line), found
    return [found.points.get(at) for at in _TIMES]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("m1 + 1", [2, 3, 4, 5]),
        ("100 * m1 / m2", [50, None, 50, None]),
        ("m1 - m2", [-1, 2, -3, None]),
        ("-m1", [-1, -2, -3, -4]),
        ("2 + 3 * m1", [5, 8, 11, 14]),
        ("(2 + 3) * m1", [5, 10, 15, 20]),
        ("m1 ^ 2", [1, 4, 9, 16]),
        ("m1 > 2", [0, 0, 1, 1]),
        ("m1 >= 2 AND m1 < 4", [0, 1, 1, 0]),
        ("m1 < 2 || m1 > 3", [1, 0, 0, 1]),
        ("IF(m1 > 2, m1, 0)", [0, 0, 3, 4]),
        ("IF(m1 > 2, m2)", [None, None, 6, None]),
        ("FILL(errors, 0)", [0, 5, 0, 1]),
        ("FILL(errors, REPEAT)", [None, 5, 5, 1]),
        ("FILL(errors, LINEAR)", [None, 5, 3, 1]),
        ("FILL(none, 0)", [0, 0, 0, 0]),
        ("SUM([m1, m2])", [3, 2, 9, 4]),
        ("MAX([m1, m2])", [2, 2, 6, 4]),
        ("MIN(METRICS())", [1, 0, 3, 4]),
        ("AVG(METRICS('m2'))", [2, 0, 6, None]),
        ("m1 / MAX(m1)", [0.25, 0.5, 0.75, 1]),
        ("m1 * PERIOD(m1)", [60, 120, 180, 240]),
        ("ABS(m1 - 3)", [2, 1, 0, 1]),
        ("CEIL(m1 / 2) + FLOOR(m1 / 2)", [1, 2, 3, 4]),
        ("RATE(m1) * 60", [None, 1, 1, 1]),
        ("SUM(SEARCH('{AWS/ECS,ServiceName} CPU', 'Average', 60))", [1, 2, 3, 4]),
    ],
)
def test_expressions_are_computed_where_there_is_data(text: str, values: Sequence[Any]) -> None:
    """A missing operand leaves no datapoint, and so does a division by zero."""
    assert _values(text) == [None if each is None else pytest.approx(each) for each in values]


def test_a_list_of_series_stays_one() -> None:
    """Each gets the operation."""
    found = evaluate("METRICS() * 2", _SOURCES)
    assert isinstance(found, tuple)
    assert [list(each.points.values()) for each in found] == [[2, 4, 6, 8], [4, 0, 12]]


@pytest.mark.parametrize(
    "text", ["ANOMALY_DETECTION_BAND(m1)", "STDDEV(m1)", "IF(METRICS(), 1, 2)", "SEARCH(m1)", "LOG(m1)"]
)
def test_what_is_not_simulated_says_so(text: str) -> None:
    """Never an empty answer."""
    with pytest.raises(Refused):
        evaluate(text, _SOURCES)


@pytest.mark.parametrize(
    "text", ["m1 +", "m1 m2", "(m1", "[m1", "SUM(m1", "m1 $ m2", "", "unknown + 1", "'text'", "1 / 0"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    """With AWS's code."""
    with pytest.raises(Refused) as raised:
        evaluate(text, _SOURCES)
    assert raised.value.code == "ValidationError"
