"""A runbook's text on the glass: paragraphs, lists, **bold**, *italic* and `code`. No more of Markdown is meant."""

import re
from typing import Final

from textual.content import Content, Span

from runbook_tui.core.text import clean
from runbook_tui.tui.paint import ACCENT

_INLINE: Final = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`|(?<![\w*])\*(?P<italic>[^*\s][^*]*)\*(?![\w*])")
_STYLE: Final = {"bold": "bold", "code": ACCENT, "italic": "italic"}
_ITEM: Final = re.compile(r"^(?P<indent> *)(?P<mark>[-*]|\d+[.)]) +")
_FENCE: Final = "```"


def prose(text: str, width: int) -> list[Content]:
    """Lines no wider than ``width`` cells; an empty line between paragraphs."""
    lines: list[Content] = []
    for block in _blocks(text):
        if not block:
            lines.append(Content())
        elif block.startswith("#"):
            lines.extend(Content.styled(clean(block.lstrip("# ")), "bold").wrap(width))
        elif block.startswith(_FENCE):
            lines.extend(Content.styled(f"  {clean(line)}", ACCENT) for line in block.splitlines()[1:])
        else:
            lines.extend(_flow(block, width))
    return lines


def _blocks(text: str) -> list[str]:
    """Paragraphs, list items and code: the lines of a paragraph joined to one."""
    blocks: list[str] = []
    fenced = False
    for raw in text.strip().splitlines():
        line = raw.rstrip()
        if line.strip().startswith(_FENCE):
            fenced = not fenced
            if fenced:
                blocks.append(_FENCE)
        elif fenced:
            blocks[-1] += f"\n{line}"
        elif not line or _ITEM.match(line) or line.startswith("#") or _closed(blocks):
            blocks.append(line)
        else:
            blocks[-1] += f" {line.strip()}"
    return blocks


def _closed(blocks: list[str]) -> bool:
    """Whether the next line begins a new block in any case."""
    return not blocks or not blocks[-1] or blocks[-1].startswith(("#", _FENCE))


def _flow(block: str, width: int) -> list[Content]:
    item = _ITEM.match(block)
    if item is None:
        return inline(block).wrap(width)
    mark = "•" if item["mark"] in "-*" else item["mark"]
    hang = len(item["indent"]) + len(mark) + 1
    wrapped = inline(block[item.end() :]).wrap(max(8, width - hang))
    first = f"{item['indent']}{mark} "
    return [Content.assemble(first if n == 0 else " " * hang, line) for n, line in enumerate(wrapped)]


def inline(text: str) -> Content:
    """**bold**, *italic* and `code` become styles; every other sign stays what it is."""
    plain, spans, last = "", [], 0
    text = clean(text, 4000)
    for found in _INLINE.finditer(text):
        plain += text[last : found.start()]
        kind = found.lastgroup or "bold"
        inner = found[kind]
        spans.append(Span(len(plain), len(plain) + len(inner), _STYLE[kind]))
        plain += inner
        last = found.end()
    return Content(plain + text[last:], spans)
