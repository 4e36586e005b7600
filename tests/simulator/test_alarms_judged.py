"""When alarms ring, and how they say why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runbook_tui.simulator.metrics.alarm import Alarm, Datapoint, State, judge
from runbook_tui.simulator.metrics.reasons import java, reason, reason_data
from runbook_tui.simulator.metrics.rules import parse
from runbook_tui.simulator.refusal import Refused

_NOW = datetime(2026, 11, 23, 3, 17, tzinfo=UTC)
_RETAIN = None


def _alarm(periods: int, needed: int | None, missing: str, **more: Any) -> Alarm:
    settings = {
        "AlarmName": "a",
        "EvaluationPeriods": periods,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": missing,
        "Statistic": "Sum",
        "Period": 60,
        **more,
    }
    if needed is not None:
        settings["DatapointsToAlarm"] = needed
    return Alarm(arn="arn:aws:cloudwatch:r:1:alarm:a", settings=settings, composite=False, updated=_NOW, changed=_NOW)


def _points(text: str, high: float = 7.0) -> list[Datapoint]:
    """``0`` is within the threshold, ``X`` breaches, ``-`` is missing; oldest first."""
    values = [{"0": 2.0, "X": high, "-": None}[each] for each in text.split()]
    return [
        Datapoint(at=_NOW - timedelta(minutes=len(values) - place), value=value, samples=1.0)
        for place, value in enumerate(values)
    ]


# CloudWatch's own tables: missing, ignore, breaching, notBreaching
_ALL_THREE = [
    ("0 - X - X", "OK", "OK", "OK", "OK"),
    ("0 - - - -", "OK", "OK", "OK", "OK"),
    ("- - - - -", "INSUFFICIENT_DATA", _RETAIN, "ALARM", "OK"),
    ("0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("- - X - -", "ALARM", _RETAIN, "ALARM", "OK"),
]
_TWO_OF_THREE = [
    ("0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 - X - -", "OK", "OK", "ALARM", "OK"),
    ("- - - - 0", "OK", "OK", "ALARM", "OK"),
    ("- - - X -", "ALARM", _RETAIN, "ALARM", "OK"),
]


@pytest.mark.parametrize("needed", [3, 2])
def test_missing_data_is_treated_as_in_the_tables_of_aws(needed: int) -> None:
    """Three periods, all of them or two of them, each way of treating what is missing."""
    for text, *wanted in _ALL_THREE if needed == 3 else _TWO_OF_THREE:
        found = [
            judge(_alarm(3, needed, missing), _points(text)).state
            for missing in ("missing", "ignore", "breaching", "notBreaching")
        ]
        assert found == [None if each is None else State(each) for each in wanted], text


@pytest.mark.parametrize(
    ("comparison", "states"),
    [
        ("GreaterThanThreshold", "OK OK ALARM"),
        ("GreaterThanOrEqualToThreshold", "OK ALARM ALARM"),
        ("LessThanThreshold", "ALARM OK OK"),
        ("LessThanOrEqualToThreshold", "ALARM ALARM OK"),
    ],
)
def test_each_comparison_has_its_own_edge(comparison: str, states: str) -> None:
    """Below, at and above the threshold."""
    alarm = _alarm(1, None, "missing", ComparisonOperator=comparison)
    assert [str(judge(alarm, _points("X", value)).state) for value in (4.0, 5.0, 6.0)] == states.split()


def _said(alarm: Alarm, text: str) -> str:
    judged = judge(alarm, _points(text))
    assert judged.state is not None
    return reason(alarm, judged.state, judged)


def test_reasons_are_aws_words() -> None:
    """To the letter, singular and plural, with and without a number of datapoints to alarm."""
    assert _said(_alarm(1, None, "missing"), "0 0 X") == (
        "Threshold Crossed: 1 datapoint [7.0 (23/11/26 03:16:00)] was greater than the threshold (5.0)."
    )
    assert _said(_alarm(2, None, "missing"), "0 X X") == (
        "Threshold Crossed: 2 datapoints [7.0 (23/11/26 03:16:00), 7.0 (23/11/26 03:15:00)] were greater than the "
        "threshold (5.0)."
    )
    assert _said(_alarm(1, 1, "missing"), "0") == (
        "Threshold Crossed: 1 out of the last 1 datapoints [2.0 (23/11/26 03:16:00)] was not greater than the "
        "threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )
    assert _said(_alarm(3, 2, "missing"), "X 0 X") == (
        "Threshold Crossed: 2 out of the last 3 datapoints [7.0 (23/11/26 03:16:00), 7.0 (23/11/26 03:14:00)] were "
        "greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition)."
    )
    assert _said(_alarm(3, None, "notBreaching"), "- - - - -") == (
        "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as "
        "[NonBreaching]."
    )
    assert _said(_alarm(3, 2, "breaching"), "- - - - 0") == (
        "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as "
        "[Breaching]."
    )
    assert _said(_alarm(5, None, "missing"), "- - - - - - -") == "Insufficient Data: 5 datapoints were unknown."
    assert _said(_alarm(1, None, "missing"), "- - -") == "Insufficient Data: 1 datapoint was unknown."


def test_the_data_of_a_reason_holds_the_datapoints() -> None:
    """Newest first, those without data by their time alone."""
    alarm, points = _alarm(2, None, "missing"), _points("0 X -")
    found = reason_data(alarm, points, judge(alarm, points), _NOW)
    assert found == (
        '{"version":"1.0","queryDate":"2026-11-23T03:17:00.000+0000","startDate":"2026-11-23T03:14:00.000+0000",'
        '"statistic":"Sum","period":60,"recentDatapoints":[2.0,7.0],"threshold":5.0,"evaluatedDatapoints":['
        '{"timestamp":"2026-11-23T03:16:00.000+0000"},'
        '{"timestamp":"2026-11-23T03:15:00.000+0000","sampleCount":1.0,"value":7.0}]}'
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [(7.0, "7.0"), (0, "0.0"), (12345678.0, "1.2345678E7"), (0.0001, "1.0E-4"), (9999999.5, "9999999.5")],
)
def test_numbers_are_printed_as_java_does(number: float, text: str) -> None:
    """Large and small ones with an exponent."""
    assert java(number) == text


_STATES = {"a": State.ALARM, "b c": State.OK, "arn:aws:cloudwatch:r:1:alarm:d": State.INSUFFICIENT_DATA}


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ('ALARM("a")', True),
        ("ALARM(a) AND OK('x')", None),
        ('ALARM(a) AND OK("b c")', True),
        ('ALARM(a) AND NOT OK("b c")', False),
        ('OK(a) OR ALARM("b c") OR INSUFFICIENT_DATA(arn:aws:cloudwatch:r:1:alarm:d)', True),
        ("NOT (ALARM(a) OR FALSE)", False),
        ("TRUE AND ALARM(a)", True),
        ("ALARM(a) OR OK(a) AND FALSE", True),
        ("ALARM(a", None),
        ("ALARM(a) AND", None),
        ("WRONG(a)", None),
        ("ALARM(a) OK(a)", None),
        ("", None),
    ],
)
def test_rules_of_composite_alarms(rule: str, holds: bool | None) -> None:
    """AND binds tighter than OR; what is no rule is refused."""
    if holds is None:
        with pytest.raises((Refused, KeyError)):
            parse(rule)[0](_STATES.__getitem__)
        return
    assert parse(rule)[0](_STATES.__getitem__) is holds
