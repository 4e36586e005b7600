"""Every verdict of one environment, worst first, and one verdict in full."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from runbook_tui.core.text import clean, middle
from runbook_tui.tui.advice import Advice
from runbook_tui.tui.paint import ACCENT, DIM, counts, dim, status_mark
from runbook_tui.tui.screens.base import Glass
from runbook_tui.tui.screens.sheet import SheetScreen
from runbook_tui.tui.step_rows import evidence_lines
from runbook_tui.tui.survey import Health
from runbook_tui.tui.widgets.lines import Lines, Row
from runbook_tui.tui.widgets.now import Now
from runbook_tui.tui.widgets.topline import Place

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


class HealthScreen(Glass):
    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "evidence", tooltip="read the marked verdict and its evidence"),
        Binding("c", "check", "check all", tooltip="ask every check of every environment again"),
        Binding("ctrl+p", "app.command_palette", "everything", tooltip="find everything by its name"),
        Binding("escape", "app.pop_screen", "back", tooltip="back to the start"),
        Binding("q", "app.pop_screen", "back", show=False, tooltip="back to the start"),
    ]

    def __init__(self, environment: str) -> None:
        super().__init__()
        self._environment = environment
        self._shown = Health()

    def compose(self) -> ComposeResult:
        yield self.frame_top()
        lines = Lines(id="help", classes="panel")
        yield lines
        yield Now(Advice(text="Read a verdict and its evidence.", key="Enter"))
        yield self.frame_bottom()

    def place(self) -> Place:
        from dataclasses import replace

        return replace(self.program.place(), environment=self._environment, title="Health")

    def on_mount(self) -> None:
        self._show()
        self.set_interval(0.5, self._show)

    def _show(self) -> None:
        health = self.program.home().found.get(self._environment, Health())
        if health is self._shown:
            return
        self._shown = health
        lines = self.query_one(Lines)
        lines.border_title = Content.assemble("Verdicts  ", counts(health.counts))
        worst = health.worst(self.program.severities, all_of_them=True)
        longest = max((len(check) for check, _ in worst), default=0)
        lines.show(
            [
                Row(
                    Content.assemble(
                        status_mark(verdict.status),
                        f"{middle(clean(check), 34):<{min(longest, 34)}}  ",
                        dim(clean(verdict.because)),
                    ),
                    check,
                    pick=True,
                )
                for check, verdict in worst
            ]
        )

    def action_open(self) -> None:
        if (row := self.query_one(Lines).row) is not None:
            self.program.show_check(row.key, self._environment)

    def on_lines_chosen(self) -> None:
        self.action_open()

    def action_check(self) -> None:
        self.program.home().action_check()


def check_sheet(app: "RunbookApp", check: str, environment: str = "") -> SheetScreen:
    """What a check asks, and its last verdict of each environment, or of one."""
    found = app.home().found
    verdicts = {
        name: health.verdicts[check]
        for name, health in found.items()
        if check in health.verdicts and environment in ("", name)
    }
    about = app.checks.get(check)

    def fill(width: int) -> list[Content]:
        lines: list[Content] = []
        if about is not None:
            lines += Content(clean(about.title)).wrap(width)
            lines.append(
                dim(f"{about.severity.value} · guide {about.guide} · needs {', '.join(about.needs) or 'nothing'}")
            )
        for name, verdict in verdicts.items():
            lines += [Content(), Content.styled(clean(name), f"bold {ACCENT}")]
            lines += evidence_lines(verdict, None, width)
        return lines if verdicts else [*lines, Content(), Content.styled("It has not been asked yet.", DIM)]

    return SheetScreen(check, fill)
