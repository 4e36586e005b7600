"""Colours and marks of the whole program, once. Every mark is symbol + word, so that colour is never needed."""

from typing import Final

from textual.content import Content
from textual.theme import Theme

from runbook_tui.core.events import Outcome
from runbook_tui.core.state import Phase
from runbook_tui.core.verdict import Status

BACKGROUND: Final = "#10141b"
SURFACE: Final = "#171d27"
MARKED: Final = "#26354a"
LINE: Final = "#344050"
TEXT: Final = "#d8dee8"
DIM: Final = "#8b97a8"
ACCENT: Final = "#6cb6ff"
GOOD: Final = "#7ec699"
CAUTION: Final = "#e5c07b"
BAD: Final = "#f7767a"
UNSURE: Final = "#c99af0"
SIMULATED: Final = "#56d4c8"
PRODUCTION: Final = "#b3262e"

THEME: Final = Theme(
    name="runbook",
    primary=ACCENT,
    secondary=ACCENT,
    accent=ACCENT,
    warning=CAUTION,
    error=BAD,
    success=GOOD,
    foreground=TEXT,
    background=BACKGROUND,
    surface=SURFACE,
    panel=SURFACE,
    boost=SURFACE,
    variables={
        "line": LINE,
        "dim": DIM,
        "production": PRODUCTION,
        "simulated": SIMULATED,
        "border": ACCENT,
        "border-blurred": LINE,
        "scrollbar": LINE,
        "scrollbar-hover": DIM,
        "scrollbar-active": DIM,
        "scrollbar-background": BACKGROUND,
        "scrollbar-background-hover": BACKGROUND,
        "scrollbar-background-active": BACKGROUND,
        "scrollbar-corner-color": BACKGROUND,
        "input-selection-background": LINE,
    },
)

STATUS_COLOUR: Final = {
    Status.PASS: GOOD,
    Status.WARN: CAUTION,
    Status.FAIL: BAD,
    Status.UNKNOWN: UNSURE,
    Status.SKIP: DIM,
}
RUNNING_MARK: Final = ("…", "running", ACCENT)
MARK_WIDTH: Final = 10  # "? unknown" and one space: the longest mark
# Worst first: the order of lists that are read for trouble.
WORST_FIRST: Final = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.PASS, Status.SKIP)

OUTCOME_MARK: Final = {
    Outcome.DONE: ("✔", "done", GOOD),
    Outcome.ACCEPTED: ("▲", "accepted with a reason", CAUTION),
    Outcome.BRANCHED: ("↳", "branched off", CAUTION),
    Outcome.SKIPPED: ("–", "skipped with a reason", DIM),
}
CURRENT_MARK: Final = ("▶", "here", ACCENT)
AHEAD_MARK: Final = ("○", "ahead", DIM)

PHASE_COLOUR: Final = {
    Phase.RUNNING: ACCENT,
    Phase.PAUSED: CAUTION,
    Phase.STOPPED: BAD,
    Phase.FINISHED: GOOD,
    Phase.ABORTED: BAD,
}


def status_mark(status: Status, width: int = MARK_WIDTH) -> Content:
    """``✘ fail    ``: padded, so that what follows stands in one column."""
    text = f"{status.symbol} {status.word}"
    weight = "" if status in (Status.PASS, Status.SKIP) else "bold "
    return Content.styled(f"{text:<{width}}", f"{weight}{STATUS_COLOUR[status]}")


def running_mark(width: int = MARK_WIDTH) -> Content:
    symbol, word, colour = RUNNING_MARK
    return Content.styled(f"{symbol + ' ' + word:<{width}}", colour)


def counts(numbers: dict[Status, int]) -> Content:
    """``✘ 2 fail  ? 1 unknown  ▲ 3 warn  ✔ 198 pass``; what is not there is not said."""
    parts = [
        Content.styled(
            f"{status.symbol} {numbers[status]} {status.word}",
            STATUS_COLOUR[status] if status in (Status.PASS, Status.SKIP) else f"bold {STATUS_COLOUR[status]}",
        )
        for status in WORST_FIRST
        if numbers.get(status)
    ]
    return Content("  ").join(parts)


def dim(text: str) -> Content:
    return Content.styled(text, DIM)


def key_chip(key: str) -> Content:
    return Content.styled(f" {key} ", f"bold {BACKGROUND} on {ACCENT}")
