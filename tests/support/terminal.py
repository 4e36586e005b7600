"""The installed program in a real pseudo-terminal: keys in, the screen's text out."""

import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pexpect
import pyte

PATIENCE = 40.0  # seconds
KEYS = {"enter": "\r", "escape": "\x1b", "tab": "\t", "down": "\x1b[B", "up": "\x1b[A", "ctrl+c": "\x03"}


class Terminal:
    """``program`` is the console script of the environment that runs the tests."""

    def __init__(self, words: Sequence[str], environ: Mapping[str, str], size: tuple[int, int] = (120, 36)) -> None:
        columns, lines = size
        program = Path(sys.executable).parent / "runbook-tui"
        environment: Any = {**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self.child: Any = pexpect.spawn(
            str(program), list(words), env=environment, dimensions=(lines, columns), timeout=PATIENCE
        )

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.child.send(KEYS.get(key, key))
            self._read(0.05)

    def type(self, text: str) -> None:
        for letter in text:
            self.press(letter)

    def until(self, wanted: str | Callable[[str], bool]) -> str:
        """The screen as soon as it shows what is wanted; AssertionError with the whole screen when it never does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self._read(0.1)
            if wanted in self.text if isinstance(wanted, str) else wanted(self.text):
                return self.text
        raise AssertionError(f"{wanted!r} never came:\n{self.text}")

    def choose_runbook(self, title: str) -> None:
        """On the home screen, from the top of the runbooks down to it: the next key when the last one is on the glass,
        for nothing leads back up from below it."""
        self.until("Start “")
        while f"Start “{title}" not in self.text:
            former = self._offered()
            self.press("down")
            self.until(lambda _, former=former: self._offered() not in ("", former))  # type: ignore[misc]
        self.press("enter")

    def _offered(self) -> str:
        """The runbook that Enter would start."""
        found = re.search(r"Start “([^”]*)", self.text)
        return found[1] if found else ""

    def until_end(self) -> int:
        end = time.monotonic() + PATIENCE
        while self.child.isalive() and time.monotonic() < end:
            self._read(0.1)
        self.child.close()
        code: int = self.child.exitstatus
        return code

    def lose(self) -> None:
        """What a closed window does."""
        self.child.close(force=True)

    def _read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self._stream.feed(self.child.read_nonblocking(65536, left))
            except pexpect.TIMEOUT:
                return
            except (pexpect.EOF, OSError):
                time.sleep(min(left, 0.02))
                return


def plain(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what would change the program's ways."""
    found = dict(environ if environ is not None else os.environ)
    return {name: value for name, value in found.items() if name not in ("NO_COLOR", "RUNBOOK_TUI_SITE")}
