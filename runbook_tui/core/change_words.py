"""Events of a change in words, for a screen's line and a report's alike."""

from typing import assert_never

from runbook_tui.core.change_events import (
    ActionApproved,
    ActionAsked,
    ActionConfirmed,
    ActionFailed,
    ActionFinished,
    ActionInterrupted,
    ActionPlanned,
    ActionRefused,
    CallFailed,
    CallFinished,
    CallReady,
    CallStarted,
    ChangeEvent,
    DoubtSettled,
    InputsWanted,
)


def in_words(event: ChangeEvent) -> tuple[str, str]:  # noqa: C901 - one flat match over a closed set of events
    """One word that says what happened, and the rest. Texts are as they were recorded: clean them before they are
    shown."""
    match event:
        case ActionAsked():
            over = f", over what did not pass: {event.reason}" if event.reason else ""
            what = f"undo of change {event.undoes} ({event.action})" if event.undoes else event.action
            return "planning", f"change {event.change}: {what}{over}"
        case InputsWanted():
            return "needs", ", ".join(question.text for question in event.questions)
        case ActionPlanned():
            number = len(event.plan.calls)
            return "planned", f"{event.plan.effect} ({number} call{'' if number == 1 else 's'}, {event.digest[:12]})"
        case ActionRefused():
            return "not made", f"change {event.change}: {event.reason}"
        case ActionApproved():
            return "approved", f"change {event.change} by {event.approver}"
        case ActionConfirmed():
            glass = f", without a second person: {event.break_glass}" if event.break_glass else ""
            return "confirmed", f"change {event.change} ({event.digest[:12]}){glass}"
        case CallStarted():
            return "call", f"{event.service} {event.operation} ({event.call})"
        case CallFinished():
            return "done", f"{event.call}, request {event.request_id or 'unknown'}"
        case CallReady():
            return "ready", event.call
        case CallFailed():
            word = "in doubt" if event.in_doubt else "failed"
            return word, f"{event.call}: {event.code}: {event.message}"
        case ActionFinished():
            return "changed", f"change {event.change} is done"
        case ActionFailed():
            return "failed", f"change {event.change}: {event.reason}"
        case ActionInterrupted():
            return "in doubt", f"{event.call} of change {event.change}: the program ended while it was under way"
        case DoubtSettled():
            return "settled", f"{event.call} {'was' if event.happened else 'was not'} carried out"
        case _:
            assert_never(event)
