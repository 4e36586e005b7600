"""A whole query: read once, asked of any number of rows."""

from functools import lru_cache

from msgspec import Struct

from runbook_tui.simulator.logs.insights.commands import COMMANDS, MOST, Command
from runbook_tui.simulator.logs.insights.reader import Reader
from runbook_tui.simulator.logs.insights.values import Row, shown
from runbook_tui.simulator.logs.insights.words import malformed

_USUAL = ("@timestamp", "@message")
Result = list[dict[str, str]]


class Query(Struct, frozen=True):
    commands: tuple[Command, ...]
    columns: tuple[str, ...]
    aggregates: bool

    def rows(self, rows: list[Row], limit: int = MOST) -> tuple[list[Result], int]:
        """``rows`` come oldest first. What the API answers, and how many lines matched."""
        found = list(reversed(rows))
        matched = len(found)
        still_lines = True
        for command in self.commands:
            still_lines = still_lines and not command.aggregates and not command.limits
            found = command.step(found)
            if still_lines:
                matched = len(found)
        return [self._told(row) for row in found[:limit]], matched

    def _told(self, row: Row) -> Result:
        told = [{"field": name, "value": shown(name, row[name])} for name in self.columns if row.get(name) is not None]
        return told if self.aggregates else [*told, {"field": "@ptr", "value": str(row["@ptr"])}]


@lru_cache(maxsize=128)
def read_query(text: str) -> Query:
    """Raises Refused with AWS's MalformedQueryException for anything that is not the language known here."""
    reader = Reader(text)
    reader.took("|")
    commands = [_command(reader)]
    while reader.took("|"):
        commands.append(_command(reader))
    if reader.peek().kind != "end":
        raise reader.unexpected(reader.peek())
    return Query(tuple(commands), _columns(commands), any(each.aggregates for each in commands))


def _command(reader: Reader) -> Command:
    word = reader.next()
    known = COMMANDS.get(word.text.lower()) if word.kind == "name" else None
    if word.kind == "end":
        raise malformed(reader.query, word.start, word.end, "unexpected end of query")
    if known is None:
        raise reader.unexpected(word)
    return known(reader)


def _columns(commands: list[Command]) -> tuple[str, ...]:
    """``display`` and ``stats`` say it all; ``fields`` and ``parse`` add to what is shown."""
    shown_so_far = [] if any(each.chooses for each in commands) else list(_USUAL)
    displayed = False
    for command in commands:
        if command.columns is None or (displayed and command.adds):
            continue
        if command.adds:
            shown_so_far += [name for name in command.columns if name not in shown_so_far]
        else:
            shown_so_far, displayed = list(command.columns), True
    return tuple(shown_so_far)
