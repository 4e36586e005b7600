"""What every event has in common: it is frozen, and its class's name is its name in the journal."""

from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    pass
