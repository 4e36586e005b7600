"""Reads that do not need each other's answer, asked side by side: one wait instead of several."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from threading import Thread
from typing import Any, TypeVar, overload

One = TypeVar("One")
Two = TypeVar("Two")
Three = TypeVar("Three")
Four = TypeVar("Four")
Item = TypeVar("Item")
Answer = TypeVar("Answer")


@overload
def together(one: Callable[[], One], two: Callable[[], Two], /) -> tuple[One, Two]: ...
@overload
def together(
    one: Callable[[], One], two: Callable[[], Two], three: Callable[[], Three], /
) -> tuple[One, Two, Three]: ...
@overload
def together(
    one: Callable[[], One], two: Callable[[], Two], three: Callable[[], Three], four: Callable[[], Four], /
) -> tuple[One, Two, Three, Four]: ...
def together(*asks: Callable[[], Any]) -> tuple[Any, ...]:
    """Every answer, in the order of the questions. Of several errors the first in that order is raised.

    All are asked to the end, whatever becomes of the others. The session bounds how many requests are under way.
    """
    later: list[Future[Any]] = [_started(ask) for ask in asks[1:]]
    first: Future[Any] = Future()
    _answer(first, asks[0])
    return _all([first, *later])


def each(ask: Callable[[Item], Answer], items: Iterable[Item]) -> tuple[Answer, ...]:
    """The answer for each item, in their order; errors as ``together`` raises them."""
    return _all([_started(lambda item=item: ask(item)) for item in items])  # type: ignore[misc]


def _all(answers: list[Future[Answer]]) -> tuple[Answer, ...]:
    wait(answers)
    return tuple(answer.result() for answer in answers)


def _started(ask: Callable[[], Answer]) -> Future[Answer]:
    answer: Future[Answer] = Future()
    Thread(target=_answer, args=(answer, ask), daemon=True).start()
    return answer


def _answer(answer: Future[Any], ask: Callable[[], Any]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:  # noqa: BLE001 - it is raised where the answer is asked for
        answer.set_exception(error)
