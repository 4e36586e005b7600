"""A journal entry as one line: when, who, what."""

from typing import assert_never

from textual.content import Content

from runbook_tui.core.change_events import ChangeEvent
from runbook_tui.core.change_words import in_words
from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    ChecksStarted,
    DecisionMade,
    Entry,
    Event,
    HandedOver,
    NoteAdded,
    Outcome,
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
from runbook_tui.core.text import clean, middle
from runbook_tui.tui.paint import ACCENT, BAD, CAUTION, DIM, GOOD, STATUS_COLOUR
from runbook_tui.tui.times import span
from runbook_tui.tui.widgets.topline import short_name

CHECK_WIDTH = 30
_CHANGE_COLOUR = {"failed": BAD, "in doubt": BAD, "not made": CAUTION, "needs": CAUTION, "changed": GOOD}
_OUTCOME_COLOUR = {Outcome.DONE: "", Outcome.ACCEPTED: CAUTION, Outcome.BRANCHED: CAUTION, Outcome.SKIPPED: CAUTION}


def entry_line(entry: Entry, *, dated: bool = False) -> Content:
    """``03:16:03  you  ✘ fail     tg.targets-healthy   0 of 2``, in local time."""
    at = entry.at.astimezone()
    when = f"{at:%Y-%m-%d %H:%M:%S}" if dated else f"{at:%H:%M:%S}"
    who = middle(clean(short_name(entry.by)).partition(" (")[0], 14)
    return Content.assemble((f"{when}  ", DIM), (f"{who:<14}  ", DIM), told(entry.event))


def told(event: Event) -> Content:  # noqa: C901 - one flat match over a closed set of events
    match event:
        case RunStarted():
            return _said("started", f"{event.title} in {event.environment}", ACCENT)
        case RunResumed():
            changed = "; the runbook's file has changed since" if event.runbook_changed else ""
            torn = f"; {event.set_aside} torn bytes set aside" if event.set_aside else ""
            return _said("resumed", f"by {short_name(event.operator)}{changed}{torn}", ACCENT)
        case RunPaused():
            return _said("paused", event.reason, CAUTION)
        case RunStopped():
            return _said("stopped", f"{event.reason}: {event.remedy}", BAD)
        case RunAborted():
            return _said("aborted", event.reason, BAD)
        case RunFinished():
            colour = STATUS_COLOUR[event.verdict]
            return _said("finished", f"{event.verdict.symbol} {event.verdict.word}", colour)
        case HandedOver():
            return _said("handed", f"over by {short_name(event.giver)} to {short_name(event.taker)}", CAUTION)
        case StepEntered():
            return _said("step", event.step, "bold")
        case StepLeft():
            way = f" → {event.next}" if event.next else ""
            reason = f": {event.reason}" if event.reason else ""
            return _said("left", f"{event.step}{way}, {event.outcome.value}{reason}", _OUTCOME_COLOUR[event.outcome])
        case ChecksStarted():
            number = len(event.checks)
            return _said("asking", f"{number} check{'s' if number != 1 else ''}, sweep {event.sweep}", DIM)
        case CheckFinished():
            return _check(event)
        case DecisionMade():
            return _said("decided", f"“{event.label}” to “{event.question}”", ACCENT)
        case WorkConfirmed():
            note = f" ({event.note})" if event.note else ""
            return _said("confirmed", f"{event.statement}{note}", GOOD)
        case WaitStarted():
            return _said("waiting", f"for {', '.join(event.until)}, at most {span(event.timeout)}", DIM)
        case WaitEnded():
            word = "met" if event.met else "timed out"
            return _said("wait", f"{word} {event.reason}", GOOD if event.met else BAD)
        case WaitSeen():
            return _said("seen", "; ".join(in_one_line(one) for one in event.readings), DIM)
        case WatchChanged():
            return _said("watch", f"every {event.every:.0f} s" if event.every else "ended", DIM)
        case NoteAdded():
            return _said("note", event.text, CAUTION)
        case Attested():
            word = "took back" if event.revoked else f"until {event.expires}"
            return _said("attested", f"{event.check}, {word}: {event.text}", CAUTION)
        case _ if isinstance(event, ChangeEvent):
            word, text = in_words(event)
            return _said(word, text, _CHANGE_COLOUR.get(word, ACCENT))
        case _:
            assert_never(event)


def _said(word: str, what: str, style: str) -> Content:
    return Content.assemble((f"{word:<10}", style), clean(what))


def _check(event: CheckFinished) -> Content:
    status = event.verdict.status
    return Content.assemble(
        (f"{status.symbol + ' ' + status.word:<10}", STATUS_COLOUR[status]),
        f"{clean(event.check):<{CHECK_WIDTH}}  ",
        (clean(event.verdict.because), DIM),
    )
