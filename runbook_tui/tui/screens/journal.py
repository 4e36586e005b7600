"""One run's journal, however long it is: read, filter, verify, export."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.text import clean
from runbook_tui.tui import library
from runbook_tui.tui.advice import Advice
from runbook_tui.tui.background import in_background
from runbook_tui.tui.journal_file import JournalFile, scanned
from runbook_tui.tui.messages import Scanned, Told
from runbook_tui.tui.paint import dim
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.widgets.lines import Lines, Row
from runbook_tui.tui.widgets.now import Now
from runbook_tui.tui.widgets.topline import Place

if TYPE_CHECKING:
    from runbook_tui.audit.runs import RunSummary

_REST = Advice(text="Read an entry in full.", key="Enter", more="v proves that nothing was changed; E writes a report.")


class JournalScreen(Glass):
    CSS_PATH = "journal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "entry", tooltip="read the marked entry in full"),
        Binding("slash", "filter", "filter", tooltip="show only the lines that hold these words; empty shows all"),
        Binding("v", "verify", "verify", tooltip="prove that no line was changed, taken out or put in"),
        Binding("E", "export", "export", tooltip="write the report to a file: Markdown, HTML or JSON"),
        Binding("ctrl+p", "app.command_palette", "everything", tooltip="find everything by its name"),
        Binding("escape", "back", "back", tooltip="close the filter, or go back"),
        Binding("q", "app.pop_screen", "back", show=False, tooltip="back"),
    ]
    AUTO_FOCUS = "Lines"

    def __init__(self, summary: "RunSummary") -> None:
        super().__init__()
        self._summary = summary
        self._file = JournalFile(summary.path)
        self._busy = ""

    def compose(self) -> ComposeResult:
        yield self.frame_top()
        yield Input(placeholder="words to look for, then Enter", id="filter")
        yield Lines(id="entries", classes="panel")
        yield Now(_REST)
        yield self.frame_bottom()

    def on_mount(self) -> None:
        box = self.query_one("#filter", Input)
        box.cursor_blink = False
        box.display = False
        self.call_after_refresh(self._scan, "")  # the glass first: a long journal keeps a core busy for a second

    def place(self) -> Place:
        summary = self._summary
        here = self.program.place()
        simulated = here.simulated if not summary.world else summary.world == "simulated"
        return replace(here, simulated=simulated, environment=summary.environment, title=summary.title or summary.run)

    def _scan(self, wanted: str) -> None:
        self._file.stopped = True
        self._file = JournalFile(self._summary.path, wanted)
        self._title(whole=False)
        file = self._file
        in_background(self, lambda: scanned(file))

    def on_scanned(self, message: Scanned) -> None:
        lines = self.query_one("#entries", Lines)
        lines.show(self._file if len(self._file) else [Row(dim("nothing here"))])
        self._title(whole=message.whole)

    def _title(self, *, whole: bool) -> None:
        lines = self.query_one("#entries", Lines)
        number = f"{len(self._file):,}"
        what = f"{number} entries" if not self._file.wanted else f"{number} entries hold “{self._file.wanted}”"
        lines.border_title = Content(f"{self._summary.run} · {clean(what)}{'' if whole else ' · reading …'}")

    def action_filter(self) -> None:
        box = self.query_one("#filter", Input)
        box.display = True
        box.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._close_filter(event.value.strip())

    def action_back(self) -> None:
        if self.query_one("#filter").display or self._file.wanted:
            self._close_filter("")
        else:
            self.app.pop_screen()

    def _close_filter(self, wanted: str) -> None:
        box = self.query_one("#filter", Input)
        box.display = False
        box.value = wanted
        self.query_one("#entries").focus()
        if wanted != self._file.wanted:
            self._scan(wanted)

    def action_open(self) -> None:
        from runbook_tui.tui.entry_sheet import entry_lines
        from runbook_tui.tui.screens.sheet import SheetScreen

        row = self.query_one("#entries", Lines).row
        if row is None or not row.key:
            return
        try:
            entry = self._file.entry(int(row.key))
        except JournalProblem as problem:
            self.query_one(Now).refuse(problem.what, problem.remedy)
            return
        self.app.push_screen(SheetScreen(f"{entry.seq} · {entry.name}", lambda width: entry_lines(entry, width)))

    def on_lines_chosen(self) -> None:
        self.action_open()

    def action_verify(self) -> None:
        self.query_one(Now).show(Advice(text="Verifying every line …"))
        in_background(self, lambda: library.verified(self._summary.path))

    def on_told(self, message: Told) -> None:
        self.query_one(Now).show(Advice(text=message.text, more=message.remedy, urgent=message.bad))

    def action_export(self) -> None:
        from runbook_tui.tui.screens.export import ask_export

        ask_export(self, self._summary.run, self._summary.path)

    def on_unmount(self) -> None:
        self._file.stopped = True
