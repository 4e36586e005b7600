"""Guide 9.3: the site's roles are used for what they are there for."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import CICD_ROLE, EXECUTION_ROLE, FRONTEND_ROLE, TASK_ROLE
from runbook_tui.aws.facts.iam_types import Role, ServiceUse
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, skip

GLOBAL: Final = "us-east-1"  # where the front end's CloudFront is called
TASK: Final = frozenset({"secretsmanager", "logs", "kms", "ssm", "dynamodb", "xray", "cloudwatch", "s3", "sts", "ses"})
EXECUTION: Final = frozenset({"ecr", "logs", "secretsmanager", "ssm", "kms", "s3", "sts"})
PIPELINE: Final = frozenset(
    {
        "ecr",
        "ecs",
        "cloudwatch",
        "logs",
        "secretsmanager",
        "iam",
        "sts",
        "elasticloadbalancing",
        "codepipeline",
        "codebuild",
        "codestar-connections",
        "codeconnections",
        "s3",
        "kms",
    }
)


class _Expected(Struct, frozen=True, kw_only=True):
    """A role of the site, and what it may have been used for."""

    name: str
    kind: str
    services: frozenset[str]
    regions: frozenset[str]


class _Used(Struct, frozen=True, kw_only=True):
    expected: _Expected
    role: Role
    services: tuple[ServiceUse, ...]

    @property
    def concerns(self) -> list[str]:
        region = self.role.role_last_used.region
        found = []
        if region and region not in self.expected.regions:
            found.append(f"{self.role.role_name} was last used in {region}")
        found += [
            f"{self.role.role_name} was used for {one.service_namespace} on {_day(one)}"
            for one in self.services
            if one.last_authenticated is not None and one.service_namespace not in self.expected.services
        ]
        return found


@check(
    "review.role-last-used",
    guide="9.3",
    severity="medium",
    scope="account",
    needs=["iam:GenerateServiceLastAccessedDetails", "iam:GetRole", "iam:GetServiceLastAccessedDetails"],
)
def role_last_used(aws: Aws, site: Site) -> Verdict:
    """The site's roles were used for the services that they are for, in the site's region."""
    expected = list(_expected(site))
    if not expected:
        return skip("the site names no role")

    def look(one: _Expected) -> _Used:
        role = aws.iam.role(one.name, one.kind)
        return _Used(expected=one, role=role, services=aws.iam.last_accessed(role.arn))

    used = each(look, expected)
    concerns = [text for one in used for text in one.concerns]
    evidence: dict[str, Any] = {one.role.role_name: _told(one) for one in used}
    remedy = "find the caller in CloudTrail; what nobody needs, take out of the role's policy"
    return warn_or_pass(concerns, f"{len(used)} roles were used as expected, or not at all", remedy, roles=evidence)


def _expected(site: Site) -> Iterator[_Expected]:
    home = frozenset({site.aws.region})
    for name in dict.fromkeys(site.iam.task_role_of(environment) for environment in site.environments):
        yield _Expected(name=name, kind=TASK_ROLE, services=TASK, regions=home)
    yield _Expected(name=site.iam.execution_role, kind=EXECUTION_ROLE, services=EXECUTION, regions=home)
    if site.cicd.kind != "none" and not (site.cicd.kind == "github" and site.cicd.auth == "access_keys"):
        yield _Expected(name=site.iam.cicd_role, kind=CICD_ROLE, services=PIPELINE, regions=home)
    if site.frontend.enabled:
        services = frozenset(prefix.partition(":")[0] for prefix in site.iam.frontend_allowed_prefixes)
        regions = home | {GLOBAL}
        yield _Expected(name=site.frontend.role, kind=FRONTEND_ROLE, services=services, regions=regions)


def _told(used: _Used) -> dict[str, Any]:
    last = used.role.role_last_used
    return {
        "last_used": _iso(last.last_used_date),
        "region": last.region or "none",
        "services": {one.service_namespace: _day(one) for one in used.services if one.last_authenticated is not None},
    }


def _day(use: ServiceUse) -> str:
    return f"{use.last_authenticated:%Y-%m-%d}" if use.last_authenticated is not None else "never"


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at is not None else "never"
