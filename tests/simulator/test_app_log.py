"""What the simulated application prints, and how CloudWatch Logs lets it be read."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.metrics.load import minute_of
from runbook_tui.simulator.metrics.published import Name
from runbook_tui.simulator.server import Simulator
from tests.support.inside import Inside

pytestmark = pytest.mark.slow

SERVICE = "asharvi-backend-prod"
GROUP = "/aws/ecs/asharvi-backend-prod"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    """Its time stands still, but runs: what somebody waits for takes its time."""
    began = datetime.now(UTC)
    with Simulator(clock=Clock(lambda: began)) as simulator:
        yield Inside(simulator)


@pytest.fixture(scope="module")
def logs(inside: Inside) -> Any:
    return inside.client("logs")


def _now(inside: Inside) -> int:
    return int(inside.world.clock.now().timestamp() * 1000)


def _since(logs: Any, start: int, **more: Any) -> list[str]:
    return [each["message"] for each in logs.filter_log_events(logGroupName=GROUP, startTime=start, **more)["events"]]


def test_a_line_is_pino_s_in_the_stream_of_its_task(inside: Inside, logs: Any) -> None:
    """Its JSON has level, time and message; the stream is named by prefix, container and task."""
    inside.wait(1)
    task = inside.world.call("ecs", "ListTasks", cluster="asharvi-backend-cluster", serviceName=SERVICE)["taskArns"][0]
    start = _now(inside)
    inside.world.app_log.write(SERVICE, "error", "MongoServerSelectionError: connect ETIMEDOUT", task=task, tries=3)
    (event,) = logs.filter_log_events(logGroupName=GROUP, startTime=start, filterPattern='{ $.level = "error" }')[
        "events"
    ]
    line = json.loads(event["message"])
    assert (line["level"], line["msg"], line["tries"]) == ("error", "MongoServerSelectionError: connect ETIMEDOUT", 3)
    assert datetime.fromisoformat(line["time"]).timestamp() * 1000 == pytest.approx(event["timestamp"], abs=1)
    assert event["logStreamName"] == f"app/app/{task.rpartition('/')[2]}"


def test_no_secret_is_printed(inside: Inside, logs: Any) -> None:
    """Neither what signs in at an address, nor what stands behind a secret's name."""
    inside.wait(1)
    start = _now(inside)
    text = "cannot reach mongodb+srv://backend:hunter2@host/db with JWT_SECRET=hunter2"
    inside.world.app_log.write(SERVICE, "error", text, SMTP_PASS="hunter2", nested={"password": "hunter2"})
    (line,) = _since(logs, start)
    assert "hunter2" not in line
    assert json.loads(line)["nested"] == {"password": "[Redacted]"}


def test_the_runtime_s_last_words_are_plain_text(inside: Inside, logs: Any) -> None:
    """A full heap is told by V8, not by the logger."""
    inside.wait(1)
    start = _now(inside)
    inside.world.app_log.out_of_memory(SERVICE)
    assert _since(logs, start, filterPattern='"JavaScript heap out of memory"') == [
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"
    ]


def test_there_is_a_past_at_the_first_reading(inside: Inside, logs: Any) -> None:
    """Sparse lines of the days before, none of them later than the world's beginning."""
    began = int(inside.world.began.timestamp() * 1000)
    events = logs.filter_log_events(logGroupName=GROUP, endTime=began, filterPattern="{ $.res.statusCode = * }")[
        "events"
    ]
    assert 100 < len(events) < 1000
    assert events == sorted(events, key=lambda each: each["timestamp"])


def test_a_group_that_does_not_exist_is_not_found(inside: Inside, logs: Any) -> None:
    """Whatever is asked of it; and what is printed for it is lost."""
    asks: tuple[Callable[[], Any], ...] = (
        lambda: logs.filter_log_events(logGroupName="/nobody"),
        lambda: logs.describe_log_streams(logGroupName="/nobody"),
        lambda: logs.get_log_events(logGroupName="/nobody", logStreamName="x"),
        lambda: logs.start_query(logGroupName="/nobody", startTime=0, endTime=1, queryString="limit 1"),
    )
    for ask in asks:
        with pytest.raises(ClientError) as raised:
            ask()
        assert raised.value.response["Error"]["Code"] == "ResourceNotFoundException"
    inside.world.app_log.write("no-such-service", "info", "lost")


def _own_group(logs: Any, name: str, lines: list[tuple[int, str]]) -> None:
    logs.create_log_group(logGroupName=name)
    for stream in ("a", "b"):
        logs.create_log_stream(logGroupName=name, logStreamName=stream)
    for number, (at, text) in enumerate(lines):
        events = [{"timestamp": at, "message": text}]
        logs.put_log_events(logGroupName=name, logStreamName="ab"[number % 2], logEvents=events)


def test_streams_are_interleaved_and_paged(inside: Inside, logs: Any) -> None:
    """Three at a time, in the order of time, none twice and none left out."""
    start = _now(inside)
    _own_group(logs, "/pages", [(start + number, f"line {number}") for number in range(8)])
    pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName="/pages", limit=3))
    assert [len(page["events"]) for page in pages] == [3, 3, 2]
    assert [each["message"] for page in pages for each in page["events"]] == [f"line {number}" for number in range(8)]
    chosen = logs.filter_log_events(logGroupName="/pages", logStreamNames=["b"], startTime=start + 2, endTime=start + 5)
    assert [each["message"] for each in chosen["events"]] == ["line 3", "line 5"]
    with pytest.raises(ClientError, match="nextToken is invalid"):
        logs.filter_log_events(logGroupName="/pages", nextToken=pages[0]["nextToken"], filterPattern="line")


def test_reading_a_stream_forwards_ends_with_the_same_token(inside: Inside, logs: Any) -> None:
    """That is how a client knows that there is nothing more."""
    start = _now(inside)
    _own_group(logs, "/forward", [(start + number, f"line {number}") for number in range(6)])
    asked = {"logGroupName": "/forward", "logStreamName": "a", "limit": 2}
    first = logs.get_log_events(**asked, startFromHead=True)
    second = logs.get_log_events(**asked, nextToken=first["nextForwardToken"])
    end = logs.get_log_events(**asked, nextToken=second["nextForwardToken"])
    assert [len(each["events"]) for each in (first, second, end)] == [2, 1, 0]
    assert end["nextForwardToken"] == second["nextForwardToken"]
    assert [each["message"] for each in logs.get_log_events(**asked)["events"]] == ["line 2", "line 4"]


def test_metric_filters_count_what_matches(inside: Inside, logs: Any) -> None:
    """Of lines that come in, by what they say; one of the same name replaces the former."""
    transformation = {
        "metricName": "SlowMs",
        "metricNamespace": "Asharvi",
        "metricValue": "$.ms",
        "unit": "Milliseconds",
    }
    for pattern in ("{ $.ms > 1 }", "{ $.ms > 100 }"):
        logs.put_metric_filter(
            logGroupName=GROUP, filterName="slow", filterPattern=pattern, metricTransformations=[transformation]
        )
    assert len(logs.describe_metric_filters(logGroupName=GROUP, filterNamePrefix="slow")["metricFilters"]) == 1
    for milliseconds in (50, 250):
        inside.world.app_log.write(SERVICE, "info", "request completed", ms=milliseconds)
    logs.delete_metric_filter(logGroupName=GROUP, filterName="slow")
    inside.world.app_log.write(SERVICE, "info", "request completed", ms=900)
    now = minute_of(inside.world.clock.now())
    found = list(inside.world.monitoring.custom.samples(Name("Asharvi", "SlowMs", ()), now - 1, now + 2))
    assert [(sample.count, sample.total) for _, sample in found] == [(1.0, 250.0)]


def test_a_pattern_can_be_tried(logs: Any) -> None:
    """With what it extracts."""
    answer = logs.test_metric_filter(filterPattern="[level, code=5*]", logEventMessages=["error 503", "error 404"])
    assert answer["matches"] == [
        {"eventNumber": 1, "eventMessage": "error 503", "extractedValues": {"$level": "error", "$code": "503"}}
    ]


def test_a_query_is_scheduled_runs_and_completes(inside: Inside, logs: Any) -> None:
    """On the simulated clock; a stopped one never has results."""
    start = _now(inside)
    _own_group(
        logs, "/query", [(start + number, json.dumps({"level": "error" if number else "info"})) for number in range(3)]
    )
    asked = {"logGroupName": "/query", "startTime": start // 1000, "endTime": start // 1000 + 60}
    query = logs.start_query(**asked, queryString="stats count(*) as n by level | sort n desc")["queryId"]
    stopped = logs.start_query(**asked, queryString="limit 1")["queryId"]
    states = [logs.get_query_results(queryId=query)["status"]]
    assert logs.stop_query(queryId=stopped)["success"] is True
    for _ in range(2):
        inside.wait(1)
        states.append(logs.get_query_results(queryId=query)["status"])
    assert states == ["Scheduled", "Running", "Complete"]
    answer = logs.get_query_results(queryId=query)
    assert [[each["value"] for each in row] for row in answer["results"]] == [["error", "2"], ["info", "1"]]
    assert answer["statistics"]["recordsScanned"] == 3.0
    described = logs.describe_queries(logGroupName="/query")["queries"]
    assert {each["queryId"]: each["status"] for each in described} == {query: "Complete", stopped: "Cancelled"}


def test_a_malformed_query_says_where(logs: Any) -> None:
    """To a stock client too."""
    with pytest.raises(ClientError, match="unexpected symbol found foo at line 1 and position 19") as raised:
        logs.start_query(logGroupName=GROUP, startTime=0, endTime=1, queryString="fields @message | foo")
    assert raised.value.response["queryCompileError"]["location"] == {"startCharOffset": 18, "endCharOffset": 21}


def test_what_is_older_than_the_retention_is_gone(inside: Inside, logs: Any) -> None:
    """And what is younger stays."""
    day = 86_400_000
    now = int(datetime.now(UTC).timestamp() * 1000)
    _own_group(logs, "/old", [(now - 3 * day, "old"), (now - day // 2, "young")])
    logs.put_retention_policy(logGroupName="/old", retentionInDays=1)
    assert [each["message"] for each in logs.filter_log_events(logGroupName="/old")["events"]] == ["young"]
