"""Questions that are asked side by side, one after the other: for answers that are drawn while they are asked."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from runbook_tui.aws import together


@contextmanager
def in_turn() -> Iterator[None]:
    with patch.object(together, "_started", _at_once):
        yield


def _at_once(ask: Callable[[], Any]) -> Future[Any]:
    answer: Future[Any] = Future()
    together._answer(answer, ask)
    return answer
