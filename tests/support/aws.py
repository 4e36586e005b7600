"""Sessions and readers against a server on loopback, and AWS's error shapes in each protocol."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from runbook_tui.aws.clients import Patience
from runbook_tui.aws.reader import SessionReader
from runbook_tui.aws.session import Session, open_session
from runbook_tui.core.site import Aws, Site
from tests.support.wire import Reply, Says, Wire, serving

IMPATIENT = Patience(attempts=1, connect=0.5, read=0.2)
PATIENT = Patience(attempts=1, connect=5.0, read=5.0)

# What each service speaks, and a call of it that the product makes.
PROTOCOLS = {
    "acm": "json",
    "route53": "rest-xml",
    "wafv2": "json",
    "account": "rest-json",
    "budgets": "json",
    "ce": "json",
    "service-quotas": "json",
    "apigateway": "rest-json",
    "apigatewayv2": "rest-json",
    "cloudfront": "rest-xml",
    "cloudtrail": "json",
    "cloudwatch": "json",
    "ec2": "ec2",
    "ecr": "json",
    "ecs": "json",
    "elbv2": "query",
    "dynamodb": "json",
    "application-autoscaling": "json",
    "events": "json",
    "fis": "rest-json",
    "health": "json",
    "iam": "query",
    "lambda": "rest-json",
    "logs": "json",
    "resourcegroupstaggingapi": "json",
    "codepipeline": "json",
    "kms": "json",
    "accessanalyzer": "rest-json",
    "s3": "s3",
    "secretsmanager": "json",
    "sns": "query",
    "ssm": "json",
    "sts": "query",
    "xray": "rest-json",
}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "acm": ("describe_certificate", {"CertificateArn": "arn:aws:acm:ap-south-1:123456789012:certificate/1"}),
    "route53": ("get_hosted_zone", {"Id": "Z0123456789"}),
    "wafv2": ("get_web_acl_for_resource", {"ResourceArn": "arn:aws:elasticloadbalancing:ap-south-1:1:loadbalancer/x"}),
    "account": ("get_region_opt_status", {"RegionName": "ap-south-1"}),
    "service-quotas": ("get_service_quota", {"ServiceCode": "fargate", "QuotaCode": "L-3032A538"}),
    "apigateway": ("get_rest_apis", {}),
    "apigatewayv2": ("get_apis", {}),
    "budgets": ("describe_budgets", {"AccountId": "123456789012"}),
    "ce": ("get_anomaly_monitors", {}),
    "cloudfront": ("list_distributions", {}),
    "cloudtrail": ("describe_trails", {}),
    "cloudwatch": ("describe_alarms", {}),
    "ec2": ("describe_vpcs", {}),
    "ecr": ("describe_repositories", {}),
    "ecs": ("describe_clusters", {"clusters": ["main"]}),
    "elbv2": ("describe_load_balancers", {}),
    "dynamodb": ("list_tables", {}),
    "application-autoscaling": ("describe_scalable_targets", {"ServiceNamespace": "dynamodb"}),
    "events": ("list_rules", {}),
    "fis": ("list_experiments", {}),
    "health": ("describe_events", {}),
    "iam": ("get_role", {"RoleName": "Operator"}),
    "lambda": ("list_functions", {}),
    "logs": ("describe_log_groups", {}),
    "resourcegroupstaggingapi": ("get_resources", {}),
    "codepipeline": ("get_pipeline", {"name": "main"}),
    "kms": ("describe_key", {"KeyId": "alias/app"}),
    "accessanalyzer": ("list_analyzers", {}),
    "s3": ("list_buckets", {}),
    "secretsmanager": ("describe_secret", {"SecretId": "app/prod"}),
    "sns": ("list_topics", {}),
    "ssm": ("describe_parameters", {}),
    "sts": ("get_caller_identity", {}),
    "xray": ("get_sampling_rules", {}),
}


def simulated_site(url: str, **aws: Any) -> Site:
    return Site(mode="simulator", aws=Aws(endpoint_url=url, **aws))


@contextmanager
def session_with(says: Says | Reply, patience: Patience = PATIENT) -> Iterator[tuple[Session, Wire]]:
    with serving(says) as wire:
        session = open_session(simulated_site(wire.url()), patience=patience)
        try:
            yield session, wire
        finally:
            session.close()


@contextmanager
def reader_of(says: Says | Reply, patience: Patience = PATIENT) -> Iterator[tuple[SessionReader, Wire]]:
    with session_with(says, patience) as (session, wire):
        yield SessionReader(session), wire


class Desk:
    """One server and one set of clients for many tests: making clients is what takes long.

    Not for throttling: it slows a client down for all who come after.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._session = open_session(simulated_site(wire.url()), patience=IMPATIENT)

    def reader(self, says: Says | Reply) -> SessionReader:
        """A reader that remembers nothing of the tests before."""
        self.wire.says = says if callable(says) else lambda _: says
        self.wire.asked.clear()
        mine = Session(self._session.world, self._session.region, self._session.endpoint_url, self._session.clients)
        return SessionReader(mine)

    def close(self) -> None:
        self._session.close()


def refusal(service: str, code: str, text: str = "no", status: int = 400, **headers: str) -> Reply:
    """An error as this service says it."""
    match PROTOCOLS[service]:
        case "json":
            body = json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": text})
        case "rest-json":
            body, headers = json.dumps({"message": text}), {**headers, "x-amzn-errortype": code}
        case "ec2":
            error = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
            body = f"<Response><Errors>{error}</Errors><RequestID>r-1</RequestID></Response>"
        case "s3":
            body = f"<Error><Code>{code}</Code><Message>{text}</Message><RequestId>r-1</RequestId></Error>"
        case _:
            error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error>"
            body = f"<ErrorResponse>{error}<RequestId>r-1</RequestId></ErrorResponse>"
    return Reply(status=status, body=body.encode(), headers=headers)
