"""The query language of Logs Insights."""

import json
from typing import Any

import pytest

from runbook_tui.simulator.logs.insights.query import read_query
from runbook_tui.simulator.logs.insights.values import row_of
from runbook_tui.simulator.logs.reading import Event
from runbook_tui.simulator.refusal import Refused

_MINUTE = 60_000
_LINES: list[tuple[int, Any]] = [
    (0, {"level": "info", "ms": 10, "req": {"url": "/a"}, "msg": "took 10 ms"}),
    (1, {"level": "info", "ms": 20, "req": {"url": "/b"}, "msg": "took 20 ms"}),
    (4, {"level": "error", "ms": 30, "req": {"url": "/a"}, "msg": "database down"}),
    (6, {"level": "warn", "ms": 40, "req": {"url": "/a"}, "msg": "took 40 ms"}),
    (7, "plain text took 9 ms"),
]


def _ask(text: str, limit: int = 10_000) -> list[dict[str, str]]:
    rows = [
        row_of(
            Event(at * _MINUTE, number, "app/app/1", line if isinstance(line, str) else json.dumps(line), 0), "g", "1"
        )
        for number, (at, line) in enumerate(_LINES)
    ]
    results, _ = read_query(text).rows(rows, limit)
    return [{each["field"]: each["value"] for each in row if each["field"] != "@ptr"} for row in results]


def _column(text: str, name: str) -> list[str]:
    return [row.get(name, "-") for row in _ask(text)]


def test_newest_lines_come_first_with_their_usual_fields() -> None:
    """Without fields, time and message are shown."""
    assert _ask("limit 1") == [{"@timestamp": "1970-01-01 00:07:00.000", "@message": "plain text took 9 ms"}]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('level = "error"', ["30"]),
        ("level != 'info'", ["-", "40", "30"]),
        ("ms > 10 and ms <= 30", ["30", "20"]),
        ("ms = 10 or ms = 40", ["40", "10"]),
        ("not ms >= 20", ["-", "10"]),
        ("msg like /took [12]0/", ["20", "10"]),
        ("msg like /TOOK 1/i", ["10"]),
        ('msg like "base"', ["30"]),
        ("msg not like /took/", ["-", "30"]),
        ("@message =~ /plain/", ["-"]),
        ("level in ['error', 'warn']", ["40", "30"]),
        ("ms not in [10, 20]", ["-", "40", "30"]),
        ("(ms = 10 or ms = 20) and req.url = '/b'", ["20"]),
        ("ispresent(ms) and ms * 2 > 60", ["40"]),
        ("strcontains(msg, 'base')", ["30"]),
    ],
)
def test_filters(condition: str, found: list[str]) -> None:
    """What a line lacks is not equal to anything, and no comparison with it holds."""
    assert _column(f"fields ms | filter {condition}", "ms") == found


def test_counts_in_bins() -> None:
    """Five minutes begin at round times."""
    assert _ask("stats count(*) as n by bin(5m) | sort n") == [
        {"bin(5m)": "1970-01-01 00:05:00.000", "n": "2"},
        {"bin(5m)": "1970-01-01 00:00:00.000", "n": "3"},
    ]


def test_numbers_of_a_group() -> None:
    """Lines without the field are left out of its numbers."""
    text = "stats count(), count(ms), sum(ms), avg(ms), min(ms), max(ms), pct(ms, 50), count_distinct(req.url)"
    assert list(_ask(text)[0].values()) == ["5", "4", "100", "25", "10", "40", "20", "2"]


def test_a_filter_on_what_was_counted() -> None:
    """Commands work on the rows of the one before."""
    text = "stats count(*) as n by level | filter n > 1 and ispresent(level)"
    assert _ask(text) == [{"level": "info", "n": "2"}]


def test_parsing_with_stars_and_with_names() -> None:
    """A glob names what its stars stand for, a regular expression has names of its own."""
    assert _column('parse @message "took * ms" as taken | filter ispresent(taken)', "taken") == ["9", "40", "20", "10"]
    assert _column("parse msg /took (?<taken>\\d+)/ | filter taken > 15", "taken") == ["40", "20"]


def test_each_kind_once() -> None:
    """dedup keeps the first of a kind, and what has none."""
    assert _column("fields level | sort ms asc | dedup level | display level", "level") == [
        "-",
        "info",
        "error",
        "warn",
    ]


def test_sorting_limits_and_names() -> None:
    """Falling and rising, with a column of another name."""
    assert _column("fields ms / 10 as tens | sort ms desc | limit 2", "tens") == ["4", "3"]
    assert _column("fields ms | filter ispresent(ms) | sort level asc, ms desc", "ms") == ["30", "20", "10", "40"]
    assert len(_ask("fields ms", limit=3)) == 3


def test_comments_and_backticks() -> None:
    """A name with a dash stands in backticks; a hash begins a comment."""
    assert _column("fields `level` # not ms\n| limit 2", "level") == ["-", "warn"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("fields @timestamp | foo bar", "foo at line 1 and position 21"),
        ("fields ms\n| filter ms ==== 3", "= at line 2 and position 14"),
        ("filter msg like took", "took at line 1 and position 17"),
        ("fields @timestamp,", "end of query at line 1 and position 19"),
        ("", "end of query at line 1 and position 1"),
        ("stats frob(ms)", "frob found at line 1 and position 7"),
        ("stats sum()", "sum at line 1 and position 7"),
        ("stats pct(ms)", ") at line 1 and position 13"),
        ("filter (ms = 1", "end of query at line 1 and position 15"),
        ("pattern @message", "pattern at line 1 and position 1"),
        ("limit 0", "0 at line 1 and position 7"),
        ("limit 10001", "10001 at line 1 and position 7"),
        ("sort ms | | limit 1", "| at line 1 and position 11"),
        ('parse @message "a*b*" as one', "names at line 1 and position 16"),
        ("parse @message /(/", "/(/ at line 1 and position 16"),
        ("filter ms = 1 2", "2 at line 1 and position 15"),
        ("stats count(*) by bin(5)", "5 at line 1 and position 23"),
        ("unmask ms", "unmask at line 1 and position 1"),
    ],
)
def test_anything_else_is_malformed_at_its_place(text: str, place: str) -> None:
    """Never silently empty: the message says where, in words and in offsets."""
    with pytest.raises(Refused) as raised:
        read_query(text)
    assert raised.value.code == "MalformedQueryException"
    assert place in raised.value.message
    assert raised.value.more["queryCompileError"]["location"]["startCharOffset"] <= len(text)
