"""What AWS's words become, where it needs no server to tell."""

from typing import Any

import pytest
from botocore import exceptions as boto

from runbook_tui.aws.classify import Asked, classify
from runbook_tui.aws.codes import Family, family
from runbook_tui.aws.errors import AwsProblem, Denied, Malformed, Missing, Throttled, Unreachable, WrongRegion
from runbook_tui.core.problems import SignInExpired

LAW = {
    Family.DENIED: "AccessDenied AccessDeniedException UnauthorizedOperation AuthorizationError "
    "AuthorizationErrorException NotAuthorized",
    Family.CREDENTIALS: "ExpiredToken ExpiredTokenException RequestExpired InvalidClientTokenId "
    "UnrecognizedClientException AuthFailure SignatureDoesNotMatch InvalidSignatureException",
    Family.THROTTLED: "Throttling ThrottlingException ThrottledException RequestLimitExceeded "
    "TooManyRequestsException SlowDown PriorRequestNotComplete",
    Family.MISSING: "ResourceNotFoundException NoSuchEntity InvalidVpcID.NotFound ClusterNotFoundException "
    "ServiceNotFoundException NoSuchHostedZone LoadBalancerNotFound InvalidGroup.NotFound",
    Family.REGION: "OptInRequired InvalidRegion",
    Family.NOT_ENABLED: "SubscriptionRequiredException DataUnavailableException",
    Family.SERVER: "ServerException InternalError ServiceUnavailable",
    Family.UNSUPPORTED: "UnknownOperation NotImplemented UnsupportedFeatureException NotSimulated",
}
CODES = [(code, row) for row, codes in LAW.items() for code in codes.split()]


def refused(code: str, text: str = "", status: int = 400) -> boto.ClientError:
    return boto.ClientError(
        {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation"
    )


def classified(
    error: Exception, service: str = "ecs", operation: str = "describe_services", **parameters: Any
) -> AwsProblem | SignInExpired:
    return classify(error, Asked(service=service, operation=operation, region="ap-south-1", parameters=parameters))


@pytest.mark.parametrize(("code", "row"), CODES)
@pytest.mark.parametrize("status", [400, 403, 500])
def test_each_code_stands_in_its_row(code: str, row: Family, status: int) -> None:
    """The table of the catalogue, whatever HTTP status comes with the code."""
    assert family("ecs", code, status, "") is row


@pytest.mark.parametrize(("service", "expected"), [("ce", Family.THROTTLED), ("ecs", Family.OTHER)])
def test_a_limit_is_throttling_for_cost_explorer_alone(service: str, expected: Family) -> None:
    """LimitExceededException means too many requests only where reads are metered."""
    assert family(service, "LimitExceededException", 400, "") is expected


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("ClientException", "Unable to describe task definition.", Family.MISSING),
        ("ClientException", "Tasks cannot be empty.", Family.OTHER),
        ("ValidationError", "Stack x not found", Family.MISSING),
        ("ValidationError", "1 validation error detected", Family.OTHER),
    ],
)
def test_some_codes_depend_on_their_text(code: str, text: str, expected: Family) -> None:
    """ECS says ClientException for a missing task definition, and for much else."""
    assert family("ecs", code, 400, text) is expected


MISSING = [
    ("ecs", "describe_services", "ServiceNotFoundException", {"services": ["web"]}, "ecs:service", "web"),
    ("ecs", "describe_services", "ClusterNotFoundException", {"cluster": "main"}, "ecs:cluster", "main"),
    ("secretsmanager", "describe_secret", "ResourceNotFoundException", {"SecretId": "s"}, "secretsmanager:secret", "s"),
    ("ecr", "describe_repositories", "RepositoryNotFoundException", {"repositoryNames": ["r"]}, "ecr:repository", "r"),
    ("ecr", "get_lifecycle_policy", "LifecyclePolicyNotFoundException", {"repositoryName": "r"}, "ecr:lifecycle-policy", "r"),  # noqa: E501 - one row a line
    ("elbv2", "describe_load_balancers", "LoadBalancerNotFound", {"Names": ["alb"]}, "elbv2:load-balancer", "alb"),
    ("elbv2", "describe_target_groups", "TargetGroupNotFound", {"Names": ["tg"]}, "elbv2:target-group", "tg"),
    ("elbv2", "describe_target_health", "TargetGroupNotFound", {"TargetGroupArn": "arn"}, "elbv2:target-group", "arn"),
    ("ec2", "describe_vpcs", "InvalidVpcID.NotFound", {"VpcIds": ["vpc-1"]}, "ec2:vpc", "vpc-1"),
    ("ec2", "describe_subnets", "InvalidSubnetID.NotFound", {"SubnetIds": ["s-1", "s-2"]}, "ec2:subnet", "s-1, s-2"),
    ("ec2", "describe_security_groups", "InvalidGroup.NotFound", {"GroupIds": ["sg-1"]}, "ec2:security-group", "sg-1"),
    ("iam", "get_role", "NoSuchEntity", {"RoleName": "Op"}, "iam:role", "Op"),
    ("iam", "get_account_password_policy", "NoSuchEntity", {}, "iam:password-policy", ""),
    ("ecs", "describe_task_definition", "ClientException", {"taskDefinition": "web:1"}, "ecs:task-definition", "web:1"),
    ("logs", "filter_log_events", "ResourceNotFoundException", {"logGroupName": "/g"}, "logs:log-group", "/g"),
    ("xray", "get_group", "ResourceNotFoundException", {"GroupName": "g"}, "xray:group", "g"),
    ("efs", "describe_file_systems", "FileSystemNotFound", {"FileSystemId": "fs"}, "efs:file-system", "fs"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "operation", "code", "parameters", "kind", "name"), MISSING)
def test_what_is_missing_is_named(
    service: str, operation: str, code: str, parameters: dict[str, Any], kind: str, name: str
) -> None:
    """A thing that AWS does not find is told by kind and by the name that was asked for."""
    problem = classified(refused(code, "Unable to describe task definition."), service, operation, **parameters)
    assert isinstance(problem, Missing)
    assert (problem.kind, problem.name) == (kind, name)
    assert problem.remedy


def test_the_action_that_aws_names_wins() -> None:
    """A denied GetSecretValue may miss kms:Decrypt: AWS says which, and the remedy follows."""
    text = "User: arn:aws:iam::1:user/op is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:1"
    problem = classified(refused("AccessDeniedException", text), "secretsmanager", "get_secret_value")
    assert isinstance(problem, Denied)
    assert problem.action == "kms:Decrypt"
    assert "kms:Decrypt" in problem.remedy


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("not authorized to perform: ecs:ListTasks with an explicit deny in an identity-based policy", "explicit deny"),
        (
            "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p",
            "service control polic",
        ),
        ("because no service control policy allows the ecs:ListTasks action", "service control polic"),
    ],
)
def test_who_forbids_is_kept(text: str, word: str) -> None:
    """An explicit deny and a service control policy stay in the text, and change the remedy."""
    problem = classified(refused("AccessDeniedException", text), "ecs", "list_tasks")
    assert text in problem.what
    assert word in problem.remedy
    assert "runbook-tui permissions" not in problem.remedy


def test_the_encoded_message_of_ec2_is_left_out() -> None:
    """EC2's encoded reason is a page of characters that nobody can read."""
    text = f"You are not authorized. Encoded authorization failure message: {'x' * 900}"
    problem = classified(refused("UnauthorizedOperation", text, 403), "ec2", "describe_vpcs")
    assert "xxx" not in problem.what
    assert "You are not authorized." in problem.what


def test_what_aws_says_is_made_harmless() -> None:
    """Escape sequences and line breaks in an error text do not reach the screen, and it is short."""
    problem = classified(refused("AccessDenied", "\x1b[31mred\x1b[0m\nline\u202e" + "y" * 5000))
    assert problem.what.isprintable()
    assert len(problem.what) < 600


NOT_SIGNED_IN = [
    boto.NoCredentialsError(),
    boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
    boto.TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
    boto.SSOTokenLoadError(error_msg="no token"),
    boto.UnauthorizedSSOTokenError(),
    boto.CredentialRetrievalError(provider="custom-process", error_msg="exit 1"),
    boto.RefreshWithMFAUnsupportedError(),
]


@pytest.mark.parametrize("error", NOT_SIGNED_IN, ids=lambda error: type(error).__name__)
def test_without_credentials_nobody_is_signed_in(error: Exception) -> None:
    """Every way of having no usable credentials stops the run with the sign-in as remedy."""
    problem = classified(error)
    assert isinstance(problem, SignInExpired)
    assert "aws sso login" in problem.remedy


class NameResolutionError(Exception):
    """Has the name of urllib3's."""


URL = "https://ecs.ap-south-9.amazonaws.com"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (boto.EndpointConnectionError(endpoint_url=URL, error=NameResolutionError()), WrongRegion),
        (boto.EndpointConnectionError(endpoint_url=URL, error=OSError("refused")), Unreachable),
        (boto.ConnectTimeoutError(endpoint_url=URL), Unreachable),
        (boto.ReadTimeoutError(endpoint_url=URL), Unreachable),
        (boto.ConnectionClosedError(endpoint_url=URL), Unreachable),
        (boto.SSLError(endpoint_url=URL, error="x"), Unreachable),
        (boto.ProxyConnectionError(proxy_url="http://proxy"), Unreachable),
        (boto.HTTPClientError(error="x"), Unreachable),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), Unreachable),
        (boto.PaginationError(message="the same token"), Malformed),
        (KeyError("DescribeVpcsResult"), Malformed),
        (AttributeError("'list' object has no attribute 'get'"), Malformed),
        (boto.ParamValidationError(report="x"), AwsProblem),
        (boto.UnknownServiceError(service_name="x", known_service_names=""), AwsProblem),
        (refused("Throttling"), Throttled),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_exception_is_exactly_one_problem(error: Exception, expected: type[AwsProblem]) -> None:
    """Whatever botocore raises becomes one problem with a remedy and the call it belongs to."""
    problem = classified(error)
    assert type(problem) is expected
    assert problem.remedy
    assert (getattr(problem, "service", ""), getattr(problem, "operation", "")) == ("ecs", "describe_services")
