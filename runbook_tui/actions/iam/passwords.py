"""The account's password policy (guide 1.1)."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import PASSWORD_POLICY
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_KINDS = ("RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters", "RequireLowercaseCharacters")
_READ_ONLY = ("ExpirePasswords",)  # follows from MaxPasswordAge; the call does not take it


@action("iam.set-password-policy", guide="1.1", fixes=("iam.password-policy.exists", "iam.password-policy.strength"))
def set_password_policy(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The account's passwords are as strong as the site says, or stronger where they already were."""
    before = _recorded(aws)
    wanted = _wanted(before or {}, site)
    changed = [name for name in wanted if (before or {}).get(name) != wanted[name]]
    calls = (_put(wanted, (_back(before),)),) if changed else ()
    return Plan(
        action="iam.set-password-policy",
        title="Set the account's password policy",
        environment=env.name,
        resource="password policy",
        effect="Whoever changes a password from now on has to meet it; present passwords stay as they are.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(
            Difference(what=name, before=_word((before or {}).get(name)), after=_word(wanted[name])) for name in changed
        ),
        permissions=needed(calls),
    )


def _recorded(aws: Aws) -> Mapping[str, Any] | None:
    """None where the account has no policy of its own."""
    try:
        aws.iam.password_policy()
    except Missing as problem:
        if problem.kind != PASSWORD_POLICY:
            raise
        return None
    found = aws.reader.read("iam", "get_account_password_policy")["PasswordPolicy"]
    return {name: value for name, value in found.items() if name not in _READ_ONLY}


def _wanted(before: Mapping[str, Any], site: Site) -> dict[str, Any]:
    """The call replaces every attribute: what is not sent falls back to AWS's default."""
    rules = site.iam.password
    wanted = {**before, **dict.fromkeys(_KINDS, True), "HardExpiry": False, "AllowUsersToChangePassword": True}
    wanted["MinimumPasswordLength"] = max(before.get("MinimumPasswordLength", 0), rules.min_length)
    if reuse := max(before.get("PasswordReusePrevention", 0), rules.reuse):
        wanted["PasswordReusePrevention"] = reuse
    if rules.max_age is not None:
        wanted["MaxPasswordAge"] = min(before.get("MaxPasswordAge") or rules.max_age, rules.max_age)
    return wanted


def _put(parameters: Mapping[str, Any], undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    return ApiCall(
        id="put-policy",
        service="iam",
        operation="update_account_password_policy",
        parameters=parameters,
        effect="the policy is put, whole",
        undo=undo,
    )


def _back(before: Mapping[str, Any] | None) -> ApiCall:
    if before is not None:
        return _put(before)
    return ApiCall(
        id="delete-policy",
        service="iam",
        operation="delete_account_password_policy",
        parameters={},
        effect="the account has no policy of its own again",
        gone=("NoSuchEntity",),
    )


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
