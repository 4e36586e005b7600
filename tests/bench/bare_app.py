"""The smallest Textual program that deserves the name: what the terminal program is compared with."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Footer, Header


class Bare(App[None]):
    TITLE = "bare"
    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "leave")]

    def compose(self) -> ComposeResult:
        yield Header()
        yield DataTable()
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("a", "b", "c")
        for number in range(50):
            table.add_row(f"row{number}", "x" * 20, "y" * 20)


if __name__ == "__main__":
    Bare().run()
