"""The run: the steps at the left, the current one beside them, what to do now, and what was recorded."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from runbook_tui.core import commands
from runbook_tui.core.state import Phase, WaitPhase
from runbook_tui.core.text import clean
from runbook_tui.engine.protocol import Forecasted, Gone, Happened, Hello, Observed, Refused, Revealed, Troubled
from runbook_tui.tui import library
from runbook_tui.tui.advice import Advice, advise, watching
from runbook_tui.tui.background import in_background
from runbook_tui.tui.bridge import Bridge
from runbook_tui.tui.ending import ending_rows
from runbook_tui.tui.forecast_rows import forecast_rows
from runbook_tui.tui.journal_lines import entry_line
from runbook_tui.tui.messages import Arrived, Connected, Lost, RunbookRead
from runbook_tui.tui.screens.handing import TAKE_OVER
from runbook_tui.tui.screens.receiving import Receiving
from runbook_tui.tui.step_rows import evidence_lines, path_rows, step_rows
from runbook_tui.tui.times import span
from runbook_tui.tui.walk import Walk
from runbook_tui.tui.widgets.detail import Detail
from runbook_tui.tui.widgets.lines import Lines, Row
from runbook_tui.tui.widgets.now import Now
from runbook_tui.tui.widgets.topline import Place, short_name


class RunScreen(Receiving):
    CSS_PATH = "run.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "go on", tooltip="do what the line “now” says: go on, confirm, choose, continue"),
        Binding("r", "recheck", "re-check", tooltip="ask every check of this step again"),
        Binding("R", "recheck_one", "re-check one", show=False, tooltip="ask the marked check again"),
        Binding("w", "watch", "watch", tooltip="ask the checks again every 15 s, until w or the next step"),
        Binding("a", "change", "change", tooltip="plan the step's change, or look at the plan again"),
        Binding("f", "fix", "fix", show=False, tooltip="plan what puts the marked check right"),
        Binding("u", "undo", "undo", tooltip="plan the way back of the last change"),
        Binding("n", "note", "note", tooltip="write a note into the journal"),
        Binding("t", "attest", "attest", show=False, tooltip="state what the marked check cannot see, for 90 days"),
        Binding("s", "skip", "skip", tooltip="leave this step undone, with a reason"),
        Binding("e", "evidence", "evidence", tooltip="what the marked check saw"),
        Binding("y", "copy", "copy", tooltip="copy the marked command, link or check"),
        Binding("o", "otherwise", "otherwise", show=False, tooltip="take the step's branch for a failure"),
        Binding("h", "hand_over", "hand over", show=False, tooltip="take over the run that another operator walks"),
        Binding("p", "pause", "pause", tooltip="pause the run here; Enter goes on"),
        Binding("x", "abort", "abort", tooltip="end the run for good, with a reason"),
        Binding("E", "export", "report", show=False, tooltip="write the report to a file: Markdown, HTML or JSON"),
        Binding("ctrl+p", "app.command_palette", "everything", show=False, tooltip="find everything by its name"),
        Binding("tab", "app.focus_next", "panel", show=False, tooltip="to the journal and back"),
        Binding("q,escape", "leave", "back", tooltip="leave: pause the run, or let it go on alone"),
    ]
    AUTO_FOCUS = "#rows"

    def __init__(self, *, start: tuple[str, str] | None = None, resume: str = "") -> None:
        super().__init__()
        self._start = start
        self._resume = resume
        self._trouble: Lost | None = None
        self._opened_at = 0.0
        self._evidence = False
        self._reading = False

    def compose(self) -> ComposeResult:
        self.walk = Walk(self.program.site)
        self.bridge = Bridge(self, self.program.launch)
        yield self.frame_top()
        with Container(id="body"):
            steps = Lines(id="steps", classes="panel")
            steps.can_focus = False
            yield steps
            with Container(id="step", classes="panel"):
                yield Lines(id="rows")
                yield Detail(id="detail")
            yield Lines(id="evidence", classes="panel")
        yield Now(Advice(text="Starting the runner …"))
        yield Lines(id="journal", classes="panel", follow=True)
        yield self.frame_bottom()

    def on_mount(self) -> None:
        self.query_one("#steps").border_title = "Steps"
        self.query_one("#evidence").border_title = "Evidence"
        self._show_evidence_panel()
        self.open_bridge()
        self.set_interval(1, self._tick)

    def place(self) -> Place:
        before = self.program.place()
        if self._start is not None and not self.walk.state.run:
            return Place(simulated=before.simulated, environment=self._start[1], title=self._start[0])
        return self.walk.place(before, self.program.now())

    def open_bridge(self, how: str = "--resume") -> None:
        """Connect: to the process that owns the run, or to a new one."""
        self._trouble = None
        self._opened_at = self.program.monotonic()
        run = self.walk.state.run or self._resume
        if run:
            work = self.bridge.serve((how, run), attach="" if how == TAKE_OVER else run)
        else:
            assert self._start is not None, "a screen is opened for a run or for a runbook"
            work = self.bridge.serve(("--start", self._start[0], "--env", self._start[1]))
        self.run_worker(work, exclusive=True, group="bridge")

    def on_connected(self, message: Connected) -> None:
        self._resume = message.run or self._resume
        self._show()

    def on_lost(self, message: Lost) -> None:
        if self.leaving:
            self.go()
            return
        taker = self.walk.taker
        if taker:
            message = Lost(f"{short_name(taker)} has taken this run over", "watch it", started=True)
        self._trouble = message
        self._show()

    def on_arrived(self, message: Arrived) -> None:
        for up in message.ups:
            match up:
                case Hello():
                    self.tell_restored(up)
                    self.walk.hello = up
                    if up.trouble:
                        self._trouble = Lost(up.trouble, up.remedy, started=True)
                case Happened():
                    self.walk.happened(up)
                case Observed():
                    self.walk.observed = up.observation
                case Forecasted():
                    self.walk.forecast = up.steps
                case Refused():
                    self.query_one(Now).refuse(up.reason, up.remedy)
                case Revealed():
                    self.show_once(up)
                case Troubled():
                    self._trouble = Lost(up.reason, up.remedy, started=True)
                case Gone():
                    pass  # the connection ends right after it
                case _:
                    pass
        state = self.walk.state
        if not self._reading and state.runbook_text:
            self._reading = True
            in_background(self, lambda: library.read_runbook(state.runbook_text, state.runbook))
        self._show()

    def on_runbook_read(self, message: RunbookRead) -> None:
        self.walk.runbook = message.runbook
        self._show()

    def _tick(self) -> None:
        if self.walk.running or not self.walk.state.run:
            self._show_step()
            self._show_now()
        self.show_place()

    def on_lines_resized(self, message: Lines.Resized) -> None:
        if message.lines.id == "rows":
            self._show_step()
        self._show_detail()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_evidence_panel)

    def on_lines_moved(self) -> None:
        self._show_detail()

    def on_lines_chosen(self) -> None:
        row = self.query_one("#rows", Lines).row
        if row is not None and row.key.startswith("option:"):
            self.action_go_on()

    def _show(self) -> None:
        self.set_class(self.walk.state.environment == "prod", "production")
        self.show_place()
        self._show_step()
        self._show_path()
        self._show_journal()
        self.mark_trouble()
        self._show_detail()
        self._show_now()
        self.show_change()

    def _show_step(self) -> None:
        lines, walk, step = self.query_one("#rows", Lines), self.walk, self.walk.step
        panel = self.query_one("#step")
        if walk.state.phase.over and walk.runbook is not None:
            panel.border_title = Content.styled("Summary", "bold")
            lines.show(ending_rows(walk.runbook, walk.state, lines.width))
        elif step is not None and walk.runbook is not None:
            number = walk.runbook.number(step.id)
            panel.border_title = Content(f"{number} · {clean(step.title)}")
            panel.border_subtitle = f"step {number} of {len(walk.runbook.steps)}"
            now = self.program.now()
            rows = step_rows(walk.text_of(step), walk.state, walk.by_hand(step), now, lines.width, walk.observed)
            first = number == 1 and walk.state.step.wait is not WaitPhase.WAITING
            rows = [*forecast_rows(walk.forecast, step.id, first=first, width=lines.width), *rows]
            lines.show(rows, prefer=self.preferred(step))
            if step.ask is not None:
                self.call_after_refresh(self._show_every_answer)
        else:
            lines.show([Row(line) for line in self._opening()])

    def _opening(self) -> list[Content]:
        """What is under way while there is no step yet, and for how long."""
        if self._trouble is not None:
            return []
        waited = self.program.monotonic() - self._opened_at
        what = "Reading the run" if self.bridge.connected else "Starting the runner and asking AWS who you are"
        return [Content(f"… {what}, {span(waited)}")]

    def _show_path(self) -> None:
        if self.walk.runbook is None:
            return
        lines = self.query_one("#steps", Lines)
        lines.show(path_rows(self.walk.runbook, self.walk.state, self.walk.forecast))
        if self.walk.state.current:
            lines.reveal(self.walk.runbook.number(self.walk.state.current) - 1)

    def _show_journal(self) -> None:
        lines, state = self.query_one("#journal", Lines), self.walk.state
        tip = f" · tip {state.tip[:8]}…" if state.tip else ""
        lines.border_title = f"Journal · {len(self.walk.entries)} events{tip}"
        lines.show([Row(entry_line(entry)) for entry in self.walk.entries[-400:]])

    def _show_now(self) -> None:
        if self._trouble is not None:
            remedy = self._trouble.remedy
            advice = Advice(text=self._trouble.what, key="Enter", more=f"{remedy}; then Enter tries again", urgent=True)
        elif not self.bridge.connected and not self.walk.state.phase.over:
            advice = Advice(text="Starting the runner …", more="q goes back")
        elif self.walk.holder:
            advice = watching(short_name(self.walk.holder))
        else:
            advice = advise(self.walk.state, self.walk.runbook, self.walk.waited(self.program.now()), self.walk.usual)
        self.query_one(Now).show(advice)

    def _show_detail(self) -> None:
        detail = self.query_one(Detail)
        check = self.marked_check()
        detail.display = bool(check) and not self.walk.state.phase.over and not self._answering()
        if check:
            title = self.program.checks[check].title if check in self.program.checks else ""
            verdict = self.walk.verdict(check)
            detail.show(check, verdict, title)
            self._fill_evidence(check)

    def _answering(self) -> bool:
        """An answer is marked and nothing failed: the answers need the room more than a passed check does."""
        row = self.query_one("#rows", Lines).row
        return row is not None and row.key.startswith("option:") and not self.walk.state.step.blocking

    def _show_every_answer(self) -> None:
        """A choice is made among all answers: as many as fit are on the glass, the marked one always."""
        lines = self.query_one("#rows", Lines)
        if lines.row is not None and lines.row.key.startswith("option:"):
            answers = [n for n in range(len(lines.rows)) if lines.rows[n].key.startswith("option:")]
            lines.reveal(answers[-1])
            lines.reveal(lines.cursor)

    def _show_evidence_panel(self) -> None:
        self.query_one("#evidence").display = self._evidence and self.has_class("-side")
        self._show_detail()

    def _fill_evidence(self, check: str) -> None:
        lines = self.query_one("#evidence", Lines)
        verdict = self.walk.verdict(check)
        if lines.display and verdict is not None:
            at = self.walk.state.step.checked_at.get(check)
            lines.border_title = Content(f"Evidence · {check}")
            lines.show([Row(line) for line in evidence_lines(verdict, at, lines.width - 1)])

    def action_go_on(self) -> None:
        state = self.walk.state
        if self._trouble is not None:
            self._try_again()
        elif state.phase in (Phase.PAUSED, Phase.STOPPED):
            self.bridge.do(commands.Continue())
        elif state.phase.over:
            self.action_leave()
        elif self.walk.step is not None:
            if self.to_be_changed(self.walk.step):
                self.action_change()
            else:
                self.go_on_from(self.walk.step)

    def _try_again(self) -> None:
        self._trouble = None
        if self.bridge.connected:
            self.bridge.do(commands.Continue())
        else:
            self.open_bridge()
        self._show()

    def action_evidence(self) -> None:
        if self.has_class("-side"):
            self._evidence = not self._evidence
            self._show_evidence_panel()
        else:
            self.show_evidence_sheet()

    def action_recheck(self) -> None:
        self.bridge.do(commands.Recheck())

    def action_recheck_one(self) -> None:
        if check := self.marked_check():
            self.bridge.do(commands.Recheck(check=check))

    def action_pause(self) -> None:
        self.bridge.do(commands.Pause())

    def action_otherwise(self) -> None:
        self.bridge.do(commands.TakeOtherwise())
