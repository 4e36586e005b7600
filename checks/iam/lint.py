"""Guide 1.1 and 1.2: what IAM Access Analyzer finds in the roles' own policies."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import CICD_ROLE, EXECUTION_ROLE, FRONTEND_ROLE, TASK_ROLE
from runbook_tui.aws.facts.linting import Refusal
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, skip

SERIOUS: Final = ("ERROR", "SECURITY_WARNING")
NEVER: Final = ("iam:CreateUser", "iam:AttachRolePolicy")
WRITE_SECRET: Final = "secretsmanager:PutSecretValue"  # noqa: S105 - an action


class _Own(Struct, frozen=True, kw_only=True):
    """A policy that somebody of the account wrote. ``environments`` are those that its role serves."""

    role: str
    name: str
    text: str
    environments: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.name} of {self.role}"


@check(
    "iam.policy-lint",
    guide="1.1",
    severity="medium",
    scope="shared",
    needs=[
        "access-analyzer:CheckAccessNotGranted",
        "access-analyzer:ValidatePolicy",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
    ],
)
def policy_lint(aws: Aws, site: Site) -> Verdict:
    """Access Analyzer has nothing against the policies that were written for the site's roles."""
    own = [one for its in each(lambda role: _own(aws, *role), _roles(site)) for one in its]
    if not own:
        return skip("the roles have policies of AWS only, which are not linted")
    findings = each(lambda one: aws.linting.findings(one.text), own)
    found = [(one, finding) for one, its in zip(own, findings, strict=True) for finding in its]
    paid = site.cost.allow_paid_calls is True
    granted = each(lambda one: tuple(_granted(aws, site, one)), own if paid else ())
    grants = [(one, refusal) for one, its in zip(own, granted, strict=False) for refusal in its]
    evidence: dict[str, Any] = {
        "policies": [one.label for one in own],
        "findings": [f"{one.label}: {finding.label}" for one, finding in found],
        "access_checked": paid,
    }
    remedy = "follow the finding, and re-check until the policies are clean"
    serious = [f"{one.label}: {finding.label}" for one, finding in found if finding.finding_type in SERIOUS]
    serious += [f"{one.label}: grants what it must not ({refusal.where})" for one, refusal in grants]
    if serious:
        return fail("; ".join(serious), remedy, **evidence)
    concerns = [f"{one.label}: {finding.label}" for one, finding in found]
    return warn_or_pass(concerns, f"nothing found in {len(own)} policies", remedy, **evidence)


def _roles(site: Site) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    by_role: dict[str, tuple[str, ...]] = {}
    for name in site.environments:
        role = site.iam.task_role_of(name)
        by_role[role] = (*by_role.get(role, ()), name)
    yield from ((role, TASK_ROLE, names) for role, names in by_role.items())
    yield site.iam.execution_role, EXECUTION_ROLE, tuple(site.environments)
    if site.cicd.kind != "none" and not (site.cicd.kind == "github" and site.cicd.auth == "access_keys"):
        yield site.iam.cicd_role, CICD_ROLE, ()
    if site.frontend.enabled:
        yield site.frontend.role, FRONTEND_ROLE, ()


def _own(aws: Aws, role: str, kind: str, environments: tuple[str, ...]) -> list[_Own]:
    written = (policy for policy in aws.iam.role_policies(role, kind) if not policy.is_of_aws)
    return [_Own(role=role, name=one.name, text=one.text, environments=environments) for one in written]


def _granted(aws: Aws, site: Site, one: _Own) -> Iterator[Refusal]:
    """Of what no role of the site may do: make users, give itself rights, write the other environment's secret."""
    yield from aws.linting.grants(one.text, list(NEVER), [])
    others = [env.secret_name for name, env in site.environments.items() if name not in one.environments]
    where = f"arn:aws:secretsmanager:{site.aws.region}:{site.aws.account_id}:secret"
    if others:
        yield from aws.linting.grants(one.text, [WRITE_SECRET], [f"{where}:{name}-AAAAAA" for name in others])
