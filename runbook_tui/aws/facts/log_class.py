"""Lines of a log, reduced to what kind of error they tell of. Pure.

What is particular to one occurrence is masked, and with it whatever may be secret or personal: numbers, ids, URIs,
addresses, quoted texts, values after ``=`` and ``:``.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from runbook_tui.core.text import clean

LONGEST: Final = 120
# Bunyan's and pino's numbers: 10 trace, 20 debug, 30 info; the words are winston's and pino's formatters'.
_QUIET: Final = frozenset({"trace", "debug", "verbose", "http", "silly", "info", "notice", "10", "20", "30"})
_DEADLY: Final = re.compile(
    r"UnhandledPromiseRejection|unhandledRejection|\bFATAL\b|heap out of memory|\"level\":\s*(?:\"fatal\"|60\b)"
)
_MASKS: Final = (
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://\S{1,2000}"), "<uri>"),
    (re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}"), "<e-mail>"),
    (re.compile(r"\"[^\"]{0,2000}\"|'[^']{0,2000}'|`[^`]{0,2000}`"), "<text>"),
    (
        re.compile(r"\b[\w.-]{0,64}(?:secret|pass|token|key|auth|cookie)[\w.-]{0,64}\s?[=:]\s?\S+", re.IGNORECASE),
        "<secret>",
    ),
    (re.compile(r"(?<=[=])\S+"), "<value>"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b(?=[\w+/-]{0,200}\d)[\w+/-]{16,}={0,2}"), "<id>"),
    (re.compile(r"\d+(?:\.\d+)*"), "<n>"),
)


def error_class(line: str) -> str:
    """One short masked text: of a JSON line its message, with the kind of its error before it."""
    told = _parsed(line)
    text = _message(told) if told is not None else line
    masked = clean(text, 2000)
    for pattern, mask in _MASKS:
        masked = pattern.sub(mask, masked)
    return clean(masked.strip(), LONGEST) or "<empty>"


def is_quiet(line: str) -> bool:
    """A line that says itself that it is no error: its words may still sound like one (``errors: 0``)."""
    told = _parsed(line)
    return told is not None and str(told.get("level", "")).lower() in _QUIET


def is_deadly(line: str) -> bool:
    """It tells of the end of the process, or of a promise that nobody looked after."""
    return _DEADLY.search(line) is not None


def classes(lines: Iterable[str]) -> Counter[str]:
    return Counter(error_class(line) for line in lines)


def _parsed(line: str) -> Mapping[str, Any] | None:
    if not line.lstrip().startswith("{"):
        return None
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _message(told: Mapping[str, Any]) -> str:
    kind = ""
    error = told.get("err") or told.get("error")
    if isinstance(error, Mapping):
        kind = str(error.get("type") or error.get("name") or "")
    message = next((str(told[name]) for name in ("msg", "message", "error") if isinstance(told.get(name), str)), "")
    return f"{kind}: {message}" if kind else message
