"""What one value may be, as data: judged here, and published as JSON Schema by the catalogue."""

import re
from functools import cache
from typing import Any, Final

from msgspec import Struct

# A value that still waits to be given: "example.com", "REPLACE-ME", "<your zone>". "<env>" is meant as it stands.
PLACEHOLDER: Final = r"[Ee][Xx][Aa][Mm][Pp][Ll][Ee]\.[a-z]|REPLACE|<(?!env>)[^<>]*>"
_SECRET: Final = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@"
    r"|\b(?:ghp|gho|ghs|github_pat|xox[abp]|sk_live|rk_live)[_-][A-Za-z0-9_-]{16,}"
)
_AWS_SECRET_KEY: Final = re.compile(r"(?<![A-Za-z0-9+/=_.-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_.-])")
_LONGEST_SHOWN: Final = 60


class Limit(Struct, frozen=True, kw_only=True):
    """``hint`` completes "is not …"; ``pattern`` matches the whole text; ``above`` is an exclusive ``low``.

    ``placeholder`` lets a value pass that is still to be given: a check reports it, the wizard refuses it.
    """

    choices: tuple[str | bool | int, ...] = ()
    pattern: str = ""
    hint: str = ""
    low: float | None = None
    high: float | None = None
    above: float | None = None
    longest: int | None = None
    placeholder: bool = False

    def problem(self, value: Any) -> str:
        """Why ``value`` is not allowed; an empty text when it is. None is always allowed."""
        if value is None or (self.placeholder and is_placeholder(value)):
            return ""
        if self.choices and not any(value == choice and type(value) is type(choice) for choice in self.choices):
            return f"{shown(value)} is not one of {self.one_of}"
        if isinstance(value, str):
            return self._text_problem(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and not self._in_range(value):
            return f"{value} is not {self.range}"
        return ""

    def _text_problem(self, value: str) -> str:
        if self.longest is not None and len(value) > self.longest:
            return f"{len(value)} characters are more than {self.longest}"
        if self.pattern and not compiled(self.pattern).fullmatch(value):
            return f"{shown(value)} is not {self.hint}"
        return ""

    def _in_range(self, value: float) -> bool:
        return (
            (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
        )

    @property
    def one_of(self) -> str:
        return ", ".join(str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in self.choices)

    @property
    def range(self) -> str:
        if self.low is not None and self.high is not None:
            return f"from {self.low:g} to {self.high:g}"
        if self.above is not None:
            return f"more than {self.above:g}" + (f" and at most {self.high:g}" if self.high is not None else "")
        return f"{self.low:g} or more" if self.low is not None else f"{self.high:g} or less"

    @property
    def remedy(self) -> str:
        if self.choices:
            return f"write one of {self.one_of}"
        if self.low is not None or self.high is not None or self.above is not None:
            return f"give a number {self.range}"
        return f"give {self.hint}" if self.hint else f"write at most {self.longest} characters"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def is_placeholder(value: Any) -> bool:
    """Whether a text still waits for its real value. All zeros stand for an account id not yet given."""
    return isinstance(value, str) and (value == "0" * 12 or compiled(PLACEHOLDER).search(value) is not None)


def looks_secret(text: str) -> re.Match[str] | None:
    """Where in a text something stands that looks like a credential: it belongs in Secrets Manager."""
    return _SECRET.search(text) or next((found for found in _AWS_SECRET_KEY.finditer(text) if _mixed(found[0])), None)


def _mixed(text: str) -> bool:
    # Random base64 of 40 characters has all three kinds; hexadecimal digests and long words do not.
    return any(c.isupper() for c in text) and any(c.islower() for c in text) and any(c.isdigit() for c in text)


def shown(value: Any) -> str:
    """A value as a message may show it: quoted, on one line, cut, and never when it looks like a secret."""
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if looks_secret(value):
        return "(a value that looks like a secret)"
    kept = "".join(letter if letter.isprintable() else " " for letter in value[: _LONGEST_SHOWN + 1])
    return f'"{kept}"' if len(kept) <= _LONGEST_SHOWN else f'"{kept[: _LONGEST_SHOWN - 1]}…"'
