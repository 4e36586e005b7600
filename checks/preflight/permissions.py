"""Preamble: may the operator read all that the checks will ask?"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.identity import Caller, Evaluation, PrincipalKind
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import all_checks, check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, passed, unknown, warn

READ_VALUE: Final = "secretsmanager:GetSecretValue"
READ_LAYER: Final = "ecr:GetDownloadUrlForLayer"
POLICY: Final = "attach the read-only policy that `runbook-tui permissions` prints to the operator's role"


class Wanted(Struct, frozen=True):
    """Actions that are judged on the same resources, because the published policy grants them there."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


@check(
    "pre.permissions",
    guide="P",
    severity="high",
    scope="account",
    needs=["iam:GetRole", "iam:SimulatePrincipalPolicy"],
)
def permissions(aws: Aws, site: Site) -> Verdict:
    """The operator may read everything that the checks ask."""
    caller = aws.identity.caller()
    principal = _principal(aws, caller)
    if isinstance(principal, Verdict):
        return principal
    askers = _askers(site)
    groups = wanted(tuple(askers), site, caller.account)
    answers = each(lambda group: aws.identity.simulate(principal, group.actions, group.resources), groups)
    found = [one for answer in answers for one in answer]
    unanswered = sorted(set(askers) - {one.eval_action_name for one in found})
    denied = [one for one in found if not one.allowed]
    if denied or unanswered:
        return _not_all(denied, unanswered, askers)
    likely = " (likely: IAM does not simulate what the sign-in itself restricts)" if _is_sso(caller) else ""
    return passed(f"all {len(askers)} read actions are allowed{likely}", actions=len(askers), principal=principal)


def wanted(actions: tuple[str, ...], site: Site, account: str) -> tuple[Wanted, ...]:
    """The actions in groups of one resource type: IAM judges every action on every resource of a request."""
    where = f"{site.aws.region}:{account}"
    environments = site.environments.values()
    scoped = {
        # A secret's ARN ends in a dash and six characters that its name does not tell.
        READ_VALUE: tuple(f"arn:aws:secretsmanager:{where}:secret:{one.secret_name}-AAAAAA" for one in environments),
        READ_LAYER: tuple(f"arn:aws:ecr:{where}:repository/{one.ecr_repo}" for one in environments),
    }
    everywhere = tuple(action for action in actions if not scoped.get(action))
    narrow = tuple(Wanted((action,), on) for action, on in scoped.items() if action in actions and on)
    return (Wanted(everywhere, ("*",)), *narrow) if everywhere else narrow


def _askers(site: Site) -> dict[str, list[str]]:
    """Read actions of all checks, in order, with the checks that ask each."""
    found: dict[str, list[str]] = {}
    for one in all_checks().values():
        for action in one.needs:
            found.setdefault(action, []).append(one.id)
    if site.secrets.allow_value_read is not True:
        found.pop(READ_VALUE, None)  # it is not asked at all then
    return dict(sorted(found.items()))


def _principal(aws: Aws, caller: Caller) -> str | Verdict:
    """The ARN that IAM can simulate: a session's own ARN has lost its role's path."""
    match caller.kind:
        case PrincipalKind.USER:
            return caller.arn
        case PrincipalKind.ASSUMED_ROLE:
            try:
                return aws.identity.role(caller.role).arn
            except Missing:
                return _undecided(f"the role {caller.role} is not to be found in this account")
        case PrincipalKind.ROOT:
            return _undecided("IAM cannot simulate the root user")
        case _:
            return _undecided(f"IAM cannot simulate a {caller.kind.value}")


def _undecided(because: str) -> Verdict:
    return unknown(Cause.UNDECIDED, because, "sign in with the operator's role")


def _not_all(denied: list[Evaluation], unanswered: list[str], askers: Mapping[str, list[str]]) -> Verdict:
    undecidable = [one for one in denied if one.missing_context]
    refused = [one for one in denied if not one.missing_context]
    if not refused:
        keys = sorted({key for one in undecidable for key in one.missing_context})
        because = f"IAM could not decide on {len(undecidable) + len(unanswered)} actions"
        evidence = {"actions": [*unanswered, *(one.eval_action_name for one in undecidable)], "keys": keys}
        return unknown(
            Cause.UNDECIDED, because, f"look at the conditions of the operator's policies; {POLICY}", **evidence
        )
    names = sorted({one.eval_action_name for one in refused})
    blind = sorted({asker for name in names for asker in askers.get(name, ())})
    some = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    because = f"{len(names)} of {len(askers)} read actions are denied ({some}): {len(blind)} checks will be unknown"
    why = {one.eval_action_name: one.why for one in refused}
    return warn(because, POLICY, denied=why, checks=blind)


def _is_sso(caller: Caller) -> bool:
    return caller.role.startswith("AWSReservedSSO_")
