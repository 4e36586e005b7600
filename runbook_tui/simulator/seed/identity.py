"""Guide, section 1: roles and their policies, and the operator's read-only role."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE
from runbook_tui.simulator.seed import people, role_use, second_factor, trail
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import ON_CALL_ROLE, World

_READ = (
    "access-analyzer:CheckAccessNotGranted",
    "access-analyzer:ValidatePolicy",
    "account:GetRegionOptStatus",
    "acm:Describe*",
    "acm:List*",
    "apigateway:GET",
    "application-autoscaling:Describe*",
    "budgets:ViewBudget",
    "ce:Get*",
    "ce:List*",
    "cloudfront:List*",
    "cloudfront:Get*",
    "cloudtrail:Describe*",
    "cloudtrail:Get*",
    "cloudtrail:LookupEvents",
    "cloudwatch:Describe*",
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "codepipeline:Get*",
    "codepipeline:List*",
    "dynamodb:Describe*",
    "dynamodb:List*",
    "ec2:Describe*",
    "ec2:Get*",
    "ecr:Describe*",
    "ecr:List*",
    "ecr:Get*",
    "ecr:BatchGet*",
    "ecs:Describe*",
    "ecs:List*",
    "elasticloadbalancing:Describe*",
    "events:Describe*",
    "events:List*",
    "fis:Get*",
    "fis:List*",
    "iam:Get*",
    "iam:List*",
    "iam:Generate*",
    "iam:SimulatePrincipalPolicy",
    "kms:DescribeKey",
    "kms:List*",
    "kms:GetKey*",
    "lambda:List*",
    "lambda:Get*",
    "logs:Describe*",
    "logs:FilterLogEvents",
    "logs:Get*",
    "logs:List*",
    "logs:StartQuery",
    "logs:StopQuery",
    "route53:Get*",
    "route53:List*",
    "route53:TestDNSAnswer",
    "s3:List*",
    "s3:Get*",
    "secretsmanager:Describe*",
    "secretsmanager:List*",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:ValidateResourcePolicy",
    "servicequotas:Get*",
    "servicequotas:List*",
    "sns:Get*",
    "sns:List*",
    "ssm:Describe*",
    "ssm:GetParameter*",
    "sts:GetCallerIdentity",
    "tag:Get*",
    "wafv2:Get*",
    "xray:Get*",
)


def seed(world: World) -> None:
    seed_on_call(world)
    people.seed(world)
    second_factor.seed(world, people.PEOPLE)
    trail.seed(world)
    logs = ("logs:CreateLogStream", "logs:PutLogEvents")
    secrets = [_secret(world, environment.secret_name) for environment in ENVIRONMENTS.values()]
    groups = [_group(world, each.log_group) for each in ENVIRONMENTS.values()]
    repositories = [world.arn("ecr", f"repository/{each.ecr_repo}") for each in ENVIRONMENTS.values()]
    tasks = _for_tasks(world)
    for environment in ENVIRONMENTS.values():
        _role(
            world,
            SITE.iam.task_role_of(environment.name),
            tasks,
            [
                _allow(["secretsmanager:GetSecretValue"], [_secret(world, environment.secret_name)]),
                _allow(logs, [_group(world, environment.log_group)]),
            ],
        )
    pull = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability")
    _role(
        world,
        SITE.iam.execution_role,
        tasks,
        [
            _allow(["ecr:GetAuthorizationToken"], ["*"]),
            _allow(pull, repositories),
            _allow(["secretsmanager:GetSecretValue"], secrets),
            _allow(logs, groups),
        ],
    )
    _role(world, SITE.iam.cicd_role, _github(world), _delivery(world, repositories))
    _role(world, SITE.frontend.role, _trust({"AWS": f"arn:aws:iam::{world.account}:root"}), _frontend(world))
    role_use.seed(world)


def seed_on_call(world: World) -> None:
    """The role whose session every key of the simulator stands for."""
    secrets = [_secret(world, environment.secret_name) for environment in ENVIRONMENTS.values()]
    layers = [world.arn("ecr", f"repository/{each.ecr_repo}") for each in ENVIRONMENTS.values()]
    _role(
        world,
        ON_CALL_ROLE,
        _trust({"AWS": f"arn:aws:iam::{world.account}:root"}),
        [
            _allow(_READ, ["*"]),
            _allow(["secretsmanager:GetSecretValue"], secrets),
            _allow(["ecr:GetDownloadUrlForLayer"], layers),
        ],
    )


def lend_the_right_to_build(world: World) -> None:
    """What an administrator lends to whoever sets the account up: the services of the guide, and the roles of IAM."""
    services = (
        "acm",
        "application-autoscaling",
        "cloudtrail",
        "cloudwatch",
        "dynamodb",
        "ec2",
        "ecr",
        "ecs",
        "elasticloadbalancing",
        "events",
        "logs",
        "route53",
        "s3",
        "secretsmanager",
        "sns",
        "ssm",
        "tag",
        "wafv2",
    )
    verbs = ("AddClientID", "Attach", "Create", "Delete", "Detach", "Put", "RemoveClientID", "Update")
    actions = [*(f"{one}:*" for one in services), *(f"iam:{verb}*" for verb in verbs), "kms:*agResource"]
    to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    passing = {**_allow(["iam:PassRole"], [f"arn:aws:iam::{world.account}:role/*"]), "Condition": to_ecs}
    document = json.dumps({"Version": "2012-10-17", "Statement": [_allow(actions, ["*"]), passing]})
    name = {"RoleName": ON_CALL_ROLE, "PolicyName": "LentForTheSetUp"}
    world.call("iam", "PutRolePolicy", **name, PolicyDocument=document)


def _for_tasks(world: World) -> dict[str, Any]:
    """ECS, for tasks of this account alone: the service would act for others too (the confused deputy)."""
    trust = _trust({"Service": "ecs-tasks.amazonaws.com"})
    trust["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAccount": world.account}}
    return trust


def _group(world: World, name: str) -> str:
    return world.arn("logs", f"log-group:{name}:*")


def _secret(world: World, name: str) -> str:
    """Secrets Manager ends a secret's ARN with six random characters."""
    return world.arn("secretsmanager", f"secret:{name}-??????")


def _delivery(world: World, repositories: Sequence[str]) -> list[dict[str, Any]]:
    push = (
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    )
    anywhere = (
        "ecr:GetAuthorizationToken",
        "ecs:RegisterTaskDefinition",
        "ecs:DescribeTaskDefinition",
        "cloudwatch:DescribeAlarms",
    )
    cluster = SITE.ecs.cluster
    services = [world.arn("ecs", f"service/{cluster}/{each.service}") for each in ENVIRONMENTS.values()]
    names = (*(SITE.iam.task_role_of(name) for name in ENVIRONMENTS), SITE.iam.execution_role)
    roles = [f"arn:aws:iam::{world.account}:role/{name}" for name in names]
    passing = _allow(["iam:PassRole"], roles)
    passing["Condition"] = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    return [
        _allow(anywhere, ["*"]),
        _allow(push, repositories),
        _allow(["ecs:DescribeServices", "ecs:UpdateService"], services),
        passing,
        _allow(["secretsmanager:DescribeSecret"], [_secret(world, each.secret_name) for each in ENVIRONMENTS.values()]),
    ]


def _frontend(world: World) -> list[dict[str, Any]]:
    distributions = f"arn:aws:cloudfront::{world.account}:distribution/*"
    apis = f"arn:aws:apigateway:{world.region}::/*"
    return [
        _allow(["cloudfront:CreateInvalidation", "cloudfront:GetDistribution"], [distributions]),
        _allow(["s3:PutObject", "s3:DeleteObject", "s3:ListBucket"], ["arn:aws:s3:::asharvi-site*"]),
        _allow(["lambda:UpdateFunctionCode", "lambda:GetFunction"], [world.arn("lambda", "function:asharvi-site-*")]),
        _allow(["apigateway:GET", "apigateway:PATCH"], [apis]),
    ]


def _github(world: World) -> dict[str, Any]:
    host = "token.actions.githubusercontent.com"
    provider = world.call(
        "iam", "CreateOpenIDConnectProvider", Url=f"https://{host}", ClientIDList=["sts.amazonaws.com"]
    )["OpenIDConnectProviderArn"]
    trust = _trust({"Federated": provider}, action="sts:AssumeRoleWithWebIdentity")
    trust["Statement"][0]["Condition"] = {
        # names for older repositories, names with GitHub's ids for those made or renamed since July 2026
        "StringEquals": {
            f"{host}:aud": "sts.amazonaws.com",
            f"{host}:sub": [
                f"repo:{repository}:environment:{environment}"
                for repository in ("asharvi/backend", "asharvi@4711/backend@815")
                for environment in ENVIRONMENTS
            ],
        },
    }
    return trust


def _trust(principal: Mapping[str, str], *, action: str = "sts:AssumeRole") -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": dict(principal), "Action": action}],
    }


def _allow(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _role(world: World, name: str, trust: Mapping[str, Any], statements: Sequence[Mapping[str, Any]]) -> None:
    world.call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), Tags=listed(SHARED))
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    world.call("iam", "PutRolePolicy", RoleName=name, PolicyName=f"{name}Policy", PolicyDocument=document)
