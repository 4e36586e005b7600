"""What an unquoted word of YAML is: YAML 1.2's core, without octal, sexagesimal and other surprises."""

import re
from typing import Final

Plain = str | int | float | bool | None

_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_TRUTH: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# 18 digits are more than any number here; longer ones stay texts.
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,18}")
_REAL: Final = re.compile(r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,3})?")
_TOO_LARGE: Final = float("inf")  # what 1e999 would be; it stays a text
# PyYAML reads these words as truth values too, and so do people.
_YES_NO: Final = {"yes": True, "on": True, "no": False, "off": False}


def resolve(text: str) -> Plain:
    """The value of an unquoted word. ``on``, ``off``, ``yes`` and ``no`` stay texts: see ``truth``."""
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _REAL.fullmatch(text):
        value = float(text)
        return text if abs(value) == _TOO_LARGE else value
    return text


def truth(text: str) -> bool | None:
    """What an unquoted word means where a truth value is wanted; None when it is none."""
    return _TRUTH.get(text, _YES_NO.get(text.lower()))
