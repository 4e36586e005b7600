"""Two operators on one run: the second is told, watches, and takes it over under their own name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.audit.report import render
from runbook_tui.audit.verify import verify
from runbook_tui.core.commands import AddNote, Recheck
from runbook_tui.core.events import HandedOver, RunPaused, RunResumed
from runbook_tui.core.state import RunState
from runbook_tui.engine.protocol import Attach, Close, Hello
from tests.support.screen import Host, Screen
from tests.support.simulator import Running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

Starter = Callable[..., Host]


@pytest.fixture
def host(simulator: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Starter]:
    started: list[Host] = []

    def start(who: str, *words: str) -> Host:
        monkeypatch.setenv("LOGNAME", who)  # what a process takes for its user
        started.append(Host(simulator.site, tmp_path, *words))
        return started[-1]

    yield start
    for each in started:
        each.end()


def watching(screen: Screen, who: str) -> Hello:
    screen.send(Attach(who=who))
    hello = screen.hear()
    assert isinstance(hello, Hello)
    return hello


def answered(state: RunState) -> bool:
    return bool(state.step.verdicts) and not state.step.pending


def test_the_second_watches_and_takes_over(host: Starter, tmp_path: Path) -> None:
    """It hears all and changes nothing; the hand-over names both, and the run goes on at its step by the taker."""
    alice = host("alice", "--start", "validation", "--env", "prod")
    first, second = alice.screen(), alice.screen()
    assert first.attach().holder == ""
    hello = watching(second, "bob@desk")
    assert "(alice@" in hello.holder
    step = first.until(answered).current
    second.until(answered)
    refused = second.refused(AddNote(text="from bob"))
    assert "watching" in refused.reason
    assert refused.remedy == "h takes it over"
    second.send(Close(pause=True))  # who watches ends nothing
    first.do(AddNote(text="from alice"))
    second.until(lambda state: bool(state.notes))

    run = alice.ready["run"]
    bob = host("bob", "--take-over", run)
    first.until_gone()
    assert alice.wait() == 0
    screen = bob.screen()
    assert screen.attach().holder == ""
    state = screen.until(lambda now: answered(now) and any("(bob@" in entry.by for entry in screen.entries))
    assert state.current == step
    assert [note.text for note in state.notes] == ["from alice"]
    screen.do(Recheck())
    journal = tmp_path / "runs" / f"{run}.jsonl"
    entries = list(read(journal))
    at = next(n for n, entry in enumerate(entries) if isinstance(entry.event, HandedOver))
    handed, paused, resumed = (entry.event for entry in entries[at : at + 3])
    assert isinstance(handed, HandedOver)
    assert "(alice@" in handed.giver
    assert "(bob@" in handed.taker
    assert isinstance(paused, RunPaused)
    assert isinstance(resumed, RunResumed)
    assert resumed.operator == handed.taker
    assert "handed over by" in render(journal, "markdown")
    screen.close(pause=True)
    assert bob.wait() == 0
    assert verify(journal).ok


def test_nobody_else_walks_with_borrowed_credentials(host: Starter) -> None:
    """When the first window is lost, its owner walks on from another; a stranger still watches."""
    alice = host("alice", "--start", "validation", "--env", "prod")
    first = alice.screen()
    own = first.attach().operator
    assert own
    first.lose()
    stranger = alice.screen()
    assert watching(stranger, "bob@desk").holder
    back = alice.screen()
    assert back.attach().holder == ""
    back.close(pause=True)
    assert alice.wait() == 0
