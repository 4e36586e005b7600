"""The least-privilege, read-only policy that a set of checks needs. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from runbook_tui.catalogue.registry import Check
from runbook_tui.core.site import Site

# What IAM takes as one managed policy, not counting white space.
LARGEST: Final = 6144
# Needs no permission, but says in the policy that it is asked; a boundary or an SCP may want to name it.
ALWAYS: Final = ("sts:GetCallerIdentity",)
READ_VALUE: Final = "secretsmanager:GetSecretValue"
READ_LAYER: Final = "ecr:GetDownloadUrlForLayer"

Statement = dict[str, Any]
Document = dict[str, Any]


def policy(checks: Iterable[Check], site: Site, more: Iterable[str] = ()) -> list[Document]:
    """IAM policy documents, as few as fit into managed policies: each action that a check ``needs``, and
    ``more``, once.

    Reading a secret's value and an image's layers is allowed on the site's own ones only.
    """
    needed = sorted({*ALWAYS, *more, *(action for check in checks for action in check.needs)})
    narrow = scoped(site)
    everywhere = [action for action in needed if action not in narrow]
    statements = [
        *_by_service(everywhere),
        *(_statement(action, [action], narrow[action]) for action in needed if narrow.get(action)),
    ]
    return [_document(group) for group in fitting(statements)]


def scoped(site: Site) -> Mapping[str, list[str]]:
    """Actions that are not for every resource, with the ARNs of this site that they are for."""
    where = f"{site.aws.region}:{site.aws.account_id or '*'}"
    aws = partition(site.aws.region)
    environments = list(site.environments.values())
    return {
        # A secret's ARN ends in a dash and six characters that its name does not tell.
        READ_VALUE: _distinct(
            f"arn:{aws}:secretsmanager:{where}:secret:{one.secret_name}-??????" for one in environments
        ),
        READ_LAYER: _distinct(f"arn:{aws}:ecr:{where}:repository/{one.ecr_repo}" for one in environments),
    }


def size(value: Any) -> int:
    """Characters as IAM counts them: without white space. Sids, actions and ARNs have none of their own."""
    return len(json.dumps(value, separators=(",", ":")))


def partition(region: str) -> str:
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for prefix, name in prefixes.items() if region.startswith(prefix)), "aws")


def _distinct(arns: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(arns))


def _by_service(actions: Iterable[str]) -> Iterator[Statement]:
    for service, group in groupby(actions, key=lambda action: action.partition(":")[0]):
        for number, part in enumerate(_parts(list(group))):
            yield _statement(f"{service}:Read{number + 1 if number else ''}", part, "*")


def _parts(actions: list[str]) -> Iterator[list[str]]:
    """Actions of one service in parts that fit: a hundred names of 50 characters nearly fill a document."""
    for start in range(0, len(actions), 100):
        yield actions[start : start + 100]


def _statement(name: str, actions: list[str], resources: str | list[str]) -> Statement:
    words = name.replace(":", "-").split("-")
    return {
        "Sid": "".join(word[:1].upper() + word[1:] for word in words),
        "Effect": "Allow",
        "Action": actions,
        "Resource": resources,
    }


def fitting(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """In groups that fit into a managed policy each."""
    group: list[Statement] = []
    for statement in statements:
        if group and size(_document([*group, statement])) > LARGEST:
            yield group
            group = []
        group.append(statement)
    if group:
        yield group


def _document(statements: list[Statement]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}
