"""A child process of the simulator that says where it listens, is told things on stdin, and ends when that closes."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PATIENCE = 5  # seconds to end by itself


class Child:
    """Runs a file of this folder by its path. Raises OSError when it does not come up."""

    def __init__(self, file: str, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).with_name(file)), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            self.port = int(self.heard()["port"])
        except OSError:
            self.end()
            raise

    @property
    def process(self) -> int:
        return self._process.pid

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended by then: the threads of a process that was killed end one after the other."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def tell(self, told: Mapping[str, Any]) -> None:
        """Raises OSError when it has ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()

    def heard(self) -> dict[str, Any]:
        """The next thing that it says; waits for it. Raises OSError when it has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BrokenPipeError(f"{self._process.args!r} ended")
        said: dict[str, Any] = json.loads(line)
        return said

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):  # it ended before it had read everything
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
