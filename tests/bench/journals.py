"""Journals of any length, genuine to the last hash, written without waiting for the disk at each line."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from runbook_tui.audit.lines import write_line
from runbook_tui.audit.redact import Redactor
from runbook_tui.core.events import (
    CheckFinished,
    ChecksStarted,
    Entry,
    Event,
    NoteAdded,
    Outcome,
    RunFinished,
    RunStarted,
    StepEntered,
    StepLeft,
    World,
)
from runbook_tui.core.verdict import Status, fail, passed

RUN = "20261123T030000Z-bench"
BEGAN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BY = "arn:aws:sts::123456789012:assumed-role/AsharviOnCall/bench (on-call@laptop)"
ZEROS = "0" * 64
CHECKS = 8  # a step asks so many checks


def runbook_text(steps: int, checks: tuple[str, ...]) -> str:
    """A valid runbook; each step asks five checks."""
    head = "id: long-one\ntitle: A long one\nfamily: validation\nguide: ['12']\noutcome: Everything was looked at.\n"
    parts = [f"{head}environments: [staging, prod]\nsteps:\n"]
    for number in range(1, steps + 1):
        asked = ", ".join(checks[(number * 5 + n) % len(checks)] for n in range(5)) if checks else ""
        parts.append(
            f"  - id: step-{number}\n    title: Look at part {number}\n    text: |\n"
            f"      Look at **part {number}** of the installation, and at what the checks say of it.\n"
            f"    checks: [{asked}]\n"
        )
    return "".join(parts)


def started(text: str) -> RunStarted:
    return RunStarted(
        runbook="long-one",
        title="A long one",
        runbook_sha256=sha256(text.encode()).hexdigest(),
        runbook_text=text,
        site="asharvi",
        site_sha256=ZEROS,
        environment="staging",
        tool_version="0.1.0",
        operator=BY,
        account="123456789012",
        region="ap-south-1",
    )


def finished(step: str, sweep: int, number: int) -> CheckFinished:
    """A verdict as big as real ones are."""
    verdict = (
        passed("2 of 2 tasks running, 0 pending", running=2, desired=2, service="asharvi-backend")
        if number % 7
        else fail(
            "1 of 2 targets is healthy",
            "Runbook rollback, step previous-revision",
            healthy=1,
            targets=["10.0.11.23:3000", "10.0.12.40:3000"],
        )
    )
    return CheckFinished(step=step, sweep=sweep, check=f"bench.check-{number % CHECKS}", verdict=verdict, duration_ms=9)


def walk(length: int) -> Iterator[Event]:
    """One long walk of sixty steps that are watched for hours; a note every thousand lines. ``length`` >= 4."""
    steps = 60
    text = runbook_text(steps, ())
    yield started(text)
    each = max(2, (length - 2) // steps)
    left, number, sweep = length - 2, 0, 0
    for step in (f"step-{n}" for n in range(1, steps + 1)):
        if left < 2:
            break
        yield StepEntered(step=step)
        for _ in range(min(each, left) - 2):
            number += 1
            if number % 1000 == 0:
                yield NoteAdded(text=f"note {number}: still waiting for the targets", step=step)
            elif number % (CHECKS + 1) == 1:
                sweep += 1
                yield ChecksStarted(step=step, sweep=sweep, checks=tuple(f"bench.check-{n}" for n in range(CHECKS)))
            else:
                yield finished(step, sweep, number)
        yield StepLeft(step=step, outcome=Outcome.ACCEPTED, reason="seen", next=None)
        left -= min(each, left)
    yield RunFinished(verdict=Status.FAIL, counts={"PASS": 7, "FAIL": 1})


def line_of(event: Event, seq: int, prev: str) -> bytes:
    entry = Entry(seq=seq, at=BEGAN + timedelta(seconds=seq), run=RUN, by=BY, world=World.SIMULATED, event=event)
    return write_line(entry, Redactor(()).fields(event), prev)[0]


def write_walk(path: Path, length: int) -> None:
    """About ``length`` entries of a walk."""
    prev, redactor = ZEROS, Redactor(())
    with path.open("wb", buffering=1 << 20) as file:
        for seq, event in enumerate(walk(length)):
            at = BEGAN + timedelta(seconds=seq)
            entry = Entry(seq=seq, at=at, run=RUN, by=BY, world=World.SIMULATED, event=event)
            line, stored = write_line(entry, redactor.fields(event), prev)
            file.write(line)
            prev = stored.hash


def write_long(path: Path, length: int) -> None:
    """``length`` entries, fast: a start, then the same verdict again and again, chained anew at each line."""
    head: list[Event] = [started(runbook_text(3, ())), StepEntered(step="step-1")]
    sample = line_of(finished("step-1", 1, 1), 0, ZEROS)
    before, _, rest = sample.partition(b'"seq":0')
    middle, _, _ = rest.partition(ZEROS.encode())
    prev = ZEROS
    with path.open("wb", buffering=1 << 20) as file:
        for seq in range(length):
            if seq < len(head):
                line = line_of(head[seq], seq, prev)
                prev = line[-67:-3].decode()
            else:
                body = b'%b"seq":%d%b%b"' % (before, seq, middle, prev.encode())
                prev = sha256(body).hexdigest()
                line = b'%b,"hash":"%b"}\n' % (body, prev.encode())
            file.write(line)
