"""Who may assume a role, by its trust policy. Pure."""

import re
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.policy_condition import is_restricted
from runbook_tui.aws.facts.policy_document import Document, Statement, glob

ASSUME: Final = "sts:AssumeRole"
SOURCES: Final = ("aws:sourceaccount", "aws:sourcearn")
_ACCOUNT: Final = re.compile(r"\d{12}")


class Trust(Struct, frozen=True, kw_only=True):
    """``services`` are those that may assume it; ``guarded`` of these only for a source; ``elsewhere`` for a source
    that is not this account. ``others`` are further principals of this account, ``foreign`` of other accounts."""

    services: tuple[str, ...]
    guarded: tuple[str, ...]
    elsewhere: tuple[str, ...]
    others: tuple[str, ...]
    foreign: tuple[str, ...]
    everyone: bool
    conditions: tuple[str, ...]

    @property
    def exposed(self) -> str:
        """Why strangers may assume it; empty when they may not."""
        if self.everyone:
            return "everybody may assume it"
        return f"another account may assume it: {', '.join(self.foreign)}" if self.foreign else ""

    @property
    def principals(self) -> tuple[str, ...]:
        return (*self.services, *self.others, *self.foreign, *(("*",) if self.everyone else ()))


def read_trust(document: Document, account: str) -> Trust:
    allows = [one for one in document.allows if one.names_action(ASSUME)]
    denied = {name for one in document.denies if not one.conditions and one.names_action(ASSUME) for name in _all(one)}
    named = [(one, name) for one in allows for kind, name in one.principals if kind == "Service"]
    named = [(one, name) for one, name in named if name not in denied and not {"*"} & denied]
    identities = [(kind, name) for one in document.allows for kind, name in one.principals if kind != "Service"]
    foreign = [name for kind, name in identities if kind == "AWS" and account_of(name) not in ("", account)]
    return Trust(
        services=tuple(dict.fromkeys(name for _, name in named)),
        guarded=tuple(name for one, name in named if is_restricted(one) and _sources(one)),
        elsewhere=tuple(name for one, name in named if not _may_come_from(one, account)),
        others=tuple(dict.fromkeys(name for _, name in identities if name not in (*foreign, "*"))),
        foreign=tuple(dict.fromkeys(foreign)),
        everyone=any(one.not_principals for one in document.allows) or any(name == "*" for _, name in identities),
        conditions=tuple(dict.fromkeys(each.key for one in document.statements for each in one.conditions)),
    )


def account_of(principal: str) -> str:
    """Of an ARN or an account's bare id; empty for what names no account, as a deleted role's id."""
    if _ACCOUNT.fullmatch(principal):
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) > 5 else ""


def _all(statement: Statement) -> tuple[str, ...]:
    return tuple(name for _, name in statement.principals)


def _sources(statement: Statement) -> bool:
    return any(one.key.lower() in SOURCES for one in statement.conditions)


def _may_come_from(statement: Statement, account: str) -> bool:
    """Whether no condition on the source excludes this account."""
    for one in statement.conditions:
        positive = "Not" not in one.operator
        if positive and one.key.lower() == "aws:sourceaccount" and not any(glob(v, account) for v in one.values):
            return False
        if positive and one.key.lower() == "aws:sourcearn":
            accounts = [account_of(value) for value in one.values]
            if not any(not found or glob(found, account) for found in accounts):
                return False
    return True
