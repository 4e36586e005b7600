"""What CloudWatch Logs says about the site's log groups. One API request a group, made once a sweep."""

from datetime import UTC, datetime
from typing import Any, Final, Self

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.border import LowerFact, missing_is, parse
from runbook_tui.aws.facts.listing import listed

LOG_GROUP: Final = "logs:log-group"
CREATE_GROUP: Final = "create the log group, or correct the environment's log_group in the site file"
# Order by time, newest first: one stream tells when the group last got something.
_NEWEST: Final = {"orderBy": "LastEventTime", "descending": True, "PaginationConfig": {"MaxItems": 1, "PageSize": 1}}
_LATEST_MS: Final = 253_402_300_799_000  # the end of the year 9999: what lies beyond is no time
MOST_EVENTS: Final = 1000


class LogGroup(LowerFact, frozen=True, kw_only=True):
    """``retention_in_days`` is None for a group that keeps everything for ever."""

    log_group_name: str
    retention_in_days: int | None = None
    log_group_class: str = "STANDARD"
    stored_bytes: int = 0
    kms_key_id: str = ""
    arn: str = ""

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class _Stream(LowerFact, frozen=True, kw_only=True):
    """Milliseconds since 1970. A stream that was created and never written to has neither."""

    log_stream_name: str
    last_event_timestamp: int | None = None
    last_ingestion_time: int | None = None


class _Event(LowerFact, frozen=True, kw_only=True):
    timestamp: int


class Transformation(LowerFact, frozen=True, kw_only=True):
    metric_name: str
    metric_namespace: str = ""


class MetricFilter(LowerFact, frozen=True, kw_only=True):
    filter_name: str
    filter_pattern: str = ""
    metric_transformations: tuple[Transformation, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Its own and those of the metrics that it makes."""
        return frozenset((self.filter_name, *(one.metric_name for one in self.metric_transformations)))


class LogEvent(LowerFact, frozen=True, kw_only=True):
    """``timestamp`` is in milliseconds since 1970. The message is the application's own: count it, do not show it.

    The stream of a task ends in its id; it is empty where one stream was asked for.
    """

    timestamp: int
    message: str
    log_stream_name: str = ""

    @property
    def at(self) -> datetime:
        return _moment(self.timestamp)


class LogsFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def find(self, name: str) -> LogGroup | None:
        """The group of exactly this name: AWS answers every group whose name begins with it."""
        answer = self._reader.read("logs", "describe_log_groups", logGroupNamePrefix=name)
        groups = listed(answer, "logGroups", LogGroup)
        return next((group for group in groups if group.log_group_name == name), None)

    def group(self, name: str) -> LogGroup:
        """Missing ``logs:log-group``."""
        found = self.find(name)
        if found is None:
            raise Missing(LOG_GROUP, name, remedy=CREATE_GROUP)
        return found

    def last_event(self, name: str) -> datetime | None:
        """When the newest event was logged; None for a group without any. AWS may tell it up to an hour late.

        Missing ``logs:log-group``.
        """
        with missing_is(LOG_GROUP, name, CREATE_GROUP):
            answer = self._reader.read("logs", "describe_log_streams", logGroupName=name, **_NEWEST)
        times = [one.last_event_timestamp for one in listed(answer, "logStreams", _Stream)]
        return max((_moment(one) for one in times if one is not None), default=None)

    def event_since(self, name: str, since: datetime) -> datetime | None:
        """The first event at or after this time. Missing ``logs:log-group``."""
        start = int(since.timestamp() * 1000)
        with missing_is(LOG_GROUP, name, CREATE_GROUP):
            answer = self._reader.read(
                "logs", "filter_log_events", logGroupName=name, startTime=start, PaginationConfig={"MaxItems": 1}
            )
        return min((_moment(one.timestamp) for one in listed(answer, "events", _Event)), default=None)

    def last_lines(self, name: str, stream: str, most: int) -> tuple[str, ...]:
        """The newest lines of one stream, oldest first. Missing ``logs:log-group`` for a group or stream that is none.

        They are the application's own words: for eyes, never evidence.
        """
        with missing_is(LOG_GROUP, name, CREATE_GROUP):
            answer = self._reader.read("logs", "get_log_events", logGroupName=name, logStreamName=stream, limit=most)
        return tuple(one.message for one in listed(answer, "events", LogEvent))[-most:]

    def metric_filters(self, name: str) -> tuple[MetricFilter, ...]:
        """Missing ``logs:log-group``."""
        with missing_is(LOG_GROUP, name, CREATE_GROUP):
            answer = self._reader.read("logs", "describe_metric_filters", logGroupName=name)
        return listed(answer, "metricFilters", MetricFilter)

    def matching(self, name: str, pattern: str, since: datetime) -> tuple[LogEvent, ...]:
        """The first thousand that a filter pattern finds, from the minute of ``since``. Missing ``logs:log-group``."""
        start = int(since.replace(second=0, microsecond=0).timestamp() * 1000)
        with missing_is(LOG_GROUP, name, CREATE_GROUP):
            answer = self._reader.read(
                "logs",
                "filter_log_events",
                logGroupName=name,
                startTime=start,
                filterPattern=pattern,
                PaginationConfig={"MaxItems": MOST_EVENTS},
            )
        return listed(answer, "events", LogEvent)


def _moment(milliseconds: int) -> datetime:
    if not 0 <= milliseconds <= _LATEST_MS:
        raise Malformed("AWS told a time that is none", remedy="re-check; if it stays, update runbook-tui")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
