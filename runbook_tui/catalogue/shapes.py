"""The description of a file: one object reads it and publishes it as JSON Schema, so the two cannot disagree.

``read`` gives plain Python values, or ``UNSET`` where nothing usable stands: everything wrong is in ``findings``.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from msgspec import UNSET, Struct

from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.nodes import Items, Node, Pairs, Scalar
from runbook_tui.catalogue.scalars import truth
from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.core.limits import PLACEHOLDER, Limit, shown

_ANYTHING: Final = Limit()
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
Schema = dict[str, Any]


class Shape(Protocol):
    def schema(self) -> Schema: ...
    def read(self, node: Node, findings: Findings) -> Any: ...


class Text(Struct, frozen=True, kw_only=True):
    """One text. Where ``off`` is a choice, an unquoted no or false means it."""

    limit: Limit = _ANYTHING
    empty: bool = True

    def schema(self) -> Schema:
        limit = self.limit
        schema: Schema = {"type": "string"}
        if limit.choices:
            schema["enum"] = list(limit.choices)
        if limit.pattern:
            schema["pattern"] = limit.pattern
        if limit.longest is not None:
            schema["maxLength"] = limit.longest
        if not self.empty:
            schema["minLength"] = 1
        if limit.placeholder:
            return {"anyOf": [schema, {"type": "string", "pattern": f"{PLACEHOLDER}|^000000000000$"}]}
        return schema

    def read(self, node: Node, findings: Findings) -> Any:
        if not isinstance(node, Scalar):
            return _not(node, "a text", findings)
        text = node.text
        if not node.quoted:
            if "off" in self.limit.choices and truth(text) is False:
                text = "off"
            elif not isinstance(node.value, str):
                return _unquoted(node, findings)
        if not text and not self.empty:
            findings.add(node.place, "is empty", "give it a text")
            return UNSET
        return _allowed(self.limit, text, node, findings)


class Flag(Struct, frozen=True, kw_only=True):
    """True or false; unquoted yes, no, on and off are understood."""

    def schema(self) -> Schema:
        return {"type": "boolean"}

    def read(self, node: Node, findings: Findings) -> Any:
        found = truth(node.text) if isinstance(node, Scalar) and not node.quoted else None
        return _not(node, "true or false", findings) if found is None else found


class Choice(Struct, frozen=True, kw_only=True):
    """One of some words and truth values: ``true``, ``false`` or ``ask``."""

    limit: Limit

    def schema(self) -> Schema:
        return {"enum": list(self.limit.choices)}

    def read(self, node: Node, findings: Findings) -> Any:
        if not isinstance(node, Scalar):
            return _not(node, f"one of {self.limit.one_of}", findings)
        found = None if node.quoted else truth(node.text)
        return _allowed(self.limit, node.text if found is None else found, node, findings)


class Number(Struct, frozen=True, kw_only=True):
    limit: Limit = _ANYTHING
    whole: bool = True

    def schema(self) -> Schema:
        limit = self.limit
        schema: Schema = {"type": "integer" if self.whole else "number"}
        words = {"minimum": limit.low, "maximum": limit.high, "exclusiveMinimum": limit.above}
        schema |= {word: value for word, value in words.items() if value is not None}
        return schema | ({"enum": list(limit.choices)} if limit.choices else {})

    def read(self, node: Node, findings: Findings) -> Any:
        if not isinstance(node, Scalar):
            return self._wrong(node, findings)
        value = node.value
        if self.whole and isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON Schema calls 5.0 an integer too
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return self._wrong(node, findings)
        return _allowed(self.limit, value, node, findings)

    def _wrong(self, node: Node, findings: Findings) -> Any:
        return _not(node, "a whole number" if self.whole else "a number", findings)


class Duration(Struct, frozen=True, kw_only=True):
    """``90s``, ``15m``, ``1h`` or a number of seconds; read as seconds."""

    def schema(self) -> Schema:
        text = {"type": "string", "pattern": "^[1-9][0-9]{0,4}[smh]$"}
        return {"anyOf": [{"type": "number", "minimum": 1, "maximum": 86400}, text]}

    def read(self, node: Node, findings: Findings) -> Any:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 86400:
            return float(value)
        if isinstance(value, str) and 2 <= len(value) <= 6 and value[-1] in _SECONDS:
            digits = value[:-1]
            if digits.isascii() and digits.isdigit() and digits[0] != "0":
                return float(int(digits) * _SECONDS[value[-1]])
        return _not(node, "a duration", findings, "write 90s, 15m, 1h or a number of seconds")


class Maybe(Struct, frozen=True, kw_only=True):
    shape: Any

    def schema(self) -> Schema:
        return {"anyOf": [self.shape.schema(), {"type": "null"}]}

    def read(self, node: Node, findings: Findings) -> Any:
        empty = isinstance(node, Scalar) and node.value is None
        return None if empty else self.shape.read(node, findings)


class Many(Struct, frozen=True, kw_only=True):
    """A list. With ``or_one`` a single item may stand without the list."""

    item: Any
    least: int = 0
    or_one: bool = False

    def schema(self) -> Schema:
        schema: Schema = {"type": "array", "items": self.item.schema()}
        if self.least:
            schema["minItems"] = self.least
        return {"anyOf": [self.item.schema(), schema]} if self.or_one else schema

    def read(self, node: Node, findings: Findings) -> Any:
        if not isinstance(node, Items):
            if self.or_one and isinstance(node, Scalar):
                one = self.item.read(node, findings)
                return UNSET if one is UNSET else (one,)
            return _not(node, "a list", findings, "write it as [one, two]")
        if len(node.items) < self.least:
            findings.add(node.place, "the list is empty", "give one item or more")
            return UNSET
        read = [self.item.read(item, findings) for item in node.items]
        return UNSET if any(value is UNSET for value in read) else tuple(read)


class Table(Struct, frozen=True, kw_only=True):
    """A map whose keys are names of the writer's own."""

    key: Limit
    item: Any
    least: int = 0

    def schema(self) -> Schema:
        schema: Schema = {"type": "object", "additionalProperties": self.item.schema()}
        if self.key.pattern:
            schema["propertyNames"] = {"pattern": self.key.pattern}
        return schema | ({"minProperties": self.least} if self.least else {})

    def read(self, node: Node, findings: Findings) -> Any:
        if not isinstance(node, Pairs):
            return _not(node, "a map", findings)
        if len(node.pairs) < self.least:
            findings.add(node.place, f"{len(node.pairs)} where {self.least} or more are needed", "add one")
        found = {}
        for name, value in node.pairs:
            what = self.key.problem(name.text)
            if what:
                findings.add(name.place, what, self.key.remedy)
            read = self.item.read(value, findings)
            if read is not UNSET and not what:
                found[name.text] = read
        return found


class Field(Struct, frozen=True, kw_only=True):
    key: str
    shape: Any
    doc: str = ""
    required: bool = False


class Record(Struct, frozen=True, kw_only=True):
    """A map with known keys. ``apart`` are pairs of keys that exclude each other, with the reason;
    ``elsewhere`` says where keys belong that people put here by mistake."""

    what: str
    fields: tuple[Field, ...]
    apart: Mapping[tuple[str, str], str] = {}
    elsewhere: Mapping[str, str] = {}

    def schema(self) -> Schema:
        properties = {}
        for field in self.fields:
            properties[field.key] = field.shape.schema() | ({"description": field.doc} if field.doc else {})
        schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
        required = [field.key for field in self.fields if field.required]
        if required:
            schema["required"] = required
        if self.apart:
            schema["allOf"] = [{"not": {"required": list(pair)}} for pair in self.apart]
        return schema

    def read(self, node: Node, findings: Findings) -> Any:
        if not isinstance(node, Pairs):
            return _not(node, f"a map of {self.what}", findings)
        shapes = {field.key: field.shape for field in self.fields}
        found = {}
        for name, value in node.pairs:
            shape = shapes.get(name.text)
            if shape is None:
                self._unknown(name, findings)
                continue
            read = shape.read(value, findings)
            if read is not UNSET:
                found[name.text] = read
        self._complete(node, findings)
        return found

    def _unknown(self, name: Scalar, findings: Findings) -> None:
        home = self.elsewhere.get(name.text)
        remedy = f"it belongs there: {home}" if home else did_you_mean(name.text, [field.key for field in self.fields])
        findings.add(name.place, f"{shown(name.text)} is not a key of {self.what}", remedy or "take it away")

    def _complete(self, node: Pairs, findings: Findings) -> None:
        given = {name.text: name for name, _ in node.pairs}
        for field in self.fields:
            if field.required and field.key not in given:
                findings.add(
                    node.place, f"{self.what} has no {field.key}", f"add {field.key}: {field.doc}".rstrip(": ")
                )
        for (one, other), why in self.apart.items():
            if one in given and other in given:
                findings.add(given[other].place, f"{one} and {other} exclude each other: {why}", "keep one of them")


def _allowed(limit: Limit, value: Any, node: Scalar, findings: Findings) -> Any:
    what = limit.problem(value)
    if not what:
        return value
    remedy = limit.remedy
    if limit.choices and isinstance(value, str):
        remedy = did_you_mean(value, [choice for choice in limit.choices if isinstance(choice, str)]) or remedy
    findings.add(node.place, what, remedy)
    return UNSET


def _unquoted(node: Scalar, findings: Findings) -> Any:
    if node.value is None:
        findings.add(node.place, "is empty", "give it a text, or take the key away")
    else:
        what = f"{node.text} without quotes is not a text"
        findings.add(node.place, what, f'put it in quotes: "{node.text}"')
    return UNSET


def _not(node: Node, wanted: str, findings: Findings, remedy: str = "") -> Any:
    match node:
        case Scalar():
            found = "nothing" if not node.quoted and node.value is None else shown(node.text)
        case Items():
            found = "a list"
        case Pairs():
            found = "a map"
    findings.add(node.place, f"{found} where {wanted} is wanted", remedy or f"give {wanted}")
    return UNSET
