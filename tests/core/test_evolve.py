from datetime import timedelta
from functools import reduce

from runbook_tui.core.events import Entry, Event, NoteAdded, Outcome, StepEntered, StepLeft, World
from runbook_tui.core.state import RunState, evolve, fold
from tests.bench.journals import BEGAN, BY, RUN, walk


def entries_of(*events: Event) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            seq=seq,
            at=BEGAN + timedelta(seconds=seq),
            run=RUN,
            by=BY,
            world=World.SIMULATED,
            event=event,
            hash=f"{seq}",
        )
        for seq, event in enumerate(events)
    )


ENTRIES = entries_of(*walk(300), NoteAdded(text="one more", step="step-1"))


def test_fold_is_evolve_again_and_again() -> None:
    """A journal folded at once gives the state that its entries give one by one."""
    assert fold(ENTRIES) == reduce(evolve, ENTRIES, RunState())


def test_states_do_not_change() -> None:
    """Whoever holds a state of a run keeps it as it was, whatever happens to the run afterwards."""
    for place in range(0, len(ENTRIES), 7):
        held = fold(ENTRIES[:place])
        assert fold(ENTRIES[place:], held) == fold(ENTRIES)
        assert held == fold(ENTRIES[:place])


def test_nothing_happened() -> None:
    """No entries leave the state that was given."""
    held = fold(ENTRIES)
    assert fold((), held) is held
    assert fold(()) == RunState()


def test_every_note_stays_in_order() -> None:
    """Notes follow each other as they were written, those of former folds first."""
    notes = entries_of(*(NoteAdded(text=str(number)) for number in range(9)))
    state = fold(notes[4:], fold(notes[:4]))
    assert [note.text for note in state.notes] == [str(number) for number in range(9)]


def test_second_visit_starts_afresh() -> None:
    """Entering a step again forgets its verdicts and how it was left, and counts the visit."""
    seen = fold(ENTRIES).steps["step-2"]
    assert seen.verdicts
    again = fold(entries_of(StepEntered(step="step-2")), fold(ENTRIES))
    assert again.path[-1] == "step-2"
    assert again.step.visits == seen.visits + 1
    assert not again.step.verdicts
    assert again.step.outcome is None


def test_left_step_waits_for_nothing() -> None:
    """Checks that had not answered when a step was left are not waited for any more."""
    pending = next(place for place in range(len(ENTRIES)) if fold(ENTRIES[:place]).step.pending)
    state = fold(ENTRIES[:pending])
    left = evolve(state, entries_of(StepLeft(step=state.current or "", outcome=Outcome.SKIPPED))[0])
    assert left.step.pending == ()
    assert left.step.outcome is Outcome.SKIPPED
