"""One warm simulator in a process of its own, and a fork of it for every question: no question sees another's changes.

A fork costs 5 ms; to build the healthy world and ask every check for the first time costs 5 s. The server has no
thread but its own when it forks: what listens is started in the child.
"""

import atexit
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from msgspec import Struct

from tests.support.simulator import ROOT

Result = TypeVar("Result")


class Forks(Struct, frozen=True):
    process: Any

    def ask(self, question: Callable[..., Result], *words: Any) -> Result:
        """``question(ground, *words)`` in a fork; it is named in a module. An AssertionError tells what it raised."""
        try:
            pickle.dump((question, words), self.process.stdin)
            self.process.stdin.flush()
            answered, result = pickle.load(self.process.stdout)
        except BaseException:  # the answer may still come, and is none to the next question
            self.process.kill()
            self.process.wait()
            raise
        assert answered, result
        found: Result = result
        return found


@contextmanager
def forks(scenario: str = "healthy") -> Iterator[Forks]:
    """The healthy one serves every file of tests, to the end of this process; any other ends with who asked for it."""
    if scenario == "healthy":
        yield _kept(scenario)
        return
    ready = _started(scenario)
    try:
        yield ready
    finally:
        _end(ready)


_KEPT: dict[str, Forks] = {}


def _kept(scenario: str) -> Forks:
    found = _KEPT.get(scenario)
    if found is None or found.process.poll() is not None:
        found = _KEPT[scenario] = _started(scenario)
        atexit.register(_end, found)
    return found


def _started(scenario: str) -> Forks:
    words = [sys.executable, "-W", "error", "-m", "tests.support.fork_server", scenario]
    return Forks(subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE))


def _end(ready: Forks) -> None:
    ready.process.stdin.close()
    ready.process.stdout.close()
    ready.process.wait(50)


def serve(answer: Callable[[Callable[..., Any], Any], Any]) -> None:
    """Questions from standard input, each answered in a fork, until it ends."""
    with os.fdopen(os.dup(1), "wb") as to_asker:
        os.dup2(2, 1)  # what a library prints is no answer
        while True:
            try:
                question, words = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            to_asker.write(_in_a_fork(lambda question=question, words=words: answer(question, words)))  # type: ignore[misc]
            to_asker.flush()


def _in_a_fork(work: Callable[[], Any]) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    return told or pickle.dumps((False, f"the fork ended with {status}"))


def _work(work: Callable[[], Any], writing: int) -> None:
    try:
        told = pickle.dumps((True, work()))
    except BaseException:  # noqa: BLE001 - it is raised where the question is asked
        told = pickle.dumps((False, traceback.format_exc()))
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(told)
    os._exit(0)
