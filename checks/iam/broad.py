"""Guide 1.1: nobody keeps the wide policies of the account's first days."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam_types import AccountDetails, Owner, Placed
from runbook_tui.aws.facts.policy import gives_everything, gives_service, on_everything
from runbook_tui.aws.facts.policy_condition import is_restricted
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail

WIDE_POLICIES: Final = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
OF_SERVICES: Final = "/aws-service-role/"
PLATFORM: Final = ("OrganizationAccountAccessRole", "AWSControlTowerExecution", "cdk-*-cfn-exec-role-*")
SIGN_ON: Final = "/aws-reserved/sso.amazonaws.com/"


@check(
    "iam.broad-policies",
    guide="1.1",
    severity="high",
    scope="account",
    needs=["iam:GetAccountAuthorizationDetails"],
)
def broad_policies(aws: Aws, site: Site) -> Verdict:
    """Nobody but the administrators whom the site names may do everything, or everything in IAM."""
    account = aws.iam.account()
    owners = [one for one in (*account.users, *account.roles) if not one.path.startswith(OF_SERVICES)]
    broad = {one.name: found for one in owners if (found := list(dict.fromkeys(_broad(one))))}
    accepted = [name for name in broad if name in site.iam.admin_allowlist]
    judged = [one for one in owners if one.name in broad and one.name not in accepted]
    failing = [one for one in judged if not _is_platform(one) and not _is_bounded(one, account)]
    evidence = {"broad": broad, "accepted": accepted, "principals": len(owners)}
    remedy = "detach the wide policy and attach a scoped one; name the one role for emergencies in iam.admin_allowlist"
    if failing:
        told = "; ".join(f"{one.name} ({', '.join(broad[one.name])})" for one in failing)
        return fail(f"administrators that the site does not name: {told}", remedy, **evidence)
    concerns = [_why(one) for one in judged]
    concerns += [f"{one.policy} allows everything and is attached to nobody" for one in _idle(account)]
    concerns += [f"{one.name}: {what}" for one in owners if one.name not in broad for what in _loose(one)]
    good = f"none of {len(owners)} users and roles is an administrator without being named"
    return warn_or_pass(concerns, good, remedy, **evidence)


def _broad(owner: Owner) -> Iterator[str]:
    for policy in owner.policies:
        if policy.is_of_aws and policy.name in WIDE_POLICIES:
            yield policy.name
    yield from (one.label for one in owner.statements if _is_broad(one))


def _is_broad(one: Placed) -> bool:
    if one.of_aws and one.policy in WIDE_POLICIES:
        return False  # told by its name already
    return gives_everything(one.statement) or gives_service(one.statement, "iam")


def _is_platform(owner: Owner) -> bool:
    return owner.path.startswith(SIGN_ON) or any(fnmatchcase(owner.name, pattern) for pattern in PLATFORM)


def _is_bounded(owner: Owner, account: AccountDetails) -> bool:
    """Whether its boundary, which only limits, leaves neither everything nor all of IAM."""
    limits = account.managed.get(owner.boundary)
    if limits is None or (limits.is_of_aws and limits.name in WIDE_POLICIES):
        return False
    return not any(
        gives_everything(one) or gives_service(one, "iam") or one.not_actions for one in limits.document.allows
    )


def _why(owner: Owner) -> str:
    kind = "a role of the platform" if _is_platform(owner) else "held back by its boundary"
    return f"{owner.name} is an administrator, {kind}"


def _idle(account: AccountDetails) -> list[Placed]:
    """Policies, each by its first statement that allows everything."""
    found = {}
    for policy in account.unattached:
        for statement in policy.document.statements:
            if gives_everything(statement):
                found[policy.arn] = Placed(policy=policy.name, statement=statement)
    return list(found.values())


def _loose(owner: Owner) -> Iterator[str]:
    for one in owner.statements:
        statement = one.statement
        if not statement.allows or one.of_aws or is_restricted(statement):
            continue
        if statement.not_actions:
            yield f"{one.label} allows all but some actions (NotAction)"
        elif statement.names_action("iam:PassRole") and on_everything(statement) and not statement.conditions:
            yield f"{one.label} lets any role be passed on (iam:PassRole on *)"
