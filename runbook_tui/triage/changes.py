"""What changed, in one order of time: merging and filtering. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

BEFORE: Final = timedelta(minutes=15)  # a change that is older has had its chance to show
LATE: Final = timedelta(minutes=1)  # metrics know only whole minutes: a change within the first one came before it


class Kind(StrEnum):
    """What a change is about. The last three are consequences, and never why something began."""

    DEPLOYMENT = "deployment"
    CONFIGURATION = "configuration"
    NETWORK = "network"
    SECRET = "secret"  # noqa: S105 - a kind of change
    ROLE = "role"
    IMAGE = "image"
    LOGS = "logs"
    LISTENER = "listener"
    DNS = "dns"
    CERTIFICATE = "certificate"
    DRILL = "drill"
    PIPELINE = "pipeline"
    PLATFORM = "platform"
    OTHER = "other"
    SCALING = "scaling"
    EVENT = "event"
    ALARM = "alarm"
    STOP = "stop"


CONSEQUENCES: Final = frozenset({Kind.EVENT, Kind.ALARM, Kind.STOP})


class Change(Struct, frozen=True, kw_only=True):
    """``source`` is the service that told it, ``who`` a role's or user's name where it is known."""

    at: datetime
    source: str
    who: str
    what: str
    resource: str
    kind: Kind


def merged(*sources: Iterable[Change]) -> tuple[Change, ...]:
    """Oldest first, each once; of what happened at the same moment the sources' order stays."""
    found = dict.fromkeys(change for source in sources for change in source)
    return tuple(sorted(found, key=lambda change: change.at))


def chosen(
    changes: Iterable[Change],
    *,
    who: str = "",
    what: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    kinds: Iterable[Kind] = (),
) -> tuple[Change, ...]:
    """Those that hold both texts (without case; ``what`` looks at source and resource too) within the span, both ends
    included. Nothing given lets everything through."""
    wanted = frozenset(kinds)
    return tuple(
        one
        for one in changes
        if who.lower() in one.who.lower()
        and what.lower() in f"{one.source} {one.what} {one.resource}".lower()
        and (since is None or one.at >= since)
        and (until is None or one.at <= until)
        and (not wanted or one.kind in wanted)
    )


def just_before(changes: Iterable[Change], onset: datetime) -> tuple[Change, ...]:
    """What may have brought it about: at most 15 minutes before, and no consequence."""
    near = chosen(changes, since=onset - BEFORE, until=onset + LATE)
    return tuple(one for one in near if one.kind not in CONSEQUENCES)


def last_change(changes: Iterable[Change], before: datetime) -> Change | None:
    """The newest that is no consequence."""
    found = [one for one in chosen(changes, until=before) if one.kind not in CONSEQUENCES and one.kind != Kind.SCALING]
    return max(found, key=lambda one: one.at, default=None)
