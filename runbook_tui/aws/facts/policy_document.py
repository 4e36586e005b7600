"""IAM policy documents: JSON in whatever wrapping the API answers, frozen statements out. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from runbook_tui.aws.errors import Malformed
from runbook_tui.core.text import clean

LONGEST_PATTERN = 2048  # the longest ARN


class Effect(StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


class Condition(Struct, frozen=True, kw_only=True):
    """``operator`` with its quantifier and ``IfExists``, as written; ``key`` in its own case."""

    operator: str
    key: str
    values: tuple[str, ...]


class Statement(Struct, frozen=True, kw_only=True):
    """``index`` counts from 0. ``principals`` are pairs of kind and name; the plain ``*`` is ``("AWS", "*")``."""

    index: int
    effect: Effect
    sid: str = ""
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[tuple[str, str], ...] = ()
    not_principals: tuple[tuple[str, str], ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def allows(self) -> bool:
        return self.effect is Effect.ALLOW

    @property
    def label(self) -> str:
        return self.sid or f"statement {self.index}"

    def names_action(self, action: str) -> bool:
        """Whether it speaks of this action; actions have no case."""
        if self.not_actions:
            return not any(glob(one.lower(), action.lower()) for one in self.not_actions)
        return any(glob(one.lower(), action.lower()) for one in self.actions)


class Document(Struct, frozen=True, kw_only=True):
    statements: tuple[Statement, ...]

    @property
    def allows(self) -> tuple[Statement, ...]:
        return tuple(one for one in self.statements if one.allows)

    @property
    def denies(self) -> tuple[Statement, ...]:
        return tuple(one for one in self.statements if not one.allows)


def read_document(raw: Any) -> Document:
    """A mapping, JSON, or JSON quoted for a URL. Malformed for anything that is no policy."""
    if isinstance(raw, str):
        try:
            raw = json.loads(unquote(raw) if raw.lstrip().startswith("%7B") else raw)
        except (ValueError, RecursionError):
            raise _malformed("is no JSON") from None
    if not isinstance(raw, Mapping) or "Statement" not in raw:
        raise _malformed("has no Statement")
    given = raw["Statement"]
    statements = given if isinstance(given, list | tuple) else [given]
    return Document(statements=tuple(_statement(index, one) for index, one in enumerate(statements)))


def as_text(raw: Any) -> str:
    """A document that was read, as JSON."""
    if isinstance(raw, str):
        return unquote(raw) if raw.lstrip().startswith("%7B") else raw
    return json.dumps(raw)


def _statement(index: int, raw: Any) -> Statement:
    if not isinstance(raw, Mapping) or raw.get("Effect") not in tuple(Effect):
        raise _malformed(f"has a statement {index} without Effect")
    return Statement(
        index=index,
        effect=Effect(raw["Effect"]),
        sid=clean(_text(raw.get("Sid", "")), 128),
        actions=_texts(raw.get("Action", ())),
        not_actions=_texts(raw.get("NotAction", ())),
        resources=_texts(raw.get("Resource", ())),
        not_resources=_texts(raw.get("NotResource", ())),
        principals=_principals(raw.get("Principal", {})),
        not_principals=_principals(raw.get("NotPrincipal", {})),
        conditions=tuple(_conditions(raw.get("Condition") or {})),
    )


def _principals(raw: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(raw, str):
        raw = {"AWS": raw}
    if not isinstance(raw, Mapping):
        raise _malformed("has a Principal that cannot be read")
    return tuple((_text(kind), name) for kind, names in raw.items() for name in _texts(names))


def _conditions(raw: Any) -> Iterator[Condition]:
    if not isinstance(raw, Mapping):
        raise _malformed("has a Condition that cannot be read")
    for operator, keys in raw.items():
        if not isinstance(keys, Mapping):
            raise _malformed("has a Condition that cannot be read")
        for key, values in keys.items():
            yield Condition(operator=_text(operator), key=_text(key), values=_texts(values))


def _texts(raw: Any) -> tuple[str, ...]:
    listed = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(_text(one) for one in listed)


def _text(raw: Any) -> str:
    """Booleans and numbers are texts in IAM's language: ``true`` and ``"true"`` are the same."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, str | int | float):
        return clean(str(raw), LONGEST_PATTERN)
    raise _malformed("has a member that is no text")


def _malformed(what: str) -> Malformed:
    return Malformed(f"a policy document {what}", remedy="look at the policy in IAM")


def glob(pattern: str, text: str) -> bool:
    """IAM's wildcards: ``*`` and ``?`` alone. A policy variable may stand for anything."""
    return _compiled(pattern).fullmatch(text) is not None


def covers(wide: str, narrow: str) -> bool:
    """Whether everything that ``narrow`` matches is matched by ``wide``; both are patterns.

    A wildcard of ``narrow`` is tried as something that only a wildcard matches, once short and once long.
    """
    return all(glob(wide, narrow.replace("?", "\0").replace("*", "\0" * length)) for length in (1, 61))


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "re.Pattern[str]":
    plain = re.sub(r"\$\{[^}]*\}", "*", pattern)
    expression = re.escape(re.sub(r"\*+", "*", plain)).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression, re.DOTALL)
