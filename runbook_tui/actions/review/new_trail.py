"""A trail for an account that has none (guide 9.3)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.catalogue.permissions import partition
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_CLOUDTRAIL: Final = "cloudtrail.amazonaws.com"
_ANYWHERE: Final = "us-east-1"  # the one region that a bucket is made in without being told so
_COST: Final = "the first trail costs nothing but the bucket's storage; a second one is paid for by the event"


@action("cloudtrail.create-trail", guide="9.3", fixes=("review.trail",))
def create_trail(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """A trail of all regions keeps what is done in the account, in a bucket of its own."""
    account = site.aws.account_id or aws.identity.caller().account
    there = any(one.account in ("", account) for one in aws.account_trail.trails())
    name, bucket = f"{site.site.name}-trail", f"{site.site.name}-trail-{account}"
    if not there and bucket in aws.frontend.buckets():
        raise CannotPlan(f"there is a bucket {bucket} already", "see what it holds, and delete or rename it")
    calls = () if there else (*_bucket(site, account, bucket, name), *_trail(site, bucket, name))
    return Plan(
        action="cloudtrail.create-trail",
        title=f"Create the trail {name}",
        environment=env.name,
        resource=name,
        effect="What is done from now on, in every region, is written into the bucket, with files that prove it whole.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(
            Difference(what="trail", before="", after=name),
            Difference(what="bucket", before="", after=bucket),
        )
        if calls
        else (),
        warnings=(_COST, "its way back leaves a bucket that holds records: nobody deletes those by the way")
        if calls
        else (),
        permissions=needed(calls),
    )


def _bucket(site: Site, account: str, bucket: str, trail: str) -> tuple[ApiCall, ...]:
    place = (
        {} if site.aws.region == _ANYWHERE else {"CreateBucketConfiguration": {"LocationConstraint": site.aws.region}}
    )
    # What was recorded meanwhile stays: a bucket with records cannot be deleted, and is not meant to be.
    kept = ("NoSuchBucket", "BucketNotEmpty")
    back = _call("s3", "delete_bucket", {"Bucket": bucket}, f"{bucket} is deleted if it is empty", gone=kept)
    policy = json.dumps(_policy(site, account, bucket, trail))
    return (
        _call("s3", "create_bucket", {"Bucket": bucket, **place}, f"the bucket {bucket}", back),
        _call("s3", "put_bucket_policy", {"Bucket": bucket, "Policy": policy}, "CloudTrail alone may write into it"),
    )


def _trail(site: Site, bucket: str, name: str) -> tuple[ApiCall, ...]:
    wanted = {
        "Name": name,
        "S3BucketName": bucket,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
        "TagsList": listed(tags_of(site, None)),
    }
    back = _call("cloudtrail", "delete_trail", {"Name": name}, f"{name} is deleted", gone=("TrailNotFoundException",))
    return (
        _call("cloudtrail", "create_trail", wanted, f"the trail {name}", back),
        _call("cloudtrail", "start_logging", {"Name": name}, f"{name} records from now on"),
    )


def _policy(site: Site, account: str, bucket: str, trail: str) -> dict[str, Any]:
    """As AWS's documentation of CloudTrail has it, for this one trail alone."""
    aws = partition(site.aws.region)
    source = {"aws:SourceArn": f"arn:{aws}:cloudtrail:{site.aws.region}:{account}:trail/{trail}"}
    common = {"Effect": "Allow", "Principal": {"Service": _CLOUDTRAIL}}
    whole = f"arn:{aws}:s3:::{bucket}"
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                **common,
                "Sid": "AWSCloudTrailAclCheck",
                "Action": "s3:GetBucketAcl",
                "Resource": whole,
                "Condition": {"StringEquals": source},
            },
            {
                **common,
                "Sid": "AWSCloudTrailWrite",
                "Action": "s3:PutObject",
                "Resource": f"{whole}/AWSLogs/{account}/*",
                "Condition": {"StringEquals": {**acl, **source}},
            },
        ],
    }


def _call(
    service: str,
    operation: str,
    parameters: Mapping[str, Any],
    effect: str,
    *undo: ApiCall,
    gone: tuple[str, ...] = (),
) -> ApiCall:
    """Bucket and policy that were made a moment ago are not seen everywhere."""
    return ApiCall(
        id=operation.replace("_", "-"),
        service=service,
        operation=operation,
        parameters=parameters,
        effect=effect,
        not_yet=()
        if gone
        else ("InsufficientS3BucketPolicyException", "NoSuchBucket", "S3BucketDoesNotExistException"),
        gone=gone,
        undo=undo,
    )
