"""What ``cloudtrail`` tells of who changed a service. Events come up to 15 minutes late, and for 90 days."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, LowerFact, parse
from runbook_tui.aws.facts.moment import Moment

UPDATE: Final = "UpdateService"
PIPELINE: Final = "codepipeline.amazonaws.com"
# A week first: autoscaling changes services too, and two months of it are many pages at two requests a second.
WINDOWS: Final = (timedelta(days=7), timedelta(days=60))


class Release(Struct, frozen=True, kw_only=True):
    """An UpdateService that brought a task definition or a new deployment. ``who`` is a role's or a user's name."""

    at: datetime
    who: str
    kind: str


class _Issuer(LowerFact, frozen=True, kw_only=True):
    user_name: str = ""


class _Session(LowerFact, frozen=True, kw_only=True):
    session_issuer: _Issuer = _Issuer()


class _Identity(LowerFact, frozen=True, kw_only=True):
    type: str = ""
    user_name: str = ""
    invoked_by: str = ""
    session_context: _Session = _Session()

    @property
    def who(self) -> str:
        return self.session_context.session_issuer.user_name or self.user_name or self.type


class _Asked(LowerFact, frozen=True, kw_only=True):
    cluster: str = ""
    service: str = ""
    task_definition: str | None = None
    force_new_deployment: bool | None = None


class _Told(LowerFact, frozen=True, kw_only=True):
    event_source: str = ""
    error_code: str = ""
    user_identity: _Identity = _Identity()
    request_parameters: _Asked | None = None


class _When(Fact, frozen=True, kw_only=True):
    event_time: Moment


class CloudTrailFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def last_release(self, cluster: str, service: str, now: datetime) -> Release | None:
        """The newest of the last 60 days; what Application Auto Scaling and refused calls did is none."""
        for window in WINDOWS:
            found = [one for raw in self._updates(now - window) for one in _releases(raw, cluster, service)]
            if found:
                return max(found, key=lambda one: one.at)
        return None

    def _updates(self, since: datetime) -> Sequence[Any]:
        """From the beginning of that day, so that every environment asks the same."""
        answer = self._reader.read(
            "cloudtrail",
            "lookup_events",
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": UPDATE}],
            StartTime=since.replace(hour=0, minute=0, second=0, microsecond=0),
        )
        events = answer.get("Events")
        if not isinstance(events, list | tuple):
            raise Malformed("CloudTrail answered without events", remedy="re-check")
        return events


def _releases(raw: Any, cluster: str, service: str) -> Iterator[Release]:
    """None or one. The event itself is a text of some kilobytes, too long for a fact's member."""
    when = parse({"EventTime": raw.get("EventTime")} if isinstance(raw, Mapping) else raw, _When)
    try:
        told = parse(json.loads(raw["CloudTrailEvent"]), _Told)
    except (KeyError, TypeError, ValueError, RecursionError):
        raise Malformed("CloudTrail told an event that is not JSON", remedy="re-check") from None
    asked, identity = told.request_parameters, told.user_identity
    if asked is None or told.error_code or told.event_source != "ecs.amazonaws.com":
        return
    ours = asked.service.rpartition("/")[2] == service and asked.cluster.rpartition("/")[2] == cluster
    brings = bool(asked.task_definition) or asked.force_new_deployment is True
    if ours and brings and identity.invoked_by in ("", PIPELINE):
        yield Release(at=when.event_time, who=identity.who, kind=identity.type)
