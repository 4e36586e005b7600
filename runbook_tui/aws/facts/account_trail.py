"""What CloudTrail says of its trails and of what was done in the account."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment
from runbook_tui.aws.facts.trail_event import TrailEvent
from runbook_tui.aws.together import each

GLOBAL_REGION: Final = "us-east-1"  # what is done in IAM and at the sign-in page is told there


class Trail(Fact, frozen=True, kw_only=True):
    name: str
    trail_arn: str = field(default="", name="TrailARN")
    home_region: str = ""
    is_multi_region_trail: bool = False
    log_file_validation_enabled: bool = False
    include_global_service_events: bool = False
    is_organization_trail: bool = False

    @property
    def account(self) -> str:
        """Whose trail it is: an organisation's stands in its management account."""
        parts = self.trail_arn.split(":")
        return parts[4] if len(parts) > 5 else ""

    @property
    def named(self) -> str:
        """As it must be asked for: a trail of another region by its ARN."""
        return self.trail_arn or self.name


class TrailStatus(Fact, frozen=True, kw_only=True):
    is_logging: bool
    latest_delivery_error: str = ""
    latest_delivery_time: Moment | None = None


class _Selector(Fact, frozen=True, kw_only=True):
    include_management_events: bool = True
    read_write_type: str = "All"


class _FieldSelector(Fact, frozen=True, kw_only=True):
    name: str = field(name="Field")
    equals: tuple[str, ...] = ()


class _AdvancedSelector(Fact, frozen=True, kw_only=True):
    field_selectors: tuple[_FieldSelector, ...] = ()

    @property
    def of_management(self) -> bool:
        return any(one.name == "eventCategory" and "Management" in one.equals for one in self.field_selectors)

    @property
    def narrowed(self) -> bool:
        """Whether it leaves some of them out."""
        return any(one.name != "eventCategory" for one in self.field_selectors)


class Coverage(Struct, frozen=True, kw_only=True):
    """``management``: it records management events; ``whole``: reading and writing ones, of every source."""

    management: bool
    whole: bool


class AccountTrailFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def trails(self) -> tuple[Trail, ...]:
        """Those that record this region, wherever they stand."""
        answer = self._reader.read("cloudtrail", "describe_trails", includeShadowTrails=True)
        return listed(answer, "trailList", Trail)

    def status(self, trail: Trail) -> TrailStatus:
        with missing_is("cloudtrail:trail", trail.name):
            return parse(self._reader.read("cloudtrail", "get_trail_status", Name=trail.named), TrailStatus)

    def coverage(self, trail: Trail) -> Coverage:
        with missing_is("cloudtrail:trail", trail.name):
            answer = self._reader.read("cloudtrail", "get_event_selectors", TrailName=trail.named)
        plain = parse(answer.get("EventSelectors", ()), tuple[_Selector, ...])
        advanced = parse(answer.get("AdvancedEventSelectors", ()), tuple[_AdvancedSelector, ...])
        meant = [one for one in plain if one.include_management_events]
        meant_too = [one for one in advanced if one.of_management]
        whole = any(one.read_write_type == "All" for one in meant) or any(not one.narrowed for one in meant_too)
        return Coverage(management=bool(meant or meant_too), whole=whole)

    def events(self, attribute: str, value: str, start: datetime, end: datetime) -> tuple[TrailEvent, ...]:
        """Newest first, of the site's region and of the one where global services are told, each event once."""
        home = self._reader
        readers = [home] if home.region == GLOBAL_REGION else [home, home.elsewhere(GLOBAL_REGION)]
        found = each(lambda reader: _looked_up(reader, attribute, value, start, end), readers)
        by_id = {event.id: event for its in found for event in its}
        return tuple(sorted(by_id.values(), key=lambda event: event.at, reverse=True))


def _looked_up(reader: Reader, attribute: str, value: str, start: datetime, end: datetime) -> tuple[TrailEvent, ...]:
    answer = reader.read(
        "cloudtrail",
        "lookup_events",
        LookupAttributes=[{"AttributeKey": attribute, "AttributeValue": value}],
        StartTime=start,
        EndTime=end,
    )
    raw = answer.get("Events")
    if not isinstance(raw, list | tuple):
        raise Malformed("CloudTrail answered without events", remedy="re-check")
    return tuple(TrailEvent.from_api(one) for one in raw)
