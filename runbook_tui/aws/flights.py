"""Of equal questions that are asked at once, one goes out; the others wait for its answer or its error."""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Final, Generic, TypeVar

Answer = TypeVar("Answer")

LIFETIME_S: Final = 30.0  # catalogue, section 1


class _Flight(Generic[Answer]):
    """A question under way or answered. ``landed`` is a monotonic time, None while it is under way."""

    __slots__ = ("answer", "landed")

    def __init__(self) -> None:
        self.answer: Future[Answer] = Future()
        self.landed: float | None = None


class Flights(Generic[Answer]):
    """Safe from many threads. Answers are good for ``lifetime`` seconds, errors for 30 s, or until ``forget``."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, *, lifetime: float = LIFETIME_S) -> None:
        self._monotonic = monotonic
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self._flights: dict[Hashable, _Flight[Answer]] = {}

    def forget(self) -> None:
        with self._lock:
            self._flights = {}

    def keys(self) -> tuple[Any, ...]:
        """What was asked and is kept."""
        with self._lock:
            return tuple(self._flights)

    def once(self, key: Hashable, ask: Callable[[], Answer], *, kept: bool = True) -> Answer:
        """The answer of ``ask``, or of who asked the same before. ``kept`` false: only for those who wait for it."""
        flight, mine = self._flight(key)
        if mine:
            try:
                self._fly(flight, ask)
            finally:
                if not kept:
                    self._drop(key)
        error = flight.answer.exception()
        if error is not None:
            raise error.with_traceback(None)  # else each of its readers would add frames to one traceback
        return flight.answer.result()

    def _flight(self, key: Hashable) -> tuple[_Flight[Answer], bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None and not self._too_old(flight):
                return flight, False
            self._flights[key] = flight = _Flight()
            return flight, True

    def _drop(self, key: Hashable) -> None:
        with self._lock:
            self._flights.pop(key, None)

    def _too_old(self, flight: _Flight[Answer]) -> bool:
        if flight.landed is None:
            return False
        good = LIFETIME_S if flight.answer.done() and flight.answer.exception() is not None else self._lifetime
        return self._monotonic() - flight.landed > good

    def _fly(self, flight: _Flight[Answer], ask: Callable[[], Answer]) -> None:
        try:
            answer = ask()
        except BaseException as error:
            flight.landed = self._monotonic()
            flight.answer.set_exception(error)
            raise
        flight.landed = self._monotonic()
        flight.answer.set_result(answer)
