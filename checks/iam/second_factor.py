"""Whether policies leave a user nothing without MFA: by a Deny over it, or a condition in each Allow. Pure."""

from collections.abc import Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.iam_types import Placed
from runbook_tui.aws.facts.policy import on_everything
from runbook_tui.aws.facts.policy_document import Statement, covers

MFA_PRESENT: Final = "aws:multifactorauthpresent"

# What somebody needs who has no second factor yet, or no other rights than to become somebody else.
SELF_SERVICE: Final = (
    "iam:*mfadevice*",
    "iam:changepassword",
    "iam:getaccountpasswordpolicy",
    "iam:getaccountsummary",
    "iam:getloginprofile",
    "iam:getuser",
    "iam:listaccountaliases",
    "iam:listusers",
    "iam:updateloginprofile",
    "sts:assumerole",
    "sts:getcalleridentity",
    "sts:getsessiontoken",
)
# The same, of the user itself alone.
OWN: Final = ("iam:*accesskey*", "iam:*sshpublickey*", "iam:*signingcertificate*", "iam:*servicespecificcredential*")


class Enforced(Enum):
    YES = "yes"
    WITH_A_GAP = "with a gap"
    NO = "no"


class Judged(Struct, frozen=True, kw_only=True):
    """``by`` are the statements that enforce it, ``open`` the Allows that nothing holds back; by label."""

    how: Enforced
    by: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


def enforced(statements: Sequence[Placed]) -> Judged:
    allows = [one for one in statements if one.statement.allows and not _harmless(one.statement)]
    strong = [one for one in statements if _denies_without(one.statement, "BoolIfExists")]
    weak = [one for one in statements if _denies_without(one.statement, "Bool")]
    free = [one for one in allows if not _held_back(one.statement, strong)]
    left = [one for one in free if not _held_back(one.statement, weak)]
    if left:
        return Judged(how=Enforced.NO, open=tuple(one.label for one in left))
    by = tuple(one.label for one in ([*strong, *weak] if free else strong))
    return Judged(how=Enforced.WITH_A_GAP if free else Enforced.YES, by=by)


def _held_back(allow: Statement, denies: Sequence[Placed]) -> bool:
    """Whether it wants MFA itself, or one Deny covers all of its actions."""
    return _wants_mfa(allow) or any(_covered(allow, one.statement) for one in denies)


def _covered(allow: Statement, deny: Statement) -> bool:
    if deny.not_actions:
        spared = [one for one in deny.not_actions if not _is_self_service(one, own=True)]
        return not any(_may_overlap(one, action) for one in spared for action in (allow.actions or ("*",)))
    return all(any(_over(wide, one) for wide in deny.actions) for one in (allow.actions or ("*",)))


def _denies_without(statement: Statement, operator: str) -> bool:
    """A Deny of everything that holds as soon as MFA is absent; any other condition would open a way around it."""
    only = statement.conditions
    return (
        not statement.allows
        and on_everything(statement)
        and len(only) == 1
        and only[0].operator == operator
        and only[0].key.lower() == MFA_PRESENT
        and [value.lower() for value in only[0].values] == ["false"]
    )


def _wants_mfa(statement: Statement) -> bool:
    return any(
        one.operator == "Bool" and one.key.lower() == MFA_PRESENT and [v.lower() for v in one.values] == ["true"]
        for one in statement.conditions
    )


def _harmless(statement: Statement) -> bool:
    own = bool(statement.resources) and all("${aws:username}" in one.lower() for one in statement.resources)
    return bool(statement.actions) and all(_is_self_service(one, own=own) for one in statement.actions)


def _is_self_service(action: str, *, own: bool) -> bool:
    return any(_over(wide, action) for wide in (*SELF_SERVICE, *(OWN if own else ())))


def _over(wide: str, narrow: str) -> bool:
    return covers(wide.lower(), narrow.lower())


def _may_overlap(one: str, other: str) -> bool:
    return _over(one, other) or _over(other, one)
