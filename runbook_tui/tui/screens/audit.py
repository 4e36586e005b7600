"""Every run that was recorded: read, verify, export."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from runbook_tui.tui import home_rows, library
from runbook_tui.tui.advice import Advice
from runbook_tui.tui.background import in_background
from runbook_tui.tui.messages import RunsListed, Told
from runbook_tui.tui.paint import dim
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.screens.export import ask_export
from runbook_tui.tui.widgets.lines import Lines, Row
from runbook_tui.tui.widgets.now import Now

if TYPE_CHECKING:
    from runbook_tui.audit.runs import RunSummary

_REST = Advice(text="Read this journal.", key="Enter", more="v proves that nothing was changed; E writes a report.")


class AuditScreen(Glass):
    CSS_PATH = "journal.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "journal", tooltip="read the marked run's journal"),
        Binding("v", "verify", "verify", tooltip="prove that no line of it was changed, taken out or put in"),
        Binding("E", "export", "export", tooltip="write its report to a file: Markdown, HTML or JSON"),
        Binding("ctrl+p", "app.command_palette", "everything", tooltip="find everything by its name"),
        Binding("escape", "app.pop_screen", "back", tooltip="back to the start"),
        Binding("q", "app.pop_screen", "back", show=False, tooltip="back to the start"),
    ]

    def compose(self) -> ComposeResult:
        yield self.frame_top()
        yield Lines(id="entries", classes="panel")
        yield Now(_REST)
        yield self.frame_bottom()

    def on_mount(self) -> None:
        self._show()
        self.program.read_runs(self)

    def on_runs_listed(self, message: RunsListed) -> None:
        self.program.list_runs(message)
        self._show()

    def on_lines_resized(self) -> None:
        self._show()

    def on_lines_moved(self) -> None:
        self.query_one(Now).show(_REST)

    def _show(self) -> None:
        lines = self.query_one(Lines)
        rows = home_rows.run_rows(self.program.runs, self.program.now(), lines.width)
        reading = not self.program.runs_read
        lines.border_title = "Audit log · reading …" if reading else "Audit log"
        lines.show(rows or [Row(dim("…" if reading else "nothing was recorded yet: walk a runbook"))])

    def _marked(self) -> "RunSummary | None":
        row = self.query_one(Lines).row
        wanted = row.key.removeprefix("run:") if row is not None else ""
        return next((summary for summary in self.program.runs if summary.run == wanted), None)

    def action_open(self) -> None:
        from runbook_tui.tui.screens.journal import JournalScreen

        if (summary := self._marked()) is not None:
            self.app.push_screen(JournalScreen(summary))

    def on_lines_chosen(self) -> None:
        self.action_open()

    def action_verify(self) -> None:
        if (summary := self._marked()) is not None:
            path = summary.path
            self.query_one(Now).show(Advice(text=f"Verifying {summary.run} …"))
            in_background(self, lambda: library.verified(path))

    def action_export(self) -> None:
        if (summary := self._marked()) is not None:
            ask_export(self, summary.run, summary.path)

    def on_told(self, message: Told) -> None:
        self.query_one(Now).show(Advice(text=message.text, more=message.remedy, urgent=message.bad))
