"""What the name of a parameter tells of its value. Pure."""

import re
from enum import IntEnum
from typing import Final

LAST: Final = ("SECRET", "PASS", "PASSWORD", "PWD", "TOKEN")
ENDINGS: Final = (("API", "KEY"), ("PRIVATE", "KEY"), ("SECRET", "KEY"), ("MONGO", "URI"))
ANYWHERE: Final = ("KEY", "URI", "PASS", "TOKEN")


class Suspicion(IntEnum):
    """DOUBTFUL: look at it, probably harmless (``TOKEN_TTL``, ``CALLBACK_URI``)."""

    NONE = 0
    DOUBTFUL = 1
    SENSITIVE = 2


def suspicion(name: str) -> Suspicion:
    """By the words of the last part of its path, in any case."""
    words = tuple(re.split(r"[_-]", name.rstrip("/").rpartition("/")[2].upper()))
    if words[-1] in LAST or words[-2:] in ENDINGS:
        return Suspicion.SENSITIVE
    return Suspicion.DOUBTFUL if any(word in ANYWHERE for word in words) else Suspicion.NONE
