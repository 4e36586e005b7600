"""How a run went over time: when each step was walked, how checks turned, when something was changed. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct

from runbook_tui.core.change_events import ActionConfirmed, ActionPlanned
from runbook_tui.core.chart import Mark
from runbook_tui.core.events import CheckFinished, Entry, RunResumed, StepEntered, StepLeft
from runbook_tui.core.verdict import Status

_MOST: Final = 12  # checks that turned; a drill has about eight


class Stay(Struct, frozen=True, kw_only=True):
    """One visit of a step. ``outcome`` is empty for one that was not left."""

    step: str
    start: datetime
    end: datetime
    outcome: str = ""


class Turn(Struct, frozen=True, kw_only=True):
    """From ``start`` on the check answered so."""

    start: datetime
    status: Status


class Strip(Struct, frozen=True, kw_only=True):
    """One check that answered differently in the course of the run."""

    check: str
    turns: tuple[Turn, ...]


class Course(Struct, frozen=True, kw_only=True):
    start: datetime
    end: datetime
    stays: tuple[Stay, ...]
    strips: tuple[Strip, ...] = ()
    marks: tuple[Mark, ...] = ()

    def share(self, at: datetime) -> float:
        """How far into the run that was: 0 to 1."""
        whole = (self.end - self.start).total_seconds()
        return min(1.0, max(0.0, (at - self.start).total_seconds() / whole)) if whole > 0 else 0.0


def course(entries: Iterable[Entry]) -> Course | None:
    """None for a run in which no step was entered."""
    told = tuple(entries)
    stays = tuple(_stays(told))
    if not stays:
        return None
    return Course(
        start=told[0].at,
        end=told[-1].at,
        stays=stays,
        strips=tuple(_strips(told))[:_MOST],
        marks=tuple(_marks(told)),
    )


def _stays(entries: tuple[Entry, ...]) -> Iterator[Stay]:
    step, since = "", entries[0].at if entries else None
    for entry in entries:
        match entry.event:
            case StepEntered(step=entered):
                step, since = entered, entry.at
            case StepLeft(step=left, outcome=outcome) if left == step and since is not None:
                yield Stay(step=step, start=since, end=entry.at, outcome=outcome.value)
                step = ""
            case _:
                pass
    if step and since is not None:
        yield Stay(step=step, start=since, end=entries[-1].at)


def _strips(entries: tuple[Entry, ...]) -> Iterator[Strip]:
    found: dict[str, list[Turn]] = {}
    for entry in entries:
        if isinstance(entry.event, CheckFinished):
            turns, status = found.setdefault(entry.event.check, []), entry.event.verdict.status
            if not turns or turns[-1].status is not status:
                turns.append(Turn(start=entry.at, status=status))
    for check, turns in found.items():
        if len(turns) > 1:
            yield Strip(check=check, turns=tuple(turns))


def _marks(entries: tuple[Entry, ...]) -> Iterator[Mark]:
    undoes = {
        entry.event.change: entry.event.plan.title.startswith("Undo")
        for entry in entries
        if isinstance(entry.event, ActionPlanned)
    }
    for entry in entries:
        match entry.event:
            case ActionConfirmed(change=number):
                yield Mark(at=entry.at, name=f"{'undo' if undoes.get(number) else 'change'} {number}")
            case RunResumed():
                yield Mark(at=entry.at, name="resumed")
            case _:
                pass
