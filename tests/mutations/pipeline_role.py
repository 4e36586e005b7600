"""Who deploys: iam.cicd-role.*, iam.oidc-provider"""

from typing import Any

from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, SKIP, WARN, Row, both
from tests.support.changes import allow, delete_role, forbid, trust
from tests.support.standing import Standing

ROLE = SITE.iam.cicd_role


def _any_repository(statement: dict[str, Any]) -> None:
    conditions = statement["Condition"]["StringEquals"]
    subject = next(name for name in conditions if name.endswith(":sub"))
    del conditions[subject]
    statement["Condition"]["StringLike"] = {subject: "repo:*"}


def _unknown_tokens(world: Standing) -> None:
    iam = world.client("iam")
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])


ROWS = (
    Row(
        check="iam.cicd-role.exists",
        name="the pipeline's role is gone",
        change=lambda world: delete_role(world, ROLE),
        flips={
            "review.role-last-used": SKIP,
            "iam.cicd-role.exists": FAIL,
            "iam.cicd-role.least-privilege": SKIP,
            "iam.cicd-role.permissions": SKIP,
            "iam.cicd-role.trust-github": SKIP,
            "iam.policy-lint": SKIP,
        },
    ),
    Row(
        check="iam.cicd-role.least-privilege",
        name="the pipeline may update every service",
        change=lambda world: allow(world, ROLE, "ecs:UpdateService", world.world.arn("ecs", "service/*")),
        flips={"iam.cicd-role.least-privilege": WARN},
    ),
    Row(
        check="iam.cicd-role.permissions",
        name="the pipeline may not pass roles on",
        change=lambda world: forbid(world, ROLE, "iam:PassRole"),
        flips={"iam.cicd-role.permissions": FAIL},
    ),
    Row(
        check="iam.cicd-role.trust-github",
        name="every repository of GitHub may deploy",
        change=lambda world: trust(world, ROLE, _any_repository),
        flips={"iam.cicd-role.trust-github": FAIL},
    ),
    Row(
        check="iam.cicd-role.trust-codepipeline",
        name="the site says CodePipeline, which the role does not trust",
        change=lambda world: world.change_site("cicd", kind="codepipeline"),
        flips={
            "iam.cicd-role.trust-codepipeline": FAIL,
            "iam.cicd-role.trust-github": SKIP,
            "iam.oidc-provider": SKIP,
            "iam.cicd-role.permissions": WARN,
            "cicd.github-region": SKIP,
            "cicd.github-secrets": SKIP,
            "cicd.stages": WARN,
            "cicd.approval@prod": WARN,
            **both("cicd.last-run", WARN),
        },
    ),
    Row(
        check="iam.oidc-provider",
        name="the account does not know GitHub's tokens",
        change=_unknown_tokens,
        flips={"iam.oidc-provider": FAIL},
    ),
)
