"""The runner's process: it owns the run, and screens come and go."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.journal import read
from runbook_tui.audit.verify import verify
from runbook_tui.catalogue import loader
from runbook_tui.catalogue.check_ids import check_ids
from runbook_tui.core.commands import AddNote, Answer, Proceed, Recheck
from runbook_tui.core.state import Phase, RunState, fold
from runbook_tui.engine.protocol import Attach, Close, Hello, Shelf, Survey, Surveyed, SurveyEnded, Troubled
from tests.support.screen import Host
from tests.support.simulator import Running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

Starter = Callable[..., Host]


@pytest.fixture
def host(simulator: Running, tmp_path: Path) -> Iterator[Starter]:
    started: list[Host] = []

    def start(*words: str) -> Host:
        started.append(Host(simulator.site, tmp_path, *words))
        return started[-1]

    yield start
    for each in started:
        each.end()


def answered(state: RunState) -> bool:
    return bool(state.step.verdicts) and not state.step.pending


def test_a_screen_walks_the_first_step(host: Starter, tmp_path: Path) -> None:
    """A screen that attaches hears the run from its first entry, and its commands are carried out."""
    running = host("--start", "validation", "--env", "prod")
    screen = running.screen()
    hello = screen.attach()
    assert (hello.world, hello.account, hello.run) == ("simulated", "123456789012", running.ready["run"])
    state = screen.until(answered)
    first = state.current
    assert screen.refused(Answer(option="nothing")).reason
    screen.do(AddNote(text="looks well"))
    state = screen.until(lambda state: bool(state.notes))
    screen.do(Proceed(reason="for the test"))
    state = screen.until(lambda state: state.current != first)
    screen.close(pause=True)
    screen.until_gone()
    assert running.wait() == 0
    kept = fold(read(tmp_path / "runs" / f"{running.ready['run']}.jsonl"))
    assert kept.phase is Phase.PAUSED
    assert kept.current == state.current
    assert kept.notes[0].text == "looks well"


def test_a_lost_screen_does_not_end_the_run(host: Starter) -> None:
    """When the terminal is lost the runner goes on, and another screen finds the run where it is."""
    running = host("--start", "validation", "--env", "prod")
    first = running.screen()
    first.attach()
    first.until(lambda state: state.current is not None)
    first.lose()
    running.signal(signal.SIGHUP)
    second = running.screen()
    second.attach()
    state = second.until(answered)
    second.do(Recheck())
    again = second.until(lambda now: now.sweep > state.sweep and answered(now))
    assert again.current == state.current
    second.close(pause=True)
    assert running.wait() == 0


def test_two_screens_see_the_same_run(host: Starter) -> None:
    """What one screen does, every screen sees."""
    running = host("--start", "validation", "--env", "staging")
    one, two = running.screen(), running.screen()
    one.attach()
    two.attach()
    one.do(AddNote(text="from one"))
    two.until(lambda state: any(note.text == "from one" for note in state.notes))
    one.close(pause=True)
    assert running.wait() == 0


def test_ended_by_a_signal_the_run_is_paused_and_resumes_at_its_step(host: Starter, tmp_path: Path) -> None:
    """SIGTERM leaves a paused run and a valid journal; resuming goes on at the same step with all notes."""
    running = host("--start", "validation", "--env", "prod")
    screen = running.screen()
    screen.attach()
    screen.until(answered)
    screen.do(AddNote(text="keep this"))
    step = screen.until(lambda state: bool(state.notes)).current
    running.signal(signal.SIGTERM)
    assert running.wait() == 0
    path = tmp_path / "runs" / f"{running.ready['run']}.jsonl"
    assert verify(path).ok
    again = host("--resume", running.ready["run"])
    screen = again.screen()
    screen.attach()
    state = screen.until(lambda state: state.phase is Phase.RUNNING and state.seq > 5)
    assert state.current == step
    assert state.notes[0].text == "keep this"
    screen.close(pause=True)
    assert again.wait() == 0


def test_killed_it_resumes_and_no_note_is_lost(host: Starter, tmp_path: Path) -> None:
    """SIGKILL loses nothing that a screen was told: the next host goes on from the journal."""
    running = host("--start", "validation", "--env", "prod")
    screen = running.screen()
    screen.attach()
    screen.do(AddNote(text="before the crash"))
    screen.until(lambda state: bool(state.notes))
    running.signal(signal.SIGKILL)
    running.wait()
    again = host("--resume", running.ready["run"])
    screen = again.screen()
    screen.attach()
    state = screen.until(answered)
    assert [note.text for note in state.notes] == ["before the crash"]
    screen.close(pause=True)
    assert again.wait() == 0


def test_a_run_has_one_owner(host: Starter) -> None:
    """A second host for the same run is refused, and says who holds it."""
    running = host("--start", "validation", "--env", "prod")
    second = host("--resume", running.ready["run"])
    assert second.wait() == 6
    assert str(running.process.pid) in second.ready["error"]
    assert second.ready["remedy"]


def test_the_socket_and_the_pointer_are_private_and_go_with_the_host(host: Starter, tmp_path: Path) -> None:
    """Socket and pointer stand in a private folder, readable by the owner alone, and do not outlive the host."""
    running = host("--start", "validation", "--env", "prod")
    folder = tmp_path / "runs"
    pointer = folder / f"{running.ready['run']}.host"
    path = Path(running.ready["socket"])
    assert path.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    assert json.loads(pointer.read_text()) == {"socket": str(path), "pid": running.process.pid}
    screen = running.screen()
    screen.attach()
    screen.close(pause=True)
    assert running.wait() == 0
    assert not path.exists()
    assert not pointer.exists()


def test_noise_on_the_socket_harms_nobody(host: Starter) -> None:
    """A peer that does not speak the protocol is hung up on; the run does not notice."""
    running = host("--start", "validation", "--env", "prod")
    noise = running.screen()
    noise._socket.sendall(b"GET / HTTP/1.1\r\n\r\n" * 20)
    with pytest.raises((EOFError, ConnectionError)):
        noise.hear()
    screen = running.screen()
    assert isinstance(screen.attach(), Hello)
    screen.close(pause=True)
    assert running.wait() == 0


def test_a_wrong_account_is_refused_before_anything_is_written(simulator: Running, tmp_path: Path) -> None:
    """The site names another account than STS: the host says so, and no journal is made."""
    site = tmp_path / "site.yaml"
    site.write_text(simulator.site.read_text().replace("123456789012", "210987654321"))
    running = Host(site, tmp_path, "--start", "validation", "--env", "prod")
    try:
        assert running.wait() == 4
        assert "210987654321" in running.ready["error"]
        assert not list(tmp_path.glob("runs/*.jsonl"))
    finally:
        running.end()


def test_the_desk_surveys_and_ends_with_its_screen(host: Starter) -> None:
    """The desk says what there is, answers a survey with one verdict a check and environment, and ends when its screen
    goes."""
    running = host("--desk")
    screen = running.screen()
    screen.send(Attach())
    shelf, hello = screen.hear(), screen.hear()
    assert isinstance(shelf, Shelf)
    assert isinstance(hello, Hello)
    assert {runbook.id for runbook in shelf.runbooks} == set(loader.shelf())
    assert {check.id for check in shelf.checks} == set(check_ids())
    screen.send(Survey(environments=hello.environments, checks=("tg.*", "net.igw")))
    while not isinstance(screen.hear(), SurveyEnded | Troubled):
        pass
    verdicts = [message for message in screen.heard if isinstance(message, Surveyed)]
    gateways = [message.environment for message in verdicts if message.check == "net.igw"]
    assert sorted(gateways) == ["prod", "staging"]
    assert {message.check for message in verdicts} > {"tg.exists", "tg.targets-healthy"}
    screen.send(Close(pause=True))
    assert running.wait() == 0
