"""What X-Ray says about a service's traces."""

from datetime import datetime, timedelta
from typing import Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact
from runbook_tui.aws.facts.listing import listed

ENOUGH: Final = 100  # a busy service has thousands an hour: that there are some is what counts


class TraceSummary(Fact, frozen=True, kw_only=True):
    id: str
    has_fault: bool = False


class XrayFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def traces(self, service: str, now: datetime, span: timedelta) -> tuple[TraceSummary, ...]:
        """Of requests that went through this service within the last ``span``: at most 100 of them."""
        answer = self._reader.read(
            "xray",
            "get_trace_summaries",
            StartTime=now - span,
            EndTime=now,
            FilterExpression=f'service("{service}")',
            PaginationConfig={"MaxItems": ENOUGH},
        )
        return listed(answer, "TraceSummaries", TraceSummary)
