"""What AWS Health says of troubles of AWS itself. It answers from one region for all, with a paid support plan only."""

from typing import Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import LowerFact
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment

HOME: Final = "us-east-1"


class HealthEvent(LowerFact, frozen=True, kw_only=True):
    """``availability_zone`` is empty for a whole region's trouble."""

    service: str = ""
    event_type_code: str = ""
    region: str = ""
    availability_zone: str = ""
    start_time: Moment | None = None


class HealthFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def issues(self, region: str) -> tuple[HealthEvent, ...]:
        """Those that are open now. NotEnabled without Business support or better."""
        reader = self._reader if self._reader.region == HOME else self._reader.elsewhere(HOME)
        wanted = {"regions": [region], "eventTypeCategories": ["issue"], "eventStatusCodes": ["open"]}
        return listed(reader.read("health", "describe_events", filter=wanted), "events", HealthEvent)
