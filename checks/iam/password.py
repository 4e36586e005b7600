"""Guide 1.1: the account's password policy."""

from typing import Any

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import PASSWORD_POLICY
from runbook_tui.aws.facts.iam_types import PasswordPolicy
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed

SHORTEST = 8


@check(
    "iam.password-policy.exists",
    guide="1.1",
    severity="high",
    scope="account",
    needs=["iam:GetAccountPasswordPolicy"],
    establishes=[PASSWORD_POLICY],
)
def exists(aws: Aws, _site: Site) -> Verdict:
    """The account has a password policy of its own."""
    return passed("the account has a password policy", **_evidence(aws.iam.password_policy()))


@check(
    "iam.password-policy.strength",
    guide="1.1",
    severity="medium",
    scope="account",
    needs=["iam:GetAccountPasswordPolicy"],
)
def strength(aws: Aws, site: Site) -> Verdict:
    """Passwords must be as long and as mixed as the site says, and locked-out people can help themselves."""
    found, wanted = aws.iam.password_policy(), site.iam.password
    evidence = {
        **_evidence(found),
        "expected": {"min_length": wanted.min_length, "reuse": wanted.reuse, "max_age": wanted.max_age},
    }
    length = found.minimum_password_length
    remedy = "raise the weak attributes; the call that changes them replaces all: send the full set"
    if length < SHORTEST:
        return fail(f"a password of {length} characters is enough, expected {wanted.min_length}", remedy, **evidence)
    concerns = [f"length {length}, expected {wanted.min_length}"] if length < wanted.min_length else []
    concerns += [f"no {kind} required" for kind, required in _kinds(found).items() if not required]
    if found.password_reuse_prevention < wanted.reuse:
        concerns.append(f"{found.password_reuse_prevention} former passwords are refused, expected {wanted.reuse}")
    age = found.max_password_age
    if wanted.max_age is not None and not 0 < age <= wanted.max_age:
        concerns.append(f"passwords last {age or 'for ever'}, expected {wanted.max_age} days")
    if found.hard_expiry:
        concerns.append("who lets a password expire is locked out")
    return warn_or_pass(concerns, f"{length} characters and more, of every kind", remedy, **evidence)


def _kinds(found: PasswordPolicy) -> dict[str, bool]:
    return {
        "symbols": found.require_symbols,
        "numbers": found.require_numbers,
        "capital letters": found.require_uppercase_characters,
        "small letters": found.require_lowercase_characters,
    }


def _evidence(found: PasswordPolicy) -> dict[str, Any]:
    return {
        "min_length": found.minimum_password_length,
        "required": [kind for kind, required in _kinds(found).items() if required],
        "reuse": found.password_reuse_prevention,
        "max_age": found.max_password_age or None,
        "hard_expiry": found.hard_expiry,
    }
