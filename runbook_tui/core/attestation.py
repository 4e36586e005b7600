"""What an operator states where no call can tell: read from the events that hold it. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from msgspec import Struct

from runbook_tui.core.events import Attested, Entry

LONGEST_DAYS: Final = 400  # a year and the weeks until somebody finds the time
LONGEST_STATEMENT: Final = 500


class Attestation(Struct, frozen=True, kw_only=True):
    """The newest statement about one check. ``by`` is the operator as the journal names it; ``at`` is UTC."""

    check: str
    environment: str
    text: str
    by: str
    at: datetime
    expires: date

    def holds(self, today: date) -> bool:
        """Up to and including its last day; ``today`` is UTC's."""
        return today <= self.expires

    @property
    def name(self) -> str:
        """``asha`` for ``arn:aws:sts::1:assumed-role/Admin/asha@example.com (asha@desk)``."""
        arn = self.by.partition(" (")[0]
        return arn.rpartition("/")[2].partition("@")[0] or arn


def standing(entries: Iterable[Entry]) -> tuple[Attestation, ...]:
    """What stands after all of these, oldest first: of a check in an environment the newest, unless it was revoked."""
    found: dict[tuple[str, str], Attestation] = {}
    for entry in sorted(entries, key=lambda one: one.at):
        event = entry.event
        if not isinstance(event, Attested):
            continue
        key = (event.check, event.environment)
        found.pop(key, None)
        if not event.revoked:
            found[key] = Attestation(
                check=event.check,
                environment=event.environment,
                text=event.text,
                by=entry.by,
                at=entry.at,
                expires=event.expires,
            )
    return tuple(found.values())
