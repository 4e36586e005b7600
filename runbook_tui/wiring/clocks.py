"""Which time it is for whom: the machine's own, and that of a simulated AWS."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from msgspec import Struct

_STANDS_S = 1.0  # somebody may have moved the simulated time on
_TIMEOUT_S = 10.0  # it answers at once, unless the machine is busy: our own time would be wrong by hours


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def forget(self) -> None:
        """It is asked each time."""


class _Told(Struct, frozen=True):
    """``now`` is None where nobody says the time."""

    now: datetime | None
    speed: float
    at: float


class EndpointClock:
    """The time of a simulated AWS, which may run twenty times as fast as ours and be moved on by hours.

    Its endpoint is asked, at most once a second, and anew after ``forget``. One that is no simulator of ours has our
    own time. Thread-safe.
    Never for the live world: how far this machine is off is for ``pre.clock`` to find.
    """

    def __init__(self, endpoint_url: str, own: SystemClock) -> None:
        self._url = f"{endpoint_url}/_sim/clock"
        self._own = own
        self._lock = threading.Lock()
        self._told: _Told | None = None
        self._asked_at = float("-inf")  # an answer that did not come is not asked for at once again
        self._forgotten = False
        self._is_ours = True

    def now(self) -> datetime:
        with self._lock:
            if self._is_ours and (self._forgotten or self._is_old()):
                found, self._forgotten = self._ask(), False
                self._asked_at = self._own.monotonic()
                if self._told is None or found.now is not None:
                    self._told = found
            told = self._told
        if told is None or told.now is None:
            return self._own.now()
        return told.now + timedelta(seconds=(self._own.monotonic() - told.at) * told.speed)

    def forget(self) -> None:
        """Somebody may have moved it on within this second."""
        with self._lock:
            self._forgotten = True

    def _is_old(self) -> bool:
        return self._own.monotonic() - self._asked_at > _STANDS_S

    def _ask(self) -> _Told:
        opener = build_opener(ProxyHandler({}))  # loopback is never asked through a proxy
        try:
            with opener.open(self._url, timeout=_TIMEOUT_S) as answer:
                words = json.load(answer)
                return _Told(datetime.fromisoformat(words["now"]), float(words["speed"]), self._own.monotonic())
        except (HTTPError, ValueError, KeyError, TypeError):
            self._is_ours = False
        except OSError:  # it has ended, or is busy: the questions themselves will tell
            pass
        return _Told(None, 1.0, self._own.monotonic())


def clock_of(endpoint_url: str | None, own: SystemClock, *, simulated: bool) -> SystemClock | EndpointClock:
    """Its ``now`` is what checks take for the present."""
    return EndpointClock(endpoint_url, own) if simulated and endpoint_url else own
