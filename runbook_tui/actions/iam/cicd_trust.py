"""Who may assume the pipeline's role: workflows of the site's repository, or CodePipeline (guide 1.2)."""

import re
from collections.abc import Iterator
from typing import Any, Final

from runbook_tui.actions.iam.documents import account_of, document, trust
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam_types import Role
from runbook_tui.catalogue.actions import CannotPlan, Inputs
from runbook_tui.catalogue.permissions import partition
from runbook_tui.core.plan import Question
from runbook_tui.core.site import Site

HOST: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
_IDS: Final = re.compile(r"repo:([^/:@]+)@(\d+)/([^/:@]+)@(\d+):")
_TYPED: Final = re.compile(r"(\d+)/(\d+)")
NONE: Final = "none"


def cicd_trust(aws: Aws, site: Site, inputs: Inputs, role: Role | None) -> str:
    """The document for the site's kind of pipeline. ``role`` is as it is now: GitHub's ids are taken from it."""
    account = account_of(aws, site)
    if site.cicd.kind == "codepipeline":
        return trust(["codepipeline.amazonaws.com"], account)
    if site.cicd.github_repo is None:
        raise CannotPlan("the site does not name the repository", "give cicd.github_repo as owner/name")
    provider = f"arn:{partition(site.aws.region)}:iam::{account}:oidc-provider/{HOST}"
    one: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{HOST}:aud": AUDIENCE, f"{HOST}:sub": list(_subjects(site, inputs, role))},
        },
    }
    return document([one])


def _subjects(site: Site, inputs: Inputs, role: Role | None) -> Iterator[str]:
    """Names, and the form with GitHub's ids: repositories made or renamed since July 2026 send that one."""
    assert site.cicd.github_repo is not None, "it was looked at before"
    owner, _, repository = site.cicd.github_repo.partition("/")
    found = _known_ids(role, site.cicd.github_repo) or _asked_ids(site.cicd.github_repo, inputs)
    forms = [f"{owner}/{repository}"]
    if found is not None:
        forms.append(f"{owner}@{found[0]}/{repository}@{found[1]}")
    yield from (f"repo:{form}:environment:{name}" for form in forms for name in site.cicd.environments)


def _known_ids(role: Role | None, wanted: str) -> tuple[str, str] | None:
    """Of the same repository, in the trust policy that is there."""
    statements = role.trust.allows if role is not None else ()
    values = [value for one in statements for each in one.conditions for value in each.values]
    for match in filter(None, map(_IDS.match, values)):
        if f"{match[1]}/{match[3]}".lower() == wanted.lower():
            return match[2], match[4]
    return None


def _asked_ids(repository: str, inputs: Inputs) -> tuple[str, str] | None:
    text = (
        f"GitHub's ids of {repository}, as OWNER_ID/REPOSITORY_ID (gh api repos/{repository} --jq "
        f"'\"\\(.owner.id)/\\(.id)\"'); {NONE} for a repository that was made before July 2026"
    )
    (given,) = inputs.take(Question(name="ids", text=text, default=NONE))
    if given.strip() in ("", NONE):
        return None
    match = _TYPED.fullmatch(given.strip())
    if match is None:
        raise CannotPlan(f"ids: {given} is not OWNER_ID/REPOSITORY_ID", "two numbers with a slash, as 4711/815")
    return match[1], match[2]
