"""What a source in AWS tells about a wait: plain data that a screen draws and a report keeps. Pure."""

from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

KEPT: Final = 3  # remarks of a source that the journal keeps


class Tone(StrEnum):
    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


class Gauge(Struct, frozen=True, kw_only=True):
    """``value`` of ``of``; 0 where there is no whole."""

    name: str
    value: int
    of: int = 0
    note: str = ""
    tone: Tone = Tone.PLAIN


class Remark(Struct, frozen=True, kw_only=True):
    text: str
    tone: Tone = Tone.PLAIN


class Progress(Struct, frozen=True, kw_only=True):
    """One reading of one source. ``truth`` is whether what is waited for has come, as far as this source can tell.

    ``log_lines`` are an application's own words: shown, never kept. ``trouble`` says why nothing could be read.
    """

    source: str
    title: str
    gauges: tuple[Gauge, ...] = ()
    remarks: tuple[Remark, ...] = ()
    log_lines: tuple[str, ...] = ()
    truth: Remark | None = None
    trouble: str = ""

    @property
    def compact(self) -> "Progress":
        """What the journal keeps."""
        return replace(self, remarks=self.remarks[:KEPT], log_lines=())


def in_one_line(reading: Progress) -> str:
    """``Deployment: running 2 of 2, failed 0 of 3; released: …``."""
    if reading.trouble:
        return f"{reading.title}: not known, {reading.trouble}"
    gauges = ", ".join(in_numbers(gauge) for gauge in reading.gauges)
    said = [gauges, *((reading.truth.text,) if reading.truth else ())]
    return f"{reading.title}: {'; '.join(filter(None, said)) or 'nothing to tell'}"


def in_numbers(gauge: Gauge) -> str:
    whole = f" of {gauge.of}" if gauge.of else ""
    note = f" ({gauge.note})" if gauge.note else ""
    return f"{gauge.name} {gauge.value}{whole}{note}"
