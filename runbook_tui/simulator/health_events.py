"""Troubles of AWS itself, as AWS Health tells them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace


class Event(Struct, frozen=True, kw_only=True):
    """``ended`` is None while it goes on."""

    number: int
    service: str
    region: str
    zone: str
    began: datetime
    ended: datetime | None = None

    def told(self) -> dict[str, Any]:
        """As DescribeEvents answers it; what is not known yet is left out."""
        code = f"AWS_{self.service}_OPERATIONAL_ISSUE"
        event: dict[str, Any] = {
            "arn": f"arn:aws:health:{self.region}::event/{self.service}/{code}/{code}_SIM{self.number:04}",
            "service": self.service,
            "eventTypeCode": code,
            "eventTypeCategory": "issue",
            "region": self.region,
            "availabilityZone": self.zone,
            "startTime": self.began,
            "lastUpdatedTime": self.ended or self.began,
            "statusCode": "closed" if self.ended else "open",
            "eventScopeCode": "PUBLIC",
        }
        return {**event, **({"endTime": self.ended} if self.ended else {})}


class Events:
    def __init__(self) -> None:
        self._events: list[Event] = []

    def begin(self, service: str, region: str, zone: str, at: datetime) -> int:
        self._events.append(Event(number=len(self._events), service=service, region=region, zone=zone, began=at))
        return len(self._events) - 1

    def end(self, number: int, at: datetime) -> None:
        self._events[number] = replace(self._events[number], ended=at)

    def told(self) -> Iterator[dict[str, Any]]:
        """Newest first."""
        return (event.told() for event in reversed(self._events))
