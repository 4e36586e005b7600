"""What a run changed stands in its report, in every form."""

import json
from pathlib import Path

from runbook_tui.audit.changes import changes, follow_ups
from runbook_tui.audit.report import record, rendered
from runbook_tui.audit.verify import Report
from runbook_tui.core.change_events import (
    ActionAsked,
    ActionConfirmed,
    ActionFinished,
    ActionPlanned,
    CallFailed,
    CallFinished,
    CallStarted,
)
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.events import Entry, Event
from runbook_tui.core.state import fold
from tests.support.every_event import EVERY, PLAN

FIRST = EVERY[:3]


def told(*events: Event) -> tuple[Entry, ...]:
    """The beginning of a run and these."""
    begun = len(FIRST)
    return (
        *FIRST,
        *(
            Entry(seq=begun + n, at=EVERY[-1].at, run="r", by="you", world=FIRST[0].world, event=event)
            for n, event in enumerate(events)
        ),
    )


BEGUN: tuple[Event, ...] = (
    ActionAsked(step="look", change=1, action=PLAN.action),
    ActionPlanned(change=1, plan=PLAN, digest=PLAN.digest, confirmation=Confirmation(word="prod", approver=True)),
    ActionConfirmed(change=1, digest=PLAN.digest, typed="prod", break_glass="nobody <b>answers</b>"),
    CallStarted(change=1, call="put", service="logs", operation="put_retention_policy", parameters={}),
)
MADE = told(*BEGUN, CallFinished(change=1, call="put", request_id="id-77"), ActionFinished(change=1))
DOUBTED = told(*BEGUN, CallFailed(change=1, call="put", code="ReadTimeoutError", message="", in_doubt=True))


def test_a_change_is_told_with_its_requests() -> None:
    """Before and after, the request's id, who confirmed it and that nobody else did."""
    (change,) = changes(fold(MADE), MADE)
    assert change.stage == "done"
    assert (change.differences[0].before, change.differences[0].after) == ("7", "30")
    assert change.calls[0].request_id == "id-77"
    assert change.confirmed_by == "you"
    assert change.break_glass.startswith("nobody")


def test_every_form_tells_it() -> None:
    """Markdown, HTML and JSON hold the same, with nothing that means anything to their readers."""
    whole = record(MADE, Report(path=Path("r.jsonl"), ok=True, lines=len(MADE), tip="t"))
    for form in ("markdown", "html"):
        text = rendered(whole, form)
        assert "id-77" in text
        assert "<b>answers" not in text.replace("\\<b", "")
    assert json.loads(rendered(whole, "json"))["changes"][0]["calls"][0]["operation"] == "put_retention_policy"


def test_what_is_left_is_to_be_followed_up() -> None:
    """A call in doubt and a broken glass need somebody."""
    assert any("never heard" in line for line in follow_ups(fold(DOUBTED)))
    assert any("without a second person" in line for line in follow_ups(fold(MADE)))
