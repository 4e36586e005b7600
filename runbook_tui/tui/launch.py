"""Starting the runner's process, or finding the one that already owns a run."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from runbook_tui.core.problems import Problem

LOG_TAIL: Final = 300  # characters of the runner's last words that fit on the glass


class Ready(Struct, frozen=True, kw_only=True):
    """The one line that the runner's process prints: where it listens, or why it does not."""

    socket: str = ""
    run: str = ""
    error: str = ""
    remedy: str = ""
    exit_code: int = 70


class Pointer(Struct, frozen=True, kw_only=True):
    """``<run>.host``: the process that owns a run."""

    socket: str
    pid: int = 0


class NoRunner(Problem):
    """The runner's process could not be started."""


class Launch(Struct, frozen=True, kw_only=True):
    """``site`` may be empty: then the runner looks for the site file as every command does."""

    site: str
    state_dir: Path
    options: tuple[str, ...] = ()
    program: tuple[str, ...] = (sys.executable, "-m", "runbook_tui", "host")

    def command(self, work: Sequence[str]) -> list[str]:
        site = ["--site", self.site] if self.site else []
        return [*self.program, *site, "--state-dir", str(self.state_dir), *self.options, *work]

    @property
    def log(self) -> Path:
        return self.state_dir / "runner.log"


def hosted(state_dir: Path, run: str) -> str:
    """Blocking. The socket of the process that owns this run, if one says so; it may be gone all the same."""
    try:
        data = (state_dir / "runs" / f"{run}.host").read_bytes()
        return msgspec.json.decode(data, type=Pointer).socket
    except (OSError, msgspec.MsgspecError):
        return ""


async def start(launch: Launch, work: Sequence[str]) -> Ready:
    """Start the runner and wait for its line. NoRunner when it says none. It outlives this program."""
    process, log_start = _spawn(launch, work)  # 2 ms; in a thread, a cancelled start would leave a process behind
    assert process.stdout is not None, "a pipe was asked for"
    reader = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), process.stdout
    )
    try:
        line = await reader.readline()
    except asyncio.CancelledError:
        process.terminate()  # nobody will ever connect to it
        raise
    finally:
        pipe.close()
        process.stdout.close()  # the transport would close it in the next turn of a loop that may end before
        threading.Thread(target=process.wait, daemon=True, name="reap-runner").start()  # or it stays a zombie
    return _parse(line, launch.log, log_start)


def _spawn(launch: Launch, work: Sequence[str]) -> tuple[subprocess.Popen[bytes], int]:
    try:
        launch.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with launch.log.open("ab") as log:
            log_start = log.tell()
            process = subprocess.Popen(
                launch.command(work),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
    except OSError as error:
        raise NoRunner(f"the runner cannot be started: {error}", "check the state folder and try again") from error
    return process, log_start


def _parse(line: bytes, log: Path, log_start: int) -> Ready:
    try:
        ready = msgspec.json.decode(line, type=Ready)
    except msgspec.MsgspecError:
        raise NoRunner(f"the runner ended at once: {last_words(log, log_start)}", f"read {log}") from None
    if ready.error:
        problem = NoRunner(ready.error, ready.remedy)
        problem.exit_code = ready.exit_code
        raise problem
    return ready


def last_words(log: Path, start: int = 0) -> str:
    """The last line that the runner wrote to its log since ``start``."""
    try:
        with log.open("rb") as file:
            file.seek(start)
            text = file.read()[-4096:].decode(errors="replace").strip()
    except OSError:
        return "it left no word"
    return text.splitlines()[-1][-LOG_TAIL:] if text else "it left no word"
