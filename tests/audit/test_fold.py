"""Whatever is done to a run, its journal says the same as the state in memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.audit.lines import read
from runbook_tui.audit.report import FORMATS, record_of, rendered
from runbook_tui.audit.verify import verify
from runbook_tui.core.commands import (
    Abort,
    AddNote,
    Answer,
    Command,
    Confirm,
    Continue,
    Pause,
    Proceed,
    Recheck,
    Repeat,
    ReportStop,
    ReportTimeout,
    ReportVerdict,
    Skip,
    TakeOtherwise,
    Watch,
)
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import RunState, fold
from runbook_tui.core.verdict import Cause, Status, Verdict
from tests.support.crash import BOOK, STARTED, new_journal, next_command, reopened

# Texts that could break a line, a terminal, an encoding; and secrets, which must not make memory and disk differ.
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=40),
    st.sampled_from(
        ["password=hunter2", "AKIAIOSFODNN7EXAMPLE", "a\x1b[31m\n\u202e", '","hash":"x"}', "mongodb://u:p@h", "\ud800"]
    ),
)
EVIDENCE = st.dictionaries(
    TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)
VERDICT = st.builds(
    Verdict,
    status=st.sampled_from(Status),
    because=TEXT,
    evidence=EVIDENCE,
    remedy=TEXT,
    cause=st.none() | st.sampled_from(Cause),
)
CHECK = st.sampled_from(["a.one", "a.two", "b.one"])
COMMAND = st.one_of(
    st.none(),  # what comes next by itself: without it, few walks get beyond the first step
    st.builds(Proceed, reason=TEXT),
    st.builds(Answer, option=st.sampled_from(["on", "back"])),
    st.builds(Confirm, note=TEXT, reason=TEXT),
    st.just(TakeOtherwise()),
    st.builds(Skip, reason=TEXT),
    st.builds(Recheck, check=st.none() | CHECK),
    st.builds(Watch, every=st.floats(0, 1e9)),
    st.builds(AddNote, text=TEXT),
    st.builds(Pause, reason=TEXT),
    st.builds(Continue, operator=TEXT, tool_version=TEXT, set_aside=st.integers(0)),
    st.builds(Abort, reason=TEXT),
    st.builds(ReportVerdict, sweep=st.integers(1, 4), check=CHECK, verdict=VERDICT, duration_ms=st.integers(0)),
    st.builds(ReportStop, reason=TEXT, remedy=TEXT),
    st.builds(ReportTimeout, step=st.sampled_from(["look", "hold"])),
    st.just(Repeat()),
)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.slow
@given(st.lists(COMMAND, max_size=25), st.integers(0, 24))
def test_the_journal_says_what_the_state_says(commands: list[Command | None], reopen_at: int) -> None:
    """After any commands, taken up anew somewhere between: the same state, a whole chain, a report of each kind."""
    with _folder() as folder:
        journal = new_journal(folder)
        state = fold(journal.append((STARTED, *begin(BOOK)), "you"), RunState())
        for place, command in enumerate(commands):
            if place == reopen_at:
                journal.close()
                journal, entries = reopened(folder)
                assert fold(entries) == state
            wanted = command or next_command(state)
            events = decide(state, BOOK, {}, wanted) if wanted else ()
            if not isinstance(events, Refusal):
                state = fold(journal.append(events, "you"), state)
        assert fold(read(journal.path)) == state
        assert verify(journal.path)[1:4] == (state.seq + 1, state.tip, True)
        record = record_of(journal.path)
        for kind in FORMATS:
            rendered(record, kind).encode()
        journal.close()
