"""Ask many checks once, and hear each verdict as soon as it is known."""

import queue
from collections.abc import Callable, Iterable

from msgspec import Struct

from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.verdict import Verdict
from runbook_tui.engine.pool import Job, Pool, too_slow
from runbook_tui.engine.ports import Checks, Clock


class Answered(Struct, frozen=True, kw_only=True):
    """``left`` counts the checks that have not answered yet."""

    job: Job
    verdict: Verdict
    duration_ms: int
    left: int


def survey(checks: Checks, clock: Clock, jobs: Iterable[Job], heard: Callable[[Answered], None]) -> None:
    """Blocks until every check has answered. SignInExpired ends it: further verdicts would be guesses."""
    answers: queue.SimpleQueue[tuple[Job, Verdict, int] | SignInExpired] = queue.SimpleQueue()
    pool = Pool(
        checks,
        clock,
        heard=lambda job, verdict, milliseconds: answers.put((job, verdict, milliseconds)),
        stopped=answers.put,
    )
    left = dict.fromkeys(jobs)
    pool.sweep(left)
    try:
        while left:
            answer = _next(answers, pool)
            if answer is None:
                continue
            if isinstance(answer, SignInExpired):
                raise answer
            job, verdict, milliseconds = answer
            left.pop(job, None)
            heard(Answered(job=job, verdict=verdict, duration_ms=milliseconds, left=len(left)))
    finally:
        pool.close()


def _next(
    answers: "queue.SimpleQueue[tuple[Job, Verdict, int] | SignInExpired]", pool: Pool
) -> tuple[Job, Verdict, int] | SignInExpired | None:
    try:
        return answers.get(timeout=1.0)
    except queue.Empty:
        for job in pool.overdue():
            slow = too_slow(job)
            answers.put((job, slow.verdict, slow.duration_ms))
        return None
