"""What a command comes to: events, or a refusal that says what to do instead."""

from msgspec import Struct

from runbook_tui.core.events import Event


class Refusal(Struct, frozen=True, kw_only=True):
    reason: str
    remedy: str = ""


Decision = tuple[Event, ...] | Refusal
