"""Which alarms the rule of a composite alarm names. Pure."""

import re
from typing import Final

_FUNCTION: Final = re.compile(
    r"""(?<![A-Za-z0-9_])(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*
    (?: "(?P<double>[^"]*)" | '(?P<single>[^']*)' | (?P<plain>[^\s()"']+) )\s*\)""",
    re.VERBOSE,
)
_RINGS: Final = re.compile(r"NOT\s*$")


def names_in(rule: str) -> frozenset[str]:
    """Names of all alarms that it speaks of, ARNs cut down to their names."""
    return frozenset(_name(one) for one in _FUNCTION.finditer(rule))


def rings_with(rule: str) -> frozenset[str]:
    """Names of the alarms whose ALARM it wants: ``ALARM("a")``, but not ``NOT ALARM("a")`` nor ``OK("a")``."""
    found = (one for one in _FUNCTION.finditer(rule) if one.group().startswith("ALARM"))
    return frozenset(_name(one) for one in found if not _RINGS.search(rule[: one.start()]))


def _name(found: "re.Match[str]") -> str:
    text = found["double"] or found["single"] or found["plain"] or ""
    return text.partition(":alarm:")[2] if text.startswith("arn:") else text
