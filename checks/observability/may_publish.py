"""Whether CloudWatch's alarms may do something with a topic or a key, by that thing's own policy. Pure."""

from collections.abc import Iterable
from typing import Final

from runbook_tui.aws.facts.policy import Decision, Judgement, Request, evaluate
from runbook_tui.aws.facts.policy_document import Document, Statement
from runbook_tui.catalogue.permissions import partition
from runbook_tui.core.site import Site

CLOUDWATCH: Final = "cloudwatch.amazonaws.com"
_ANYBODY: Final = {("Service", CLOUDWATCH), ("Service", "*"), ("AWS", "*"), ("*", "*")}


def may(document: Document, action: str, resource: str, site: Site, *, owner: bool) -> Judgement:
    """``owner``: what the policy gives to the resource's own account, it gives to its alarms too. So does SNS, and
    KMS does not."""
    _, where, _, _, account, *_ = *resource.split(":"), "", "", "", "", ""
    ours = {("AWS", account), ("AWS", f"arn:{where}:iam::{account}:root")} if owner and account else set()
    named = [one for one in document.statements if _names(one, _ANYBODY | ours)]
    request = Request(action=action, resource=resource, context=_context(account, site))
    return evaluate([Document(statements=tuple(named))], request)


def judged(answers: Iterable[Judgement]) -> Judgement | None:
    """The first that depends on something, unless another one is refused whatever comes."""
    found = list(answers)
    if any(one.decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY) for one in found):
        return None
    return next((one for one in found if one.decision is Decision.CONDITIONAL), None)


def _names(statement: Statement, meant: set[tuple[str, str]]) -> bool:
    if statement.not_principals:
        return not meant & set(statement.not_principals)
    return bool(meant & set(statement.principals))


def _context(account: str, site: Site) -> dict[str, list[str]]:
    """What comes with the request of an alarm of this site."""
    own = site.aws.account_id or account
    name = next((one.service for one in site.environments.values() if one.is_prod), site.site.name)
    alarm = f"arn:{partition(site.aws.region)}:cloudwatch:{site.aws.region}:{own}:alarm:{name}-5xx"
    return {
        "aws:SourceAccount": [own],
        "aws:SourceOwner": [own],
        "AWS:SourceArn": [alarm],
        "aws:SecureTransport": ["true"],
        "aws:PrincipalIsAWSService": ["true"],
    }
