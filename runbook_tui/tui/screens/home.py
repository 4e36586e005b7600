"""Home: how the environments are, what was not finished, what can be walked."""

from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from runbook_tui.core.verdict import Status
from runbook_tui.engine.protocol import Hello, Shelf, Survey, Surveyed, SurveyEnded, Troubled
from runbook_tui.tui import home_rows
from runbook_tui.tui.advice import Advice
from runbook_tui.tui.beginning import SETUP, in_words, unbuilt
from runbook_tui.tui.bridge import Bridge
from runbook_tui.tui.home_rows import trouble_lines
from runbook_tui.tui.incident import ROLLBACK, selected, suffering
from runbook_tui.tui.messages import Arrived, Lost, RunsListed
from runbook_tui.tui.paint import dim
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.survey import Health, asked, ended, heard
from runbook_tui.tui.widgets.lines import Lines, Row
from runbook_tui.tui.widgets.now import Now
from runbook_tui.tui.widgets.topline import Place


class HomeScreen(Glass):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", tooltip="open the marked row: start a runbook, resume a run, read a verdict"),
        Binding("r", "roll_back", "roll back", tooltip="roll back the marked environment, or the one that fails"),
        Binding("c", "check", "check all", tooltip="ask every check of every environment again"),
        Binding("slash", "app.command_palette", "find", tooltip="find any runbook, run or check by its name"),
        Binding("a", "audit", "audit", tooltip="read, verify and export what was recorded"),
        Binding("f", "practice", "practice", show=False, tooltip="simulated world only: let something go wrong"),
        Binding("tab", "app.focus_next", "panel", tooltip="the next panel"),
        Binding("ctrl+p", "app.command_palette", "everything", tooltip="find every runbook, run, check and command"),
        Binding("q", "app.quit", "quit", tooltip="leave; runs that go on are not touched"),
    ]
    AUTO_FOCUS = "#runbooks"

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Health] = {}
        self._desk: Bridge | None = None
        self._trouble: Lost | None = None
        self._shelf_trouble: tuple[str, str] = ("", "")

    def compose(self) -> ComposeResult:
        yield self.frame_top()
        with Container(id="top"):
            yield self._panel("environments", "Environments")
            with Container(id="aside"):
                yield self._panel("unfinished", "Unfinished")
                yield self._panel("recent", "Ended lately")
        yield self._panel("runbooks", "Runbooks")
        yield Now(Advice(text="Reading the runbooks …"))
        yield self.frame_bottom()

    @staticmethod
    def _panel(name: str, title: str) -> Lines:
        lines = Lines(id=name, classes="panel")
        lines.border_title = title
        return lines

    def on_mount(self) -> None:
        self._show_environments()
        self._show_runs()
        self.call_after_refresh(self._begin)
        self.set_interval(15, self._show_environments)  # ages are said in whole minutes

    def _begin(self) -> None:
        """After the first frame: all that costs time."""
        self.program.read_runs(self)
        self._open_desk()

    def _open_desk(self) -> None:
        self._trouble = None
        self._desk = Bridge(self, self.program.launch)
        self.run_worker(self._desk.serve(("--desk",)), exclusive=True, group="desk")
        self.found = {name: asked(self.found.get(name, Health())) for name in self.program.environments}
        self._show_environments()

    def on_screen_resume(self) -> None:
        if self.is_mounted and self._desk is not None:
            self.program.read_runs(self)

    def on_connected(self) -> None:
        self.action_check()

    def on_lost(self, message: Lost) -> None:
        self._stopped(message)
        self._show_environments()

    def _stopped(self, trouble: Lost) -> None:
        self._trouble = trouble
        self.found = {name: replace(health, asking=False) for name, health in self.found.items()}

    def on_arrived(self, message: Arrived) -> None:
        for up in message.ups:
            match up:
                case Hello():
                    self.tell_restored(up)
                    self.program.hello = up
                    self.show_place()
                    if up.trouble:
                        self._trouble = Lost(up.trouble, up.remedy, started=True)
                case Shelf():
                    self._shelve(up)
                case Surveyed():
                    self.found = heard(self.found, up)
                case SurveyEnded():
                    self.found = ended(self.found, up, self.program.now())
                case Troubled():
                    self._stopped(Lost(up.reason, up.remedy, started=True))
                case _:
                    pass
        self._show_environments()

    def _shelve(self, shelf: Shelf) -> None:
        self.program.shelve(shelf)
        self._shelf_trouble = (shelf.trouble, shelf.remedy)
        self._show_runbooks()

    def on_runs_listed(self, message: RunsListed) -> None:
        self.program.list_runs(message)
        self._show_runs()

    def on_lines_resized(self, message: Lines.Resized) -> None:
        if message.lines.id == "runbooks":
            self._show_runbooks()
        elif message.lines.id in ("unfinished", "recent"):
            self._show_runs()

    def on_lines_moved(self) -> None:
        self._show_now()

    def on_descendant_focus(self) -> None:
        self._show_now()

    def on_lines_edge(self, message: Lines.Edge) -> None:
        if message.direction > 0:
            self.focus_next(Lines)
        else:
            self.focus_previous(Lines)

    def on_lines_chosen(self) -> None:
        self.action_open()

    def _show_environments(self) -> None:
        names, lines = self.program.environments, self.query_one("#environments", Lines)
        rows = home_rows.environment_rows(names, self.found, self.program.severities, self.program.now())
        if self._trouble is not None:
            rows += [Row(line) for line in trouble_lines(self._trouble.what, self._trouble.remedy, lines.width)]
        lines.show(rows)
        self._show_now()

    def _show_runbooks(self) -> None:
        lines = self.query_one("#runbooks", Lines)
        rows = home_rows.runbook_rows(self.program.runbooks, self.program.environments, lines.width)
        if self._shelf_trouble[0]:
            rows += [Row(line) for line in trouble_lines(*self._shelf_trouble, lines.width)]
        lines.show(rows or [Row(dim("no runbooks"))])

    def _show_runs(self) -> None:
        now = self.program.now()
        for name, runs in (("unfinished", self.program.unfinished), ("recent", self.program.ended[:20])):
            lines = self.query_one(f"#{name}", Lines)
            lines.show(home_rows.run_rows(runs, now, lines.width))
            lines.set_class(not runs, "empty")
        self.query_one("#aside").display = bool(self.program.unfinished or self.program.ended)
        self._show_now()

    def _show_now(self) -> None:
        self.query_one(Now).show(self._advice())

    def _advice(self) -> Advice:
        more = self._health_in_words()
        focused = self.focused
        row = focused.row if isinstance(focused, Lines) else None
        kind, _, name = (row.key if row is not None else "").partition(":")
        if self._trouble is not None and kind not in ("runbook", "run"):
            return Advice(
                text="The checks cannot be asked. Try again.", key="c", more=self._trouble.remedy, urgent=True
            )
        new = unbuilt(self.found) if SETUP in self.program.runbooks else ()
        ill = [one for one in suffering(self.found, self.program.runbooks.get(ROLLBACK)) if one not in new]
        match kind:
            case "runbook":
                title = self.program.runbooks[name].title if name in self.program.runbooks else name
                if new and name == SETUP:
                    return Advice(text=f"Nothing runs in {in_words(new)} yet. Set {new[0]} up.", key="Enter", more=more)
                if len(ill) == 1:
                    where = "PROD" if ill[0] == "prod" else ill[0]
                    other = f"Enter starts “{title}” · {more}"
                    return Advice(text=f"Something fails in {where}. Roll it back.", key="r", more=other, urgent=True)
                return Advice(text=f"Start “{title}”.", key="Enter", more=more)
            case "run":
                ended_run = any(summary.run == name for summary in self.program.ended)
                return Advice(text="Read this run." if ended_run else "Take this run up again.", key="Enter", more=more)
            case "env":
                return Advice(text="List every verdict.", key="Enter", more=more)
            case "check":
                return Advice(text="Read the verdict and its evidence.", key="Enter", more=more)
            case _:
                return Advice(text="Choose a runbook.", key="Tab", more=more)

    def _health_in_words(self) -> str:
        if any(health.asking for health in self.found.values()):
            return "The checks are being asked." if self.program.hello is not None else self._waited_for()
        failed = {name: health.counts.get(Status.FAIL, 0) for name, health in self.found.items()}
        parts = [f"{'PROD' if name == 'prod' else name}: {number} failing" for name, number in failed.items() if number]
        return " · ".join(parts)

    def _waited_for(self) -> str:
        """What happens before AWS has said who we are."""
        return "The simulated AWS is being built …" if self.program.site.simulated else "AWS is asked who you are …"

    def action_check(self) -> None:
        if self._desk is None or not self._desk.connected:
            self._open_desk()
            return
        self._trouble = None
        environments = self.program.environments
        if self._desk.send(Survey(environments=tuple(environments))):
            self.found = {name: asked(self.found.get(name, Health())) for name in environments}
        self._show_environments()

    def action_roll_back(self) -> None:
        """Nothing is changed by it: the run looks first, and asks."""
        rollback = self.program.runbooks.get(ROLLBACK)
        if rollback is None:
            self.query_one(Now).refuse("the runbooks are not read yet", "press it again in a moment")
            return
        focused = self.focused
        row = focused.row if isinstance(focused, Lines) else None
        environment = selected(row.key if row is not None else "", self.found, rollback)
        if environment:
            self.program.walk(ROLLBACK, environment)
        else:
            self.program.start_runbook(ROLLBACK)

    def action_practice(self) -> None:
        if not self.program.site.simulated:
            self.query_one(Now).refuse("this is no simulated world: nothing is let go wrong here", "runbook-tui demo")
            return
        from runbook_tui.tui.screens.practice import PracticeScreen

        self.program.push_screen(PracticeScreen())

    def action_open(self) -> None:
        focused = self.focused
        row = focused.row if isinstance(focused, Lines) else None
        kind, _, name = (row.key if row is not None else "").partition(":")
        match kind:
            case "runbook":
                self.program.start_runbook(name)
            case "run":
                self.program.open_run(name)
            case "env":
                self.program.show_health(name)
            case "check":
                environment, _, check = name.partition(":")
                self.program.show_check(check, environment)
            case _:
                pass

    def action_audit(self) -> None:
        from runbook_tui.tui.screens.audit import AuditScreen

        self.app.push_screen(AuditScreen())

    def place(self) -> Place:
        return self.program.place()
