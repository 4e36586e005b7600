"""What the pipeline may do: push images, register revisions, update the services (guide 1.2, 4.2)."""

from typing import Final

from runbook_tui.actions.iam.documents import TASKS, allow, arn, secret_arn
from runbook_tui.actions.iam.inline import Grant, grant_plan
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import CICD_ROLE
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import Plan
from runbook_tui.core.site import Environment, Site

# These four know no resource (service authorization reference of ecr, ecs and cloudwatch).
_ANYWHERE: Final = (
    "ecr:GetAuthorizationToken",
    "ecs:RegisterTaskDefinition",
    "ecs:DescribeTaskDefinition",
    "cloudwatch:DescribeAlarms",
)
_PUSH: Final = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)


@action("iam.allow-cicd", guide="1.2", fixes=("iam.cicd-role.permissions",))
def allow_cicd(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The pipeline may do every step of a release, on what belongs to the backend."""
    each = tuple(site.environments.values())
    repositories = [arn(aws, site, "ecr", f"repository/{one.ecr_repo}") for one in each]
    services = [arn(aws, site, "ecs", f"service/{site.ecs.cluster}/{one.service}") for one in each]
    names = dict.fromkeys((*(site.iam.task_role_of(one.name) for one in each), site.iam.execution_role))
    roles = [arn(aws, site, "iam", f"role/{name}") for name in names]
    secrets = [secret_arn(aws, site, one.secret_name) for one in each]
    statements = [
        allow(_ANYWHERE, ["*"]),
        allow(_PUSH, repositories),
        allow(["ecs:DescribeServices", "ecs:UpdateService"], services),
        allow(["iam:PassRole"], roles, {"StringEquals": {"iam:PassedToService": TASKS}}),
        allow(["secretsmanager:DescribeSecret"], secrets),
    ]
    grant = Grant(role=site.iam.cicd_role, kind=CICD_ROLE, policy="AsharviBackendDeploy", statements=statements)
    effect = "The next run of the pipeline has these rights."
    return grant_plan(aws, env, "iam.allow-cicd", [grant], effect)
