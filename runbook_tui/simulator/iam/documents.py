"""Policy documents, with their name and the places of their statements."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from runbook_tui.simulator.iam.globs import listed
from runbook_tui.simulator.refusal import Refused

_STATEMENT = re.compile(r'"Statement"\s*:\s*')
Position = tuple[int, int]  # line and column, both from 1


class Statement(Struct, frozen=True, kw_only=True):
    """``variables`` are known since version 2012-10-17 of the language."""

    body: Mapping[str, Any]
    variables: bool
    policy: str
    kind: str
    start: Position
    end: Position


class Policy(Struct, frozen=True):
    """``name`` and ``kind`` are those of ``MatchedStatements``: ``role_x_y`` and ``user-managed``."""

    name: str
    kind: str
    statements: tuple[Statement, ...]


@lru_cache(maxsize=512)
def read(text: str, name: str = "", kind: str = "none") -> Policy:
    """A document as JSON, quoted for a URL or not. Raises Refused (MalformedPolicyDocument)."""
    plain = unquote(text) if text.lstrip().startswith("%7B") else text
    try:
        document = json.loads(plain)
        statements = listed(document["Statement"])
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("MalformedPolicyDocument", "Syntax errors in policy.") from error
    if not all(isinstance(each, dict) and each.get("Effect") in ("Allow", "Deny") for each in statements):
        raise Refused("MalformedPolicyDocument", "Syntax errors in policy.")
    variables = document.get("Version") == "2012-10-17"
    places = _places(plain, len(statements))
    return Policy(
        name,
        kind,
        tuple(
            Statement(body=body, variables=variables, policy=name, kind=kind, start=start, end=end)
            for body, (start, end) in zip(statements, places, strict=True)
        ),
    )


def policy_of(document: Mapping[str, Any], name: str = "", kind: str = "none") -> Policy:
    return read(json.dumps(document), name, kind)


def _places(text: str, count: int) -> list[tuple[Position, Position]]:
    spans = list(_spans(text))
    if len(spans) != count:  # the word stands somewhere else first
        return [((1, 1), _position(text, len(text)))] * count
    return [(_position(text, start), _position(text, end)) for start, end in spans]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    found = _STATEMENT.search(text)
    if found is None:
        return
    decoder, place = json.JSONDecoder(), found.end()
    if text[place] != "[":
        yield place, decoder.raw_decode(text, place)[1]
        return
    while place < len(text) and text[place] != "]":
        if text[place] == "{":
            start, place = place, decoder.raw_decode(text, place)[1]
            yield start, place
        else:
            place += 1


def _position(text: str, place: int) -> Position:
    before = text[:place]
    return before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1
