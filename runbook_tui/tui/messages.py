"""What the bridge and the background work tell a screen. Handlers of these are the only ones that touch widgets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.message import Message

from runbook_tui.core.runbook import Runbook
from runbook_tui.engine.protocol import Up

if TYPE_CHECKING:
    from runbook_tui.audit.runs import RunSummary


class Arrived(Message):
    """Everything that came up since the last frame, oldest first."""

    def __init__(self, ups: tuple[Up, ...]) -> None:
        super().__init__()
        self.ups = ups


class Connected(Message):
    """The runner listens and the screen is attached to it. ``run`` is empty for the desk."""

    def __init__(self, run: str) -> None:
        super().__init__()
        self.run = run


class Lost(Message):
    """There is no runner, or no longer: ``what`` happened and ``remedy``. ``started`` is false when it never was."""

    def __init__(self, what: str, remedy: str, *, started: bool) -> None:
        super().__init__()
        self.what = what
        self.remedy = remedy
        self.started = started


class FixesRead(Message):
    """The actions that put a check right: id and title of each."""

    def __init__(self, check: str, actions: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.check = check
        self.actions = actions


class RunsListed(Message):
    """The runs of the state folder, newest first; not ``whole`` while more are being read."""

    def __init__(self, runs: "tuple[RunSummary, ...]", *, whole: bool) -> None:
        super().__init__()
        self.runs = runs
        self.whole = whole


class RunbookRead(Message):
    """The runbook of the run on the screen, from its journal."""

    def __init__(self, runbook: Runbook) -> None:
        super().__init__()
        self.runbook = runbook


class Scanned(Message):
    """More of a journal is known; ``whole`` when all of it is."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        self.whole = whole


class Told(Message):
    """Background work has an answer for the operator: ``bad`` when it is bad news."""

    def __init__(self, text: str, *, bad: bool = False, remedy: str = "") -> None:
        super().__init__()
        self.text = text
        self.bad = bad
        self.remedy = remedy


class FaultsTold(Message):
    """What can be wrong in the simulated world by its name, what is, and what will be."""

    def __init__(self, known: Mapping[str, str], is_set: tuple[str, ...], planned: tuple[str, ...]) -> None:
        super().__init__()
        self.known = known
        self.is_set = is_set
        self.planned = planned
