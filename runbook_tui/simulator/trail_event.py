"""One event of CloudTrail, made of a request and its answer."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.iam.needs import resources_of
from runbook_tui.simulator.iam.principals import Kind, Principal, who
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.trail_shape import error_in, parameters_of, result_of
from runbook_tui.simulator.wire import Answer, Call

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_READING = (
    "Describe",
    "Get",
    "List",
    "Lookup",
    "Search",
    "Filter",
    "Simulate",
    "BatchGet",
    "BatchCheck",
    "Head",
    "Query",
    "Scan",
    "Select",
    "Preview",
    "Validate",
    "Check",
    "Test",
    "Estimate",
    "Decode",
)
_READ_TOO = {"StartQuery", "StopQuery", "AssumeRole", "AssumeRoleWithWebIdentity", "GenerateServiceLastAccessedDetails"}
_SOURCES = {
    "cloudwatch": "monitoring",
    "elbv2": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "application-autoscaling": "autoscaling",
    "resourcegroupstaggingapi": "tagging",
    "service-quotas": "servicequotas",
    "accessanalyzer": "access-analyzer",
    "apigatewayv2": "apigateway",
    "stepfunctions": "states",
    "sesv2": "ses",
}
_GLOBAL = ("iam", "route53", "cloudfront", "sts")
Resource = tuple[str, str]  # type, name


class TrailEvent(Struct, frozen=True, kw_only=True):
    """``body`` is what ``CloudTrailEvent`` holds as text."""

    at: datetime
    identifier: str
    name: str
    source: str
    user: str
    key: str
    read_only: bool
    resources: Sequence[Resource]
    body: Mapping[str, Any]

    def described(self) -> dict[str, Any]:
        """As LookupEvents gives it."""
        answer = {
            "EventId": self.identifier,
            "EventName": self.name,
            "ReadOnly": "true" if self.read_only else "false",
            "EventTime": self.at,
            "EventSource": self.source,
            "Username": self.user,
            "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in self.resources],
            "CloudTrailEvent": json.dumps(self.body, separators=(",", ":"), default=str),
        }
        return answer | ({"AccessKeyId": self.key} if self.key else {})


def event_of(
    world: "World", call: Call, answer: Answer, refused: Refused | None, environ: Mapping[str, Any]
) -> TrailEvent:
    """Secrets in parameters and answer are replaced."""
    caller, parameters = who(world, call.key), parameters_of(call)
    reading = reads(call.operation)
    told: dict[str, Any] = {
        "sourceIPAddress": environ.get("REMOTE_ADDR") or "127.0.0.1",
        "userAgent": environ.get("HTTP_USER_AGENT", "-"),
        "requestParameters": parameters or None,
        "responseElements": result_of(call, answer) if not reading and answer.status < 300 else None,
    }
    code, message = (refused.code, refused.message) if refused is not None else error_in(call, answer)
    if code:
        told |= {"errorCode": code, "errorMessage": message}
    return make(
        world,
        at=world.clock.now(),
        name=call.operation,
        service=call.service,
        caller=caller,
        read_only=reading,
        resources=_resources(world, call),
        told=told,
        request_id=dict(answer.headers).get("x-amzn-RequestId", ""),
    )


def make(  # noqa: PLR0913 - an event of CloudTrail has this many parts
    world: "World",
    *,
    at: datetime,
    name: str,
    service: str,
    caller: Principal | None,
    read_only: bool,
    resources: Sequence[Resource],
    told: Mapping[str, Any],
    identity: Mapping[str, Any] | None = None,
    request_id: str = "",
    identifier: str = "",
) -> TrailEvent:
    """``told`` are further members of the event's text. Without a caller, ``identity`` says who."""
    source = f"{_SOURCES.get(service, service)}.amazonaws.com"
    identifier = identifier or str(uuid.uuid4())
    who_did = dict(identity or {}) if caller is None else identity_of(caller)
    body = {
        "eventVersion": "1.11",
        "userIdentity": who_did,
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1" if service in _GLOBAL else world.region,
        **told,
        "requestID": request_id or str(uuid.UUID(int=uuid.UUID(identifier).int ^ 1)),
        "eventID": identifier,
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": world.account,
        "eventCategory": "Management",
    }
    body |= {key: told[key] for key in ("eventType",) if key in told}
    return TrailEvent(
        at=at,
        identifier=identifier,
        name=name,
        source=source,
        user=caller.user_name if caller is not None else str(who_did.get("userName") or _session(who_did)),
        key=str(who_did.get("accessKeyId", "")),
        read_only=read_only,
        resources=tuple(resources),
        body=body,
    )


def reads(operation: str) -> bool:
    return operation.startswith(_READING) or operation in _READ_TOO


def identity_of(caller: Principal) -> dict[str, Any]:
    """CloudTrail's ``userIdentity``."""
    told: dict[str, Any] = {
        "type": caller.kind.value,
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account,
    }
    if caller.key:
        told["accessKeyId"] = caller.key
    if caller.kind is Kind.USER:
        return told | {"userName": caller.name}
    attributes = {"mfaAuthenticated": "true" if caller.mfa else "false"}
    if caller.since is not None:
        attributes["creationDate"] = f"{caller.since:%Y-%m-%dT%H:%M:%SZ}"
    issuer = {
        "type": "Role",
        "principalId": caller.identifier,
        "arn": caller.owner,
        "accountId": caller.account,
        "userName": caller.name,
    }
    return told | {"sessionContext": {"sessionIssuer": issuer, "attributes": attributes}}


def _session(identity: Mapping[str, Any]) -> str:
    return str(identity.get("arn", "")).rpartition("/")[2]


def _resources(world: "World", call: Call) -> list[Resource]:
    """Name and ARN of each, as CloudTrail lists both."""
    arns = [arn for _, arn in resources_of(world, call) if arn.startswith("arn:") and "*" not in arn]
    told: list[Resource] = []
    for arn in dict.fromkeys(arns):
        kind = _kind(arn)
        told += [(kind, _name(arn)), (kind, arn)]
    return told


_KINDS = {
    "elasticloadbalancing": "ElasticLoadBalancingV2",
    "secretsmanager": "SecretsManager",
    "application-autoscaling": "ApplicationAutoScaling",
    "cloudwatch": "CloudWatch",
    "logs": "Logs",
    "lambda": "Lambda",
    "route53": "Route53",
    "acm": "CertificateManager",
}


def _kind(arn: str) -> str:
    """``AWS::ECS::Service`` for an ARN of one."""
    parts = arn.split(":", 5)
    service = _KINDS.get(parts[2]) or parts[2].upper()
    resource = parts[5].replace(":", "/").split("/")[0]
    words = {"targetgroup": "TargetGroup", "loadbalancer": "LoadBalancer"}.get(resource) or "".join(
        word[:1].upper() + word[1:] for word in resource.split("-")
    )
    if parts[2] == "s3":
        words = "Bucket"
    if parts[2] == "sns":
        words = "Topic"
    return f"AWS::{service}::{words}"


def _name(arn: str) -> str:
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    match service:
        case "secretsmanager":
            return rest.removeprefix("secret:").rpartition("-")[0] or rest
        case "logs":
            return rest.removeprefix("log-group:").partition(":log-stream:")[0]
        case "elasticloadbalancing":
            return rest.split("/")[-2]
        case _:
            return rest.replace(":", "/").rpartition("/")[2]
