"""One journal entry in full."""

import msgspec
from textual.content import Content

from runbook_tui.core.events import Entry
from runbook_tui.core.text import clean
from runbook_tui.tui.paint import dim
from runbook_tui.tui.step_rows import tree_lines


def entry_lines(entry: Entry, width: int) -> list[Content]:
    data = msgspec.to_builtins(entry.event)
    data.pop("event", None)
    data.pop("runbook_text", None)  # pages of it; the runbook's name and digest stand beside it
    head = [
        Content.assemble(dim("at     "), f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S %Z}"),
        Content.assemble(dim("by     "), clean(entry.by)),
        Content.assemble(dim("world  "), entry.world.value),
        Content.assemble(dim("hash   "), entry.hash),
        Content(),
    ]
    return [part for line in head for part in (line.wrap(width) if line else [line])] + tree_lines(data, width)
