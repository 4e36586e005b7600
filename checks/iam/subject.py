"""Which GitHub workflows a trust policy means, by the ``sub`` of their tokens. Pure."""

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.policy_document import Condition, Statement
from runbook_tui.core.site import Cicd

HOST: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
_PINNING: Final = ("StringEquals", "StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike")
_SUBJECT: Final = re.compile(r"repo:(?P<owner>[^/:]+)/(?P<repository>[^/:]+):(?P<where>.+)")


class Grade(IntEnum):
    GOOD = 0
    DOUBTFUL = 1
    OPEN = 2


class Finding(Struct, frozen=True, kw_only=True):
    """``immutable``: the form with GitHub's ids, which a renamed repository keeps; None where it is neither form."""

    grade: Grade
    text: str = ""
    immutable: bool | None = None


def judge(statement: Statement, cicd: Cicd) -> list[Finding]:
    """Of one Allow for GitHub's tokens."""
    found = _audience([one for one in statement.conditions if one.key.lower() == f"{HOST}:aud"])
    subjects = [one for one in statement.conditions if one.key.lower() == f"{HOST}:sub"]
    judged = [_condition(one, cicd) for one in subjects]
    if not judged:
        return [
            *found,
            Finding(grade=Grade.OPEN, text="no condition on :sub: every repository of GitHub may assume it"),
        ]
    # conditions hold together: the narrowest of them decides
    return [*found, *min(judged, key=lambda findings: max(one.grade for one in findings))]


def forms(findings: Sequence[Finding]) -> str:
    """What is missing where only one of the two forms of ``sub`` is listed; empty when both are."""
    seen = {one.immutable for one in findings} - {None}
    if seen == {False}:
        return "only names are listed, not the form with ids (repo:owner@id/name@id:…): tokens with ids never match"
    return "only the form with ids is listed: tokens with plain names never match" if seen == {True} else ""


def _audience(conditions: Sequence[Condition]) -> list[Finding]:
    if not conditions:
        return [Finding(grade=Grade.DOUBTFUL, text="no condition on :aud")]
    if any(AUDIENCE in one.values and one.operator in _PINNING for one in conditions):
        return []
    return [Finding(grade=Grade.OPEN, text=f":aud is not {AUDIENCE}")]


def _condition(condition: Condition, cicd: Cicd) -> list[Finding]:
    if condition.operator not in _PINNING:
        return [Finding(grade=Grade.OPEN, text=f"{condition.operator} on :sub pins nothing")]
    return [_pattern(value, cicd) for value in condition.values] or [Finding(grade=Grade.OPEN, text="empty :sub")]


def _pattern(value: str, cicd: Cicd) -> Finding:
    parts = _SUBJECT.fullmatch(value)
    if parts is None:
        return Finding(grade=Grade.OPEN, text=f"{value} names no repository")
    owner, repository = parts["owner"], parts["repository"]
    if any(sign in owner + repository for sign in "*?"):
        return Finding(grade=Grade.OPEN, text=f"{value} has a wildcard in the repository: foreign ones match too")
    plain = f"{owner.partition('@')[0]}/{repository.partition('@')[0]}"
    if cicd.github_repo is not None and plain.lower() != cicd.github_repo.lower():
        return Finding(grade=Grade.OPEN, text=f"{value} is another repository, expected {cicd.github_repo}")
    doubt = _doubt(value, parts["where"], cicd)
    grade = Grade.DOUBTFUL if doubt else Grade.GOOD
    return Finding(grade=grade, text=doubt, immutable="@" in owner and "@" in repository)


def _doubt(value: str, where: str, cicd: Cicd) -> str:
    kind, _, name = where.partition(":")
    if where == "*":
        return f"{value} is any branch, tag or pull request"
    if kind == "environment":
        return "" if name in cicd.environments else f"{value} is none of the site's environments"
    branch = name.removeprefix("refs/heads/")
    if kind != "ref" or branch == name or branch not in cicd.branches.values():
        return f"{value} is none of the site's branches and environments"
    return f"{value} is a branch, and tokens of jobs with an environment never match it" if cicd.environments else ""
