"""Text that somebody else wrote, made harmless for a terminal, a log line or a page."""

import re
import unicodedata
from typing import Final

# Whole escape sequences, so that no "[31m" stays behind. Every body excludes what may start the next sequence:
# that keeps the search linear on hostile text.
_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # CSI: colours, cursor moves
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x80-\x9f]*+(?:\x07|\x1b\\|\x9c)"  # titles, links, DCS
    r"|\x1b[ -/]*+[0-~]"
)
_BREAKS: Final = re.compile(r"\r\n|[\t\n\v\f\r\x85\u2028\u2029]")
# Invisible although Unicode calls them letters or marks: fillers, joiners, variation selectors.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_KEPT: Final = frozenset("\t\n\r")
_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs"})


def strip(text: str) -> str:
    """Without escape sequences, control, bidi, zero-width and surrogate characters; line breaks and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    visible = _INVISIBLE.sub("", _ESCAPES.sub("", text))
    return "".join(char for char in visible if char in _KEPT or unicodedata.category(char) not in _HARMFUL)


def clean(text: str, limit: int = 500) -> str:
    """One harmless line of at most ``limit`` characters; a longer one ends in ``…``. Idempotent."""
    # Nearly all text is plain, and a sweep reads 70,000 pieces of it.
    line = text if text.isascii() and text.isprintable() else strip(_BREAKS.sub(" ", text))
    if len(line) <= limit:
        return line
    return f"{line[: limit - 1]}…" if limit > 0 else ""


def middle(text: str, width: int) -> str:
    """At most ``width`` characters, cut in the middle: both ends of an ARN or a digest tell more than its heart."""
    if len(text) <= width:
        return text
    if width < 1:
        return ""
    tail = (width - 1) // 2
    head = width - 1 - tail
    return f"{text[:head]}…{text[len(text) - tail :]}"
