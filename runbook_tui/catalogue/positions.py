"""Reads YAML into values that know their line and column. Every key and value keeps its own.

Built from parser events, not from a tree: nothing recurses, so no file can exhaust the stack, and the limits
hold while the file is read. Only texts, numbers, true/false, null, lists and maps exist here; words like ``on``
and ``no`` stay texts, as in YAML 1.2, until somebody wants a truth value.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from msgspec import Struct

from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.nodes import Items, Node, Pairs, Scalar
from runbook_tui.core.limits import shown

LARGEST_FILE: Final = 256 * 1024
DEEPEST: Final = 20
MOST_ALIASES: Final = 20
MOST_VALUES: Final = 50_000  # aliases counted as often as they stand: twenty of them could mean millions
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: six times faster
_TAG: Final = "tag:yaml.org,2002:"


class _Unreadable(Exception):
    def __init__(self, place: tuple[int, int], what: str, remedy: str) -> None:
        super().__init__(what)
        self.finding = (place, what, remedy)


class _Open(Struct):
    """A list or map whose end has not come yet. ``key`` waits for its value."""

    is_map: bool
    line: int
    column: int
    anchor: str | None
    nodes: list[Node]
    keys: list[Scalar]
    lines: dict[str, int]
    key: Scalar | None = None
    size: int = 1


def read_text(path: Path, findings: Findings) -> str | None:
    """The file's text with its line ends as they are; None when it cannot be read (said in ``findings``)."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        return data.decode("utf-8")
    except OSError as error:
        findings.add((1, 1), f"cannot be read: {error.strerror}", "check the path and its permissions")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.add((line, 1), "is not UTF-8 text", "save the file as UTF-8")
    return None


def parse(text: str, findings: Findings) -> Node | None:
    """The document's root; None when there is none or it cannot be read (said in ``findings``)."""
    try:
        if len(text) > LARGEST_FILE or len(text.encode()) > LARGEST_FILE:
            findings.add((1, 1), "the file is larger than 256 kB", "split it, or take out what is not needed")
            return None
        return _Builder(findings).build(yaml.parse(text.removeprefix("\ufeff"), Loader=_LOADER))
    except _Unreadable as stop:
        findings.add(*stop.finding)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        findings.add(place, f"not YAML: {error.problem or 'it cannot be read'}", _cure(error, text))
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        findings.add((before.count("\n") + 1, 1), f"not YAML: {error.reason}", "take the unprintable character out")
    except UnicodeEncodeError:
        findings.add((1, 1), "is not UTF-8 text", "save the file as UTF-8")
    return None


def _cure(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = error.problem or ""
    mark = error.problem_mark
    lines = text.split("\n")
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "cannot start any token" in problem and ("\t" in line or "\\t" in problem):
        return "indent with spaces: YAML does not allow tabs"
    if "mapping values are not allowed" in problem:
        return "put a text that holds ': ' in quotes, or check the indentation"
    if "end of stream" in problem or "quoted scalar" in (error.context or ""):
        return "close the quote or bracket"
    return "check indentation, quotes and brackets at this place"


class _Builder:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._aliases = 0
        self._root: Node | None = None
        self._documents = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._start(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._end()
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentStartEvent():
                    self._documents += 1
                    if self._documents > 1:
                        raise _Unreadable(_at(event), "a second document begins here", "keep one document a file")
        return self._root

    def _scalar(self, event: Any) -> None:
        place = _at(event)
        kind = "" if event.tag in (None, "!") else _known_tag(event.tag, place)
        node = Scalar(event.value, not event.implicit[0] or event.tag == "!", *place)
        if kind and kind != "str":
            node = Scalar(event.value, False, *place)  # noqa: FBT003 - the field says quoted
            if _KINDS.get(type(node.value)) != kind:
                raise _Unreadable(place, f"{shown(event.value)} is no {kind}", "take the tag away")
        self._remember(event.anchor, node)
        self._put(node, place)

    def _start(self, event: Any) -> None:
        place = _at(event)
        is_map = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in (None, "!"):
            kind = _known_tag(event.tag, place)
            if kind != ("map" if is_map else "seq"):
                raise _Unreadable(place, f"the tag !!{kind} does not fit here", "take the tag away")
        if len(self._open) >= DEEPEST:
            raise _Unreadable(place, f"nested deeper than {DEEPEST} levels", "flatten it")
        self._remember(event.anchor, None)
        self._open.append(_Open(is_map, *place, event.anchor, [], [], {}))

    def _end(self) -> None:
        done = self._open.pop()
        node: Node
        if done.is_map:
            pairs = tuple(zip(done.keys, done.nodes, strict=True))
            node = Pairs(pairs, done.line, done.column, done.size)
        else:
            node = Items(tuple(done.nodes), done.line, done.column, done.size)
        self._remember(done.anchor, node)
        self._put(node, node.place)

    def _alias(self, event: Any) -> None:
        place = _at(event)
        self._aliases += 1
        if self._aliases > MOST_ALIASES:
            raise _Unreadable(place, f"more than {MOST_ALIASES} aliases", "write the values out")
        node = self._anchors.get(event.anchor)
        if node is None:
            raise _Unreadable(place, "an alias of what is not complete here", "put the anchor before its alias")
        self._put(node, place)

    def _remember(self, anchor: str | None, node: Node | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node

    def _put(self, node: Node, place: tuple[int, int]) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if parent.is_map and parent.key is None:
            self._key(parent, node, place)
        else:
            parent.nodes.append(node)
            parent.key = None
        parent.size += node.size
        if parent.size > MOST_VALUES:
            raise _Unreadable(place, f"more than {MOST_VALUES} values", "take out what is not needed")

    def _key(self, parent: _Open, node: Node, place: tuple[int, int]) -> None:
        if not isinstance(node, Scalar):
            raise _Unreadable(place, "a key must be a plain text", "put braces in quotes")
        if node.text == "<<" and not node.quoted:
            raise _Unreadable(place, "merge keys (<<) are not read", "write the values out")
        first = parent.lines.get(node.text)
        if first is not None:
            self._findings.add(place, f"{shown(node.text)} stands twice (first in line {first})", "keep one of them")
        parent.lines.setdefault(node.text, place[0])
        parent.keys.append(node)
        parent.key = node


_KINDS: Final = {int: "int", float: "float", bool: "bool", type(None): "null", str: "str"}


def _known_tag(tag: str, place: tuple[int, int]) -> str:
    kind = tag.removeprefix(_TAG)
    if kind not in (*_KINDS.values(), "map", "seq"):
        raise _Unreadable(place, f"the tag {shown(tag)} is not allowed", "take the tag away")
    return kind


def _at(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
