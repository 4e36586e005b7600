"""Checks run here: daemon threads, at most 32, each verdict posted as soon as it is known."""

import os
import queue
import threading
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from runbook_tui.core.commands import ReportStop, ReportVerdict
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.verdict import Cause, Verdict, unknown
from runbook_tui.engine.ports import Checks, Clock

THREADS: Final = 64  # most wait for a request that another sent: the session bounds how many are under way
GIVES_WAY: Final = 10  # to the screen: p99 of a key during a sweep 44 ms instead of 73, on a busy machine
CHECK_LIMIT: Final = 60.0  # seconds for one whole check, retries included


class Job(Struct, frozen=True, kw_only=True):
    sweep: int
    check: str
    environment: str


Heard = Callable[[Job, Verdict, int], None]
Stopped = Callable[[SignInExpired], None]


class Pool:
    """``heard(job, verdict, milliseconds)`` and ``stopped(problem)`` are called from the pool's threads."""

    def __init__(self, checks: Checks, clock: Clock, *, heard: Heard, stopped: Stopped, size: int = THREADS) -> None:
        self._checks = checks
        self._clock = clock
        self._heard = heard
        self._stopped = stopped
        self._size = size
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._idle = 0
        self._started: dict[Job, float] = {}

    def sweep(self, jobs: Iterable[Job]) -> None:
        """Ask these checks of the world as it is now."""
        self._checks.begin_sweep()
        for job in jobs:
            self._jobs.put(job)
            with self._lock:
                short = self._idle < self._jobs.qsize() and len(self._threads) < self._size
            if short:
                self._hire()

    def overdue(self) -> tuple[Job, ...]:
        """Jobs that have run longer than a check may. Each is named once; its late verdict is not heard."""
        now = self._clock.monotonic()
        with self._lock:
            late = tuple(job for job, at in self._started.items() if now - at > CHECK_LIMIT)
            for job in late:
                del self._started[job]
        return late

    def close(self) -> None:
        for _ in self._threads:
            self._jobs.put(None)

    def _hire(self) -> None:
        thread = threading.Thread(target=self._work, name=f"check-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        os.nice(GIVES_WAY)  # on Linux this thread's alone
        while True:
            with self._lock:
                self._idle += 1
            job = self._jobs.get()
            with self._lock:
                self._idle -= 1
            if job is None:
                return
            self._do(job)

    def _do(self, job: Job) -> None:
        began = self._clock.monotonic()
        with self._lock:
            self._started[job] = began
        try:
            verdict = self._checks.run(job.check, job.environment)
        except SignInExpired as expired:
            with self._lock:
                self._started.pop(job, None)
            self._stopped(expired)
            return
        with self._lock:
            in_time = self._started.pop(job, None) is not None
        if in_time:
            self._heard(job, verdict, round((self._clock.monotonic() - began) * 1000))


def too_slow(job: Job) -> ReportVerdict:
    verdict = unknown(
        Cause.TIMEOUT,
        f"no answer within {CHECK_LIMIT:.0f} s",
        "Check the network path to AWS, then re-check.",
    )
    return ReportVerdict(sweep=job.sweep, check=job.check, verdict=verdict, duration_ms=int(CHECK_LIMIT * 1000))


def sign_in_stop(expired: SignInExpired) -> ReportStop:
    return ReportStop(reason=expired.what, remedy=expired.remedy)
