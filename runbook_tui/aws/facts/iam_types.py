"""Facts of IAM: roles, users, keys, policies. Members as ``iam`` describes them."""

from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, field

from runbook_tui.aws.facts.border import Fact, parse
from runbook_tui.aws.facts.moment import Moment
from runbook_tui.aws.facts.policy_document import Document, Statement, read_document


class AttachedPolicy(Fact, frozen=True, kw_only=True):
    policy_arn: str
    policy_name: str = ""

    @property
    def is_of_aws(self) -> bool:
        return ":iam::aws:policy/" in self.policy_arn


class Policy(Struct, frozen=True, kw_only=True):
    """``arn`` is empty for an inline policy; ``text`` is the document as JSON, where it was asked for by itself."""

    name: str
    document: Document
    arn: str = ""
    text: str = ""

    @property
    def is_of_aws(self) -> bool:
        return ":iam::aws:policy/" in self.arn


class Placed(Struct, frozen=True, kw_only=True):
    """A statement and the policy that it stands in."""

    policy: str
    statement: Statement
    of_aws: bool = False

    @property
    def label(self) -> str:
        return f"{self.policy}, {self.statement.label}"


class LastUsed(Fact, frozen=True, kw_only=True):
    """Of the last 400 days; empty for a role that nobody has used in them."""

    last_used_date: Moment | None = None
    region: str = ""


class Boundary(Fact, frozen=True, kw_only=True):
    arn: str = field(default="", name="PermissionsBoundaryArn")


class _RawRole(Fact, frozen=True, kw_only=True):
    arn: str
    role_name: str
    path: str = "/"
    create_date: Moment | None = None
    max_session_duration: int = 3600
    role_last_used: LastUsed = LastUsed()
    permissions_boundary: Boundary = Boundary()


class Role(_RawRole, frozen=True, kw_only=True):
    """``trust`` says who may assume it."""

    trust: Document

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        known = parse(raw, _RawRole)
        trust = read_document(raw.get("AssumeRolePolicyDocument"))
        return cls(trust=trust, **{name: getattr(known, name) for name in known.__struct_fields__})

    @property
    def account(self) -> str:
        """``arn:aws:iam::ACCOUNT:role/…``; empty for anything else."""
        parts = self.arn.split(":")
        return parts[4] if len(parts) > 5 else ""


class User(Fact, frozen=True, kw_only=True):
    arn: str
    user_name: str


class MfaDevice(Fact, frozen=True, kw_only=True):
    serial_number: str


class AccessKey(Fact, frozen=True, kw_only=True):
    access_key_id: str
    status: str
    create_date: Moment

    @property
    def active(self) -> bool:
        return self.status == "Active"

    @property
    def label(self) -> str:
        """The last four characters: the whole id is half of a sign-in."""
        return f"…{self.access_key_id[-4:]}"


class KeyUse(Fact, frozen=True, kw_only=True):
    """Without a date it was never used; the service is ``N/A`` then."""

    last_used_date: Moment | None = None
    service_name: str = ""
    region: str = ""


class PasswordPolicy(Fact, frozen=True, kw_only=True):
    """0 where AWS names no number."""

    minimum_password_length: int = 6
    require_symbols: bool = False
    require_numbers: bool = False
    require_uppercase_characters: bool = False
    require_lowercase_characters: bool = False
    password_reuse_prevention: int = 0
    max_password_age: int = 0
    hard_expiry: bool = False


class AccountSummary(Struct, frozen=True, kw_only=True):
    """Of the root user. Malformed at the border when one is missing: an absent number is no 0."""

    mfa: int = field(name="AccountMFAEnabled")
    keys: int = field(name="AccountAccessKeysPresent")
    password: int = field(name="AccountPasswordPresent", default=1)  # older endpoints do not tell: a password it is


class OidcProvider(Fact, frozen=True, kw_only=True):
    """``url`` without its scheme."""

    url: str
    client_ids: tuple[str, ...] = field(default=(), name="ClientIDList")


class ServiceUse(Fact, frozen=True, kw_only=True):
    service_namespace: str
    last_authenticated: Moment | None = None


class Owner(Struct, frozen=True, kw_only=True):
    """Who holds policies: a user, with those of its groups, or a role. ``boundary`` is a policy's ARN or empty."""

    name: str
    path: str = "/"
    boundary: str = ""
    policies: tuple[Policy, ...] = ()

    @property
    def statements(self) -> tuple[Placed, ...]:
        return placed(self.policies)


class AccountDetails(Struct, frozen=True, kw_only=True):
    """Everybody and what they may do. ``managed`` are policies by ARN, ``unattached`` customer policies nobody has."""

    users: tuple[Owner, ...]
    roles: tuple[Owner, ...]
    managed: Mapping[str, Policy]
    unattached: tuple[Policy, ...]

    def user(self, name: str) -> Owner | None:
        return next((one for one in self.users if one.name == name), None)


def placed(policies: tuple[Policy, ...]) -> tuple[Placed, ...]:
    return tuple(
        Placed(policy=policy.name, statement=statement, of_aws=policy.is_of_aws)
        for policy in policies
        for statement in policy.document.statements
    )
