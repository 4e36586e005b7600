"""Facts of releases: series, log queries, classes of errors, revisions, quotas, scaling."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed, ServerFault
from runbook_tui.aws.facts.ecs_release import Revision, read_revision
from runbook_tui.aws.facts.log_class import LONGEST, error_class, is_deadly, is_quiet
from runbook_tui.aws.facts.log_query import LogQueryFacts, NotFinished, pattern
from runbook_tui.aws.facts.series import SeriesFacts, Wanted, Window
from tests.support.facts import NOON, answers
from tests.support.raw_release import log_rows

WINDOW = Window.before(NOON, 2)
ONE = Wanted(id="one", namespace="N", metric="M", where={"B": "2", "A": "1"}, stat="Sum")


def result(values: list[float], status: str = "Complete", identity: str = "one", first: int = 0) -> dict[str, Any]:
    times = [WINDOW.start + timedelta(minutes=first + number) for number in range(len(values))]
    return {"Id": identity, "Timestamps": times, "Values": values, "StatusCode": status}


def series(*results: Any) -> tuple[SeriesFacts, Any]:
    reader = answers({("cloudwatch", "get_metric_data"): {"MetricDataResults": list(results)}})
    return SeriesFacts(reader), reader


def test_a_series_may_come_in_parts() -> None:
    """Pages of one series are one series, in the order of time, however they came."""
    facts, reader = series(result([2.0], first=1), result([1.0], "Complete"))
    found = facts.read([ONE], WINDOW)
    assert list(found["one"].values()) == [1.0, 2.0]
    (query,) = reader.asked[0][2]["MetricDataQueries"]
    assert query["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}]


def test_partial_data_is_followed_to_its_end() -> None:
    """A first page that says PartialData is made whole by the next; a last one that says so is no answer."""
    whole, _ = series(result([1.0], "PartialData"), result([2.0], first=1))
    assert len(whole.read([ONE], WINDOW)["one"]) == 2
    cut, _ = series(result([1.0]), result([2.0], "PartialData", first=1))
    with pytest.raises(ServerFault):
        cut.read([ONE], WINDOW)


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_a_series_that_was_not_computed_is_no_zero(status: str) -> None:
    """Without its values nothing is known."""
    facts, _ = series(result([], status))
    with pytest.raises(ServerFault):
        facts.read([ONE], WINDOW)


def test_a_series_that_is_not_there_is_malformed() -> None:
    """CloudWatch answers every series that was asked, be it empty."""
    facts, _ = series(result([1.0], identity="two"))
    with pytest.raises(Malformed):
        facts.read([ONE], WINDOW)
    uneven = result([1.0, 2.0])
    uneven["Values"] = [1.0]
    with pytest.raises(Malformed):
        series(uneven)[0].read([ONE], WINDOW)


def logs(*states: dict[str, Any]) -> tuple[LogQueryFacts, list[float]]:
    waited: list[float] = []
    left = list(states)

    def results(**_: Any) -> Mapping[str, Any]:
        return left.pop(0) if len(left) > 1 else left[0]

    reader = answers({("logs", "start_query"): {"queryId": "q"}, ("logs", "get_query_results"): results})
    return LogQueryFacts(reader, waited.append), waited


def test_a_query_is_waited_for() -> None:
    """Scheduled, running, complete: lines, how many matched, and how many there were in all."""
    facts, waited = logs(log_rows(status="Scheduled"), log_rows(status="Running"), log_rows("a", matched=7, scanned=90))
    found = facts.query("g", "q", WINDOW.start, WINDOW.end)
    assert (found.lines, found.matched, found.scanned) == (("a",), 7, 90)
    assert waited == [0.2, 0.3]


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Timeout", "Unknown"])
def test_a_query_that_logs_gave_up_is_not_finished(status: str) -> None:
    """It is no answer without errors."""
    facts, _ = logs(log_rows(status=status))
    with pytest.raises(NotFinished):
        facts.query("g", "q", WINDOW.start, WINDOW.end)


def test_a_query_that_never_ends_is_given_up() -> None:
    """After half a minute."""
    facts, waited = logs(log_rows(status="Running"))
    with pytest.raises(NotFinished):
        facts.query("g", "q", WINDOW.start, WINDOW.end)
    assert 30 <= sum(waited) <= 32


def test_a_filter_pattern_wants_any_of_the_texts() -> None:
    """Each in quotes; a quote of its own cannot be asked for."""
    assert pattern(("ERROR", 'say "no"')) == '?"ERROR" ?"say no"'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Error: connect ECONNREFUSED 10.20.10.7:27017", "Error: connect ECONNREFUSED <n>:<n>"),
        (json.dumps({"level": "error", "msg": "took 12.5 ms"}), "took <n> ms"),
        (json.dumps({"level": 50, "msg": "no", "err": {"type": "MongoServerError"}}), "MongoServerError: no"),
        (json.dumps({"message": "see https://a.example/x?token=1"}), "see <uri>"),
        (json.dumps({"error": "user asha@example.com is locked"}), "user <e-mail> is locked"),
        ("order 6f1c2d3e-1111-2222-3333-444455556666 lost", "order <id> lost"),
        ('cannot parse "hunter2" at line 3', "cannot parse <text> at line <n>"),
        ("password=hunter2 refused", "<secret> refused"),
        ("retry x=secretish", "retry x=<value>"),
        ("key AKIAIOSFODNN7EXAMPLE is wrong", "key <id> is wrong"),
        ("", "<empty>"),
        ("{broken", "{broken"),
        (json.dumps({"level": "error"}), "<empty>"),
    ],
)
def test_a_line_becomes_its_kind(line: str, expected: str) -> None:
    """What belongs to one occurrence is masked: two of a kind have one class."""
    assert error_class(line) == expected


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_do_not_make_kinds(one: int, other: int) -> None:
    """Two lines that differ in a number alone are of one kind."""
    assert error_class(f"order {one} failed after {one}ms") == error_class(f"order {other} failed after {other}ms")


@given(st.text(max_size=300) | st.dictionaries(st.text(max_size=5), st.text(max_size=50)).map(json.dumps))
def test_any_line_has_a_kind(line: str) -> None:
    """Whatever an application prints, it is read, and its kind is short and on one line."""
    found = error_class(line)
    assert 0 < len(found) <= LONGEST
    assert "\n" not in found
    assert isinstance(is_quiet(line), bool)
    assert isinstance(is_deadly(line), bool)


@pytest.mark.parametrize(
    ("line", "quiet"),
    [
        ('{"level":"info","errors":0}', True),
        ('{"level":30,"msg":"0 errors"}', True),
        ('{"level":"error"}', False),
        ('{"level":50}', False),
        ("ERROR", False),
        ("[1]", False),
    ],
)
def test_a_line_says_its_own_level(line: str, quiet: bool) -> None:
    """What calls itself information is no error, whatever its words."""
    assert is_quiet(line) is quiet


@given(st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True), st.integers(0, 10**9 - 1))
def test_a_revision_is_read_back(family: str, number: int) -> None:
    """By name and by ARN."""
    arn = f"arn:aws:ecs:ap-south-1:123456789012:task-definition/{family}:{number}"
    for text in (f"{family}:{number}", arn):
        assert read_revision(text) == Revision(family=family, number=number)


@pytest.mark.parametrize("text", ["", "web", "web:", "web:x", "arn:aws:ecs:x:1:service/web:3", "a b:3"])
def test_what_is_no_revision_is_malformed(text: str) -> None:
    """A name without a number means the newest, which is not known here."""
    with pytest.raises(Malformed):
        read_revision(text)
