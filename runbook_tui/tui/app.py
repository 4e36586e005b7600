"""The terminal program: what is shared by its screens, and the ways between them."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Event, Key, Resize
from textual.geometry import Size
from textual.screen import Screen

from runbook_tui.core.runbook import Runbook
from runbook_tui.core.site import Site
from runbook_tui.core.state import Phase
from runbook_tui.core.verdict import Severity
from runbook_tui.engine.protocol import About, Hello, Shelf
from runbook_tui.tui import library
from runbook_tui.tui.background import in_background
from runbook_tui.tui.here import here
from runbook_tui.tui.launch import Launch
from runbook_tui.tui.messages import RunsListed
from runbook_tui.tui.paint import THEME
from runbook_tui.tui.screens.home import HomeScreen
from runbook_tui.tui.screens.tiny import TinyScreen, too_small
from runbook_tui.tui.widgets.topline import Place

if TYPE_CHECKING:
    from textual.command import Provider

    from runbook_tui.audit.runs import RunSummary


OVERHEARD: Final = 0.7  # seconds: longer than from one stroke of a habit to the next


def _provider() -> "type[Provider]":
    from runbook_tui.tui.commands import Everything

    return Everything


class RunbookApp(App[int]):
    TITLE = "runbook-tui"
    # Home's stylesheet comes with the program's: a screen with a sheet of its own makes Textual parse all anew (12 ms).
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/home.tcss"]  # type: ignore[assignment]
    COMMANDS: ClassVar[set[type["Provider"] | Callable[[], type["Provider"]]]] = {_provider}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", show=False, priority=True)]

    def __init__(
        self,
        launch: Launch,
        site: Site,
        *,
        open_run: str | None = None,
        start: tuple[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.site = site
        self.launch = launch
        self.now = now
        self.monotonic = time.monotonic
        self.hello: Hello | None = None
        self.runbooks: Mapping[str, Runbook] = {}
        self.checks: Mapping[str, About] = {}
        self.severities: Mapping[str, Severity] = {}
        self.runs: tuple[RunSummary, ...] = ()
        self.runs_read = False
        self._known_runs: library.Known = {}
        self._open_run = open_run
        self._start = start
        self._begun = False
        self._heard_again = 0.0
        self.register_theme(THEME)
        self.set_reactive(App.theme, THEME.name)  # without the watcher, which parses every stylesheet again
        self.stylesheet.set_variables(self.get_css_variables())
        self.animation_level = "none"  # a slow line repaints nothing for show

    @property
    def defect(self) -> Exception | None:
        """What ended the program, if it was a mistake in it."""
        return self._exception

    @property
    def environments(self) -> tuple[str, ...]:
        return self.hello.environments if self.hello is not None else tuple(self.site.environments)

    @property
    def unfinished(self) -> tuple["RunSummary", ...]:
        return tuple(summary for summary in self.runs if summary.trouble or not Phase(summary.phase).over)

    @property
    def ended(self) -> tuple["RunSummary", ...]:
        return tuple(summary for summary in self.runs if not summary.trouble and Phase(summary.phase).over)

    def get_default_screen(self) -> Screen[None]:
        return HomeScreen()

    def on_mount(self) -> None:
        if self._open_run is not None:
            self.open_run(self._open_run)
        elif self._start is not None:
            self.walk(*self._start)
        self._begun = True
        self._fit(self.size)

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """One sentence over everything while the terminal is too small."""
        tiny = isinstance(self.screen, TinyScreen)
        if too_small(size) and not tiny and self._begun:
            self.push_screen(TinyScreen())
        elif tiny and not too_small(size):
            self.pop_screen()

    def place(self) -> Place:
        """Where the operator is while no run is open."""
        return here(self.site, self.hello)

    def shelve(self, shelf: Shelf) -> None:
        self.runbooks = {runbook.id: runbook for runbook in shelf.runbooks}
        self.checks = {check.id: check for check in shelf.checks}
        self.severities = {name: check.severity for name, check in self.checks.items()}

    def read_runs(self, screen: Screen[None]) -> None:
        """``RunsListed`` comes to the screen, again and again while a long list is read."""
        in_background(screen, lambda: library.listed(self.launch.state_dir, self._known_runs))

    def list_runs(self, message: RunsListed) -> None:
        if message.whole or not self.runs_read:  # a list that was whole is not replaced by a part of the next
            self.runs, self.runs_read = message.runs, message.whole

    def start_runbook(self, name: str) -> None:
        """Ask for the environment, then walk."""
        from runbook_tui.tui.screens.where import ask_where

        ask_where(self, self.runbooks[name])

    def walk(self, runbook: str, environment: str) -> None:
        from runbook_tui.tui.screens.run import RunScreen

        self.push_screen(RunScreen(start=(runbook, environment)))

    def open_run(self, run: str) -> None:
        """Take an unfinished run up again; read one that is over."""
        from runbook_tui.tui.screens.journal import JournalScreen
        from runbook_tui.tui.screens.run import RunScreen

        summary = next((found for found in self.runs if found.run == run), None)
        if summary is not None and (summary.trouble or Phase(summary.phase).over):
            self.push_screen(JournalScreen(summary))
        else:
            self.push_screen(RunScreen(resume=run))

    def show_health(self, environment: str) -> None:
        from runbook_tui.tui.screens.health import HealthScreen

        self.push_screen(HealthScreen(environment))

    def show_check(self, check: str, environment: str = "") -> None:
        from runbook_tui.tui.screens.health import check_sheet

        self.push_screen(check_sheet(self, check, environment))

    def failed_in_thread(self, failed: "threading.ExceptHookArgs") -> None:
        """A defect in background work ends the program as one in the loop does."""
        if self.is_running and isinstance(failed.exc_value, Exception):
            self.call_from_thread(self._handle_exception, failed.exc_value)

    def overhear_enter(self) -> None:
        """Enter is not heard for a moment, or until another key was pressed: the screen has just become another one
        than it was meant for."""
        self._heard_again = self.monotonic() + OVERHEARD

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and event.key == "enter" and self.monotonic() < self._heard_again:
            return
        if isinstance(event, Key):
            self._heard_again = 0.0
        await super().on_event(event)

    def _fatal_error(self) -> None:
        """A defect ends the program without a dump of local variables, which may hold what must not be shown."""
        self._close_messages_no_wait()

    def home(self) -> HomeScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, HomeScreen))


def run(
    site: Site,
    state_dir: Path,
    *,
    open_run: str | None = None,
    start: tuple[str, str] | None = None,
    options: Sequence[str] = (),
) -> int:
    """Open the terminal program; returns its exit code. ``options`` go to the runner's process unchanged."""
    launch = Launch(site=site.path, state_dir=state_dir, options=tuple(options))
    app = RunbookApp(launch, site, open_run=open_run, start=start)
    threading.excepthook = app.failed_in_thread
    code = app.run()
    if app.defect is not None:
        raise app.defect
    return code or 0
