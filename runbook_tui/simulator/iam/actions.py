"""The IAM action that a request needs, by the rules of the product's own table and what S3 and API Gateway add."""

from functools import lru_cache
from typing import TYPE_CHECKING

from runbook_tui.aws.operations import ACTIONS, PREFIXES

if TYPE_CHECKING:
    from runbook_tui.simulator.wire import Call

_PREFIXES = {**PREFIXES, "elb": "elasticloadbalancing", "stepfunctions": "states", "sesv2": "ses"}
_S3 = {
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "CopyObject": "PutObject",
    "DeleteObjects": "DeleteObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjectVersions": "ListBucketVersions",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
}
_FREE = {("sts", "GetCallerIdentity"), ("sts", "AssumeRoleWithWebIdentity"), ("sts", "AssumeRoleWithSAML")}


def is_free(call: "Call") -> bool:
    """Nobody needs a permission for it."""
    return (call.service, call.operation) in _FREE


def action_of(call: "Call") -> str:
    if call.service in ("apigateway", "apigatewayv2"):
        return f"apigateway:{call.request.method}"
    return named(call.service, call.operation)


@lru_cache(maxsize=1024)
def named(service: str, operation: str) -> str:
    """``service`` is boto3's name, ``operation`` the API's."""
    from botocore import xform_name

    known = ACTIONS.get((service, xform_name(operation)))
    if known is not None:
        return known
    if service == "s3" and operation in _S3:
        return f"s3:{_S3[operation]}"
    return f"{_PREFIXES.get(service, service)}:{operation}"
