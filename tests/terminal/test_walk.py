"""The installed program in a real terminal, keys only."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.audit.verify import verify
from runbook_tui.core.events import DecisionMade, WorkConfirmed
from runbook_tui.core.state import Phase, RunState, fold
from runbook_tui.core.verdict import Status
from tests.support.program import program
from tests.support.simulator import Running
from tests.support.terminal import Terminal, plain

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    """Every window is closed afterwards, and every runner that then goes on alone is ended."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.lose()
    for pointer in tmp_path.glob("runs/*.host"):
        with suppress(ProcessLookupError):
            os.kill(json.loads(pointer.read_text())["pid"], signal.SIGTERM)


def journal_of(folder: Path) -> Path:
    (path,) = (folder / "runs").glob("*.jsonl")
    return path


def state_of(folder: Path) -> RunState:
    return fold(read(journal_of(folder)))


def test_from_home_to_a_finished_run(simulator: Running, tmp_path: Path, terminals: list[Terminal]) -> None:
    """An operator opens the program, walks validation in staging with the keyboard, and the journal holds it all."""
    words = ["--site", str(simulator.site), "--state-dir", str(tmp_path)]
    terminal = Terminal(words, plain(simulator.environment()))
    terminals.append(terminal)
    terminal.choose_runbook("Validate an environment")
    terminal.until("staging")
    terminal.press("enter")
    terminal.until("Look who you are")
    walked = walk(terminal, tmp_path)
    assert walked.phase is Phase.FINISHED
    assert walked.verdict is Status.PASS
    screen = terminal.until(walked.tip[:4])
    assert "SIMULATED" in screen
    assert "staging" in screen
    terminal.press("q")
    terminal.press("q")
    assert terminal.until_end() == 0
    entries = [entry.event for entry in read(journal_of(tmp_path))]
    assert sum(isinstance(event, WorkConfirmed) for event in entries) == 5
    assert [event.option for event in entries if isinstance(event, DecisionMade)] == ["fresh", "running"]
    report = verify(journal_of(tmp_path))
    assert report.ok
    assert report.tip == walked.tip
    done = program(["audit", "verify", "latest", "--state-dir", str(tmp_path)])
    assert done.code == 0, done.err
    assert walked.tip in done.out


def walk(terminal: Terminal, folder: Path) -> RunState:
    """Press Enter on every step as soon as its checks have answered; questions get their first answer."""
    for _ in range(40):
        state = state_of(folder)
        if state.phase.over:
            return state
        sequence = state.seq
        if state.step.pending or (state.step.wait.value == "waiting"):
            terminal.until(lambda _: settled(state_of(folder)))
            continue
        terminal.press("enter")
        terminal.until(lambda _, before=sequence: state_of(folder).seq > before)  # type: ignore[misc]
    raise AssertionError(f"the run never ended:\n{terminal.text}")


def settled(state: RunState) -> bool:
    return state.phase.over or not (state.step.pending or state.step.wait.value == "waiting")


def test_quit_in_the_middle_is_offered_for_resumption(
    simulator: Running, tmp_path: Path, terminals: list[Terminal]
) -> None:
    """Leaving pauses the run; the next start offers it, and it goes on at the same step with its notes."""
    words = ["--site", str(simulator.site), "--state-dir", str(tmp_path)]
    first = Terminal(words, plain(simulator.environment()), size=(80, 24))
    terminals.append(first)
    first.choose_runbook("Validate an environment")
    first.until("staging")
    first.press("enter")
    first.until(lambda _: any(tmp_path.glob("runs/*.jsonl")) and settled(state_of(tmp_path)))
    first.press("n")
    first.type("before lunch")
    first.press("enter")
    first.until(lambda _: bool(state_of(tmp_path).notes))
    first.press("q")
    first.until(lambda text: "ause" in text)
    first.press("enter")
    first.until(lambda _: state_of(tmp_path).phase is Phase.PAUSED)
    first.lose()
    step = state_of(tmp_path).current

    second = Terminal(words, plain(simulator.environment()))
    terminals.append(second)
    second.until("Unfinished")
    for _ in range(3):
        if "Take this run up again" not in second.text:
            second.press("tab")
            second.until("Enter")
    second.until("Take this run up again")
    second.press("enter")
    second.until("Look who you are")
    second.until(lambda _: state_of(tmp_path).phase is Phase.RUNNING)
    state = state_of(tmp_path)
    assert state.current == step
    assert [note.text for note in state.notes] == ["before lunch"]


def test_a_lost_window_leaves_the_runner_and_attach_finds_it(
    simulator: Running, tmp_path: Path, terminals: list[Terminal]
) -> None:
    """A closed window ends nothing: the run is still running and attach shows it again."""
    words = ["--site", str(simulator.site), "--state-dir", str(tmp_path)]
    first = Terminal(["run", "validation", "--env", "prod", *words], plain(simulator.environment()))
    terminals.append(first)
    first.until("Look who you are")
    first.until(lambda _: settled(state_of(tmp_path)))
    first.lose()
    assert state_of(tmp_path).phase is Phase.RUNNING
    second = Terminal(["attach", "latest", *words], plain(simulator.environment()))
    terminals.append(second)
    screen = second.until("Look who you are")
    assert "PROD" in screen
    assert state_of(tmp_path).phase is Phase.RUNNING
    second.press("q")
    second.until(lambda text: "ause" in text)
    second.press("enter")
    second.until(lambda _: state_of(tmp_path).phase is Phase.PAUSED)


def test_a_tiny_terminal_gets_one_clear_sentence(simulator: Running, tmp_path: Path, terminals: list[Terminal]) -> None:
    """At 40×10 the program says how large it needs to be instead of drawing a broken screen."""
    words = ["--site", str(simulator.site), "--state-dir", str(tmp_path)]
    terminal = Terminal(words, plain(simulator.environment()), size=(40, 10))
    terminals.append(terminal)
    screen = terminal.until("60×15")
    assert "40×10" in screen
    terminal.press("q")
    assert terminal.until_end() == 0
