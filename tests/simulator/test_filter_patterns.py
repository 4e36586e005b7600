"""Filter patterns of CloudWatch Logs."""

import pytest

from runbook_tui.simulator.logs.patterns import compile_pattern
from runbook_tui.simulator.refusal import Refused

_LINE = '{"level":"error","status":503,"user":{"id":7},"tags":["a","b"],"jobs":[{"name":"mail"}],"code":null,"ok":true}'
_ACCESS = '203.0.113.9 - alice [10/Oct/2026:13:55:36 +0000] "GET /orders HTTP/1.1" 503 1534'


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("error", True),
        ("ERROR", False),
        ("error info", False),
        ("?info ?error", True),
        ("?info ?warn", False),
        ("error -status", False),
        ("error -mongo", True),
        ('"\\"level\\":\\"error\\""', True),
        ('"level error"', False),
        ("%5[0-9]{2}%", True),
    ],
)
def test_words(pattern: str, matches: bool) -> None:
    """All plain words, any of those with a question mark, none of those with a minus; phrases as they are."""
    assert (compile_pattern(pattern).match(_LINE) is not None) is matches


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.level = "error" && $.status >= 500 }', True),
        ('{ $.level = "error" && $.status > 503 }', False),
        ("{ $.status = 503 }", True),
        ("{ $.status != 503 }", False),
        ("{ $.status <= 502.5 }", False),
        ("{ $.status = 5.03e2 }", True),
        ("{ $.level = err* }", True),
        ('{ $.level = "*rr*r" }', True),
        ("{ $.level = %^err% }", True),
        ("{ $.user.id = 7 }", True),
        ("{ $.jobs[0].name = mail }", True),
        ("{ $.jobs[1].name = mail }", False),
        ("{ $.tags[*] = b }", True),
        ("{ $.tags[0] = b }", False),
        ("{ $.code IS NULL }", True),
        ("{ $.level IS NULL }", False),
        ("{ $.level IS NOT NULL }", True),
        ("{ $.ok IS TRUE }", True),
        ("{ $.missing NOT EXISTS }", True),
        ("{ $.level NOT EXISTS }", False),
        ("{ $.code EXISTS }", True),
        ("{ $.missing = 1 || $.ok IS TRUE && $.user.id < 8 }", True),
        ("{ ($.missing = 1 || $.ok IS TRUE) && $.user.id > 8 }", False),
        ("{ $.missing != 1 }", False),
        ("{ $['level'] = error }", True),
    ],
)
def test_json(pattern: str, matches: bool) -> None:
    """Selectors with comparisons; and binds closer than or."""
    assert (compile_pattern(pattern).match(_LINE) is not None) is matches


def test_json_patterns_pass_over_other_lines() -> None:
    """A line that is no JSON object matches none of them, not even with NOT EXISTS."""
    assert compile_pattern("{ $.x NOT EXISTS }").match("plain text") is None


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("[ip, id, user, when, request, status=5*, size]", True),
        ("[ip, id, user, when, request, status=4*, size]", False),
        ("[ip, id, user]", False),
        ("[ip, ..., size > 1000]", True),
        ("[..., status = 503 || status = 500, size]", True),
        ("[ip, ..., size > 1000 && size < 1500]", False),
        ('[ip, id, user = "alice", ...]', True),
        ("[ip != 203.*, ...]", False),
    ],
)
def test_fields_between_spaces(pattern: str, matches: bool) -> None:
    """Every field has its place; three dots stand for any number of them; brackets and quotes hold one together."""
    assert (compile_pattern(pattern).match(_ACCESS) is not None) is matches


def test_fields_are_extracted_by_their_names() -> None:
    """What TestMetricFilter shows."""
    found = compile_pattern("[ip, ..., request, status=5*, size]").match(_ACCESS)
    assert found == {"$ip": "203.0.113.9", "$request": "GET /orders HTTP/1.1", "$status": "503", "$size": "1534"}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("ERROR:", "Invalid character\\(s\\) in term 'ERROR:'"),
        ('"open', "Invalid filter pattern"),
        ("{ $.a = 1", "Invalid filter pattern"),
        ("{ $.a = }", "Invalid filter pattern"),
        ("{ $.a = 1 && }", "Invalid filter pattern"),
        ("{ $.a ~ 1 }", "Invalid filter pattern"),
        ("{ $.a > b }", "Invalid filter pattern"),
        ("{ $.a IS MAYBE }", "Invalid filter pattern"),
        ("{ ($.a = 1 }", "Invalid filter pattern"),
        ("{ level = error }", "Invalid filter pattern"),
        ("[a, ..., b, ...]", "Invalid filter pattern"),
        ("[a", "Invalid filter pattern"),
        ("[]", "Invalid filter pattern"),
        ("%a(b)%", "Invalid filter pattern"),
        ("x" * 1025, "Invalid filter pattern"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, message: str) -> None:
    """Never silently empty."""
    with pytest.raises(Refused, match=message) as raised:
        compile_pattern(pattern)
    assert raised.value.code == "InvalidParameterException"
