"""Texts of AWS and of applications, matched without case as substrings. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct


class Text(Struct, frozen=True, kw_only=True):
    """``part`` of the snapshot that it stands in; ``of`` the task that it is about, if any."""

    text: str
    part: str
    at: datetime | None = None
    of: str = ""


class Pattern(Struct, frozen=True):
    """Of every group of ``all`` one text must be there, of ``none`` none. Lower case."""

    all: tuple[tuple[str, ...], ...]
    none: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        low = text.lower()
        return all(any(one in low for one in group) for group in self.all) and not any(one in low for one in self.none)

    def among(self, texts: Iterable[Text]) -> tuple[Text, ...]:
        return tuple(one for one in texts if self.fits(one.text))


def any_among(patterns: Sequence[Pattern], texts: Iterable[Text]) -> tuple[Text, ...]:
    return tuple(one for one in texts if any(pattern.fits(one.text) for pattern in patterns))


UNABLE: Final = ("unable to pull secrets or registry auth",)
CANNOT_PULL: Final = ("cannotpullcontainererror",)
SECRETS: Final = ("secret from asm", "secrets from ssm")
DENIED: Final = ("accessdenied",)
# RequestCanceled comes with "context deadline exceeded"; the others are Go's words for no answer.
TIMED_OUT: Final = ("i/o timeout", "context deadline exceeded", "dial tcp", "send request failed")
# Its code alone would also be found inside an account number or a digest.
FORBIDDEN: Final = ("403 forbidden", "status code 403", "statuscode: 403", "status: 403", "no basic auth")
HEAP: Final = ("javascript heap out of memory",)
DATABASE: Final = (
    "serverselectionerror",  # MongoServerSelectionError, MongooseServerSelectionError
    "buffering timed out",
    "mongonetworkerror",
    "mongonetworktimeouterror",
)
