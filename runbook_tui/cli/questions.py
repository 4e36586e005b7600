"""What setup asks, as data: sections in order, and the words for each key (catalogue, section 6)."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from runbook_tui.core.site import Site

QUESTIONS: Final[Mapping[str, str]] = {
    "site.name": "Name of this installation (resource names begin with it)",
    "aws.profile": "Named profile of the AWS CLI (empty: the default chain)",
    "aws.role_arn": "Role to assume (ARN; empty: none)",
    "aws.external_id": "External id for that role (empty: none)",
    "aws.region": "Region",
    "aws.account_id": "Account id (12 digits)",
    "operator.name": "Your name, as the audit log shall say it",
    "operator.approver_required_prod": "Must a second person approve changes of prod?",
    "domain.zone": "DNS zone of the API (such as asharvi.in)",
    "domain.hosted_zone_id": "Hosted zone id (Z…; empty: looked up by name)",
    "net.vpc_id": "Existing VPC id (empty: found by its name)",
    "net.cidr": "Range of the VPC",
    "net.public_subnets": "Public subnets: ids or CIDRs, by commas",
    "net.private_subnets": "Private subnets: ids or CIDRs, by commas",
    "net.alb_allowed_cidrs": "Who may reach 443: CIDRs, by commas",
    "net.peer_cidrs": "Ranges that the VPC is peered with (empty: none)",
    "cicd.github_repo": "GitHub repository (owner/name)",
    "cicd.pipelines": "CodePipeline names (staging: NAME, prod: NAME)",
    "db.kind": "Which database",
    "db.atlas.connectivity": "How the VPC reaches Atlas",
    "db.atlas.cidr": "Range of the Atlas network",
    "db.atlas.ports": "Ports of the database",
    "db.dynamodb.tables": "Tables ([{name: orders, pk: id}])",
    "obs.topic": "SNS topic for alarms",
    "obs.subscriptions": "Who is told ([{protocol: email, endpoint: a@b.in}])",
}


class Section(Struct, frozen=True, kw_only=True):
    """``always`` are asked in any case; the ``keys`` only when their defaults are not accepted together."""

    title: str
    keys: tuple[str, ...]
    always: tuple[str, ...] = ()


def _each(*names: str) -> tuple[str, ...]:
    return tuple(f"environments.{environment}.{name}" for environment in ("staging", "prod") for name in names)


SIGN_IN: Final = ("aws.profile", "aws.role_arn")
_NAMES: Final = (
    "ecs.cluster",
    "alb.name",
    "net.sg_alb",
    "net.sg_ecs",
    "iam.task_role",
    "iam.execution_role",
    "iam.cicd_role",
    *_each("service", "task_family", "container", "secret_name", "ecr_repo", "target_group", "log_group"),
)
_THRESHOLDS: Final = (
    *_each("cpu", "memory", "desired_min", "autoscale.min", "autoscale.max", "autoscale.out_percent"),
    *_each("autoscale.in_percent"),
    "app.port",
    "app.ready_path",
    "app.smoke_path",
    "app.node_major",
    "ecr.keep_images",
    "obs.retention_days",
    "alarm.5xx_percent",
    "alarm.5xx_count",
    "alarm.p95_seconds",
    "alarm.cpu_high",
    "alarm.mem_high",
    "roll.max_5xx_percent",
    "roll.max_p95_ratio",
    "secrets.rotation_max_days",
    "iam.key_max_age_days",
    "secrets.required_keys",
    "secrets.allow_value_read",
)


SECTIONS: Final = (
    Section(title="Names", keys=_NAMES),
    Section(
        title="Network",
        keys=(
            "net.vpc_id",
            "net.vpc_name",
            "net.cidr",
            "net.public_subnets",
            "net.private_subnets",
            "net.nat",
            "net.endpoints",
            "net.alb_allowed_cidrs",
            "net.allow_http_redirect",
            "net.peer_cidrs",
        ),
    ),
    Section(title="Domain", always=("domain.zone",), keys=("domain.hosted_zone_id", *_each("host"))),
    Section(title="Database", keys=("db.kind",)),
    Section(title="Pipeline", keys=("cicd.kind",)),
    Section(title="Thresholds", keys=_THRESHOLDS),
    Section(title="Alerts", keys=("obs.topic", "obs.topic_arn", "obs.subscriptions", "obs.tracing")),
)


def follow_ups(site: Site, key: str) -> tuple[str, ...]:
    """Keys that matter only after the answer that was just given to ``key``."""
    match key:
        case "aws.role_arn" if site.aws.role_arn:
            return ("aws.external_id",)
        case "db.kind" if site.db.kind == "dynamodb":
            return ("db.dynamodb.tables",)
        case "db.kind":
            return ("db.atlas.connectivity", "db.atlas.cidr", "db.atlas.ports")
        case "cicd.kind" if site.cicd.kind == "github":
            return ("cicd.auth", "cicd.github_repo")
        case "cicd.kind" if site.cicd.kind == "codepipeline":
            return ("cicd.pipelines",)
        case _:
            return ()
