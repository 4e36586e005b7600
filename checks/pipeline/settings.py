"""Guide 4.2: what the workflow is given: names of secrets and variables, and the region."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.pipeline.stages import FRESH
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.github import GitHubFacts, Names
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, skip, warn

SECRETS: Final = "cicd.github-secrets"
REGION: Final = "cicd.github-region"
KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
PLACES: Final = ("AWS_REGION", "ECR_REPO", "ECS_CLUSTER", "ECS_SERVICE")
OF_ONE_ENVIRONMENT: Final = ("ECR_REPO", "ECS_SERVICE")
OTHER: Final = "the pipeline is not GitHub's (cicd.kind)"
GRACE: Final = timedelta(minutes=10)  # a key is made first, and stored a moment later
_REGIONS: Final = re.compile(r"\b[a-z]{2}(?:-[a-z]+)+-\d\b")


@check("cicd.github-secrets", guide="4.2", severity="medium", scope="shared", needs=["iam:ListAccessKeys"])
def github_secrets(aws: Aws, site: Site) -> Verdict:
    """Every environment of the workflow has the names that it needs, as new as the newest access key."""
    if site.cicd.kind != "github":
        return skip(OTHER)
    newest = _newest_key(aws, site)
    wanted = (*(KEYS if site.cicd.auth == "access_keys" else ("AWS_ROLE_ARN",)), *PLACES)
    if aws.github is None:
        confirm = f"{', '.join(wanted)} are set for {' and '.join(site.cicd.environments)}"
        since = max(filter(None, (newest, aws.now() - FRESH)))
        return attested(aws, SECRETS, "", confirm, row_says_pass=True, row_warns=_is_stated(aws), since=since)
    return _read(aws.github, site, wanted, newest)


def _is_stated(aws: Aws) -> bool:
    """An old statement is a warning; none at all leaves it open."""
    try:
        return aws.attested(SECRETS, "") is not None
    except JournalProblem:
        return False  # and who asks for the statement is told why


def _read(github: GitHubFacts, site: Site, wanted: tuple[str, ...], newest: datetime | None) -> Verdict:
    own, places = together(github.names, lambda: each(github.names_of, site.cicd.environments))
    found = dict(zip(site.cicd.environments, places, strict=True))
    remedy = "give each GitHub environment its own set: one set of names cannot serve two services"
    evidence: dict[str, Any] = {
        "repository": sorted(own.all),
        **{name: sorted(its.all) if its else "no such environment" for name, its in found.items()},
    }
    concerns = [f"the repository has no environment {name}" for name, its in found.items() if its is None]
    for name, its in found.items():
        absent = [one for one in wanted if its is not None and one not in (*its.all, *own.all)]
        concerns += [f"{name} lacks {', '.join(absent)}"] if absent else []
    concerns += _shared(own, found)
    concerns += _old([own, *(its for its in found.values() if its)], newest)
    return warn_or_pass(concerns, f"{', '.join(found)} have {', '.join(wanted)}", remedy, **evidence)


def _shared(own: Names, found: dict[str, Names | None]) -> list[str]:
    """What only the repository has, although it must differ between environments."""
    alike = [
        one
        for one in OF_ONE_ENVIRONMENT
        if one in own.all and len(found) > 1 and any(its and one not in its.all for its in found.values())
    ]
    return [f"{', '.join(alike)} is the same for all environments"] if alike else []


def _old(places: list[Names], newest: datetime | None) -> list[str]:
    if newest is None:
        return []
    dates = [one.updated_at for its in places for one in its.secrets if one.name in KEYS and one.updated_at]
    old = [one for one in dates if one + GRACE < newest]
    return [f"the stored access key is of {min(old):%Y-%m-%d}, the newest one of {newest:%Y-%m-%d}"] if old else []


def _newest_key(aws: Aws, site: Site) -> datetime | None:
    if site.cicd.auth != "access_keys":
        return None
    keys = [key.create_date for user in site.iam.cicd_users for key in aws.iam.access_keys(user)]
    return max(keys, default=None)


@check("cicd.github-region", guide="4.2", severity="low", scope="shared")
def github_region(aws: Aws, site: Site) -> Verdict:
    """The workflow works in the site's region."""
    if site.cicd.kind != "github":
        return skip(OTHER)
    values = _regions(aws.github, site) if aws.github else {}
    remedy = f"set AWS_REGION to {site.aws.region}"
    wrong = [f"{value} in {place}" for place, value in values.items() if value != site.aws.region]
    if wrong:
        return warn(f"AWS_REGION is {', '.join(wrong)}; the site is in {site.aws.region}", remedy, found=values)
    if values and set(site.cicd.environments) <= values.keys():
        return warn_or_pass([], f"AWS_REGION is {site.aws.region}", remedy, found=values)
    confirm = f"AWS_REGION is {site.aws.region}"
    found = attested(aws, REGION, "", confirm, row_says_pass=True, row_warns=True)
    stated = aws.attested(REGION, "") if found.attested else None
    named = _REGIONS.findall(stated.text) if stated else []
    if stated and named != [site.aws.region]:
        return warn(f"the statement does not name {site.aws.region}: {stated.text}", remedy, stated=named)
    return found


def _regions(github: GitHubFacts, site: Site) -> dict[str, str]:
    """The variable of each environment, its own or the repository's; a secret's value cannot be read."""
    own, places = together(github.names, lambda: each(github.names_of, site.cicd.environments))
    found = {}
    for name, its in zip(site.cicd.environments, places, strict=True):
        value = (its.variable("AWS_REGION") if its else None) or own.variable("AWS_REGION")
        if value is not None:
            found[name] = value
    return found
