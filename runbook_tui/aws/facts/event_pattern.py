"""EventBridge's patterns: which events a rule means. Pure.

An event's member may be a list: one of its items must match. What this module does not know matches nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.aws.errors import Malformed

Event = Mapping[str, Any]


def read_pattern(text: str) -> Mapping[str, Any]:
    """Malformed for what is no JSON object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Malformed("a rule of EventBridge has a pattern that is no JSON object", remedy="look at the rule")
    return found


def matches(pattern: Any, event: Any) -> bool:
    """Whether every member of the pattern is met by the event's member of the same name."""
    if not isinstance(pattern, Mapping):
        return False
    return all(_member(name, wanted, event) for name, wanted in pattern.items())


def _member(name: str, wanted: Any, event: Any) -> bool:
    if name == "$or":
        return isinstance(wanted, Sequence) and any(matches(one, event) for one in wanted)
    present = isinstance(event, Mapping) and name in event
    found = event[name] if present else None
    if isinstance(wanted, Mapping):
        return matches(wanted, found)
    if not isinstance(wanted, Sequence) or isinstance(wanted, str):
        return False
    values = found if isinstance(found, list) else [found]
    return any(_is_met(one, value, present=present) for one in wanted for value in values)


def _is_met(wanted: Any, value: Any, *, present: bool) -> bool:
    if not isinstance(wanted, Mapping):
        return present and type(wanted) is type(value) and wanted == value
    if len(wanted) != 1:
        return False
    ((kind, argument),) = wanted.items()
    if kind == "exists":
        return argument is present
    if not present or not isinstance(value, str):
        return False
    return _comparison(kind, argument, value)


def _comparison(kind: str, argument: Any, value: str) -> bool:
    match kind, argument:
        case "prefix", str():
            return value.startswith(argument)
        case "suffix", str():
            return value.endswith(argument)
        case "equals-ignore-case", str():
            return value.lower() == argument.lower()
        case "wildcard", str():
            return re.fullmatch(".*".join(map(re.escape, argument.split("*"))), value, re.DOTALL) is not None
        case "anything-but", str():
            return value != argument
        case "anything-but", list():
            return value not in argument
        case "anything-but", {"prefix": str(start)}:
            return not value.startswith(start)
        case _:
            return False
