"""Lines of a log group that match, counted and had: by Logs Insights, else by filtering the events."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed, ServerFault
from runbook_tui.aws.facts.border import LowerFact, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.logs import LOG_GROUP

MOST: Final = 1000  # lines that are had of those that match
# A quick query is answered within a second; after that once a second is often enough.
PAUSES_S: Final = (0.2, 0.3, 0.5)
PATIENCE_S: Final = 30.0
_UNDER_WAY: Final = ("Scheduled", "Running")


class Found(Struct, frozen=True, kw_only=True):
    """``lines`` are the newest of the ``matched``; ``scanned`` is how many there were in all, None when not counted."""

    lines: tuple[str, ...]
    matched: int
    scanned: int | None = None


class NotFinished(ServerFault):
    """Logs Insights gave the query up."""


class _Field(LowerFact, frozen=True, kw_only=True):
    field: str = ""
    value: str = ""


class _Statistics(LowerFact, frozen=True, kw_only=True):
    records_matched: float = 0.0
    records_scanned: float = 0.0


class _Results(LowerFact, frozen=True, kw_only=True):
    """A query that is complete has both; before, neither may be there."""

    status: str
    results: tuple[tuple[_Field, ...], ...] | None = None
    statistics: _Statistics | None = None


class _Event(LowerFact, frozen=True, kw_only=True):
    message: str = ""


class LogQueryFacts:
    def __init__(self, reader: Reader, sleep: Callable[[float], None] = time.sleep) -> None:
        self._reader = reader
        self._sleep = sleep

    def query(self, group: str, text: str, start: datetime, end: datetime) -> Found:
        """A query of Logs Insights that shows ``@message``. NotFinished when Logs gives it up, or takes too long.

        Missing ``logs:log-group``. AWS charges for what is scanned.
        """
        asked = {"startTime": int(start.timestamp()), "endTime": int(end.timestamp()) - 1, "queryString": text}
        with missing_is(LOG_GROUP, group):
            answer = self._reader.read("logs", "start_query", logGroupNames=[group], **asked, limit=MOST)
        identifier = answer.get("queryId")
        if not isinstance(identifier, str):
            raise Malformed("CloudWatch Logs named no query", remedy="re-check")
        found = self._await(identifier)
        statistics = found.statistics
        if found.results is None or statistics is None:
            raise Malformed("CloudWatch Logs ended a query without its results", remedy="re-check")
        lines = [next((one.value for one in row if one.field == "@message"), "") for row in found.results]
        return Found(
            lines=tuple(lines), matched=int(statistics.records_matched), scanned=int(statistics.records_scanned)
        )

    def _await(self, identifier: str) -> _Results:
        pauses, waited = list(PAUSES_S), 0.0
        while True:
            found = parse(self._reader.read("logs", "get_query_results", queryId=identifier), _Results)
            if found.status == "Complete":
                return found
            if found.status not in _UNDER_WAY or waited >= PATIENCE_S:
                what = f"the query of the log ended as {found.status}"
                raise NotFinished(what, remedy="re-check", service="logs", operation="get_query_results")
            pause = pauses.pop(0) if pauses else 1.0
            self._sleep(pause)
            waited += pause

    def events(self, group: str, texts: Sequence[str], start: datetime, end: datetime) -> Found:
        """Every event with any of these texts, letter by letter. Missing ``logs:log-group``."""
        answer = self._filtered(group, pattern(texts), start, end)
        lines = tuple(one.message for one in listed(answer, "events", _Event))
        return Found(lines=tuple(reversed(lines)), matched=len(lines))

    def _filtered(self, group: str, text: str, start: datetime, end: datetime) -> Mapping[str, Any]:
        span = {"startTime": _milliseconds(start), "endTime": _milliseconds(end) - 1}
        with missing_is(LOG_GROUP, group):
            return self._reader.read("logs", "filter_log_events", logGroupName=group, filterPattern=text, **span)


def pattern(texts: Sequence[str]) -> str:
    """A filter pattern that any of the texts meets."""
    return " ".join(f'?"{text.replace(chr(34), "")}"' for text in texts)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
