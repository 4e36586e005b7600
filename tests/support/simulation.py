"""The real simulator in its own process, as an operator would start it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from msgspec import Struct

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.site import Site


class Simulation(Struct, frozen=True, kw_only=True):
    """The ready line, and an environment for programs that shall talk to it."""

    endpoint_url: str
    site_path: Path
    region: str
    account: str
    access_key_id: str
    secret_access_key: str
    pid: int

    @classmethod
    @contextmanager
    def started(cls, *, scenario: str = "healthy", faults: Sequence[str] = ()) -> Iterator["Simulation"]:
        with TemporaryDirectory() as folder:
            words = ["--scenario", scenario, "--dir", folder, "--with-parent", str(os.getpid())]
            words += [word for fault in faults for word in ("--fault", fault)]
            process = subprocess.Popen(
                [sys.executable, "-m", "runbook_tui", "sim", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert process.stdout is not None
            try:
                ready = json.loads(process.stdout.readline())
                yield cls(site_path=Path(ready.pop("site")), pid=process.pid, **ready)
            finally:
                process.terminate()
                process.wait(30)
                process.stdout.close()

    @property
    def site(self) -> Site:
        return load_site(self.site_path)

    @property
    def environ(self) -> Mapping[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RUNBOOK_TUI_"))}
        return clean | {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": self.region,
        }

    def set_fault(self, name: str) -> None:
        self._fault("POST", name)

    def clear_fault(self, name: str) -> None:
        self._fault("DELETE", name)

    def _fault(self, method: str, name: str) -> None:
        body = json.dumps({"name": name}).encode()
        with urlopen(Request(f"{self.endpoint_url}/_sim/fault", data=body, method=method), timeout=10) as answer:
            assert answer.status < 300


class Done(Struct, frozen=True, kw_only=True):
    code: int
    out: str
    err: str


def program(words: Sequence[str], environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Done:
    """Run ``runbook-tui`` without a terminal and wait for it."""
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", *words],
        env=dict(environ) if environ is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(code=done.returncode, out=done.stdout, err=done.stderr)
