"""The printed forms of a sweep."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from runbook_tui.cli.check import exit_code
from runbook_tui.cli.formats import FORMATS, Result, Sweep
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Severity, Status

HOSTILE = "web\x1b[31m-red [bold]\n| pipe | <script>alert(1)</script> \u202e txt"
BEGAN = datetime(2026, 11, 23, 3, 16, tzinfo=UTC)


def result(status: Status, number: int = 0, because: str = "2 of 3 tasks run") -> Result:
    return Result(
        id=f"ecs.service.n{number}",
        environment="prod" if number % 2 else None,
        status=status,
        severity=Severity.HIGH,
        guide="5.3",
        because=clean(because),
        evidence={"running": 2},
        remedy="Scale out.",
        duration_ms=12,
    )


def sweep(*results: Result) -> Sweep:
    return Sweep(
        world="simulated",
        account="123456789012",
        region="ap-south-1",
        environment="prod",
        started_at=BEGAN,
        finished_at=BEGAN + timedelta(seconds=1.5),
        api_calls=57,
        results=results,
    )


EVERY = sweep(*(result(status, number) for number, status in enumerate(Status)))


def test_json_has_the_published_shape() -> None:
    """The JSON holds schema 1: the head, one count a status, and every result with its evidence."""
    found = json.loads(FORMATS["json"](EVERY))
    assert list(found) == [
        "schema",
        "world",
        "account",
        "region",
        "environment",
        "started_at",
        "finished_at",
        "api_calls",
        "summary",
        "waived",
        "results",
    ]
    assert found["schema"] == 1
    assert found["started_at"] == "2026-11-23T03:16:00Z"
    assert found["summary"] == {"PASS": 1, "WARN": 1, "FAIL": 1, "UNKNOWN": 1, "SKIP": 1}
    assert found["results"][2] == {
        "id": "ecs.service.n2",
        "environment": None,
        "status": "FAIL",
        "severity": "high",
        "guide": "5.3",
        "because": "2 of 3 tasks run",
        "evidence": {"running": 2},
        "remedy": "Scale out.",
        "duration_ms": 12,
    }


def test_junit_is_valid_for_the_common_schema() -> None:
    """Every status gives a document that validates, with the counts that CI servers read."""
    schema = xmlschema.XMLSchema(str(Path(__file__).parent.parent / "support" / "junit.xsd"))
    text = FORMATS["junit"](EVERY)
    schema.validate(text)
    suite = ET.fromstring(text).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert [[child.tag for child in case] for case in suite] == [
        [],
        ["system-out"],
        ["failure"],
        ["error"],
        ["skipped"],
    ]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_hostile_text_stays_harmless(name: str) -> None:
    """Escapes, markup and marks in a resource's name change neither the terminal nor the document."""
    schema = xmlschema.XMLSchema(str(Path(__file__).parent.parent / "support" / "junit.xsd"))
    text = FORMATS[name](sweep(result(Status.FAIL, 1, HOSTILE), result(Status.WARN, 2, "x" * 10_000)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "junit":
        schema.validate(text)
    if name == "markdown":
        assert "<script>" not in text
        rows = [line for line in text.splitlines() if line.startswith("| ✘")]
        assert rows[0].replace("\\|", "").count("|") == 6


def test_the_table_says_symbol_word_and_remedy() -> None:
    """Each row holds symbol and word, and what to do where something is to do."""
    lines = FORMATS["table"](EVERY).splitlines()
    assert lines[0] == "SIMULATED · account 123456789012 · ap-south-1"
    fails = next(line for line in lines if "✘ fail" in line)
    assert "2 of 3 tasks run" in fails
    assert lines[lines.index(fails) + 1].strip() == "→ Scale out."
    assert lines[-1] == "1 pass, 1 warn, 1 fail, 1 unknown, 1 skip: 57 API calls in 1.5 s"


def test_exit_codes_tell_failed_from_undecided() -> None:
    """A failure is 1, an open question without a failure 3, everything else 0."""
    assert exit_code([result(Status.FAIL), result(Status.UNKNOWN)]) == 1
    assert exit_code([result(Status.PASS), result(Status.UNKNOWN)]) == 3
    assert exit_code([result(Status.PASS), result(Status.WARN), result(Status.SKIP)]) == 0
