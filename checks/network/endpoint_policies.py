"""Guide 2.3: what the endpoints' own policies let the backend's roles do."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from checks.network.endpoint_settings import ENDPOINT_READS, NONE
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.endpoints import is_there, service_of
from runbook_tui.aws.facts.network import VpcEndpoint
from runbook_tui.aws.facts.policy import Decision, Judgement, Request, grants_to
from runbook_tui.aws.facts.policy_document import Document, read_document
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, skip, unknown

PULL: Final = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
WRITE_LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
ITEMS: Final = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query")


class Ask(Struct, frozen=True):
    """``role`` is a name."""

    role: str
    action: str
    resource: str


@check("vpce.policy", guide="2.3", severity="low", scope="shared", needs=ENDPOINT_READS)
def policy(aws: Aws, site: Site) -> Verdict:
    """No endpoint's policy stands in the way of what the backend asks through it."""
    endpoints = [one for one in aws.ec2.vpc_endpoints(aws.ec2.vpc(site).vpc_id) if is_there(one)]
    judged = [one for one in endpoints if _asks(site, one)]
    if not judged:
        return skip(NONE)
    documents = {one.vpc_endpoint_id: _document(one) for one in judged}
    evidence: dict[str, Any] = {"statements": {name: _summary(found) for name, found in documents.items()}}
    denied: list[str] = []
    doubts: dict[str, frozenset[str]] = {}
    for one in judged:
        for ask in _asks(site, one):
            found = _decision(documents[one.vpc_endpoint_id], ask, _account(site, one))
            told = f"{one.vpc_endpoint_id} does not let {ask.role} {ask.action} on {ask.resource.split(':', 5)[-1]}"
            if found.decision is Decision.CONDITIONAL:
                doubts[ask.action] = found.keys
            elif not found.allowed:
                denied.append(told)
    if denied:
        more = f" and {len(denied) - 3} more" if len(denied) > 3 else ""
        because = f"{'; '.join(denied[:3])}{more}"
        return fail(because, "allow the backend's roles in the endpoint's policy, or keep the default one", **evidence)
    if doubts:
        keys = sorted(frozenset().union(*doubts.values()))
        because = f"{', '.join(sorted(doubts))} depends on {', '.join(keys)}"
        return unknown(Cause.UNDECIDED, because, "look at the conditions of the endpoint's policy", **evidence)
    return passed(f"{len(judged)} endpoints let the backend's roles do their work", **evidence)


def _asks(site: Site, endpoint: VpcEndpoint) -> list[Ask]:
    """What the backend asks through the endpoint; image layers in S3 belong to vpce.s3-gateway."""
    execution, environments = site.iam.execution_role, site.environments.values()
    where = f"{site.aws.region}:{_account(site, endpoint)}"
    secrets = [f"arn:aws:secretsmanager:{where}:secret:{one.secret_name}-AbC123" for one in environments]
    match service_of(endpoint, site.aws.region):
        case "secretsmanager":
            return [Ask(execution, "secretsmanager:GetSecretValue", one) for one in secrets]
        case "ecr.api":
            return [Ask(execution, "ecr:GetAuthorizationToken", "*")]
        case "ecr.dkr":
            images = [f"arn:aws:ecr:{where}:repository/{one.ecr_repo}" for one in environments]
            return [Ask(execution, action, one) for action in PULL for one in images]
        case "logs":
            streams = [f"arn:aws:logs:{where}:log-group:{one.log_group}:log-stream:app/1" for one in environments]
            return [Ask(execution, action, one) for action in WRITE_LOGS for one in streams]
        case "dynamodb":
            return [ask for one in environments for ask in _of_tables(site, one, where)]
        case _:
            return []


def _of_tables(site: Site, env: Environment, where: str) -> list[Ask]:
    tables = [f"arn:aws:dynamodb:{where}:table/{table.name}" for table in site.db.dynamodb.tables]
    return [Ask(site.iam.task_role_of(env.name), action, table) for action in ITEMS for table in tables]


def _document(endpoint: VpcEndpoint) -> Document | None:
    """None for the full access of an endpoint that was given no policy."""
    return read_document(endpoint.policy_document) if endpoint.policy_document else None


def _decision(document: Document | None, ask: Ask, account: str) -> Judgement:
    if document is None:
        return Judgement(Decision.ALLOWED)
    principal = _arn(document, ask.role, account)
    context: Mapping[str, list[str]] = {
        "aws:PrincipalArn": [principal],
        "aws:PrincipalAccount": [account],
        "aws:ResourceAccount": [account],
    }
    return grants_to(document, principal, Request(action=ask.action, resource=ask.resource, context=context))


def _arn(document: Document, role: str, account: str) -> str:
    """The role as the policy names it: with its path, which the site does not know."""
    begins, ends = f"arn:aws:iam::{account}:role/", f"/{role}"
    every = [*document.allows, *document.denies]
    named = (name for one in every for _, name in (*one.principals, *one.not_principals))
    values = (value for one in every for condition in one.conditions for value in condition.values)
    arns = (text for text in (*named, *values) if text.startswith(begins) and text.endswith(ends))
    return next(arns, f"{begins}{role}")


def _account(site: Site, endpoint: VpcEndpoint) -> str:
    return site.aws.account_id or endpoint.owner_id


def _summary(document: Document | None) -> list[str]:
    if document is None:
        return ["full access"]
    return [f"{one.effect} {', '.join(one.actions or one.not_actions)}" for one in document.statements]
