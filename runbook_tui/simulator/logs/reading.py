"""Log events as readers see them: in order, within a time, of some streams, as long as the retention lets them live."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.refusal import Refused

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World


class Event(Struct, frozen=True, order=True):
    """Times are milliseconds since 1970. ``number`` is moto's, in the order of arrival."""

    timestamp: int
    number: int
    stream: str
    message: str
    ingested: int

    @property
    def identifier(self) -> str:
        """As long as AWS's: 56 digits."""
        return f"{self.timestamp * 10**6 + self.number % 10**6:056d}"


def find_group(world: "World", parameters: Any) -> Any:
    """moto's model of the group that a request names by ``logGroupName`` or ``logGroupIdentifier``."""
    named = parameters.get("logGroupName") or parameters.get("logGroupIdentifier")
    if not named:
        raise Refused("InvalidParameterException", "Either logGroupName or logGroupIdentifier must be provided.")
    return group_named(world, str(named))


def group_named(world: "World", name: str) -> Any:
    """``name`` may be an ARN. Its past is there afterwards."""
    group = known_group(world, name)
    world.app_log.fill(group.name)
    return group


def known_group(world: "World", name: str) -> Any:
    """The same for who does not read: making the past of a group takes its time."""
    if name.startswith("arn:"):
        name = name.split(":log-group:", 1)[-1].removesuffix(":*")
    group = world.backend("logs").groups.get(name)
    if group is None:
        raise Refused("ResourceNotFoundException", "The specified log group does not exist.")
    return group


def streams_of(group: Any, names: Sequence[str] | None, prefix: str | None) -> list[Any]:
    if names and prefix:
        text = "LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters"
        raise Refused("InvalidParameterException", text)
    if any(name not in group.streams for name in names or ()):
        raise Refused("ResourceNotFoundException", "The specified log stream does not exist.")
    chosen = names or [name for name in group.streams if name.startswith(prefix or "")]
    return [group.streams[name] for name in chosen]


def events_of(world: "World", group: Any, streams: Iterable[Any], start: int | None, end: int | None) -> list[Event]:
    """Oldest first; ``start`` and ``end`` are in milliseconds, both included."""
    earliest = max(start or 0, _oldest(world, group))
    return sorted(
        Event(each.timestamp, each.event_id, stream.log_stream_name, each.message, each.ingestion_time)
        for stream in streams
        for each in stream.events
        if earliest <= each.timestamp and (end is None or each.timestamp <= end)
    )


def _oldest(world: "World", group: Any) -> int:
    if not group.retention_in_days:
        return 0
    return int((world.clock.now() - timedelta(days=int(group.retention_in_days))).timestamp() * 1000)
