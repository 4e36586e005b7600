"""What the sums of DynamoDB's metrics say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.throttling import MetricResult, OperationLoad, load_of, questions

COUNTS = st.floats(0, 1e12)


def results(tables: tuple[str, ...], values: dict[tuple[str, str, str], float]) -> list[MetricResult]:
    return [
        MetricResult(
            id=one.id, status_code="Complete", values=(values.get((one.table, one.metric, one.operation), 0.0),)
        )
        for one in questions(tables)
    ]


def test_sums_go_to_their_table_and_operation() -> None:
    """Two tables, one of them throttled in one operation."""
    asked = questions(("users", "orders"))
    found = load_of(
        asked,
        results(
            ("users", "orders"),
            {("orders", "ThrottledRequests", "Query"): 2.0, ("orders", "SuccessfulRequestLatency", "Query"): 98.0},
        ),
    )
    assert (found["users"].throttles, found["orders"].throttles) == (0, 2)
    assert found["orders"].worst == ("Query", 2.0)


def test_hours_and_pages_add_up() -> None:
    """A question may be answered in parts: values of one id belong together."""
    asked = questions(("users",))
    parts: list[Any] = [MetricResult(id=one.id, status_code="PartialData", values=(1.0, 2.0)) for one in asked]
    whole = [MetricResult(id=one.id, status_code="Complete", values=(3.0,)) for one in asked]
    assert load_of(asked, [*parts, *whole])["users"].events == {"ReadThrottleEvents": 6, "WriteThrottleEvents": 6}


@pytest.mark.parametrize("code", ["InternalError", "Forbidden", "PartialData"])
def test_what_was_not_answered_is_not_zero(code: str) -> None:
    """No answer is no evidence."""
    asked = questions(("users",))
    answered = [MetricResult(id=one.id, status_code="Complete", values=()) for one in asked[1:]]
    with pytest.raises(Malformed):
        load_of(asked, [*answered, MetricResult(id=asked[0].id, status_code=code, values=())])
    with pytest.raises(Malformed):
        load_of(asked, answered)


@given(COUNTS, COUNTS)
def test_a_share_is_a_percentage(answered: float, throttled: float) -> None:
    """Between nothing and all of them; nothing when nobody asked."""
    share = OperationLoad(answered=answered, throttled=throttled).share
    assert 0 <= share <= 100
    assert (share == 0) == (throttled == 0) or answered > 0


def test_each_question_is_asked_as_cloudwatch_takes_it() -> None:
    """Ids are unique and begin with a small letter; requests are counted by their latencies."""
    asked = questions(("users", "orders"))
    assert len({one.id for one in asked}) == len(asked)
    assert all(one.id[0].islower() and one.id.isalnum() for one in asked)
    stats = {one.metric: one.query["MetricStat"]["Stat"] for one in asked}
    assert stats["SuccessfulRequestLatency"] == "SampleCount"
    assert {stat for metric, stat in stats.items() if metric != "SuccessfulRequestLatency"} == {"Sum"}
