"""Reads what tells how far a wait has come, in one site: what the engine knows as its port ``Sources``."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from msgspec import convert

from runbook_tui.audit.redact import Redactor
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import AwsProblem
from runbook_tui.aws.together import each
from runbook_tui.catalogue.progress import Source, all_sources
from runbook_tui.core.problems import Problem
from runbook_tui.core.progress import Awaited, Usual, usual
from runbook_tui.core.reading import Progress
from runbook_tui.core.records import History
from runbook_tui.core.site import Environment, Site

if TYPE_CHECKING:
    from runbook_tui.wiring.kit import Connection


class SiteSources:
    """Safe from one thread at a time: the engine's worker."""

    def __init__(
        self,
        site: Site,
        connect: "Callable[[], Connection]",
        redactor: Redactor,
        history: Callable[[], History],
    ) -> None:
        self._site = site
        self._connect = connect
        self._redactor = redactor
        self._history = history
        self._usual = cache(self._asked_of_history)  # runs that end meanwhile are other people's

    def read(self, sources: tuple[str, ...], environment: str, awaited: Awaited) -> tuple[Progress, ...]:
        wanted = [all_sources()[name] for name in sources]
        try:
            fresh = self._connect().apart()
        except Problem as problem:
            return tuple(_unread(one, problem.what) for one in wanted)
        where = self._site.environment(environment)
        found = each(lambda one: self._one(one, fresh, where, awaited), wanted)
        return tuple(convert(self._redactor.value(one), Progress) for one in found)

    def usual(self, runbook: str, step: str, environment: str) -> Usual | None:
        return self._usual(runbook, step, environment)

    def _one(self, source: Source, fresh: Aws, where: Environment, awaited: Awaited) -> Progress:
        try:
            return source.read(fresh, self._site, where, awaited)
        except (AwsProblem, Problem) as problem:  # the checks of the wait say what it means
            return _unread(source, problem.what)

    def _asked_of_history(self, runbook: str, step: str, environment: str) -> Usual | None:
        try:
            return usual(self._history().runs, runbook, step, environment)
        except Problem:
            return None  # nothing can be expected of journals that cannot be read


def _unread(source: Source, why: str) -> Progress:
    return Progress(source=source.id, title=source.title, trouble=why)
