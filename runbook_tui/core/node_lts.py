"""Node.js's calendar of releases, as data with the day on which it was true. Pure."""

from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct

# From nodejs/Release, schedule.json, as published in node-releases 2.0.65.
KNOWN: Final = date(2026, 11, 17)
# The last planned line becomes LTS then: which one is the newest afterwards, this table cannot know.
HOLDS_UNTIL: Final = date(2027, 10, 20)


class Line(Struct, frozen=True, kw_only=True):
    """``lts`` is None for a line that never becomes one. Up to and including ``end`` it is mended."""

    major: int
    end: date
    lts: date | None = None
    maintenance: date | None = None


LINES: Final = (
    Line(major=18, lts=date(2022, 10, 25), maintenance=date(2023, 10, 18), end=date(2025, 4, 30)),
    Line(major=19, end=date(2023, 6, 1)),
    Line(major=20, lts=date(2023, 10, 24), maintenance=date(2024, 10, 22), end=date(2026, 4, 30)),
    Line(major=21, end=date(2024, 6, 1)),
    Line(major=22, lts=date(2024, 10, 29), maintenance=date(2025, 10, 21), end=date(2027, 4, 30)),
    Line(major=23, end=date(2025, 6, 1)),
    Line(major=24, lts=date(2025, 10, 28), maintenance=date(2026, 10, 20), end=date(2028, 4, 30)),
    Line(major=25, end=date(2026, 6, 1)),
    Line(major=26, lts=date(2026, 10, 28), maintenance=date(2027, 10, 20), end=date(2029, 4, 30)),
    Line(major=27, lts=date(2027, 10, 20), end=date(2030, 4, 30)),
)


class Standing(StrEnum):
    """NEW is one of the two newest LTS lines, OLD an older one that is still mended, UNFIT is not LTS (yet)."""

    NEW = "one of the two newest LTS lines"
    OLD = "an older LTS line"
    UNFIT = "no LTS line"
    ENDED = "past its end of life"
    UNHEARD = "not in the calendar"


def line(major: int) -> Line | None:
    return next((one for one in LINES if one.major == major), None)


def newest(today: date) -> Line:
    """The newest line that is LTS on this day."""
    return max((one for one in LINES if one.lts is not None and one.lts <= today), key=lambda one: one.major)


def standing(major: int, today: date) -> Standing:
    """What a line is on this day. Lines older than the table have ended; of younger ones it knows nothing."""
    if major < LINES[0].major:
        return Standing.ENDED
    found = line(major)
    if found is None:
        return Standing.UNHEARD
    if today > found.end:
        return Standing.ENDED
    if found.lts is None or today < found.lts:
        return Standing.UNFIT
    ready = sorted(one.major for one in LINES if one.lts is not None and one.lts <= today)
    return Standing.NEW if major in ready[-2:] else Standing.OLD


def outdated(today: date) -> bool:
    """Whether a newer line than the table's may be out: nothing can be called the newest then."""
    return today > HOLDS_UNTIL
