"""What verbs print: standard output is data, standard error is narration."""

import os
import sys
from typing import Final

from runbook_tui.core.verdict import Status

_COLOUR: Final = {
    Status.PASS: "32",
    Status.WARN: "33",
    Status.FAIL: "31;1",
    Status.UNKNOWN: "35",
    Status.SKIP: "2",
}


def data(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def status(of: Status, *, coloured: bool, word: str = "") -> str:
    """Symbol and word, aligned; colour is an addition, never the message."""
    text = f"{of.symbol} {word or of.word:<7}"
    return f"\x1b[{_COLOUR[of]}m{text}\x1b[0m" if coloured else text


def coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
