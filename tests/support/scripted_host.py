"""A real runner's process with canned verdicts: real socket, real protocol, real decisions, no AWS, no journal.

``python -m tests.support.scripted_host SCRIPT --site … --state-dir … (--desk | --start R --env E | --resume RUN)``.
The script is JSON: ``answers`` gives the verdicts of each check, one a sweep, the last for ever; ``delay`` seconds
before each verdict; ``runbook`` the frozen runbook; ``hello`` overrides. Its entries are kept in the state folder.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from runbook_tui.core.commands import Command, Continue, Pause, Repeat, ReportStop, ReportVerdict
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import ChecksStarted, Entry, Event, RunStarted, World
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import RunState, evolve
from runbook_tui.core.verdict import Verdict, passed
from runbook_tui.engine.protocol import (
    Attach,
    Close,
    Do,
    Gone,
    Happened,
    Hello,
    Refused,
    Survey,
    Surveyed,
    SurveyEnded,
    Up,
    decode_down,
    frame,
)
from runbook_tui.wiring.shelf import read_shelf

ALONE = 8.0  # seconds without a screen until it ends: a test that attaches again does so sooner
RUN = "20261123-031602-validation-9f3c"
ME = "arn:aws:sts::123456789012:assumed-role/AsharviOnCall/you (you@laptop)"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    runbook: Runbook
    answers: dict[str, list[Verdict]] = {}
    delay: float = 0.0
    gate: str = ""  # a file: no verdict comes before it exists
    world: str = "simulated"
    error: str = ""
    remedy: str = ""
    stop_after: int = 0  # verdicts until the sign-in expires, once; 0 is never


class Host:
    def __init__(self, script: Script, args: argparse.Namespace) -> None:
        self.script = script
        self.args = args
        self.folder = Path(args.state_dir) / "runs"
        self.writers: set[asyncio.StreamWriter] = set()
        self.entries: list[Entry] = []
        self.state = RunState()
        self.asked: dict[str, int] = {}
        self.verdicts = 0
        self.ended = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def kept(self) -> Path:
        return self.folder / f"{RUN}.entries"

    def send(self, writer: asyncio.StreamWriter, up: Up) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            writer.write(frame(up))

    def begin(self) -> None:
        if self.args.resume and self.kept.exists():
            self.entries = msgspec.json.decode(self.kept.read_bytes(), type=list[Entry])
            for entry in self.entries:
                self.state = evolve(self.state, entry)
            if not self.state.phase.over:
                self.do(Continue(operator=ME))
        elif self.args.start:
            book = self.script.runbook
            started = RunStarted(
                runbook=book.id,
                title=book.title,
                runbook_sha256="0" * 64,
                runbook_text=msgspec.json.encode(book).decode(),
                site="asharvi",
                site_sha256="",
                environment=self.args.env,
                tool_version="0",
                operator=ME,
                account="123456789012",
                region="ap-south-1",
            )
            self.record((started, *begin(book)))

    def record(self, events: tuple[Event, ...]) -> None:
        new = []
        for event in events:
            seq = len(self.entries)
            world = World(self.script.world)
            entry = Entry(seq=seq, at=datetime.now(UTC), run=RUN, by=ME, world=world, event=event, hash=f"{seq:064x}")
            self.entries.append(entry)
            new.append(entry)
            self.state = evolve(self.state, entry)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.kept.write_bytes(msgspec.json.encode(self.entries))
        for writer in self.writers:
            self.send(writer, Happened(entries=tuple(new)))
        for event in events:
            if isinstance(event, ChecksStarted):
                task = asyncio.ensure_future(self.answer(event))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def turn(self) -> None:
        await asyncio.sleep(self.script.delay)
        while self.script.gate and not Path(self.script.gate).exists():  # noqa: ASYNC110, ASYNC240 - a file is all that the test and this process share
            await asyncio.sleep(0.02)

    async def answer(self, started: ChecksStarted) -> None:
        for check in started.checks:
            await self.turn()
            given = self.script.answers.get(check) or [passed("it is so")]
            number = self.asked.get(check, 0)
            self.asked[check] = number + 1
            self.verdicts += 1
            if self.verdicts == self.script.stop_after:
                self.do(ReportStop(reason="the sign-in has expired", remedy="aws sso login"))
                return
            self.do(ReportVerdict(sweep=started.sweep, check=check, verdict=given[min(number, len(given) - 1)]))
        if self.state.step.wait.value == "waiting":
            await asyncio.sleep(0.2)
            self.do(Repeat())

    def do(self, command: Command) -> Refusal | None:
        decision = decide(self.state, self.script.runbook, {}, command)
        if isinstance(decision, Refusal):
            return decision
        if decision:
            self.record(decision)
        return None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                length = int.from_bytes(await reader.readexactly(4), "big")
                await self.heard(writer, decode_down(await reader.readexactly(length)))
        self.writers.discard(writer)
        if self.args.desk:
            self.ended.set()
        await asyncio.sleep(ALONE)
        if not self.writers:
            self.ended.set()

    async def heard(self, writer: asyncio.StreamWriter, down: Any) -> None:
        match down:
            case Attach():
                if self.args.desk:
                    self.send(writer, replace(read_shelf(), runbooks=(self.script.runbook,)))
                self.send(writer, self.hello())
                if self.entries:
                    self.send(writer, Happened(entries=tuple(self.entries), replayed=True))
                self.writers.add(writer)
            case Do(number=number, command=command):
                if (refusal := self.do(command)) is not None:
                    self.send(writer, Refused(number=number, reason=refusal.reason, remedy=refusal.remedy))
            case Survey(environments=environments):
                await self.survey(writer, environments)
            case Close(pause=True):
                self.do(Pause())
                self.send(writer, Gone(resumable=not self.state.phase.over))
                self.ended.set()
            case _:
                pass

    async def survey(self, writer: asyncio.StreamWriter, environments: tuple[str, ...]) -> None:
        left = len(self.script.answers) * len(environments)
        for environment in environments:
            for check, verdicts in self.script.answers.items():
                left -= 1
                await self.turn()
                self.send(writer, Surveyed(environment=environment, check=check, verdict=verdicts[0], left=left))
        self.send(writer, SurveyEnded(environments=environments, api_calls=3, seconds=0.1))

    def hello(self) -> Hello:
        return Hello(
            world=self.script.world,
            site="asharvi",
            account="123456789012",
            region="ap-south-1",
            operator=ME,
            environments=("staging", "prod"),
            run="" if self.args.desk else RUN,
        )


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("script", type=Path)
    for name in ("--site", "--state-dir", "--start", "--env", "--resume"):
        parser.add_argument(name, default="")
    parser.add_argument("--desk", action="store_true")
    args = parser.parse_args()
    script = msgspec.json.decode(args.script.read_bytes(), type=Script)
    if script.error:
        print(json.dumps({"error": script.error, "remedy": script.remedy, "exit_code": 4}))
        sys.exit(4)
    host = Host(script, args)
    host.folder.mkdir(parents=True, exist_ok=True)
    path = host.folder.parent / f"{os.getpid()}.sock"
    server = await asyncio.start_unix_server(host.serve, path)
    pointer = host.folder / f"{RUN}.host"
    if not args.desk:
        pointer.write_text(json.dumps({"socket": str(path), "pid": os.getpid()}))
    host.begin()
    print(json.dumps({"socket": str(path), "run": "" if args.desk else RUN}), flush=True)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(host.ended.wait(), 60)
    server.close()
    for writer in host.writers:
        writer.close()
    path.unlink(missing_ok=True)
    if not args.desk:
        pointer.unlink(missing_ok=True)


if __name__ == "__main__":
    asyncio.run(main())
