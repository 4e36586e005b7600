"""The list of runs: one line a journal, whatever state it is in."""

from pathlib import Path

import pytest

from runbook_tui.audit.outline import Place, outline
from runbook_tui.audit.runs import BROKEN, find_run, list_runs, runs_folder
from runbook_tui.core.commands import Proceed, ReportVerdict
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import NoteAdded
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import RunState, fold
from runbook_tui.core.verdict import Status, passed
from tests.support.crash import BOOK, STARTED, TEXT, new_journal, walk

OLD, MIDDLE, NEW = "20261121-120000-crash-0001", "20261122-120000-crash-0002", "20261123-120000-crash-0003"


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A finished run, one that stands at its second step, and one with a journal that nobody can read."""
    journal = new_journal(runs_folder(tmp_path), run=OLD)
    walk(journal, RunState())
    journal.close()
    journal = new_journal(runs_folder(tmp_path), run=NEW)
    state = fold(journal.append((STARTED, *begin(BOOK)), "you"))
    for check in ("a.one", "a.two"):
        events = decide(state, BOOK, {}, ReportVerdict(sweep=1, check=check, verdict=passed("fine")))
        assert not isinstance(events, Refusal)
        state = fold(journal.append(events, "you"), state)
    events = decide(state, BOOK, {}, Proceed())
    assert not isinstance(events, Refusal)
    journal.append(events, "you")
    journal.close()
    (runs_folder(tmp_path) / f"{MIDDLE}.jsonl").write_bytes(b"garbage\n")
    return tmp_path


def test_newest_first_and_each_with_its_state(state_dir: Path) -> None:
    """Where each run stands, how it ended, or why it cannot be read."""
    new, broken, old = list_runs(state_dir)
    assert (new.run, new.phase, new.step, new.step_title) == (NEW, "running", "choose", "Choose a way")
    assert (new.step_number, new.step_count) == (2, 4)
    assert new.counts == {"PASS": 2, "WARN": 0, "FAIL": 0, "UNKNOWN": 0, "SKIP": 0}
    assert (new.runbook, new.title, new.environment, new.world) == ("crash", "A small walk", "prod", "simulated")
    assert (broken.run, broken.phase) == (MIDDLE, BROKEN)
    assert "jsonl:1" in broken.trouble
    assert (old.phase, old.verdict, old.step) == ("finished", Status.FAIL, "")
    assert [run.resumable for run in (new, broken, old)] == [True, False, False]
    assert old.path.name == f"{OLD}.jsonl"


def test_no_folder_is_no_runs(tmp_path: Path) -> None:
    """A first start has nothing to list."""
    assert list_runs(tmp_path) == ()


def test_a_journal_without_an_entry_is_trouble(tmp_path: Path) -> None:
    """The program was killed between making the file and writing to it."""
    new_journal(runs_folder(tmp_path)).close()
    (run,) = list_runs(tmp_path)
    assert "nothing was recorded" in run.trouble
    assert not run.resumable


def test_a_journal_without_its_beginning_is_trouble(tmp_path: Path) -> None:
    """Its first entry should be the start of the run."""
    journal = new_journal(runs_folder(tmp_path))
    journal.append((NoteAdded(text="x"),), "you")
    journal.close()
    (run,) = list_runs(tmp_path)
    assert run.trouble
    assert not run.resumable


@pytest.mark.parametrize(
    ("wanted", "found"), [("latest", NEW), (OLD, OLD), ("20261121", OLD), ("20261122-12", MIDDLE), (NEW[:-1], NEW)]
)
def test_a_run_is_found_by_the_start_of_its_name(state_dir: Path, wanted: str, found: str) -> None:
    """As much of it as is needed."""
    assert find_run(state_dir, wanted).run == found


@pytest.mark.parametrize(("wanted", "says"), [("2026112", "3 runs begin"), ("2027", "no run 2027"), ("", "no run")])
def test_a_name_that_means_none_or_several_is_refused(state_dir: Path, wanted: str, says: str) -> None:
    """With what to say instead."""
    with pytest.raises(UsageProblem, match=says) as problem:
        find_run(state_dir, wanted)
    assert problem.value.remedy


def test_a_whole_name_wins_over_a_longer_one(tmp_path: Path) -> None:
    """A name that is also the start of another still means itself."""
    for run in ("20261121-120000-a", "20261121-120000-a-b"):
        new_journal(runs_folder(tmp_path), run=run).close()
    assert find_run(tmp_path, "20261121-120000-a").run == "20261121-120000-a"


def test_latest_of_nothing_is_refused(tmp_path: Path) -> None:
    """There is no run to mean."""
    with pytest.raises(UsageProblem, match="no run latest"):
        find_run(tmp_path, "latest")


def test_the_outline_of_a_runbook() -> None:
    """Steps by id with place and title."""
    assert outline(TEXT)["mend"] == Place(3, 4, "Mend it")


@pytest.mark.parametrize("text", ["", "x", "steps: 5", "steps: [1]", "steps: [{title: x}]", "{", "!!python/x y", "- a"])
def test_the_outline_of_something_else_is_empty(text: str) -> None:
    """A text that redaction or a stranger has broken stops no list."""
    assert outline(text) == {}
