"""Every change of a journal is seen, but for the loss of its newest lines."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.verify import ZEROS, Report, verify
from runbook_tui.core.events import NoteAdded
from runbook_tui.core.state import RunState
from tests.support.crash import new_journal, walk

ROOT = Path(__file__).parents[2]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Four lines: every byte of it can be tried."""
    made = new_journal(tmp_path)
    for text in ("one", "two", "thrée", '{"a":1,"hash":"' + "0" * 64 + '"}'):
        made.append((NoteAdded(text=text),), "you")
    made.close()
    return made.path


def _seen(path: Path, changed: bytes) -> Report:
    path.write_bytes(changed)
    report = verify(path)
    assert not report.ok, changed
    assert report.what
    assert report.first_bad_line == report.lines + 1
    return report


def test_a_whole_journal_verifies(tmp_path: Path) -> None:
    """All lines are counted and the tip is the last hash."""
    made = new_journal(tmp_path)
    walk(made, RunState())
    assert verify(made.path) == Report(made.path, made.count, made.tip, ok=True)


def test_an_empty_journal_is_whole(tmp_path: Path) -> None:
    """Nothing was recorded, nothing can have been changed; the tip says that there is none."""
    made = new_journal(tmp_path)
    assert verify(made.path) == Report(made.path, 0, ZEROS, ok=True)


@pytest.mark.slow
def test_every_changed_byte_is_seen(journal: Path) -> None:
    """Each byte, changed to its neighbour, to another case, to a newline: seen, in the right line."""
    whole = journal.read_bytes()
    for place, byte in enumerate(whole):
        line = whole[:place].count(b"\n") + 1
        for other in {(byte + 1) % 256, byte ^ 0x20, 0x0A, 0x00} - {byte}:
            changed = whole[:place] + bytes([other]) + whole[place + 1 :]
            assert _seen(journal, changed).first_bad_line == line


@pytest.mark.slow
def test_every_lost_and_every_added_byte_is_seen(journal: Path) -> None:
    """A byte less or more, anywhere."""
    whole = journal.read_bytes()
    for place in range(len(whole) + 1):
        for added in (b"0", b" ", b"\n", b'"'):
            _seen(journal, whole[:place] + added + whole[place:])
        if place < len(whole):
            _seen(journal, whole[:place] + whole[place + 1 :])


def _rearranged(lines: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    count = len(lines)
    for place in range(count):
        if place < count - 1:
            yield place, [*lines[:place], *lines[place + 1 :]]
        for other in range(count):
            if place < other:
                swapped = list(lines)
                swapped[place], swapped[other] = swapped[other], swapped[place]
                yield place, swapped
        for target in range(count + 1):
            yield target, [*lines[:target], lines[place], *lines[target:]]


def test_every_deleted_swapped_and_inserted_line_is_seen(journal: Path) -> None:
    """Whole lines with their own right hashes, in the wrong place."""
    lines = journal.read_bytes().splitlines(keepends=True)
    for place, changed in _rearranged(lines):
        report = _seen(journal, b"".join(changed))
        assert report.first_bad_line in (place + 1, place + 2)


def test_a_line_of_another_journal_is_seen(journal: Path, tmp_path: Path) -> None:
    """A line with the right number and a right hash of its own, of another run."""
    other = new_journal(tmp_path / "other", run="other")
    other.append([NoteAdded(text=str(n)) for n in range(4)], "you")
    mine, theirs = (path.read_bytes().splitlines(keepends=True) for path in (journal, other.path))
    assert "moved" in _seen(journal, b"".join([*mine[:2], theirs[2], mine[3]])).what


def test_losing_the_newest_lines_cannot_be_seen(journal: Path) -> None:
    """The one loss that only the tip tells: documented, and the tip is printed at the end of each run."""
    tip = verify(journal).tip
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]))
    report = verify(journal)
    assert report.ok
    assert report.tip != tip


def test_a_torn_line_is_named_as_such(journal: Path) -> None:
    """A crash is no crime: the message says what to do."""
    assert "resuming" in _seen(journal, journal.read_bytes()[:-5]).what


def test_an_odd_file_is_no_journal(journal: Path) -> None:
    """Anything else than a journal is bad in its first line, however short or long."""
    for odd in (b"\n", b"x", b"{}\n", b"\x00" * 5000, b"x" * 76 + b"\n"):
        assert _seen(journal, odd).first_bad_line == 1


_DOCUMENT = (ROOT / "docs" / "audit-log.md").read_text(encoding="utf-8")
_SCRIPTS = re.findall(r"```(perl|js|sh)\n(.*?)```", _DOCUMENT, re.DOTALL)


@pytest.mark.slow
def test_the_documented_perl_verifies(journal: Path, tmp_path: Path) -> None:
    """Fifteen lines of another language agree with us, on a whole journal and on a changed one."""
    script = next(body for language, body in _SCRIPTS if language == "perl")
    assert len(script.splitlines()) <= 15
    (tmp_path / "verify.pl").write_text(script)

    def perl() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["perl", str(tmp_path / "verify.pl"), str(journal)], capture_output=True, text=True, check=False
        )

    said = perl()
    assert (said.returncode, said.stdout, said.stderr) == (0, f"4 entries, tip {verify(journal).tip}\n", "")
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    for changed in (whole.replace(b"two", b"twp"), b"".join([lines[0], *lines[2:]]), whole[:-1], b"{}\n"):
        journal.write_bytes(changed)
        assert perl().returncode == 1
