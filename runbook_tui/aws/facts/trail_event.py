"""One event of CloudTrail: who did what, from where, and whether it was allowed. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, field

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, LowerFact, parse
from runbook_tui.aws.facts.moment import Moment

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation")


class _Issuer(LowerFact, frozen=True, kw_only=True):
    user_name: str = ""


class _Session(LowerFact, frozen=True, kw_only=True):
    session_issuer: _Issuer = _Issuer()


class _Identity(LowerFact, frozen=True, kw_only=True):
    type: str = ""
    arn: str = ""
    user_name: str = ""
    invoked_by: str = ""
    session_context: _Session = _Session()


class _Body(LowerFact, frozen=True, kw_only=True):
    """Members that CloudTrail writes as null are None."""

    user_identity: _Identity = _Identity()
    source_ip_address: str | None = field(default=None, name="sourceIPAddress")
    error_code: str | None = None
    event_type: str | None = None
    request_parameters: Mapping[str, Any] | None = None
    response_elements: Mapping[str, Any] | None = None
    additional_event_data: Mapping[str, Any] | None = None


class _Listed(Fact, frozen=True, kw_only=True):
    event_id: str
    event_name: str
    event_time: Moment
    cloud_trail_event: str


class TrailEvent(Struct, frozen=True, kw_only=True):
    """``principal`` is a role's or a user's name, ``root``, or the service of AWS that acted. ``parameters`` may hold
    what does not belong into evidence."""

    id: str
    name: str
    at: Moment
    kind: str
    principal: str
    source: str
    error: str
    by_service: bool
    parameters: Mapping[str, Any]
    response: Mapping[str, Any]
    additional: Mapping[str, Any]

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        """Malformed when the event's text is none that can be read."""
        listed = parse(raw, _Listed)
        # the raw text: the border cuts a member at 2048 characters, and this one is JSON of up to 256 kB
        try:
            text = json.loads(raw["CloudTrailEvent"])
        except (TypeError, ValueError, RecursionError):
            raise Malformed("CloudTrail told an event that is not JSON", remedy="re-check") from None
        body = parse(text, _Body)
        identity = body.user_identity
        return cls(
            id=listed.event_id,
            name=listed.event_name,
            at=listed.event_time,
            kind=identity.type,
            principal=_principal(identity),
            source=body.source_ip_address or "",
            error=body.error_code or "",
            by_service=bool(identity.invoked_by)
            or identity.type == "AWSService"
            or body.event_type == "AwsServiceEvent",
            parameters=body.request_parameters or {},
            response=body.response_elements or {},
            additional=body.additional_event_data or {},
        )

    @property
    def denied(self) -> bool:
        return self.error in DENIED

    @property
    def label(self) -> str:
        who = f"{self.name} by {self.principal or 'nobody named'} at {self.at:%Y-%m-%d %H:%M}"
        return f"{who} from {self.source}" if self.source else who

    def parameter(self, name: str) -> str:
        value = self.parameters.get(name)
        return value if isinstance(value, str) else ""


def _principal(identity: _Identity) -> str:
    if identity.type == "Root":
        return "root"
    issuer = identity.session_context.session_issuer.user_name
    return issuer or identity.user_name or identity.invoked_by or identity.arn.rpartition("/")[2]
