"""Policy documents: made of the site, compared by what they say."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.policy_document import as_text
from runbook_tui.catalogue.permissions import partition
from runbook_tui.core.site import Site

TASKS = "ecs-tasks.amazonaws.com"
Statement = Mapping[str, Any]


def document(statements: Sequence[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Any] | None = None) -> Statement:
    one = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**one, "Condition": condition} if condition else one


def trust(services: Sequence[str], account: str) -> str:
    """For services on behalf of this account alone: they would act for others too (the confused deputy)."""
    named: Any = list(services) if len(services) > 1 else services[0]
    one = {
        "Effect": "Allow",
        "Principal": {"Service": named},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return document([one])


def same(one: Any, other: Any) -> bool:
    """Whether two documents, each JSON or already read, hold the same members."""
    return bool(json.loads(as_text(one)) == json.loads(as_text(other)))


def account_of(aws: Aws, site: Site) -> str:
    return site.aws.account_id or aws.identity.caller().account


def arn(aws: Aws, site: Site, service: str, resource: str) -> str:
    """Of something in the site's account and region."""
    region = "" if service == "iam" else site.aws.region
    return f"arn:{partition(site.aws.region)}:{service}:{region}:{account_of(aws, site)}:{resource}"


def secret_arn(aws: Aws, site: Site, name: str) -> str:
    """Whatever the six random characters at its end are."""
    return arn(aws, site, "secretsmanager", f"secret:{name}-??????")
