"""Facts of alarms: what they watch, when they ring, which composite alarm rings with them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.alarm_rule import names_in, rings_with
from runbook_tui.aws.facts.alarms import CompositeAlarm, MetricAlarm
from runbook_tui.aws.facts.cloudwatch import Alarms, CloudWatchFacts
from runbook_tui.aws.facts.metric_math import depends_on, fills_gaps, in_percent, is_share, references
from runbook_tui.simulator.metrics.alarm import breaches
from tests.support import raw_cloudwatch as raw
from tests.support.facts import answers

IDS = st.from_regex(r"[a-z][a-zA-Z0-9_]{0,8}", fullmatch=True)
NAMES = st.text(
    st.characters(blacklist_characters="\"'()", min_codepoint=33, max_codepoint=126), min_size=1, max_size=12
)
COMPARED = (
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
NUMBERS = st.floats(-1e6, 1e6)


@given(st.sampled_from(COMPARED), NUMBERS, NUMBERS)
def test_a_value_breaches_as_cloudwatch_compares(operator: str, threshold: float, value: float) -> None:
    """The check's reading of a threshold is the simulator's, which has an implementation of its own."""
    given = raw.errors(ComparisonOperator=operator, Threshold=threshold)
    alarm = MetricAlarm.from_api(given)
    assert alarm.breaches(value) == breaches(given, value)
    assert alarm.rings_upward is not alarm.rings_downward


@given(st.sampled_from(COMPARED[:2]), NUMBERS, NUMBERS, NUMBERS)
def test_what_is_higher_breaches_as_well(operator: str, threshold: float, one: float, other: float) -> None:
    """An alarm that rings upward at a value rings at every higher one."""
    alarm = MetricAlarm.from_api(raw.errors(ComparisonOperator=operator, Threshold=threshold))
    low, high = sorted((one, other))
    assert alarm.breaches(high) or not alarm.breaches(low)


def test_a_band_is_neither_met_nor_missed() -> None:
    """The threshold of an anomaly band moves: it rings upward, and nobody knows when."""
    given = raw.errors(ComparisonOperator="GreaterThanUpperThreshold", ThresholdMetricId="band", Threshold=None)
    alarm = MetricAlarm.from_api(given)
    assert (alarm.rings_upward, alarm.breaches(1e9)) == (True, False)


@given(st.dictionaries(IDS, st.lists(IDS, max_size=4), max_size=6), IDS)
def test_an_expression_rests_on_what_it_names(graph: dict[str, list[str]], start: str) -> None:
    """Directly or through other expressions, however they refer to each other, and on nothing else."""
    expressions = {name: " + ".join(named) for name, named in graph.items()}
    reached = {start}
    for _ in graph:
        reached |= {other for name in reached & graph.keys() for other in graph[name] if other in graph}
    assert depends_on(start, expressions) == reached


def test_metric_math_is_read() -> None:
    """Functions and texts are no ids; METRICS() means all metrics, or those whose ids have a part."""
    known = {"errors": "", "errors2": "", "requests": "", "rate": "errors/requests"}
    assert references("SUM([errors,requests])/PERIOD(errors)", known) == ["errors", "requests", "errors"]
    assert references("IF(rate > 5, 1, 0)", known) == ["rate"]
    assert references("SEARCH('errors', 'Sum')", known) == []
    assert references('SUM(METRICS("err"))', known) == ["errors", "errors2"]
    assert references("SUM(METRICS())", known) == ["errors", "errors2", "requests"]


@pytest.mark.parametrize(
    ("expression", "share", "percent", "fills"),
    [
        ("errors / requests * 100", True, True, False),
        ("100*(errors/requests)", True, True, False),
        ("errors/requests", True, False, False),
        ("errors*1000", False, False, False),
        ("FILL(errors, 0)", False, False, True),
        ("SEARCH('AWS/ECS', 'Sum')", False, False, False),
    ],
)
def test_kinds_of_expressions(expression: str, *, share: bool, percent: bool, fills: bool) -> None:
    """A share, a share in percent, and what has a value where there is no data."""
    assert (is_share(expression), in_percent(expression), fills_gaps(expression)) == (share, percent, fills)


def _metric(name: str, metric: str, *, shown: bool = False) -> dict[str, Any]:
    where = {"Namespace": "AWS/ApplicationELB", "MetricName": metric, "Dimensions": raw.of_targets()}
    return {"Id": name, "ReturnData": shown, "MetricStat": {"Metric": where, "Period": 60, "Stat": "Sum"}}


def test_an_alarm_watches_what_its_value_is_made_of() -> None:
    """A metric that stands in the list and not in the returned expression is not watched."""
    metrics = [
        _metric("errors", "HTTPCode_Target_5XX_Count"),
        _metric("requests", "RequestCount"),
        _metric("idle", "HealthyHostCount"),
        {"Id": "ratio", "Expression": "errors/requests", "ReturnData": False},
        {"Id": "rate", "Expression": "ratio*100", "ReturnData": True},
    ]
    alarm = MetricAlarm.from_api(raw.share(Metrics=metrics))
    assert [one.metric.metric_name for one in alarm.watched] == ["HTTPCode_Target_5XX_Count", "RequestCount"]
    assert (alarm.expression, alarm.seconds) == ("ratio*100", 180)


@given(st.lists(st.tuples(st.sampled_from(("ALARM", "OK", "INSUFFICIENT_DATA")), NAMES, st.booleans()), max_size=6))
def test_a_rule_s_alarms_are_found(terms: list[tuple[str, str, bool]]) -> None:
    """Every alarm that a rule names, quoted in either way or not at all; those whose ALARM it wants apart."""
    quotes = ('"', "'", "")
    parts = [
        f"{'NOT ' if negated else ''}{state}({quotes[place % 3]}{name}{quotes[place % 3]})"
        for place, (state, name, negated) in enumerate(terms)
    ]
    rule = " AND (".join(parts) + ")" * max(0, len(parts) - 1)
    assert names_in(rule) == {name for _, name, _ in terms if not name.startswith("arn:")}
    assert rings_with(rule) == {name for state, name, negated in terms if state == "ALARM" and not negated}


def test_a_rule_may_name_arns() -> None:
    """An ARN means the alarm whose name stands at its end."""
    rule = (
        'ALARM(arn:aws:cloudwatch:ap-south-1:123456789012:alarm:cpu high) OR ALARM("arn:aws:cloudwatch:x:1:alarm:a b")'
    )
    assert names_in(rule) == {"a b"}  # unquoted names have no spaces


def _composite(name: str, rule: str) -> CompositeAlarm:
    return CompositeAlarm.from_api(raw.composite(rule, name))


@given(st.permutations(["first", "second", "third", "circle"]))
def test_composites_above_an_alarm(order: list[str]) -> None:
    """Directly or through each other, in whatever order they come, and even when they name each other in a circle."""
    rules = {
        "first": "ALARM(errors)",
        "second": "ALARM(first) OR ALARM(circle)",
        "third": "OK(errors) AND NOT ALARM(first)",
        "circle": "ALARM(second)",
    }
    alarm = MetricAlarm.from_api(raw.errors(AlarmName="errors"))
    alarms = Alarms(metric=(alarm,), composite=tuple(_composite(name, rules[name]) for name in order))
    assert {one.alarm_name for one in alarms.above(alarm)} == {"first", "second", "circle"}


def test_a_long_rule_is_read_whole() -> None:
    """CloudWatch takes rules of 10,240 characters: the last alarm counts as much as the first."""
    rule = " OR ".join(f'ALARM("{"x" * 90}{number}")' for number in range(100))
    reader = answers({("cloudwatch", "describe_alarms"): raw.alarms(composites=(raw.composite(rule, "all"),))})
    (found,) = CloudWatchFacts(reader).alarms().composite
    assert (len(rule) > 10_000, len(found.names)) == (True, 100)


@given(st.text(max_size=60))
def test_no_text_breaks_a_reader(text: str) -> None:
    """Whatever stands in a rule or an expression."""
    assert isinstance(names_in(text), frozenset)
    assert rings_with(text) <= names_in(text)
    assert depends_on("a", {"a": text, "b": "a"}) <= {"a", "b"}
