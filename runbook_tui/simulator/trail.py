"""The account's trail: every request that came in from outside, as CloudTrail tells it, and a past."""

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.trail_event import TrailEvent, event_of
from runbook_tui.simulator.wire import Answer, Call

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

LENGTH = 20_000
KEPT = timedelta(days=90)
DELAY = timedelta(seconds=5)  # AWS: usually five minutes, at most fifteen
_DATA = {
    ("logs", "PutLogEvents"),
    ("cloudwatch", "PutMetricData"),
    ("s3", "GetObject"),
    ("s3", "PutObject"),
    ("s3", "HeadObject"),
    ("s3", "DeleteObject"),
    ("s3", "DeleteObjects"),
    ("s3", "ListObjects"),
    ("s3", "ListObjectsV2"),
    ("sns", "Publish"),
    ("sns", "PublishBatch"),
    ("lambda", "Invoke"),
    ("dynamodb", "GetItem"),
    ("dynamodb", "PutItem"),
    ("dynamodb", "UpdateItem"),
    ("dynamodb", "DeleteItem"),
    ("dynamodb", "Query"),
    ("dynamodb", "Scan"),
    ("xray", "PutTraceSegments"),
}


class Record(Struct, frozen=True, kw_only=True):
    """One request from outside. ``error`` is the code of a refusal, else empty. ``event`` is None for what CloudTrail
    does not tell: data events, and what AWS would never have answered."""

    at: datetime
    service: str
    operation: str
    status: int
    error: str
    event: TrailEvent | None = None


class Trail:
    """Iterates over the latest requests, oldest first. ``delay`` passes before CloudTrail shows an event."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._records: deque[Record] = deque(maxlen=LENGTH)
        self._past: list[TrailEvent] = []
        self._tell_past: list[Any] = []
        self.delay = DELAY

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records))

    def record(self, call: Call, answer: Answer, refused: Refused | None, environ: Mapping[str, Any]) -> None:
        """A request from outside and how it was answered."""
        error = refused.code if refused is not None else ""
        untold = (call.service, call.operation) in _DATA or error == "NotSimulated"
        with self._world.lock:
            self._records.append(
                Record(
                    at=self._world.clock.now(),
                    service=call.service,
                    operation=call.operation,
                    status=answer.status,
                    error=error,
                    event=None if untold else event_of(self._world, call, answer, refused, environ),
                )
            )

    def add(self, event: TrailEvent) -> None:
        """Something that no request from outside did: a service of AWS acted by itself."""
        record = Record(at=event.at, service=event.source, operation=event.name, status=200, error="", event=event)
        self._records.append(record)

    def with_past(self, tell: "Any") -> None:
        """``tell()`` gives the events before this world began, when somebody first asks for them."""
        self._tell_past.append(tell)

    def events(self) -> list[TrailEvent]:
        """What CloudTrail shows now, newest first: 90 days, management events only."""
        while self._tell_past:
            self._past += self._tell_past.pop(0)()
        now = self._world.clock.now()
        told = [each.event for each in self if each.event is not None]
        shown = [each for each in (*self._past, *told) if now - KEPT <= each.at <= now - self.delay]
        return sorted(shown, key=lambda each: each.at, reverse=True)
