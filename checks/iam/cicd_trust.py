"""Guide 1.2: the pipeline, and nobody else, may assume its role."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.iam.subject import AUDIENCE, HOST, Finding, Grade, forms, judge
from checks.iam.trust import read_trust
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import CICD_ROLE
from runbook_tui.aws.facts.iam_types import Role
from runbook_tui.aws.facts.policy_document import Statement
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, skip, unknown

WEB_IDENTITY: Final = "sts:AssumeRoleWithWebIdentity"
CODEPIPELINE: Final = "codepipeline.amazonaws.com"
CODEBUILD: Final = "codebuild.amazonaws.com"
NOT_GITHUB: Final = "the pipeline does not sign in with GitHub's OIDC"


def by_github(site: Site) -> bool:
    return site.cicd.kind == "github" and site.cicd.auth == "oidc"


@check(
    "iam.oidc-provider",
    guide="1.2",
    severity="high",
    scope="account",
    needs=["iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"],
)
def oidc_provider(aws: Aws, site: Site) -> Verdict:
    """The account knows GitHub's tokens, made for AWS."""
    if not by_github(site):
        return skip(NOT_GITHUB)
    found = aws.iam.oidc_provider(HOST)
    remedy = f"create the provider https://{HOST} with the audience {AUDIENCE}, once an account"
    if found is None:
        return fail("the account has no OIDC provider of GitHub", remedy)
    evidence = {"url": found.url, "audiences": list(found.client_ids)}
    if found.url.removeprefix("https://") != HOST:
        return fail(f"the provider's URL is {found.url}", remedy, **evidence)
    if AUDIENCE not in found.client_ids:
        return fail(f"the provider takes no tokens for {AUDIENCE}", remedy, **evidence)
    return passed(f"{HOST} is known, for {AUDIENCE}", **evidence)


@check("iam.cicd-role.trust-github", guide="1.2", severity="critical", scope="shared", needs=["iam:GetRole"])
def trust_github(aws: Aws, site: Site) -> Verdict:
    """Only workflows of the site's repository, in its environments, may assume the pipeline's role."""
    if not by_github(site):
        return skip(NOT_GITHUB)
    role = aws.iam.role(site.iam.cicd_role, CICD_ROLE)
    account = site.aws.account_id or role.account
    provider = f"arn:aws:iam::{account}:oidc-provider/{HOST}"
    own = [one for one in role.trust.allows if ("Federated", provider) in one.principals and _assumes(one)]
    findings = [finding for one in own for finding in judge(one, site.cicd)]
    exposed = read_trust(role.trust, account).exposed
    evidence = _github_evidence(own, provider)
    remedy = "pin :sub to the repository and the environments that deploy, in both forms, and :aud to AWS"
    open_ = [*([exposed] if exposed else []), *(one.text for one in findings if one.grade is Grade.OPEN)]
    if not own:
        open_.append(f"GitHub's provider ({provider}) may not assume it")
    if open_:
        return fail(f"{role.role_name}: {'; '.join(open_)}", remedy, **evidence)
    if site.cicd.github_repo is None:
        because = "the site does not name the repository (cicd.github_repo), so that nobody can compare"
        return unknown(Cause.UNDECIDED, because, "give it as owner/name: runbook-tui setup", **evidence)
    concerns = _concerns(role, findings, provider)
    return warn_or_pass(concerns, f"{site.cicd.github_repo} alone may assume {role.role_name}", remedy, **evidence)


def _assumes(statement: Statement) -> bool:
    return statement.names_action(WEB_IDENTITY)


def _concerns(role: Role, findings: list[Finding], provider: str) -> list[str]:
    found = [one.text for one in findings if one.grade is Grade.DOUBTFUL]
    if missing := forms(findings):
        found.append(missing)
    others = {name for one in role.trust.allows for _, name in one.principals if name != provider}
    if others:
        found.append(f"further principals may assume it: {', '.join(sorted(others))}")
    return [f"{role.role_name}: {one}" for one in found]


def _github_evidence(own: list[Statement], provider: str) -> dict[str, Any]:
    conditions = [one for statement in own for one in statement.conditions]
    return {"provider": provider, "conditions": [f"{one.operator} {one.key}: {list(one.values)}" for one in conditions]}


@check(
    "iam.cicd-role.trust-codepipeline",
    guide="1.2",
    severity="high",
    scope="shared",
    needs=["codepipeline:GetPipeline", "iam:GetRole"],
)
def trust_codepipeline(aws: Aws, site: Site) -> Verdict:
    """CodePipeline may assume the pipeline's role, for pipelines of this account only."""
    if site.cicd.kind != "codepipeline":
        return skip("the pipeline is not CodePipeline")
    names = dict.fromkeys(aws.codepipeline.pipeline(name).role_arn for name in site.cicd.pipelines.values())
    wanted: dict[str, tuple[str, ...]] = {arn.rpartition("/")[2]: (CODEPIPELINE,) for arn in names}
    wanted.setdefault(site.iam.cicd_role, (CODEPIPELINE, CODEBUILD))
    found = {name: aws.iam.role(name, CICD_ROLE) for name in wanted}
    trusts = {name: read_trust(role.trust, site.aws.account_id or role.account) for name, role in found.items()}
    evidence = {
        "principals": {name: list(trust.principals) for name, trust in trusts.items()},
        "conditions": {name: list(trust.conditions) for name, trust in trusts.items()},
    }
    remedy = f"trust {CODEPIPELINE}, on condition of aws:SourceArn or aws:SourceAccount"
    concerns = []
    for name, trust in trusts.items():
        services = [one for one in wanted[name] if one in trust.services]
        if not services:
            return fail(f"{name}: {' or '.join(wanted[name])} may not assume it", remedy, **evidence)
        if trust.exposed:
            return fail(f"{name}: {trust.exposed}", remedy, **evidence)
        if not set(services) <= set(trust.guarded):
            concerns.append(f"{name}: no aws:SourceArn or aws:SourceAccount condition")
    return warn_or_pass(concerns, f"the pipeline may assume {', '.join(wanted)}", remedy, **evidence)
