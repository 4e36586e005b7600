"""A diagnosis as JSON, Markdown and text."""

import json

from runbook_tui.cli.triage_formats import FORMATS
from runbook_tui.core.verdict import fail
from runbook_tui.triage.snapshot import Unseen
from tests.support.scenes import ago, diagnosed, line, service

FOUND = diagnosed(
    service=service((4.0, "(service s) has started 1 tasks: (task 9).")),
    lines=(line("MongoServerSelectionError | `<b>` timed out"),),
    checks={"sg.ecs.egress-db": fail("27017 is closed", "open it")},
    health=Unseen(operation="health:DescribeEvents", why="not enabled: no support plan"),
)


def test_json_is_of_schema_1() -> None:
    """Members and their order, as issue trackers and chat-bots read them."""
    told = json.loads(FORMATS["json"](FOUND))
    assert list(told) == ["schema", "environment", "onset", "causes", "changes", "unseen"]
    (cause,) = told["causes"]
    assert list(cause) == ["rule", "cause", "confidence", "for", "against", "confirm", "runbook", "inputs"]
    assert (cause["rule"], cause["confidence"], cause["runbook"]) == ("T6b", 0.95, "")
    assert cause["inputs"] == {"environment": "prod", "action": "ec2.let-tasks-out-to-database"}
    assert told["onset"] is None
    assert told["changes"][0]["at"] == f"{ago(4.0):%Y-%m-%dT%H:%M:%SZ}"
    assert told["unseen"] == [{"operation": "health:DescribeEvents", "why": "not enabled: no support plan"}]


def test_markdown_is_not_broken_by_what_a_log_says() -> None:
    """Bars, backquotes and tags of a line stay in their cell."""
    told = FORMATS["markdown"](FOUND)
    row = next(each for each in told.splitlines() if "T6b" in each)
    assert row.replace("\\|", "").count("|") == 7
    assert "<b>" not in told
    assert "## Not seen" in told


def test_the_table_says_what_to_do_next() -> None:
    """The change that puts it right, as somebody would type it, and what could not be seen."""
    told = FORMATS["table"](FOUND)
    assert "1. T6b  0.95" in told
    assert "→ runbook-tui plan ec2.let-tasks-out-to-database --env prod" in told
    assert "health:DescribeEvents: not enabled" in told
