"""IAM's credential report: a CSV of users, made anew every four hours at most. Pure."""

import csv
from datetime import datetime
from io import StringIO
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.errors import Malformed
from runbook_tui.core.text import clean

ROOT: Final = "<root_account>"
_WANTED: Final = frozenset({"user", "password_enabled", "mfa_active"})


class ReportedUser(Struct, frozen=True, kw_only=True):
    name: str
    password: bool
    mfa: bool


class CredentialReport(Struct, frozen=True, kw_only=True):
    """Without the row of the root user. ``made`` is aware."""

    made: datetime
    users: tuple[ReportedUser, ...]

    @property
    def with_password(self) -> tuple[ReportedUser, ...]:
        return tuple(one for one in self.users if one.password)


def read_report(content: Any, made: Any) -> CredentialReport:
    """Malformed when it is no such CSV, or when nobody knows how old it is."""
    if not isinstance(made, datetime) or made.tzinfo is None:
        raise _malformed("does not say when it was made")
    if not isinstance(content, bytes | str):
        raise _malformed("holds no text")
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    try:
        rows = list(csv.DictReader(StringIO(text), strict=True))
    except csv.Error:
        raise _malformed("is no CSV") from None
    if not rows or not set(rows[0]) >= _WANTED:
        raise _malformed("lacks columns")
    return CredentialReport(made=made, users=tuple(_user(row) for row in rows if row["user"] != ROOT))


def _user(row: dict[str, str]) -> ReportedUser:
    return ReportedUser(
        name=clean(row["user"] or "", 64),
        password=_flag(row["password_enabled"]),
        mfa=_flag(row["mfa_active"]),
    )


def _flag(text: str | None) -> bool:
    if text not in ("true", "false"):
        raise _malformed("holds something else than true and false")
    return text == "true"


def _malformed(what: str) -> Malformed:
    return Malformed(f"IAM's credential report {what}", remedy="ask IAM for a new one, then re-check")
