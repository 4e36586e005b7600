"""Entries of a journal in words, one line each."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from runbook_tui.audit.record import Moment
from runbook_tui.core import change_words
from runbook_tui.core.change_events import ChangeEvent
from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    ChecksStarted,
    DecisionMade,
    Entry,
    Event,
    HandedOver,
    NoteAdded,
    RunAborted,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    RunStopped,
    StepEntered,
    StepLeft,
    WaitEnded,
    WaitSeen,
    WaitStarted,
    WatchChanged,
    WorkConfirmed,
)
from runbook_tui.core.reading import in_one_line
from runbook_tui.core.verdict import Status


def timeline(entries: Iterable[Entry]) -> Iterator[Moment]:
    """One moment an entry. Texts are as they were recorded: clean them before they are shown."""
    for entry in entries:
        kind, text = in_words(entry.event)
        yield Moment(seq=entry.seq, at=entry.at, by=entry.by, kind=kind, text=text, status=_status(entry.event))


def in_words(event: Event) -> tuple[str, str]:  # noqa: C901 - one flat match over a closed set of events
    """What the event is about, and what happened."""
    match event:
        case RunStarted():
            return "run", f"started {event.title} ({event.runbook}) in {event.environment}, account {event.account}"
        case RunResumed() | RunPaused() | RunStopped() | RunAborted() | RunFinished():
            return "run", _of_run(event)
        case HandedOver():
            return "run", f"handed over by {event.giver} to {event.taker}"
        case StepEntered():
            return "step", f"entered {event.step}"
        case StepLeft():
            after = f" → {event.next}" if event.next else ""
            return "step", f"{event.step} {event.outcome.value}{after}{_because(event.reason)}"
        case ChecksStarted():
            number = len(event.checks)
            return "check", f"asked {number} check{'' if number == 1 else 's'} of {event.step}"
        case CheckFinished():
            return "check", f"{event.check}{_because(event.verdict.because)}"
        case DecisionMade():
            return "decision", f"{event.question} {event.label} ({event.option}){_because(event.reason)}"
        case WorkConfirmed():
            return "decision", f"confirmed: {event.statement}{_because(event.note)}"
        case Attested():
            word = "revoked" if event.revoked else f"attested until {event.expires}"
            return "decision", f"{event.check} {word}{_because(event.text)}"
        case WaitStarted():
            return "wait", f"{event.step} waits up to {event.timeout:g} s for {', '.join(event.until)}"
        case WaitEnded():
            return "wait", f"{event.step} {'is over: met' if event.met else 'is over: not met'}{_because(event.reason)}"
        case WaitSeen():
            return "wait", f"{event.step} ended so: {'; '.join(in_one_line(one) for one in event.readings)}"
        case WatchChanged():
            return "wait", f"watching {event.step} every {event.every:g} s" if event.every else "watching ended"
        case NoteAdded():
            return "note", event.text
        case _ if isinstance(event, ChangeEvent):
            word, text = change_words.in_words(event)
            return "change", f"{word}: {text}"
        case _:
            assert_never(event)


def _of_run(event: RunResumed | RunPaused | RunStopped | RunAborted | RunFinished) -> str:
    match event:
        case RunResumed():
            changed = "; the runbook file has changed since" if event.runbook_changed else ""
            aside = f"; {event.set_aside} bytes of a torn line set aside" if event.set_aside else ""
            return f"resumed by {event.operator}{changed}{aside}"
        case RunPaused():
            return f"paused{_because(event.reason)}"
        case RunStopped():
            return f"stopped: {event.reason}; {event.remedy}"
        case RunAborted():
            return f"aborted{_because(event.reason)}"
        case RunFinished():
            counts = ", ".join(f"{number} {status.lower()}" for status, number in event.counts.items() if number)
            return f"finished{_because(counts)}"
        case _:
            assert_never(event)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _status(event: Event) -> Status | None:
    match event:
        case CheckFinished():
            return event.verdict.status
        case RunFinished():
            return event.verdict
        case _:
            return None
