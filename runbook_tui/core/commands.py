"""What can be asked of a run: imperatives. Operators send the first group, the engine's own workers the second."""

from datetime import date

from msgspec import Struct

from runbook_tui.core.change_commands import ChangeCommand, Restore
from runbook_tui.core.reading import Progress
from runbook_tui.core.verdict import Verdict


class _Wish(Struct, frozen=True, kw_only=True, tag=True):
    pass


class Proceed(_Wish, frozen=True, kw_only=True):
    """Leave the current step for the next one. ``reason`` is needed when a check failed or was not decided."""

    reason: str = ""


class Answer(_Wish, frozen=True, kw_only=True):
    """``reason`` is what the option asks its ``why`` for."""

    option: str
    reason: str = ""


class Confirm(_Wish, frozen=True, kw_only=True):
    """State that the step's work was done by hand, and go on."""

    note: str = ""
    reason: str = ""


class TakeOtherwise(_Wish, frozen=True, kw_only=True):
    """Go where the step says to go when a check failed."""


class Skip(_Wish, frozen=True, kw_only=True):
    reason: str


class Recheck(_Wish, frozen=True, kw_only=True):
    """Ask the step's checks again: all of them, or one."""

    check: str | None = None


class Watch(_Wish, frozen=True, kw_only=True):
    """Ask the step's checks again every ``every`` seconds; 0 stops watching."""

    every: float


class AddNote(_Wish, frozen=True, kw_only=True):
    text: str


class Attest(_Wish, frozen=True, kw_only=True):
    """State what a check of this step cannot see. It holds up to and including the day ``expires`` (UTC);
    the check is asked again at once."""

    check: str
    text: str
    expires: date


class Pause(_Wish, frozen=True, kw_only=True):
    reason: str = ""


class Continue(_Wish, frozen=True, kw_only=True):
    """Go on after a pause, a stop or a crash, at the same step. Checks without a verdict are asked again.

    ``afresh``: another process took the run up, so a call that was under way is in doubt.
    """

    afresh: bool = False
    operator: str = ""
    tool_version: str = ""
    runbook_changed: bool = False
    set_aside: int = 0


class HandOver(_Wish, frozen=True, kw_only=True):
    """Let another operator take the run. Their own process goes on with it."""

    giver: str
    taker: str


class Abort(_Wish, frozen=True, kw_only=True):
    reason: str


class ReportVerdict(_Wish, frozen=True, kw_only=True):
    sweep: int
    check: str
    verdict: Verdict
    duration_ms: int = 0


class ReportStop(_Wish, frozen=True, kw_only=True):
    """A worker found that the run cannot go on (sign-in expired)."""

    reason: str
    remedy: str


class ReportTimeout(_Wish, frozen=True, kw_only=True):
    """The wait of this step has lasted as long as it may."""

    step: str


class ReportProgress(_Wish, frozen=True, kw_only=True):
    """What the sources of a wait said once it had ended."""

    step: str
    readings: tuple[Progress, ...]


class Repeat(_Wish, frozen=True, kw_only=True):
    """Time for the next sweep of a wait or a watch."""


Command = (
    Proceed
    | Answer
    | Confirm
    | TakeOtherwise
    | Skip
    | Recheck
    | Watch
    | AddNote
    | Attest
    | Pause
    | Continue
    | HandOver
    | Abort
    | ReportVerdict
    | ReportStop
    | ReportTimeout
    | ReportProgress
    | Repeat
    | Restore
    | ChangeCommand
)
