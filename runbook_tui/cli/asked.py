"""Asks checks once, and gives what they said as a sweep."""

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from runbook_tui.catalogue.registry import Check
from runbook_tui.cli.output import tell
from runbook_tui.cli.sweep import Result, Sweep
from runbook_tui.engine.pool import Job
from runbook_tui.engine.survey import Answered, survey

if TYPE_CHECKING:
    from runbook_tui.wiring.kit import Kit


def sweep(kit: "Kit", jobs: Sequence[Job], environment: str | None) -> Sweep:
    """Blocks until every check has answered. SignInExpired, and the account guard's problems, end it."""
    account = kit.identity.account  # the account guard, before any check
    answers: dict[Job, Answered] = {}
    progress = Progress(len(jobs))

    def heard(answered: Answered) -> None:
        answers[answered.job] = answered
        progress.show(answered.left)

    began_at = kit.clock.now()
    try:
        survey(kit.checks, kit.clock, jobs, heard)
    finally:
        progress.end()
    registry = kit.checks.registry
    return Sweep(
        world=kit.world.value,
        account=account,
        region=kit.site.aws.region,
        environment=environment,
        started_at=began_at,
        finished_at=kit.clock.now(),
        api_calls=kit.api_calls(),
        results=tuple(Result.of(registry[job.check], answers[job]) for job in jobs),
        titles=titles(registry),
        site=kit.site.path,
    )


def titles(checks: Mapping[str, Check]) -> dict[str, str]:
    return {name: check.title for name, check in checks.items()}


class Progress:
    """One line on standard error that counts down, shown only when it takes a while and somebody can see it."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._visible = sys.stderr.isatty()
        self._began = time.monotonic()
        self._shown = False

    def show(self, left: int) -> None:
        if self._visible and (self._shown or time.monotonic() - self._began > 0.3):
            self._shown = True
            sys.stderr.write(f"\r… {self._total - left} of {self._total} checks")
            sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
        if self._total == 0:
            tell("no checks")
