"""Who signs the requests, what they may do, and how the server's clock stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, Self

from msgspec import field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, missing_is, parse, parse_all
from runbook_tui.aws.signin import SignInRefused, skew_seconds
from runbook_tui.aws.together import each

ACTIONS_AT_ONCE: Final = 50  # keeps a request of 128-character names below the 10 kB that IAM takes


class PrincipalKind(StrEnum):
    ROOT = "root"
    USER = "user"
    ASSUMED_ROLE = "assumed role"
    FEDERATED_USER = "federated user"
    OTHER = "other"


class Caller(Fact, frozen=True, kw_only=True):
    account: str
    arn: str
    user_id: str = ""

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def kind(self) -> PrincipalKind:
        resource = self.arn.split(":", 5)[-1]
        if resource == "root":
            return PrincipalKind.ROOT
        for kind, prefix in _PREFIXES.items():
            if resource.startswith(f"{prefix}/"):
                return kind
        return PrincipalKind.OTHER

    @property
    def role(self) -> str:
        """Name of the assumed role; its path is not in this ARN."""
        return self.arn.split("/")[1] if self.kind is PrincipalKind.ASSUMED_ROLE else ""


_PREFIXES: Final = {
    PrincipalKind.USER: "user",
    PrincipalKind.ASSUMED_ROLE: "assumed-role",
    PrincipalKind.FEDERATED_USER: "federated-user",
}


class Credentials(Protocol):
    """What the session knows beside STS; see ``aws.session.Identity``."""

    @property
    def expires(self) -> datetime | None: ...

    @property
    def renews_itself(self) -> bool: ...


class Role(Fact, frozen=True, kw_only=True):
    arn: str


class _Organizations(Fact, frozen=True, kw_only=True):
    allowed_by_organizations: bool = True


class _Boundary(Fact, frozen=True, kw_only=True):
    allowed_by_permissions_boundary: bool = True


class _OnResource(Fact, frozen=True, kw_only=True):
    eval_resource_decision: str
    missing_context_values: tuple[str, ...] = ()


class Evaluation(Fact, frozen=True, kw_only=True):
    """IAM's answer for one action. A decision is ``allowed``, ``explicitDeny`` or ``implicitDeny``."""

    eval_action_name: str
    eval_decision: str
    missing_context_values: tuple[str, ...] = ()
    resource_specific_results: tuple[_OnResource, ...] = ()
    organizations_decision_detail: _Organizations = _Organizations()
    permissions_boundary_decision_detail: _Boundary = _Boundary()

    @property
    def allowed(self) -> bool:
        """On every resource that was asked about: the top decision is that of any of them."""
        if self.resource_specific_results:
            return all(one.eval_resource_decision == "allowed" for one in self.resource_specific_results)
        return self.eval_decision == "allowed"

    @property
    def missing_context(self) -> tuple[str, ...]:
        """Condition keys without which IAM could not decide."""
        deeper = (key for one in self.resource_specific_results for key in one.missing_context_values)
        return tuple(dict.fromkeys((*self.missing_context_values, *deeper)))

    @property
    def why(self) -> str:
        if not self.organizations_decision_detail.allowed_by_organizations:
            return "by a policy of the organization"
        if not self.permissions_boundary_decision_detail.allowed_by_permissions_boundary:
            return "by the permissions boundary"
        return "explicitly" if self.eval_decision == "explicitDeny" else "no policy allows it"


class RegionStatus(Fact, frozen=True, kw_only=True):
    status: str = field(name="RegionOptStatus")


class IdentityFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def caller(self) -> Caller:
        return Caller.from_api(self._reader.read("sts", "get_caller_identity"))

    def credentials(self) -> Credentials | None:
        """None where the reader has no session to ask, as in a test."""
        session = getattr(self._reader, "session", None)
        credentials: Credentials | None = session.identity() if session is not None else None
        return credentials

    def clock_skew(self, now: datetime) -> float:
        """Seconds that ``now`` is ahead of AWS, from the Date header of STS; a refused request carries one too.

        Malformed without a Date; SignInExpired when credentials were refused and nobody said the time.
        """
        try:
            metadata = self._reader.read("sts", "get_caller_identity").get("ResponseMetadata", {})
        except SignInRefused as refusal:
            if refusal.skew_s is None:
                raise
            return refusal.skew_s
        skew = skew_seconds(_header(metadata, "date"), metadata.get("Received") or now)
        if skew is None:
            raise Malformed("STS answered without a Date header", remedy="look for a proxy that strips it")
        return skew

    def role(self, name: str) -> Role:
        """Missing ``iam:role``."""
        with missing_is("iam:role", name):
            answer = self._reader.read("iam", "get_role", RoleName=name)
        return parse(answer.get("Role"), Role)

    def simulate(self, principal: str, actions: Sequence[str], resources: Sequence[str]) -> tuple[Evaluation, ...]:
        """Whether the principal may do each of the actions on each of the resources, by IAM's own evaluation.

        Policies of a session and of a resource are not part of it.
        """

        def asked(first: int) -> tuple[Evaluation, ...]:
            answer = self._reader.read(
                "iam",
                "simulate_principal_policy",
                PolicySourceArn=principal,
                ActionNames=list(actions[first : first + ACTIONS_AT_ONCE]),
                ResourceArns=list(resources),
            )
            return parse_all(answer, "EvaluationResults", Evaluation)

        chunks = each(asked, range(0, len(actions), ACTIONS_AT_ONCE))
        return tuple(one for chunk in chunks for one in chunk)

    def region_status(self, region: str) -> str:
        """ENABLED, ENABLED_BY_DEFAULT, ENABLING, DISABLING or DISABLED."""
        return parse(self._reader.read("account", "get_region_opt_status", RegionName=region), RegionStatus).status


def _header(metadata: Mapping[str, Any], name: str) -> str:
    headers = metadata.get("HTTPHeaders", {})
    return str(next((value for key, value in headers.items() if key.lower() == name), ""))
