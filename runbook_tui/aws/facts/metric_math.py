"""Which metrics an expression of CloudWatch's metric math is made of. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_TEXT: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_ID: Final = re.compile(r"(?<![A-Za-z0-9_])[a-z][a-zA-Z0-9_]*(?![A-Za-z0-9_(])")  # an id begins in lower case
_METRICS: Final = re.compile(r"(?<![A-Za-z0-9_])METRICS\(\s*(?:\"([^\"]*)\"|'([^']*)')?\s*\)")


def depends_on(name: str, expressions: Mapping[str, str]) -> frozenset[str]:
    """``name`` and every id that it rests on, directly or through other expressions; a metric's expression is empty."""
    found: set[str] = set()
    todo = [name]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += references(expressions.get(one, ""), expressions)
    return frozenset(found)


def references(expression: str, known: Mapping[str, str]) -> list[str]:
    """The known ids that an expression names; ``METRICS()`` means every metric, ``METRICS("err")`` those so called."""
    found = [one for one in _ID.findall(_TEXT.sub("", expression)) if one in known]
    for groups in _METRICS.findall(expression):
        part = "".join(groups)
        found += [one for one, made_of in known.items() if not made_of and part in one]
    return found


def is_share(expression: str) -> bool:
    """It divides: a rate, not a count."""
    return "/" in _TEXT.sub("", expression)


def in_percent(expression: str) -> bool:
    """A share times a hundred."""
    return re.search(r"(?<![\d.])100(\.0*)?(?![\d.])", _TEXT.sub("", expression)) is not None


def fills_gaps(expression: str) -> bool:
    """It puts values where there is no data, so that there is never none."""
    return re.search(r"(?<![A-Za-z0-9_])FILL\(", expression) is not None
