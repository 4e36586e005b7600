"""Roles of a healthy site as IAM would describe them, and IAM's simulation of their policies."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing, Unsupported
from runbook_tui.aws.facts.policy import Decision, Request, evaluate
from runbook_tui.aws.facts.policy_document import read_document
from runbook_tui.core.site import Site
from tests.support.backend_site import ACCOUNT, PROD, SITE, STAGING, Raw, ago, arn
from tests.support.facts import Answer, Answers
from tests.support.iam_ground import PEOPLE, PIPELINE, allow, attached, details, document, iam_arn, users
from tests.support.raw_ecs import container, task_definition

ROLES: Final = replace(
    SITE, iam=replace(SITE.iam, roles_per_env=True), cicd=replace(SITE.cicd, github_repo="asharvi/backend")
)
TASK_PROD, TASK_STAGING = (ROLES.iam.task_role_of(name) for name in ("prod", "staging"))
EXEC, CICD, FRONT = ROLES.iam.execution_role, ROLES.iam.cicd_role, ROLES.frontend.role
OF_AWS: Final = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
WRITE_LOGS: Final = ["logs:CreateLogStream", "logs:PutLogEvents"]
PULL: Final = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"]
GITHUB: Final = "token.actions.githubusercontent.com"
Statements = Mapping[str, list[Raw]]


def secret_arn(environment: str) -> str:
    return arn("secretsmanager", f"secret:asharvi/backend/{environment}-AbC123")


def trust(service: str = "ecs-tasks.amazonaws.com", **changes: Any) -> Raw:
    usual = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def of_task(env: str) -> list[Raw]:
    """Of an environment's task role."""
    group = {"prod": PROD, "staging": STAGING}[env].log_group
    read = allow("secretsmanager:GetSecretValue", arn("secretsmanager", f"secret:asharvi/backend/{env}-??????"))
    return [read, allow(WRITE_LOGS, arn("logs", f"log-group:{group}:*"))]


def of_execution() -> list[Raw]:
    groups = [arn("logs", f"log-group:{env.log_group}:*") for env in (PROD, STAGING)]
    repositories = [arn("ecr", f"repository/{env.ecr_repo}") for env in (PROD, STAGING)]
    return [
        allow("ecr:GetAuthorizationToken"),
        allow(PULL, repositories),
        allow("secretsmanager:GetSecretValue", [secret_arn("prod"), secret_arn("staging")]),
        allow(WRITE_LOGS, groups),
    ]


def policies(**changes: list[Raw]) -> Statements:
    """Statements by role; the keywords are ``task_prod``, ``task_staging``, ``execution``."""
    usual = {TASK_PROD: of_task("prod"), TASK_STAGING: of_task("staging"), EXEC: of_execution()}
    names = {"task_prod": TASK_PROD, "task_staging": TASK_STAGING, "execution": EXEC, "cicd": CICD, "front": FRONT}
    return {**usual, **{names.get(name, name): statements for name, statements in changes.items()}}


def role(name: str, statement: Raw | None = None, **changes: Any) -> Raw:
    return {
        "RoleName": name,
        "Arn": iam_arn(f"role/backend/{name}"),
        "Path": "/backend/",
        "CreateDate": ago(days=400),
        "MaxSessionDuration": 3600,
        "AssumeRolePolicyDocument": document(statement or trust()),
        "RoleLastUsed": {"LastUsedDate": ago(days=2), "Region": "ap-south-1"},
        **changes,
    }


def roles(*changed: Raw, absent: tuple[str, ...] = ()) -> Answer:
    """Every role that the site names, some of them changed."""
    names = (TASK_PROD, TASK_STAGING, SITE.iam.task_role, EXEC, CICD, FRONT)
    found = {name: role(name) for name in names} | {one["RoleName"]: one for one in changed}

    def get(**asked: Any) -> Mapping[str, Any]:
        name = asked["RoleName"]
        if name in absent or name not in found:
            raise Missing("iam:role", name)
        return {"Role": found[name]}

    return get


def role_world(held: Statements | None = None, managed: Mapping[str, list[Raw]] | None = None) -> Answers:
    """``held`` are inline statements by role, ``managed`` those of the policy that is attached to every role."""
    given, shared = held or policies(), managed or {}
    inline = {name: document(*statements) for name, statements in given.items()}

    def names(**asked: Any) -> Mapping[str, Any]:
        return {"PolicyNames": ["own"] if asked["RoleName"] in inline else []}

    def own(**asked: Any) -> Mapping[str, Any]:
        return {"PolicyName": "own", "PolicyDocument": inline[asked["RoleName"]]}

    def version(**asked: Any) -> Mapping[str, Any]:
        return {"PolicyVersion": {"Document": document(*shared[asked["PolicyArn"]]), "IsDefaultVersion": True}}

    def definition(**asked: Any) -> Mapping[str, Any]:
        return {"taskDefinition": defined("staging" if "staging" in asked["taskDefinition"] else "prod")}

    return {
        ("iam", "get_role"): roles(),
        ("iam", "list_attached_role_policies"): {"AttachedPolicies": attached(*shared)},
        ("iam", "get_policy"): {"Policy": {"DefaultVersionId": "v3"}},
        ("iam", "get_policy_version"): version,
        ("iam", "list_role_policies"): names,
        ("iam", "get_role_policy"): own,
        ("iam", "simulate_principal_policy"): simulation(inline, shared),
        ("secretsmanager", "describe_secret"): described_secret,
        ("secretsmanager", "get_resource_policy"): {"Name": "x"},
        ("kms", "describe_key"): {"KeyMetadata": {"Arn": arn("kms", "key/k-1"), "KeyManager": "CUSTOMER"}},
        ("kms", "get_key_policy"): {"Policy": msgspec.json.encode(document(to_the_account())).decode()},
        ("ecs", "describe_task_definition"): definition,
    }


def described_secret(**asked: Any) -> Mapping[str, Any]:
    name = asked["SecretId"]
    return {"ARN": arn("secretsmanager", f"secret:{name}-AbC123"), "Name": name}


def to_the_account() -> Raw:
    """The statement of a key that leaves everything to the account's own policies."""
    return {"Effect": "Allow", "Principal": {"AWS": iam_arn("root")}, "Action": "kms:*", "Resource": "*"}


def defined(env: str, **changes: Any) -> Raw:
    """A task definition whose container takes every key from the environment's secret."""
    given = {"prod": PROD, "staging": STAGING}[env]
    listed = [{"name": key, "valueFrom": f"{secret_arn(env)}:{key}::"} for key in SITE.secrets.required_keys]
    usual = {"executionRoleArn": iam_arn(f"role/backend/{EXEC}"), "containerDefinitions": [container(secrets=listed)]}
    return task_definition(given, **{**usual, **changes})


def simulation(inline: Mapping[str, Raw], shared: Mapping[str, list[Raw]]) -> Answer:
    """As IAM answers: one result an action, in it one a resource unless the only one is ``*``."""

    def simulate(**asked: Any) -> Mapping[str, Any]:
        name = asked["PolicySourceArn"].rpartition("/")[2]
        held = {"own": inline[name]} if name in inline else {}
        held |= {policy.rpartition("/")[2]: document(*statements) for policy, statements in shared.items()}
        context = {one["ContextKeyName"]: one["ContextKeyValues"] for one in asked.get("ContextEntries", ())}
        return {
            "EvaluationResults": [
                _evaluated(held, action, asked["ResourceArns"], context) for action in asked["ActionNames"]
            ]
        }

    return simulate


def _evaluated(held: Mapping[str, Raw], action: str, resources: list[str], context: Mapping[str, list[str]]) -> Raw:
    each = [_one(held, Request(action=action, resource=resource, context=context)) for resource in resources]
    top = next((one for one in each if one["EvalResourceDecision"] != "allowed"), each[0])
    return {
        "EvalActionName": action,
        "EvalDecision": top["EvalResourceDecision"],
        "MatchedStatements": top["MatchedStatements"],
        "MissingContextValues": [key for one in each for key in one["MissingContextValues"]],
        "ResourceSpecificResults": [] if resources == ["*"] else each,
    }


def _one(held: Mapping[str, Raw], request: Request) -> Raw:
    judged = evaluate([read_document(one) for one in held.values()], request)
    open_ = judged.decision is Decision.CONDITIONAL
    matched = [name for name, one in held.items() if evaluate([read_document(one)], request).allowed]
    return {
        "EvalResourceName": request.resource,
        "EvalResourceDecision": Decision.IMPLICIT_DENY.value if open_ else judged.decision.value,
        "MissingContextValues": sorted(judged.keys),
        "MatchedStatements": [{"SourcePolicyId": name, "SourcePolicyType": "role"} for name in matched],
    }


def without_simulation(given: Answers) -> Answers:
    """An endpoint that does not know the operation."""
    return {**given, ("iam", "simulate_principal_policy"): Unsupported("not simulated")}


def per_env(*, shared: bool = False, **keys: Any) -> Site:
    return replace(ROLES, iam=replace(ROLES.iam, roles_per_env=not shared), **keys)


SUBJECTS: Final = tuple(
    f"repo:{repository}:environment:{env}"
    for repository in ("asharvi/backend", "asharvi@12/backend@34")
    for env in ("staging", "prod")
)


def github(
    *subjects: str, operator: str = "StringEquals", aud: str | None = "sts.amazonaws.com", **changes: Any
) -> Raw:
    """The trust of the pipeline's role; subjects are the usual ones unless given, none when they are empty."""
    listed = [one for one in (subjects or SUBJECTS) if one]
    conditions: Raw = {"StringEquals": {f"{GITHUB}:aud": aud}} if aud else {}
    if listed:
        conditions[operator] = {**conditions.get(operator, {}), f"{GITHUB}:sub": listed}
    usual = {
        "Principal": {"Federated": iam_arn(f"oidc-provider/{GITHUB}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
    return trust(**{**usual, **changes})


def of_pipeline() -> list[Raw]:
    repositories = [arn("ecr", f"repository/{env.ecr_repo}") for env in (PROD, STAGING)]
    services = [arn("ecs", f"service/{SITE.ecs.cluster}/{env.service}") for env in (PROD, STAGING)]
    passed = [iam_arn(f"role/backend/{name}") for name in (TASK_PROD, TASK_STAGING, EXEC)]
    push = ["ecr:BatchCheckLayerAvailability", "ecr:*LayerUpload", "ecr:UploadLayerPart", "ecr:PutImage"]
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    return [
        allow(["ecr:GetAuthorizationToken", "ecs:*TaskDefinition", "cloudwatch:DescribeAlarms"]),
        allow(push, repositories),
        allow(["ecs:UpdateService", "ecs:DescribeServices"], services),
        allow("iam:PassRole", passed, Condition=to_tasks),
        allow("secretsmanager:DescribeSecret", arn("secretsmanager", "secret:asharvi/backend/*")),
    ]


def of_front_end() -> list[Raw]:
    return [
        allow("cloudfront:CreateInvalidation", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"),
        allow(["s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::asharvi-site/*"),
        allow("logs:DescribeLogStreams", arn("logs", "log-group:/aws/lambda/site:*")),
    ]


def linted(*findings: tuple[str, str]) -> Raw:
    """Findings are (type, code), all in the second statement."""
    place = [{"path": [{"value": "Statement"}, {"index": 1}]}]
    return {
        "findings": [
            {"findingType": kind, "issueCode": code, "findingDetails": "…", "locations": place}
            for kind, code in findings
        ]
    }


def services(**days: float | None) -> Raw:
    """Services with the days since their last use; None is never."""
    used = [
        {"ServiceNamespace": name, **({} if since is None else {"LastAuthenticated": ago(days=since)})}
        for name, since in days.items()
    ]
    return {"JobStatus": "COMPLETED", "ServicesLastAccessed": used}


def pipeline_world(held: Statements | None = None, managed: Mapping[str, list[Raw]] | None = None) -> Answers:
    """The roles of all, with what the pipeline's and the front end's checks ask beside."""
    given = {**policies(cicd=of_pipeline(), front=of_front_end()), **(held or {})}
    provider = {"Url": GITHUB, "ClientIDList": ["sts.amazonaws.com"]}
    return {
        **role_world(given, managed),
        ("iam", "get_role"): roles(role(CICD, github())),
        ("iam", "list_open_id_connect_providers"): {
            "OpenIDConnectProviderList": [{"Arn": iam_arn(f"oidc-provider/{GITHUB}")}]
        },
        ("iam", "get_open_id_connect_provider"): provider,
        ("iam", "generate_service_last_accessed_details"): {"JobId": "j-1"},
        ("iam", "get_service_last_accessed_details"): services(s3=1, cloudfront=89),
        ("iam", "get_account_authorization_details"): details(),
        ("iam", "list_users"): users(*PEOPLE, PIPELINE),
        ("accessanalyzer", "validate_policy"): linted(),
        ("accessanalyzer", "check_access_not_granted"): {"result": "PASS"},
        ("codepipeline", "get_pipeline"): {"pipeline": pipeline_of()},
    }


def pipeline_of(**changes: Any) -> Raw:
    deploy = {"name": "Deploy", "actions": [{"actionTypeId": {"category": "Deploy"}, **changes}]}
    build = {"name": "Build", "actions": [{"actionTypeId": {"category": "Build"}, "roleArn": iam_arn("role/build")}]}
    return {"name": "p", "roleArn": iam_arn(f"role/{CICD}"), "stages": [build, deploy]}
