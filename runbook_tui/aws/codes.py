"""What AWS's error codes mean (catalogue, section 1), as data."""

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, Final


class Family(Enum):
    DENIED = auto()
    CREDENTIALS = auto()
    THROTTLED = auto()
    MISSING = auto()
    REGION = auto()
    NOT_ENABLED = auto()
    SERVER = auto()
    UNSUPPORTED = auto()
    OTHER = auto()


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FAMILIES: Final[Mapping[Family, frozenset[str]]] = {
    Family.DENIED: _codes(
        """AccessDenied AccessDeniedException UnauthorizedOperation AuthorizationError AuthorizationErrorException
        NotAuthorized NotAuthorizedException ForbiddenException"""
    ),
    Family.CREDENTIALS: _codes(
        """ExpiredToken ExpiredTokenException RequestExpired InvalidClientTokenId UnrecognizedClientException
        AuthFailure SignatureDoesNotMatch InvalidSignatureException InvalidAccessKeyId InvalidToken
        RequestTimeTooSkewed IncompleteSignature MissingAuthenticationToken
        MissingAuthenticationTokenException"""
    ),
    Family.THROTTLED: _codes(
        """Throttling ThrottlingException ThrottledException RequestLimitExceeded TooManyRequestsException SlowDown
        RequestThrottled RequestThrottledException PriorRequestNotComplete
        ProvisionedThroughputExceededException"""
    ),
    Family.MISSING: _codes("NoSuchEntity NoSuchEntityException NoSuchHostedZone NoSuchBucket"),
    Family.REGION: _codes("OptInRequired InvalidRegion"),
    Family.NOT_ENABLED: _codes("SubscriptionRequiredException DataUnavailableException"),
    Family.SERVER: _codes(
        """ServerException InternalError InternalFailure InternalServerError InternalServiceError
        InternalServerException ServiceUnavailable ServiceUnavailableException Unavailable
        ServiceException ReportInProgress ReportNotPresent ReportExpired"""
    ),
    Family.UNSUPPORTED: _codes(
        """NotSimulated UnknownOperation UnknownOperationException NotImplemented InvalidAction
        UnsupportedFeatureException UnsupportedOperation UnsupportedOperationException"""
    ),
}
BY_CODE: Final[Mapping[str, Family]] = {code: family for family, codes in _FAMILIES.items() for code in codes}

# Codes that mean something else in one service, or only with a certain text.
BY_SERVICE: Final[Mapping[tuple[str, str], Family]] = {("ce", "LimitExceededException"): Family.THROTTLED}
BY_TEXT: Final = (
    # A secret in its recovery window.
    ("InvalidRequestException", re.compile(r"marked (?:for deletion|deleted)", re.IGNORECASE), Family.MISSING),
    ("ClientException", re.compile(r"unable to describe task definition", re.IGNORECASE), Family.MISSING),
    ("ValidationError", re.compile(r"not found|does not exist", re.IGNORECASE), Family.MISSING),
    ("ValidationException", re.compile(r"not found|does not exist", re.IGNORECASE), Family.MISSING),
)
BY_STATUS: Final[Mapping[int, Family]] = {
    401: Family.DENIED,
    403: Family.DENIED,
    404: Family.UNSUPPORTED,  # without a code of its own: the endpoint has no such operation
    405: Family.UNSUPPORTED,
    429: Family.THROTTLED,
    501: Family.UNSUPPORTED,
}
_NOT_FOUND: Final = re.compile(r"NotFound|^NoSuch|DoesNotExist")

# What is missing, by the code alone.
KIND_BY_CODE: Final[Mapping[str, str]] = {
    "ClusterNotFoundException": "ecs:cluster",
    "ServiceNotFoundException": "ecs:service",
    "ImageNotFoundException": "ecr:image",
    "LifecyclePolicyNotFoundException": "ecr:lifecycle-policy",
    "RepositoryNotFoundException": "ecr:repository",
    "RepositoryPolicyNotFoundException": "ecr:repository-policy",
    "ScanNotFoundException": "ecr:scan",
    "LoadBalancerNotFound": "elbv2:load-balancer",
    "LoadBalancerNotFoundException": "elbv2:load-balancer",
    "ListenerNotFound": "elbv2:listener",
    "ListenerNotFoundException": "elbv2:listener",
    "TargetGroupNotFound": "elbv2:target-group",
    "TargetGroupNotFoundException": "elbv2:target-group",
    "InvalidVpcID.NotFound": "ec2:vpc",
    "InvalidSubnetID.NotFound": "ec2:subnet",
    "InvalidGroup.NotFound": "ec2:security-group",
    "InvalidGroupId.NotFound": "ec2:security-group",
    "InvalidInternetGatewayID.NotFound": "ec2:internet-gateway",
    "InvalidRouteTableID.NotFound": "ec2:route-table",
    "NoSuchBucket": "s3:bucket",
    "NoSuchHostedZone": "route53:hosted-zone",
    "TableNotFoundException": "dynamodb:table",
}

# What is missing, by what was asked, where many things share one code (NoSuchEntity, ResourceNotFoundException).
KIND_BY_OPERATION: Final[Mapping[tuple[str, str], str]] = {
    ("dynamodb", "describe_continuous_backups"): "dynamodb:table",
    ("dynamodb", "describe_table"): "dynamodb:table",
    ("ecs", "describe_task_definition"): "ecs:task-definition",
    ("iam", "get_account_password_policy"): "iam:password-policy",
    ("iam", "get_policy"): "iam:policy",
    ("iam", "get_policy_version"): "iam:policy",
    ("iam", "get_role"): "iam:role",
    ("iam", "get_role_policy"): "iam:role-policy",
    ("iam", "list_attached_role_policies"): "iam:role",
    ("iam", "list_role_policies"): "iam:role",
    ("iam", "simulate_principal_policy"): "iam:principal",
    ("logs", "describe_log_streams"): "logs:log-group",
    ("logs", "filter_log_events"): "logs:log-group",
    ("secretsmanager", "describe_secret"): "secretsmanager:secret",
    ("secretsmanager", "get_resource_policy"): "secretsmanager:secret",
    ("secretsmanager", "get_secret_value"): "secretsmanager:secret",
    ("secretsmanager", "list_secret_version_ids"): "secretsmanager:secret",
}

# The parameter that names a thing of this kind; the first that was given counts.
NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "dynamodb:table": ("TableName",),
    "ec2:internet-gateway": ("InternetGatewayIds",),
    "ec2:route-table": ("RouteTableIds",),
    "ec2:security-group": ("GroupIds", "GroupNames"),
    "ec2:subnet": ("SubnetIds",),
    "ec2:vpc": ("VpcIds", "VpcId"),
    "ecr:image": ("imageIds", "imageId"),
    "ecr:lifecycle-policy": ("repositoryName",),
    "ecr:repository": ("repositoryNames", "repositoryName"),
    "ecs:cluster": ("cluster", "clusters"),
    "ecs:service": ("services", "service"),
    "ecs:task-definition": ("taskDefinition",),
    "elbv2:listener": ("ListenerArns", "ListenerArn"),
    "elbv2:load-balancer": ("Names", "LoadBalancerArns", "LoadBalancerArn"),
    "elbv2:target-group": ("Names", "TargetGroupArns", "TargetGroupArn"),
    "iam:password-policy": (),
    "iam:role": ("RoleName",),
    "logs:log-group": ("logGroupName", "logGroupIdentifier"),
    "secretsmanager:secret": ("SecretId",),
}


def family(service: str, code: str, status: int, text: str) -> Family:
    """The row of the table that this error stands in: its code first, its HTTP status only when no row knows it."""
    known = BY_SERVICE.get((service, code)) or BY_CODE.get(code)
    if known is not None:
        return known
    for textual, pattern, found in BY_TEXT:
        if code == textual and pattern.search(text):
            return found
    if _NOT_FOUND.search(code):
        return Family.MISSING
    return BY_STATUS.get(status, Family.SERVER if status >= 500 else Family.OTHER)


def missing_kind(service: str, operation: str, code: str) -> str:
    """``service:thing``; for what no table knows, the code's own word or the operation's noun."""
    known = KIND_BY_CODE.get(code) or KIND_BY_OPERATION.get((service, operation))
    if known is not None:
        return known
    word = re.sub(r"(NotFound|DoesNotExist).*$|^NoSuch|[^A-Za-z]", "", code)
    if word in ("", "Resource", "Entity", "Validation", "ValidationError", "ValidationException"):
        word = operation.partition("_")[2]
    return f"{service}:{re.sub(r'(?<=[a-z])(?=[A-Z])|_', '-', word).lower()}"


def missing_name(kind: str, parameters: Mapping[str, Any]) -> str:
    """What was asked for, in the operator's own words where possible."""
    asked = NAMED_BY.get(kind)
    given = parameters.values() if asked is None else [parameters[name] for name in asked if name in parameters]
    return next((text for text in map(_as_text, given) if text), "")


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return ", ".join(_as_text(part) for part in value.values())
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(part) for part in value)
    return ""
