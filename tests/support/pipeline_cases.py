"""Worlds of a pipeline and a front end, and what the checks of their roles must say in them."""

from typing import Any

from msgspec.structs import replace

from runbook_tui.aws.errors import Missing, Unsupported
from runbook_tui.core.site import Cicd, Cost, Frontend, Site
from runbook_tui.core.verdict import Status
from tests.support.backend import Case
from tests.support.backend_site import arn
from tests.support.facts import Answers
from tests.support.iam_ground import (
    PIPELINE,
    allow,
    attached,
    but,
    details,
    iam_arn,
    inline,
    managed,
    role_detail,
    user_detail,
)
from tests.support.role_ground import (
    CICD,
    EXEC,
    FRONT,
    GITHUB,
    ROLES,
    SUBJECTS,
    TASK_PROD,
    github,
    linted,
    of_front_end,
    of_pipeline,
    pipeline_of,
    pipeline_world,
    role,
    roles,
    services,
    trust,
)

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
SERVICES, UNUSED, BROAD = "iam.frontend-role.services-only", "iam.frontend-role.unused", "iam.broad-policies"
LINT, OIDC, TRUST = "iam.policy-lint", "iam.oidc-provider", "iam.cicd-role.trust-github"
BY_AWS, ABLE, LEAST = "iam.cicd-role.trust-codepipeline", "iam.cicd-role.permissions", "iam.cicd-role.least-privilege"
CHECKS = (SERVICES, UNUSED, BROAD, LINT, OIDC, TRUST, BY_AWS, ABLE, LEAST)
NO_FRONT = replace(ROLES, frontend=Frontend(enabled=False))
PAYING = replace(ROLES, cost=Cost(allow_paid_calls=True))
KEYS = replace(ROLES, iam=replace(ROLES.iam, cicd_users=(PIPELINE,)), cicd=replace(ROLES.cicd, auth="access_keys"))
NAMELESS = replace(KEYS, iam=replace(KEYS.iam, cicd_users=()))
NONE = replace(ROLES, cicd=Cicd(kind="none"))
AWS_PIPELINE = replace(ROLES, cicd=Cicd(kind="codepipeline", pipelines={"prod": "p"}))
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
CUSTOM = iam_arn("policy/Old")
CODEPIPELINE = "codepipeline.amazonaws.com"
IN_VPC = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
NO_ADMIN = "none of"


def case(check: str, status: Status, given: Answers, *says: str, site: Site = ROLES) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


def world(**changed: Any) -> Answers:
    return but(pipeline_world(), **changed)


def front(*statements: Any) -> Answers:
    return pipeline_world({FRONT: list(statements)})


def pipeline(*statements: Any) -> Answers:
    return pipeline_world({CICD: list(statements)})


def trusting(*subjects: str, **changes: Any) -> Answers:
    return world(get_role=roles(role(CICD, github(*subjects, **changes))))


def with_role(name: str, *statements: Any, **more: Any) -> Answers:
    listed = tuple(more.pop("listed", ()))
    described = details(roles=(role_detail(name, inline("own", *statements), **more),), policies=listed)
    return world(get_account_authorization_details=described)


def user_world(*statements: Any) -> Answers:
    """The pipeline is a user with these statements."""
    one = user_detail(PIPELINE, inline("own", *statements), groups=())
    given = pipeline_world({PIPELINE: list(statements)})
    return but(given, get_account_authorization_details=details(one))


def but_statement(number: int, statement: Any) -> list[Any]:
    return [statement if place == number else one for place, one in enumerate(of_pipeline())]


TRUST_TWO = {"Version": "2012-10-17", "Statement": [github(), trust(Principal={"AWS": "210987654321"})]}
TRUST_AND_ADMIN = {"Version": "2012-10-17", "Statement": [github(), trust(Principal={"AWS": iam_arn("role/x")})]}
NAMES_ONLY, IDS_ONLY = SUBJECTS[:2], SUBJECTS[2:]

CASES = [
    case(SERVICES, PASS, pipeline_world(), "3 statements"),
    case(SERVICES, FAIL, front(allow("ec2:RunInstances", "arn:x")), "own, statement 0: ec2:RunInstances"),
    case(SERVICES, FAIL, front(allow("*", "arn:x")), "own, statement 0: *"),
    case(SERVICES, FAIL, front(allow("s*:PutObject", "arn:x")), "s*:PutObject"),
    case(SERVICES, FAIL, front(allow("iam:*", "arn:x")), "iam:*"),
    case(SERVICES, FAIL, front(allow("logs:PutLogEvents", "arn:x")), "logs:PutLogEvents"),
    case(SERVICES, FAIL, front({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:x"}), "NotAction"),
    case(SERVICES, PASS, front(allow(["IAM:PassRole", "logs:FilterLogEvents"], "arn:x")), "1 statements"),
    case(SERVICES, WARN, front(allow("s3:*", "arn:x")), "s3:*"),
    case(SERVICES, WARN, front(allow("s3:PutObject")), "s3:PutObject on *"),
    case(SERVICES, PASS, front(allow(["s3:ListAllMyBuckets", "cloudfront:ListDistributions"])), "1 statements"),
    case(SERVICES, PASS, front(*of_front_end(), {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}), "3 state"),
    case(SERVICES, SKIP, pipeline_world(), "no front end", site=NO_FRONT),
    case(SERVICES, SKIP, world(list_attached_role_policies=Missing("iam:role", FRONT)), "blocked by iam.frontend-role"),
    case(SERVICES, UNKNOWN, world(get_role_policy={"PolicyDocument": "no policy"}), "policy document"),
    case(UNUSED, PASS, pipeline_world(), "all 2 granted services"),
    case(UNUSED, WARN, world(get_service_last_accessed_details=services(s3=1, ec2=91)), "ec2 not used for 90 days"),
    case(UNUSED, WARN, world(get_service_last_accessed_details=services(s3=None)), "s3 not used"),
    case(UNUSED, UNKNOWN, world(get_service_last_accessed_details={"JobStatus": "FAILED"}), "not ready"),
    case(UNUSED, SKIP, pipeline_world(), "no front end", site=NO_FRONT),
    case(BROAD, PASS, pipeline_world(), NO_ADMIN),
    case(BROAD, FAIL, with_role("old", allow("*")), "old (own, statement 0)"),
    case(BROAD, FAIL, with_role("old", allow("iam:*", "arn:x")), "old (own"),
    case(BROAD, FAIL, with_role("old", allow("*:*", Condition={"Bool": {"aws:SecureTransport": "true"}})), "old"),
    case(BROAD, PASS, with_role("old", allow("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o"}})), NO_ADMIN),
    case(BROAD, FAIL, with_role("old", allow("*", "arn:aws:iam::1:user/x")), "old"),
    case(
        BROAD,
        FAIL,
        with_role("old", AttachedManagedPolicies=attached(ADMIN), listed=[managed(ADMIN, allow("*"))]),
        "old (AdministratorAccess)",
    ),
    case(
        BROAD,
        FAIL,
        with_role("old", AttachedManagedPolicies=attached(CUSTOM), listed=[managed(CUSTOM, allow("*"))]),
        "old (Old, statement 0)",
    ),
    case(
        BROAD,
        FAIL,
        world(get_account_authorization_details=details(user_detail("jo", inline("own", allow("*"))))),
        "jo (own",
    ),
    case(
        BROAD,
        PASS,
        with_role("old", allow("*")),
        NO_ADMIN,
        site=replace(ROLES, iam=replace(ROLES.iam, admin_allowlist=("old",))),
    ),
    case(BROAD, PASS, with_role("linked", allow("*"), Path="/aws-service-role/x/"), NO_ADMIN),
    case(BROAD, WARN, with_role("Sso", allow("*"), Path="/aws-reserved/sso.amazonaws.com/"), "role of the platform"),
    case(BROAD, WARN, with_role("cdk-hnb-cfn-exec-role-1", allow("*")), "role of the platform"),
    case(
        BROAD,
        WARN,
        with_role(
            "old",
            allow("*"),
            PermissionsBoundary={"PermissionsBoundaryArn": CUSTOM},
            listed=[managed(CUSTOM, allow("s3:*"))],
        ),
        "held back by its boundary",
    ),
    case(
        BROAD,
        FAIL,
        with_role(
            "old",
            allow("*"),
            PermissionsBoundary={"PermissionsBoundaryArn": CUSTOM},
            listed=[managed(CUSTOM, allow("*"))],
        ),
        "old",
    ),
    case(
        BROAD,
        WARN,
        world(get_account_authorization_details=details(policies=(managed(CUSTOM, allow("*"), attached=0),))),
        "Old allows everything and is attached to nobody",
    ),
    case(BROAD, WARN, with_role("old", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), "NotAction"),
    case(BROAD, WARN, with_role("old", allow("iam:PassRole")), "iam:PassRole on *"),
    case(LINT, PASS, pipeline_world(), "nothing found in 5 policies"),
    case(LINT, FAIL, world(validate_policy=linted(("ERROR", "INVALID_ACTION"))), "INVALID_ACTION in statement 1"),
    case(LINT, FAIL, world(validate_policy=linted(("SECURITY_WARNING", "PASS_ROLE"))), "PASS_ROLE"),
    case(LINT, WARN, world(validate_policy=linted(("SUGGESTION", "EMPTY_ARRAY"))), "EMPTY_ARRAY"),
    case(LINT, PASS, pipeline_world(), "nothing found", site=PAYING),
    case(
        LINT,
        FAIL,
        world(check_access_not_granted={"result": "FAIL", "reasons": [{"statementIndex": 2}]}),
        "grants what it must not (statement 2)",
        site=PAYING,
    ),
    case(LINT, FAIL, world(check_access_not_granted={"result": "FAIL", "reasons": []}), "no reason", site=PAYING),
    case(LINT, UNKNOWN, world(validate_policy=Unsupported("not simulated")), "not simulated"),
    case(LINT, SKIP, world(list_role_policies={"PolicyNames": []}), "AWS only"),
    case(LINT, PASS, pipeline_world(managed={CUSTOM: [allow("s3:*")]}), "10 policies"),
    case(OIDC, PASS, pipeline_world(), "is known"),
    case(OIDC, FAIL, world(list_open_id_connect_providers={"OpenIDConnectProviderList": []}), "no OIDC provider"),
    case(OIDC, FAIL, world(get_open_id_connect_provider={"Url": GITHUB, "ClientIDList": ["x"]}), "no tokens for"),
    case(
        OIDC,
        FAIL,
        world(get_open_id_connect_provider={"Url": f"{GITHUB}/x", "ClientIDList": ["sts.amazonaws.com"]}),
        "URL is",
    ),
    case(OIDC, SKIP, pipeline_world(), "does not sign in", site=KEYS),
    case(OIDC, SKIP, pipeline_world(), "does not sign in", site=AWS_PIPELINE),
    case(TRUST, PASS, pipeline_world(), "asharvi/backend alone"),
    case(TRUST, PASS, trusting(operator="StringLike"), "alone"),
    case(TRUST, FAIL, trusting(""), "no condition on :sub"),
    case(TRUST, FAIL, trusting("*", operator="StringLike"), "* names no repository"),
    case(TRUST, FAIL, trusting("repo:*", operator="StringLike"), "repo:* names no repository"),
    case(TRUST, FAIL, trusting("repo:asharvi/*", operator="StringLike"), "names no repository"),
    case(TRUST, FAIL, trusting("repo:asharvi/*:environment:prod", operator="StringLike"), "wildcard"),
    case(TRUST, FAIL, trusting("repo:asharvi*/backend:environment:prod", operator="StringLike"), "wildcard"),
    case(TRUST, FAIL, trusting("*:environment:prod", operator="StringLike"), "names no repository"),
    case(TRUST, FAIL, trusting("repo:evil/backend:environment:prod"), "another repository"),
    case(TRUST, FAIL, trusting("repo:evil@12/backend@34:environment:prod"), "another repository"),
    case(TRUST, FAIL, trusting(operator="ForAllValues:StringEquals"), "pins nothing"),
    case(TRUST, FAIL, trusting(operator="StringNotEquals"), "pins nothing"),
    case(TRUST, FAIL, trusting(aud="x"), ":aud is not"),
    case(TRUST, FAIL, trusting(Principal={"Federated": iam_arn("oidc-provider/accounts.x")}), "may not assume it"),
    case(TRUST, FAIL, world(get_role=roles(role(CICD, AssumeRolePolicyDocument=TRUST_TWO))), "another account"),
    case(TRUST, FAIL, trusting(Principal="*"), "everybody may assume it"),
    case(TRUST, WARN, trusting("repo:asharvi/backend:*", *IDS_ONLY, operator="StringLike"), "any branch, tag or pull"),
    case(TRUST, WARN, trusting(aud=None), "no condition on :aud"),
    case(TRUST, WARN, trusting(*NAMES_ONLY), "only names are listed"),
    case(TRUST, WARN, trusting(*IDS_ONLY), "only the form with ids"),
    case(TRUST, WARN, trusting(*SUBJECTS, "repo:asharvi/backend:ref:refs/heads/main"), "never match it"),
    case(TRUST, WARN, trusting(*SUBJECTS, "repo:asharvi/backend:pull_request"), "none of the site's branches"),
    case(TRUST, WARN, trusting(*SUBJECTS, "repo:asharvi/backend:environment:dev"), "none of the site's environments"),
    case(
        TRUST,
        PASS,
        trusting("repo:asharvi/backend:ref:refs/heads/main", "repo:asharvi@1/backend@2:ref:refs/heads/main"),
        "alone",
        site=replace(ROLES, cicd=replace(ROLES.cicd, environments=())),
    ),
    case(
        TRUST, WARN, world(get_role=roles(role(CICD, AssumeRolePolicyDocument=TRUST_AND_ADMIN))), "further principals"
    ),
    case(TRUST, UNKNOWN, pipeline_world(), "does not name the repository", site=replace(ROLES, cicd=Cicd())),
    case(TRUST, FAIL, trusting("repo:*"), "names no repository", site=replace(ROLES, cicd=Cicd())),
    case(TRUST, SKIP, pipeline_world(), "does not sign in", site=KEYS),
    case(TRUST, SKIP, world(get_role=roles(absent=(CICD,))), "blocked by iam.cicd-role.exists"),
    case(BY_AWS, SKIP, pipeline_world(), "not CodePipeline"),
    case(BY_AWS, PASS, world(get_role=roles(role(CICD, trust(CODEPIPELINE)))), "may assume", site=AWS_PIPELINE),
    case(BY_AWS, FAIL, pipeline_world(), "codepipeline.amazonaws.com may not", site=AWS_PIPELINE),
    case(
        BY_AWS,
        WARN,
        world(get_role=roles(role(CICD, trust(CODEPIPELINE, Condition=None)))),
        "no aws:SourceArn",
        site=AWS_PIPELINE,
    ),
    case(
        BY_AWS,
        FAIL,
        world(get_role=roles(role(CICD, trust(Principal={"Service": CODEPIPELINE, "AWS": "*"})))),
        "everybody",
        site=AWS_PIPELINE,
    ),
    case(BY_AWS, FAIL, world(get_pipeline=Missing("codepipeline:x", "p")), "pipeline p not found", site=AWS_PIPELINE),
    case(ABLE, PASS, pipeline_world(), "may release to 2 services"),
    case(ABLE, SKIP, pipeline_world(), "no pipeline", site=NONE),
    case(ABLE, FAIL, pipeline(*of_pipeline()[:3], of_pipeline()[4]), "iam:PassRole on role/backend/"),
    case(ABLE, FAIL, pipeline(*of_pipeline()[1:]), "ecs:RegisterTaskDefinition"),
    case(ABLE, FAIL, pipeline(of_pipeline()[0], *of_pipeline()[2:]), "ecr:PutImage on repository"),
    case(ABLE, FAIL, pipeline(*but_statement(2, allow("ecs:DescribeServices"))), "ecs:UpdateService on service"),
    case(
        ABLE,
        FAIL,
        pipeline(*but_statement(3, allow("iam:PassRole", iam_arn(f"role/backend/{EXEC}")))),
        f"iam:PassRole on role/backend/{TASK_PROD}",
    ),
    case(
        ABLE,
        PASS,
        pipeline(
            *but_statement(0, allow(["ecr:GetAuthorizationToken", "ecs:Describe*", "cloudwatch:Describe*"])),
            allow("ecs:RegisterTaskDefinition", arn("ecs", "task-definition/asharvi-backend-*")),
        ),
        "may release",
    ),
    case(ABLE, WARN, pipeline(*of_pipeline()[:4]), "secretsmanager:DescribeSecret"),
    case(ABLE, UNKNOWN, pipeline(*but_statement(3, allow("iam:PassRole", Condition=IN_VPC))), "aws:SourceVpc"),
    case(ABLE, PASS, user_world(*of_pipeline()), PIPELINE, site=KEYS),
    case(ABLE, FAIL, user_world(*of_pipeline()[1:]), PIPELINE, site=KEYS),
    case(ABLE, UNKNOWN, pipeline_world(), "does not name its users", site=NAMELESS),
    case(
        ABLE,
        FAIL,
        pipeline_world(),
        "user gone not found",
        site=replace(KEYS, iam=replace(KEYS.iam, cicd_users=("gone",))),
    ),
    case(ABLE, WARN, pipeline_world(), "CodeBuild pushes", site=AWS_PIPELINE),
    case(
        ABLE,
        FAIL,
        world(get_pipeline={"pipeline": pipeline_of(roleArn=iam_arn(f"role/{EXEC}"))}),
        f"{EXEC} may not",
        site=AWS_PIPELINE,
    ),
    case(ABLE, PASS, world(describe_secret=Missing("secretsmanager:secret", "x")), "may release"),
    case(ABLE, SKIP, world(get_role=roles(absent=(CICD,))), "blocked by iam.cicd-role.exists"),
    case(LEAST, PASS, pipeline_world(), "writes to the backend only"),
    case(LEAST, FAIL, pipeline(allow("*")), "allows everything"),
    case(LEAST, FAIL, pipeline(allow("ecs:*")), "allows ecs:* on *"),
    case(LEAST, FAIL, pipeline(allow("iam:PassRole")), "allows iam:PassRole on *"),
    case(LEAST, FAIL, pipeline(allow("secretsmanager:Get*")), "allows secretsmanager:GetSecretValue on *"),
    case(LEAST, FAIL, pipeline({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:x"}), "NotAction"),
    case(LEAST, WARN, pipeline(allow("ecr:PutImage", arn("ecr", "repository/asharvi-*"))), "writes beyond"),
    case(LEAST, WARN, pipeline(allow("ecs:UpdateService")), "ecs:UpdateService on *"),
    case(LEAST, WARN, pipeline(allow("ecs:UpdateService", arn("ecs", "service/*"))), "service/*"),
    case(
        LEAST,
        WARN,
        pipeline(allow("iam:PassRole", iam_arn(f"role/backend/{EXEC}"))),
        "no iam:PassedToService",
    ),
    case(
        LEAST,
        WARN,
        pipeline(allow("iam:PassRole", iam_arn("role/Asharvi*"), Condition=of_pipeline()[3]["Condition"])),
        "further roles on",
    ),
    case(LEAST, PASS, user_world(*of_pipeline()), PIPELINE, site=KEYS),
    case(LEAST, FAIL, user_world(allow("ecs:*")), f"{PIPELINE}, own, statement 0", site=KEYS),
    case(LEAST, UNKNOWN, pipeline_world(), "does not name its users", site=NAMELESS),
    case(LEAST, FAIL, pipeline_world(), "user gone", site=replace(KEYS, iam=replace(KEYS.iam, cicd_users=("gone",)))),
    case(LEAST, SKIP, pipeline_world(), "no pipeline", site=NONE),
]
