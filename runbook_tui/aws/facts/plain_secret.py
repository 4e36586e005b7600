"""Whether a variable of a task definition is a secret that stands there for everybody to read. Pure.

Only kinds come out of it: no value, no part of one.
"""

import re
from enum import Enum
from typing import Final

_SHAPES: Final = (
    # A password that is a reference (${PASSWORD}) is filled in later.
    ("a URI with a password", re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/?#:@]{0,200}:(?!\$)[^\s/?#@]{1,400}@")),
    ("an AWS access key", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")),
    (
        "a JSON web token",
        re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,2000}\.eyJ[A-Za-z0-9_-]{5,2000}(?:\.[A-Za-z0-9_-]*)?"),
    ),
)
_TELLING: Final = ("SECRET", "PASS", "PASSWORD", "TOKEN", "API_KEY", "PRIVATE_KEY", "SECRET_ACCESS_KEY")
_HINTS: Final = ("SECRET", "PASS", "TOKEN", "KEY", "URI")
# What a name says about a secret without being one: which it is, where it lies, how long it holds.
_ABOUT: Final = ("_NAME", "_ARN", "_ID", "_TTL", "REDIRECT_URI", "CALLBACK_URI")


class Name(Enum):
    """What a variable's name says of its value."""

    SECRET = "secret"  # noqa: S105 - a kind of name
    SUSPICIOUS = "suspicious"
    PLAIN = "plain"


def shape_of(value: str) -> str:
    """What kind of secret the value has the shape of; empty for none."""
    return next((kind for kind, pattern in _SHAPES if pattern.search(value)), "")


def name_says(name: str) -> Name:
    upper = name.upper()
    if upper.endswith(_ABOUT):
        return Name.PLAIN
    if upper == "MONGO_URI" or upper.endswith(_TELLING):
        return Name.SECRET
    return Name.SUSPICIOUS if any(hint in upper for hint in _HINTS) else Name.PLAIN
