"""A journal on a real disk: what is in it, who may read it, who may write it."""

import errno
import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from runbook_tui.audit.disk import Disk
from runbook_tui.audit.journal import Journal
from runbook_tui.audit.lines import read
from runbook_tui.audit.redact import Redactor
from runbook_tui.audit.verify import verify
from runbook_tui.core.events import CheckFinished, Entry, NoteAdded, StepEntered, WatchChanged, World
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.state import RunState, fold
from runbook_tui.core.verdict import passed
from tests.support.crash import RUN, Ticks, new_journal, reopened, walk

ROOT = Path(__file__).parents[2]
NOTE = NoteAdded(text="a note")
HOLD = """
import sys
from pathlib import Path
from tests.support.crash import new_journal
held = new_journal(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def umask_of_nobody() -> Iterator[None]:
    former = os.umask(0)
    yield
    os.umask(former)


def test_the_format_is_as_documented(tmp_path: Path) -> None:
    """One compact object a line, keys in their order, hash over the bytes before it, chained to the line before."""
    journal = Journal.create(
        tmp_path, "r1", World.LIVE, lambda: datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC), Redactor()
    )
    journal.append((StepEntered(step="ö"), NOTE), "you@laptop")
    first, second = (tmp_path / "r1.jsonl").read_bytes().splitlines(keepends=True)
    body = (
        '{"seq":0,"at":"2026-11-23T04:05:06.000000Z","run":"r1","event":"StepEntered","by":"you@laptop",'
        '"world":"live","data":{"step":"ö"},"v":1,"prev":"' + "0" * 64 + '"'
    ).encode()
    digest = sha256(body).hexdigest()
    assert first == body + f',"hash":"{digest}"}}\n'.encode()
    assert list(json.loads(second)) == ["seq", "at", "run", "event", "by", "world", "data", "v", "prev", "hash"]
    assert json.loads(second)["prev"] == digest
    assert (journal.count, journal.tip) == (2, json.loads(second)["hash"])


def test_what_is_returned_is_what_is_read(tmp_path: Path) -> None:
    """Entries come back from disk as append returned them: redacted, with their hashes."""
    journal = new_journal(tmp_path)
    event = CheckFinished(
        step="s", sweep=1, check="c", verdict=passed("password=hunter2", at=datetime(2026, 1, 1, tzinfo=UTC), n=(1, 2))
    )
    returned = journal.append((event, NOTE), "jane@example.com")
    assert tuple(read(journal.path)) == returned
    assert returned[0].event == CheckFinished(
        step="s", sweep=1, check="c", verdict=passed("password=(redacted)", at="2026-01-01T00:00:00Z", n=[1, 2])
    )
    assert returned[0].by == "jane@example.com"


def test_nothing_to_append_writes_nothing(tmp_path: Path) -> None:
    """No events, no line."""
    journal = new_journal(tmp_path)
    assert journal.append((), "you") == ()
    assert journal.path.read_bytes() == b""


def test_an_event_that_could_not_be_read_back_is_refused(tmp_path: Path) -> None:
    """JSON has no infinity: nothing is written, and the journal goes on."""
    journal = new_journal(tmp_path)
    with pytest.raises(JournalProblem, match="WatchChanged"):
        journal.append((NOTE, WatchChanged(step="s", every=float("inf"))), "you")
    assert journal.path.read_bytes() == b""
    journal.append((NOTE,), "you")
    assert verify(journal.path).lines == 1


@pytest.mark.usefixtures("umask_of_nobody")
def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """0600 in 0700 folders, even when the umask would allow everything, torn lines and lock notes too."""
    folder = tmp_path / "state" / "runs"
    journal = new_journal(folder)
    journal.append((NOTE,), "you")
    journal.close()
    with journal.path.open("ab") as file:
        file.write(b"torn")
    again, _ = reopened(folder)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {f"{RUN}.jsonl": 0o600, f"{RUN}.torn-1": 0o600, f"{RUN}.lock": 0o600}
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)] == [0o700, 0o700]
    again.close()


def test_an_open_folder_is_closed_to_others(tmp_path: Path) -> None:
    """A folder of runs that others could read is made private."""
    folder = tmp_path / "runs"
    folder.mkdir()
    folder.chmod(0o755)
    new_journal(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_run_is_never_overwritten(tmp_path: Path) -> None:
    """A second run of the same name is refused."""
    new_journal(tmp_path).close()
    with pytest.raises(JournalProblem, match="already"):
        new_journal(tmp_path)


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    """A journal never follows a link to another file."""
    (tmp_path / "elsewhere").write_bytes(b"")
    (tmp_path / f"{RUN}.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalProblem):
        reopened(tmp_path)


@pytest.mark.slow
def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """Who holds the journal is named, with what to do; when that process ends, however, the journal is free."""
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLD,
            str(tmp_path),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(JournalProblem, match=f"pid {holder.pid} on ") as refused:
            reopened(tmp_path)
        assert f"attach {RUN}" in refused.value.remedy
        holder.kill()
        holder.wait()
    journal, entries = reopened(tmp_path)
    assert entries == ()
    journal.close()


def test_closing_frees_the_journal(tmp_path: Path) -> None:
    """It can be taken up again, nothing else stays behind, and the closed one writes no more."""
    journal = new_journal(tmp_path)
    journal.append((NOTE,), "you")
    journal.close()
    journal.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"{RUN}.jsonl"]
    with pytest.raises(JournalProblem, match="closed"):
        journal.append((NOTE,), "you")
    again, entries = reopened(tmp_path)
    assert [entry.event for entry in entries] == [NOTE]
    again.close()


def test_a_damaged_journal_is_not_taken_up(tmp_path: Path) -> None:
    """The line is named, the lock is let go, the file stays as it is."""
    journal = new_journal(tmp_path)
    walk(journal, RunState())
    journal.close()
    damaged = journal.path.read_bytes().replace(b"a.two", b"a.twp", 1)
    journal.path.write_bytes(damaged)
    for _ in range(2):
        with pytest.raises(JournalProblem, match=rf"{RUN}.jsonl:3: .*changed") as problem:
            reopened(tmp_path)
        assert problem.value.exit_code == 6
    assert journal.path.read_bytes() == damaged


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """At every possible length: a clear problem, no half line, and the run goes on when there is room again."""
    reference = new_journal(tmp_path / "reference")
    lengths = [0]
    for _ in range(3):
        reference.append((NOTE, NOTE), "you")
        lengths.append(reference.path.stat().st_size)
    for room in {length + more for length in lengths[:-1] for more in (0, 1, 200, lengths[1] - 1)}:
        journal = new_journal(tmp_path / str(room))
        with _file_limit(room):
            acknowledged = _append_until_full(journal)
        assert tuple(read(journal.path)) == acknowledged
        journal.append((NOTE,), "you")
        assert verify(journal.path)[1:4] == (len(acknowledged) + 1, journal.tip, True)
        journal.close()


class _file_limit:  # noqa: N801 - reads as a statement
    """A full disk, for this process only: no file may grow beyond ``size`` (EFBIG after a short write)."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __enter__(self) -> None:
        self._former = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._size, self._former[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._former)


def _append_until_full(journal: Journal) -> tuple[Entry, ...]:
    acknowledged: list[Entry] = []

    def append_for_ever() -> None:
        for _ in range(10):
            acknowledged.extend(journal.append((NOTE, NOTE), "you"))

    with pytest.raises(JournalProblem, match="cannot be written") as problem:
        append_for_ever()
    assert problem.value.exit_code == 6
    assert "free some space" in problem.value.remedy or "ulimit" in problem.value.remedy
    return tuple(acknowledged)


class FailingDisk(Disk):
    """Fails one call with this error as often as told."""

    def __init__(self, call: str, number: int, times: int = 1) -> None:
        self.call, self.number, self.times = call, number, times

    def _fail(self, call: str) -> None:
        if call == self.call and self.times > 0:
            self.times -= 1
            raise OSError(self.number, os.strerror(self.number))

    def write(self, descriptor: int, data: bytes) -> int:
        self._fail("write")
        return super().write(descriptor, data)

    def datasync(self, descriptor: int) -> None:
        self._fail("datasync")
        super().datasync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        if self.call == "truncate":
            self._fail("truncate")
        super().truncate(descriptor, size)


@pytest.mark.parametrize(
    ("call", "number", "says"),
    [
        ("write", errno.ENOSPC, "the disk is full"),
        ("write", errno.EDQUOT, "quota"),
        ("datasync", errno.EIO, "the disk reports an error"),
        ("write", errno.EROFS, "read-only"),
    ],
)
def test_each_failure_of_the_disk_is_said(tmp_path: Path, call: str, number: int, says: str) -> None:
    """The problem names the cause and a remedy; a later append continues the chain."""
    disk = FailingDisk("none", 0)
    journal = new_journal(tmp_path, disk)
    journal.append((NOTE,), "you")
    disk.call, disk.number = call, number
    with pytest.raises(JournalProblem, match=says) as problem:
        journal.append((NOTE, NOTE), "you")
    assert problem.value.remedy
    assert verify(journal.path).lines == 1
    journal.append((NOTE,), "you")
    assert verify(journal.path)[1:4] == (2, journal.tip, True)


def test_a_disk_that_cannot_even_cut_back_is_tried_again(tmp_path: Path) -> None:
    """Bytes that were not acknowledged are cut off before the next append, or nothing is appended."""
    disk = FailingDisk("datasync", errno.EIO, times=5)
    journal = new_journal(tmp_path, disk)
    for _ in range(2):
        with pytest.raises(JournalProblem):
            journal.append((NOTE,), "you")
    disk.times = 0
    journal.append((NOTE,), "you")
    journal.close()
    assert verify(journal.path)[1:4] == (1, journal.tip, True)


def test_an_interrupt_in_the_middle_of_an_append_leaves_no_gap(tmp_path: Path) -> None:
    """Ctrl-C between the write and its acknowledgement: the next append still follows the last acknowledged line."""

    class Interrupted(Disk):
        armed = False

        def datasync(self, descriptor: int) -> None:
            super().datasync(descriptor)
            if self.armed:
                self.armed = False
                raise KeyboardInterrupt

    disk = Interrupted()
    journal = new_journal(tmp_path, disk)
    journal.append((NOTE,), "you")
    disk.armed = True
    with pytest.raises(KeyboardInterrupt):
        journal.append((NOTE,), "you")
    journal.append((NOTE,), "you")
    assert verify(journal.path)[1:4] == (2, journal.tip, True)


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    """A file where the folder should be, or no right to write: said with what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalProblem, match="cannot be written"):
        new_journal(tmp_path / "file" / "runs")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda line: b"not json\n", "r.jsonl:2: not an entry"),
        (lambda line: line.replace(b'"NoteAdded"', b'"Teleported"'), "r.jsonl:2: .*Teleported"),
        (lambda line: line.replace(b'"v":1', b'"v":9'), "r.jsonl:2: .*format 9"),
        (lambda line: line.replace(b'"text"', b'"tixt"'), "r.jsonl:2: NoteAdded has another shape"),
        (lambda line: line.replace(b".000000Z", b".000000"), "r.jsonl:2: not an entry"),
        (lambda line: b"\xff" + line, "r.jsonl:2: not an entry"),
    ],
)
def test_a_line_that_is_no_entry_is_named(tmp_path: Path, change: Callable[[bytes], bytes], says: str) -> None:
    """Reading stops at it with its number and a remedy."""
    journal = new_journal(tmp_path, run="r")
    journal.append((NOTE, NOTE, NOTE), "you")
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join([lines[0], change(lines[1]), lines[2]]))
    entries = read(journal.path)
    assert next(entries).event == NOTE
    with pytest.raises(JournalProblem, match=says) as problem:
        next(entries)
    assert problem.value.remedy


def test_reading_leaves_a_torn_line_out(tmp_path: Path) -> None:
    """Another process may be in the middle of a write."""
    journal = new_journal(tmp_path)
    walk(journal, RunState())
    whole = tuple(read(journal.path))
    with journal.path.open("ab") as file:
        file.write(b'{"seq":')
    assert tuple(read(journal.path)) == whole


def test_reading_nothing_is_a_problem(tmp_path: Path) -> None:
    """A file that is not there is said, not raised bare."""
    with pytest.raises(JournalProblem, match="cannot be read"):
        tuple(read(tmp_path / "none.jsonl"))


def test_each_torn_line_is_kept(tmp_path: Path) -> None:
    """A second crash does not overwrite what the first left."""
    journal = new_journal(tmp_path)
    state = walk(journal, RunState())
    journal.close()
    for torn in (b"first", b"second"):
        with journal.path.open("ab") as file:
            file.write(torn)
        journal, entries = reopened(tmp_path)
        assert journal.set_aside == len(torn)
        assert fold(entries) == state
        journal.close()
    assert (tmp_path / f"{RUN}.torn-1").read_bytes() == b"first"
    assert (tmp_path / f"{RUN}.torn-2").read_bytes() == b"second"


def test_the_clock_may_be_anywhere(tmp_path: Path) -> None:
    """Times are stored in UTC whatever zone the clock speaks."""
    journal = Journal.create(tmp_path, "r", World.LIVE, lambda: Ticks()().astimezone(), Redactor())
    (entry,) = journal.append((NOTE,), "you")
    assert entry.at == datetime(2026, 11, 23, 3, 0, 1, tzinfo=UTC)
    assert b'"at":"2026-11-23T03:00:01.000000Z"' in journal.path.read_bytes()


def test_a_journal_that_was_taken_up_while_it_was_made_is_left_to_the_other(tmp_path: Path) -> None:
    """Between making the file and locking it another process may write: it keeps the journal, and it stays whole."""

    class SlowDisk(Disk):
        def sync_folder(self, folder: Path) -> None:
            other, _ = Journal.reopen(folder, RUN, World.SIMULATED, lambda: datetime.now(UTC), Redactor())
            other.append([NoteAdded(text="first")], "other")
            other.close()

    with pytest.raises(JournalProblem, match="already"):
        Journal.create(tmp_path, RUN, World.SIMULATED, lambda: datetime.now(UTC), Redactor(), SlowDisk())
    assert verify(tmp_path / f"{RUN}.jsonl").ok
    assert [entry.by for entry in read(tmp_path / f"{RUN}.jsonl")] == ["other"]
