"""What CloudWatch knows: the past, the metrics that were put, the alarms and what became of them."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from runbook_tui.simulator.metrics.alarm import Alarm
from runbook_tui.simulator.metrics.custom import Custom
from runbook_tui.simulator.metrics.minute import Minute
from runbook_tui.simulator.metrics.past import Past
from runbook_tui.simulator.metrics.published import Name, Published
from runbook_tui.simulator.metrics.sample import Sample

_HISTORY_LENGTH = 10_000


class HistoryItem(Struct, frozen=True, kw_only=True):
    """``kind`` is ConfigurationUpdate, StateUpdate or Action; ``data`` is JSON."""

    at: datetime
    alarm: str
    composite: bool
    kind: str
    summary: str
    data: str


class Notification(Struct, frozen=True, kw_only=True):
    """A message that a topic would have sent. ``recipients`` are protocol and endpoint of its confirmed subscriptions.

    Nothing ever leaves the simulator: this is all that becomes of it.
    """

    at: datetime
    topic: str
    subject: str
    message: str
    recipients: tuple[tuple[str, str], ...]


class Monitoring:
    """``beating`` is whether the minutes are counted already. ``seen`` and ``hours`` hold what was computed of minutes
    and of longer periods gone by."""

    def __init__(self) -> None:
        self.past = Past()
        self.custom = Custom()
        self.alarms: dict[str, Alarm] = {}
        self.history: deque[HistoryItem] = deque(maxlen=_HISTORY_LENGTH)
        self.beating = False
        self.seen: dict[tuple[str, int, int], Minute] = {}
        self.hours: dict[tuple[object, str, int, int, int], Sample | None] = {}
        self.index: tuple[object, Mapping[Name, Published]] = (None, {})  # with the names that it was made of
