"""What a check answers: one of five statuses, why, on what evidence, and what to do."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct


class Status(StrEnum):
    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    WARN = "WARN"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    SKIP = "SKIP"

    @property
    def symbol(self) -> str:
        return _GLASS[self][0]

    @property
    def word(self) -> str:
        return _GLASS[self][1]


# Symbol and word always stand together, so that colour is never needed to read a verdict.
_GLASS: Final = {
    Status.PASS: ("✔", "pass"),
    Status.WARN: ("▲", "warn"),
    Status.FAIL: ("✘", "fail"),
    Status.UNKNOWN: ("?", "unknown"),
    Status.SKIP: ("–", "skip"),
}


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Scope(StrEnum):
    """How often a check runs: once an account, once for both environments, or once an environment."""

    ACCOUNT = "account"
    SHARED = "shared"
    ENVIRONMENT = "environment"
    PROD = "prod"


class Cause(StrEnum):
    """Why a verdict is UNKNOWN (catalogue, section 1)."""

    DENIED = "denied"
    THROTTLED = "throttled"
    REGION = "region"
    TIMEOUT = "timeout"
    SERVER = "server"
    UNSUPPORTED = "unsupported"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    UNDECIDED = "undecided"
    ERROR = "error"


class Waiver(Struct, frozen=True, kw_only=True):
    """A FAIL that somebody answers for, up to and including the day ``expires`` (UTC)."""

    reason: str
    owner: str
    expires: date

    def __str__(self) -> str:
        return f"waived until {self.expires} by {self.owner}: {self.reason}"


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``evidence`` holds names, ids, counts and booleans only: never a secret value, nor its hash or prefix.

    ``attested`` marks an answer that rests on an operator's statement. ``waiver`` stands on a FAIL alone.
    """

    status: Status
    because: str
    evidence: Mapping[str, Any] = {}
    remedy: str = ""
    cause: Cause | None = None
    blocked_by: str = ""
    counts_as: Severity | None = None  # the weight of this very answer, where it is not the check's own
    attested: bool = False
    waiver: Waiver | None = None

    @property
    def waived(self) -> bool:
        return self.status is Status.FAIL and self.waiver is not None

    @property
    def blocks(self) -> bool:
        """Whether an operator must give a reason to go on over it."""
        return self.status in (Status.FAIL, Status.UNKNOWN) and not self.waived

    @property
    def counted(self) -> Status:
        """What it is among others: a waived FAIL weighs as much as a WARN, and is never a PASS."""
        return Status.WARN if self.waived else self.status

    @property
    def settles(self) -> bool:
        """Whether a wait for this check is over: WARN may mean "under way", a blocked check knows nothing,
        and nobody waits for what is waived."""
        return self.status is Status.PASS or (self.status is Status.SKIP and not self.blocked_by) or self.waived


def passed(because: str, **evidence: Any) -> Verdict:
    return Verdict(status=Status.PASS, because=because, evidence=evidence)


def warn(because: str, remedy: str, **evidence: Any) -> Verdict:
    return Verdict(status=Status.WARN, because=because, remedy=remedy, evidence=evidence)


def fail(because: str, remedy: str, **evidence: Any) -> Verdict:
    return Verdict(status=Status.FAIL, because=because, remedy=remedy, evidence=evidence)


def skip(because: str, **evidence: Any) -> Verdict:
    return Verdict(status=Status.SKIP, because=because, evidence=evidence)


def blocked(by: str, because: str, **evidence: Any) -> Verdict:
    """SKIP because the check ``by`` found that something is not there."""
    return Verdict(status=Status.SKIP, because=f"blocked by {by}: {because}", evidence=evidence, blocked_by=by)


def unknown(cause: Cause, because: str, remedy: str, **evidence: Any) -> Verdict:
    return Verdict(status=Status.UNKNOWN, cause=cause, because=because, remedy=remedy, evidence=evidence)


def roll_up(answers: Iterable[tuple[Severity, Status]]) -> Status:
    """The one status that stands for many: FAIL > UNKNOWN of high severity > WARN > UNKNOWN > PASS > SKIP."""
    serious = {Severity.CRITICAL, Severity.HIGH}

    def rank(answer: tuple[Severity, Status]) -> int:
        severity, status = answer
        match status:
            case Status.FAIL:
                return 5
            case Status.UNKNOWN:
                return 4 if severity in serious else 2
            case Status.WARN:
                return 3
            case Status.PASS:
                return 1
            case Status.SKIP:
                return 0

    return max(answers, key=rank, default=(Severity.INFO, Status.SKIP))[1]
