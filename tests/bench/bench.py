"""What every benchmark is given: sizes, a folder, and one simulated world for all of them."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.bench.sizes import Sizes

ROOT = Path(__file__).resolve().parents[2]


class Served(Struct, frozen=True, kw_only=True):
    """The simulated AWS, and in front of it the recorded answers, ``delay_s`` late, plain and over TLS."""

    site: Path
    plain: str
    tls: str
    bundle: Path


class Bench:
    """Owns every process that it starts; ``close`` ends them. ``disk`` is a folder on a real disk."""

    def __init__(self, sizes: Sizes, folder: Path, disk: Path) -> None:
        self.sizes = sizes
        self.folder = folder
        self.disk = disk
        self._stack = ExitStack()

    @cached_property
    def program(self) -> list[str]:
        """How the product is started: as installed, else from the checkout."""
        installed = Path(sys.executable).with_name("runbook-tui")
        return [str(installed)] if installed.exists() else [sys.executable, "-m", "runbook_tui"]

    @cached_property
    def world(self) -> dict[str, str]:
        """What ``runbook-tui sim`` says of itself."""
        words = ["-m", "runbook_tui", "sim", "--dir", str(self.folder / "sim"), "--with-parent", str(os.getpid())]
        return self.start(words)

    @cached_property
    def served(self) -> Served:
        plain, tls = self._answers(), self._answers("--tls")
        return Served(site=Path(self.world["site"]), plain=plain["url"], tls=tls["url"], bundle=Path(tls["bundle"]))

    @cached_property
    def state_dir(self) -> Path:
        folder = self.folder / "state"
        (folder / "runs").mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        return folder

    def screen(self, *, answers: bool = True) -> list[str]:
        """The terminal program's command line."""
        endpoint = ["--endpoint-url", self.served.plain] if answers else []
        return [*self.program, "--site", self.world["site"], "--state-dir", str(self.state_dir), *endpoint]

    def worker(self, module: str, **settings: Any) -> Any:
        """A benchmark in a process of its own: reads ``settings`` as JSON from its arguments, prints JSON."""
        words = [sys.executable, "-m", f"tests.bench.{module}", json.dumps(settings)]
        done = subprocess.run(words, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr[-800:]}")
        return json.loads(done.stdout)

    def start(self, words: list[str]) -> dict[str, str]:
        """A server of ours: its ready line. It ends with the benchmark."""
        log = self._stack.enter_context((self.folder / "servers.log").open("ab"))
        process = subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=log
        )
        self._stack.callback(_end, process)
        assert process.stdout is not None, "a pipe was asked for"
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{words[1]} did not start: {(self.folder / 'servers.log').read_text()[-800:]}")
        ready: dict[str, str] = json.loads(line)
        return ready

    def _answers(self, *more: str) -> dict[str, str]:
        delay = str(self.sizes.delay_s)
        upstream = self.world["endpoint_url"]
        where = ["--folder", str(self.folder), "--upstream", upstream, "--delay", delay]
        return self.start(["-m", "tests.bench.answers", *where, *more])

    def close(self) -> None:
        self._stack.close()


def clean_environment() -> dict[str, str]:
    """No AWS setting of the operator's reaches a benchmark, and none is looked for on the network."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RUNBOOK_TUI_"))}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull}


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
