"""A real simulator process for tests.

``simulator`` is one process a session: import the fixture into a ``conftest.py``. Faults that a test sets with
``fault`` are cleared at its end. ``started`` runs one of its own, with faults from the beginning. Time stands still in
all of them until ``advance``: what a test finds there does not depend on how long the machine took to look.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import Struct, field

ROOT = Path(__file__).parents[2]
PROD_HOST = "api.asharvi.test"
STAGING_HOST = "staging-api.asharvi.test"
PATIENCE = 50.0  # seconds, for an answer on a busy machine


class Running(Struct, kw_only=True):
    """``line`` is what it printed when it was ready, byte for byte."""

    line: str
    endpoint_url: str
    site: Path
    region: str
    account: str
    access_key_id: str
    secret_access_key: str
    process: Any
    log: Any
    clients: dict[tuple[str, int], Any] = field(default_factory=dict)

    def client(self, service: str, *, attempts: int = 1) -> Any:
        """A stock boto3 client; the same one for the same wish."""
        import boto3
        from botocore.config import Config

        if (service, attempts) not in self.clients:
            self.clients[service, attempts] = boto3.Session(
                aws_access_key_id=self.access_key_id,
                aws_secret_access_key=self.secret_access_key,
                region_name=self.region,
            ).client(
                service,
                endpoint_url=self.endpoint_url,
                config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=PATIENCE),
            )
        return self.clients[service, attempts]

    def aws(self, *words: str) -> Any:
        """What the stock aws CLI answers."""
        done = subprocess.run(
            [ROOT / ".venv/bin/aws" if (ROOT / ".venv/bin/aws").exists() else "aws", *words, "--output", "json"],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def environment(self) -> dict[str, str]:
        """For a child process that is an AWS client: its credentials and nothing of this machine's."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.site.parent),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_PAGER": "",
        }

    def narration(self) -> str:
        """What it has written to standard error."""
        self.log.seek(0)
        said: str = self.log.read()
        return said

    def control(self, method: str, route: str, body: dict[str, Any] | None = None) -> Any:
        """The simulator's own routes, ``ingress``, ``fault``, ``faults`` and ``trail``: its JSON answer."""
        with httpx.Client(trust_env=False, timeout=PATIENCE) as http:
            return http.request(method, f"{self.endpoint_url}/_sim/{route}", json=body).json()

    def advance(self, seconds: float) -> None:
        """Moves the simulated time on."""
        self.control("POST", "clock", {"advance": seconds})

    @contextlib.contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """With time enough for target health to follow, two checks of 15 seconds apart; and afterwards for services to
        replace what went down with it, and for the ten minutes that rollouts are judged by to be good ones again."""
        answer = self.control("POST", "fault", {"name": name})
        assert "error" not in answer, answer
        self.advance(31)
        try:
            yield
        finally:
            self.control("DELETE", "fault", {"name": name})
            self.advance(1500)


@contextlib.contextmanager
def started(*words: str, faults: Sequence[str] = ()) -> Iterator[Running]:
    """A simulator of one's own, at rest; ended with SIGTERM."""
    own = ["sim", "--speed", "0", "--with-parent", str(os.getpid())]
    given = [*own, *words, *(word for fault in faults for word in ("--fault", fault))]
    said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - a pipe that nobody reads would fill up and stop it
    process = subprocess.Popen(
        [sys.executable, "-m", "runbook_tui", *given],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=said,
        text=True,
    )
    with said, process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            said.seek(0)
            raise AssertionError(said.read())
        ready = json.loads(line)
        running = Running(
            line=line,
            process=process,
            log=said,
            **{key: value for key, value in ready.items() if key != "site"},
            site=Path(ready["site"]),
        )
        try:
            yield running
        finally:
            for client in running.clients.values():
                client.close()
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    """The healthy world, in a process that the whole session shares: leave it as it was."""
    with started() as running:
        yield running
