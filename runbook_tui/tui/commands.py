"""Ctrl+p: every runbook, run, check and command by its name."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from runbook_tui.core.text import clean
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.widgets.keybar import key_name

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp

LISTED = 12  # of each kind before anything is typed


class Found(NamedTuple):
    name: str
    what: str
    do: Callable[[], object]


class Everything(Provider):
    async def discover(self) -> Hits:
        for found in (*self._keys(), *self._runbooks(), *list(self._runs())[:LISTED]):
            yield DiscoveryHit(Content(clean(found.name)), found.do, text=found.name, help=found.what)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for found in (*self._runbooks(), *self._runs(), *self._checks(), *self._keys()):
            score = max(matcher.match(found.name), matcher.match(found.what) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(clean(found.name)), found.do, text=found.name, help=found.what)

    @property
    def _app(self) -> "RunbookApp":
        return cast("RunbookApp", self.app)

    def _runbooks(self) -> Iterator[Found]:
        for name, runbook in self._app.runbooks.items():
            what = f"runbook {name}: {clean(runbook.outcome)}"
            yield Found(f"Start: {clean(runbook.title)}", what, partial(self._app.start_runbook, name))

    def _runs(self) -> Iterator[Found]:
        for summary in self._app.runs:
            what = f"run of {clean(summary.title)} in {clean(summary.environment)}, {summary.phase}"
            yield Found(f"Run: {summary.run}", what, partial(self._app.open_run, summary.run))

    def _checks(self) -> Iterator[Found]:
        for name, check in self._app.checks.items():
            yield Found(f"Check: {name}", clean(check.title), partial(self._app.show_check, name))

    def _keys(self) -> Iterator[Found]:
        screen = self.screen
        if not isinstance(screen, Glass):
            return
        for key in screen.all_keys():
            if "command_palette" not in key.action:
                action = key.action if key.action.startswith("app.") else f"screen.{key.action}"
                name = f"{key.description.capitalize()} ({key_name(key.key)})"
                yield Found(name, key.tooltip, partial(self._app.run_action, action, screen))
