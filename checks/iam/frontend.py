"""Guide 1.1: the front end's deployment role has what it needs, and no more."""

from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import FRONTEND_ROLE
from runbook_tui.aws.facts.iam_types import placed
from runbook_tui.aws.facts.policy import on_everything
from runbook_tui.aws.facts.policy_document import Statement
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, skip

NO_FRONT_END: Final = "the site has no front end"
READING: Final = ("describe", "get", "list", "filter")
# Actions that IAM knows no resource for: they cannot be granted but on a star.
EVERYWHERE: Final = (
    "cloudfront:list*",
    "lambda:listfunctions",
    "lambda:listlayers",
    "lambda:getaccountsettings",
    "logs:describeloggroups",
    "s3:listallmybuckets",
    "s3:getaccountpublicaccessblock",
)


@check(
    "iam.frontend-role.services-only",
    guide="1.1",
    severity="high",
    scope="shared",
    needs=[
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
    ],
)
def services_only(aws: Aws, site: Site) -> Verdict:
    """The front end's role is allowed the services of a front end only, each on resources of its own."""
    if not site.frontend.enabled:
        return skip(NO_FRONT_END)
    statements = placed(aws.iam.role_policies(site.frontend.role, FRONTEND_ROLE))
    allows = [one for one in statements if one.statement.allows]
    allowed = site.iam.frontend_allowed_prefixes
    foreign = {one.label: found for one in allows if (found := list(beyond(one.statement, allowed)))}
    wide = {one.label: found for one in allows if (found := list(too_wide(one.statement)))}
    evidence = {"role": site.frontend.role, "allowed": list(allowed), "beyond": foreign, "wide": wide}
    remedy = "replace the statement by the exact actions that the front end's pipeline uses"
    if foreign:
        return fail(_told(foreign), remedy, **evidence)
    concerns = [_told(wide)] if wide else []
    good = f"{site.frontend.role} is allowed {len(allows)} statements, of a front end's services only"
    return warn_or_pass(concerns, good, remedy, **evidence)


def beyond(statement: Statement, allowed: tuple[str, ...]) -> Iterator[str]:
    if statement.not_actions:
        yield "all but some actions (NotAction)"
    for action in statement.actions:
        if not any(_within(action.lower(), prefix.lower()) for prefix in allowed):
            yield action


def _within(action: str, allowed: str) -> bool:
    """``allowed`` is a service, ``service:read`` or one action; a wildcard may not reach over the colon."""
    service, colon, name = action.partition(":")
    prefix, narrowed, only = allowed.partition(":")
    if not colon or service != prefix:
        return False
    if not narrowed:
        return True
    return name.startswith(READING) if only == "read" else name == only


def too_wide(statement: Statement) -> Iterator[str]:
    yield from (action for action in statement.actions if action.partition(":")[2].strip("*") == "")
    if on_everything(statement):
        bound = [one for one in statement.actions if not any(fnmatchcase(one.lower(), each) for each in EVERYWHERE)]
        yield from (f"{action} on *" for action in bound)


def _told(found: dict[str, list[str]]) -> str:
    return "; ".join(f"{label}: {', '.join(dict.fromkeys(what))}" for label, what in found.items())


@check(
    "iam.frontend-role.unused",
    guide="1.1",
    severity="low",
    scope="shared",
    needs=["iam:GenerateServiceLastAccessedDetails", "iam:GetRole", "iam:GetServiceLastAccessedDetails"],
)
def unused(aws: Aws, site: Site) -> Verdict:
    """The front end's role has used every service that it is granted."""
    if not site.frontend.enabled:
        return skip(NO_FRONT_END)
    role = aws.iam.role(site.frontend.role, FRONTEND_ROLE)
    services = aws.iam.last_accessed(role.arn)
    since = aws.now() - timedelta(days=site.iam.unused_days)
    idle = [one.service_namespace for one in services if not one.last_authenticated or one.last_authenticated < since]
    used = {one.service_namespace: f"{one.last_authenticated or 'never'}" for one in services}
    concerns = [f"{', '.join(idle)} not used for {site.iam.unused_days} days"] if idle else []
    good = f"all {len(services)} granted services were used within {site.iam.unused_days} days"
    return warn_or_pass(concerns, good, "take the services away that the role no longer uses", services=used)
