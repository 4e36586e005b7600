"""Takes a snapshot: every part by itself and all at once, each handed out as it comes."""

import queue
import time
from collections.abc import Callable, Iterable, Mapping
from threading import Thread
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import (
    AwsProblem,
    Denied,
    Missing,
    NotEnabled,
    ServerFault,
    Throttled,
    Unreachable,
    Unsupported,
)
from runbook_tui.core.problems import Problem, SignInExpired
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Status, Verdict
from runbook_tui.triage.looked_at import CHECKS
from runbook_tui.triage.parts import COSTS, PARTS
from runbook_tui.triage.redaction import redacted
from runbook_tui.triage.snapshot import Snapshot, Unseen

LIMIT_S: Final = 10.0
_WHY: Final[Mapping[type[AwsProblem], str]] = {
    Denied: "denied",
    Throttled: "throttled",
    Unreachable: "timeout",
    ServerFault: "server",
    NotEnabled: "not enabled",
    Missing: "missing",
    Unsupported: "unsupported",
}

Heard = Callable[[str, Any], None]
Ask = Callable[[str], Verdict]
_Job = tuple[str, str, Callable[[], Any]]  # name, operation, how it is read


def gather(
    aws: Aws,
    site: Site,
    env: Environment,
    ask: Ask,
    redact: Callable[[str], str],
    heard: Heard = lambda _name, _reading: None,
    *,
    costs: bool = False,
) -> Snapshot:
    """``ask`` answers a check of this environment, ``heard`` is told each part's name and reading as it comes (checks
    by their id). Blocks for at most ten seconds. SignInExpired ends it."""
    at = aws.now()
    wanted = (*PARTS, COSTS) if costs else PARTS
    parts = [(one.name, one.operation, lambda one=one: one.read(aws, site, env)) for one in wanted]
    checks: list[_Job] = [(name, name, lambda name=name: _answered(ask(name), name)) for name in CHECKS]  # type: ignore[misc]
    found = _all([*parts, *checks], lambda reading: redacted(reading, redact), heard)
    verdicts = {name: found.pop(name) for name in CHECKS}
    return Snapshot(environment=env.name, at=at, checks=verdicts, **found)


def _all(jobs: list[_Job], made: Callable[[Any], Any], heard: Heard) -> dict[str, Any]:
    answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    for job in jobs:
        Thread(target=_work, args=(job, made, answers), daemon=True).start()
    found: dict[str, Any] = {}
    for name, reading in _until(answers, len(jobs), time.monotonic() + LIMIT_S):
        if isinstance(reading, BaseException):
            raise reading
        found[name] = reading
        heard(name, reading)
    for name, operation, _ in jobs:
        if name not in found:
            found[name] = Unseen(operation=operation, why=f"timeout: no answer within {LIMIT_S:.0f} s")
            heard(name, found[name])
    return found


def _until(answers: "queue.SimpleQueue[tuple[str, Any]]", count: int, end: float) -> Iterable[tuple[str, Any]]:
    for _ in range(count):
        try:
            yield answers.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            return


def _work(job: _Job, made: Callable[[Any], Any], answers: "queue.SimpleQueue[tuple[str, Any]]") -> None:
    name, operation, read = job
    try:
        reading = made(read())
    except SignInExpired as problem:
        reading = problem
    except AwsProblem as problem:
        reading = _unseen(operation, problem)
    except Problem as problem:
        reading = Unseen(operation=operation, why=f"undecided: {clean(problem.what)}")
    except Exception as defect:  # noqa: BLE001 - a defect in one part must not blind the others; its text is not shown
        reading = Unseen(operation=operation, why=f"error: the read itself failed ({type(defect).__name__})")
    answers.put((name, reading))


def _unseen(operation: str, problem: AwsProblem) -> Unseen:
    kind = _WHY.get(type(problem), "undecided")
    named = problem.action if isinstance(problem, Denied) and problem.action else operation
    return Unseen(operation=named, why=f"{kind}: {clean(problem.what)}")


def _answered(verdict: Verdict, name: str) -> Verdict | Unseen:
    if verdict.status is not Status.UNKNOWN:
        return verdict
    kind = verdict.cause.value if verdict.cause else "undecided"
    return Unseen(operation=str(verdict.evidence.get("action", name)), why=f"{kind}: {clean(verdict.because)}")
