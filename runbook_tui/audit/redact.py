"""Keeps secrets out of everything that is stored or shown: patterns over texts, names over mappings."""

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from runbook_tui.audit.patterns import (
    ARN,
    REDACTED,
    SUSPICIOUS,
    harmless_value,
    named,
    scrub_email,
    scrub_named,
    scrub_random,
    scrub_shapes,
    secret_key,
)
from runbook_tui.core.events import Event
from runbook_tui.core.text import strip
from runbook_tui.core.verdict import Verdict

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

# Fields of events that name things of the runbook. A run that is folded from redacted events must still find them.
_IDS: Final = frozenset(
    {"runbook", "runbook_sha256", "site_sha256", "environment", "step", "next", "check", "checks", "until", "option"}
)


class Redactor:
    """``secret_names`` are names of settings whose values are secret (``JWT_SECRET``): of the site's own keys."""

    def __init__(self, secret_names: Iterable[str] = ()) -> None:
        names = frozenset(secret_names)
        self._names: Final = frozenset(name.casefold() for name in names)
        self._named: Final = named(names)
        # An append costs at most a fifth more than its fdatasync (180 µs): what repeats is judged once.
        self._last_who = ("", "")
        self._key: Final = lru_cache(maxsize=1024)(self._judge_key)

    def text(self, text: str) -> str:
        """Secrets replaced by ``(redacted)``; the same object when there are none. Always encodable as UTF-8."""
        return self._uncover(text, emails=True)

    def who(self, operator: str) -> str:
        """As ``text``, but an e-mail address stays: it may be all that says who somebody was."""
        if operator != self._last_who[0]:
            self._last_who = (operator, self._uncover(operator, emails=False))
        return self._last_who[1]

    def value(self, value: Any) -> Any:
        """The same of anything, as JSON knows it: structs become dicts; sets and tuples lists; the rest texts."""
        return self._walk(msgspec.to_builtins(value, str_keys=True, enc_hook=_plain), secret=False)

    def fields(self, event: Event) -> dict[str, Any]:
        """What is stored of an event: its fields, as JSON knows them."""
        raw: dict[str, Any] = msgspec.to_builtins(event, str_keys=True, enc_hook=_plain)
        del raw["event"]
        return {name: self._field(name, value) for name, value in raw.items()}

    def event(self, event: Event) -> Event:
        return msgspec.convert(self.fields(event), type(event))

    def verdict(self, verdict: Verdict) -> Verdict:
        return msgspec.convert(self.value(verdict), Verdict)

    def _field(self, name: str, value: Any) -> Any:
        if name in _IDS:
            return value
        if name == "operator":
            return self.who(value)
        return self._walk(value, secret=False)

    def _walk(self, value: Any, *, secret: bool) -> Any:
        match value:
            case str():
                return REDACTED if secret and not harmless_value(value) else self.text(value)
            case dict():
                scrubbed = {}
                for key, item in value.items():
                    name, is_secret = self._key(key)
                    scrubbed[name] = self._walk(item, secret=secret or is_secret)
                return scrubbed
            case list() | tuple():
                return [self._walk(item, secret=secret) for item in value]
            case None | bool():
                return value
            case float() if not math.isfinite(value):
                return str(value)  # JSON has no word for it
            case _:
                return REDACTED if secret else value

    def _judge_key(self, key: str) -> tuple[str, bool]:
        """What is stored of a mapping's key, and whether its value is secret."""
        return self.text(key), key.casefold() in self._names or secret_key(key)

    def _uncover(self, text: str, *, emails: bool) -> str:
        """A secret must not hide behind characters that are stripped only when the text is shown."""
        if not text.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        if not text.isprintable():
            bare = strip(text)
            found = self._scrub(bare, emails=emails)
            if found != bare:
                return found
        return self._scrub(text, emails=emails)

    def _scrub(self, text: str, *, emails: bool) -> str:
        if SUSPICIOUS.search(text) is None:
            return text
        # An ARN names a thing: its parts may look like NAME:value or like an address, and are neither.
        parts = ARN.split(scrub_shapes(text))
        for place in range(0, len(parts), 2):
            part = scrub_random(scrub_named(parts[place], self._named))
            parts[place] = scrub_email(part) if emails else part
        return "".join(parts)


def _plain(thing: Any) -> Any:
    """For what msgspec does not know: read-only mappings, exceptions, objects of other libraries."""
    return dict(thing) if isinstance(thing, Mapping) else str(thing)
