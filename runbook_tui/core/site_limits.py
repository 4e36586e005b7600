"""What each key of the site may hold (catalogue, section 6). ``*`` stands for an environment, ``[]`` for each item."""

from collections.abc import Mapping
from typing import Final

from runbook_tui.core.limits import Limit
from runbook_tui.core.node_lts import KNOWN, LINES


def _one_of(*choices: str | int) -> Limit:
    return Limit(choices=choices)


def _number(low: float, high: float | None = None) -> Limit:
    return Limit(low=low, high=high)


def _named(pattern: str, hint: str) -> Limit:
    return Limit(pattern=pattern, hint=hint, placeholder=True)


_FLAG_OR_ASK: Final = Limit(choices=(True, False, "ask"))
_WISHED: Final = _one_of("off", "optional", "required")
_POSITIVE: Final = Limit(above=0)
_DAYS: Final = _number(1, 400)
_PERCENT: Final = Limit(above=0, high=100)
_PORT: Final = _number(1, 65535)
_SEVERITIES: Final = _one_of("CRITICAL", "HIGH", "MEDIUM", "LOW")
_FQDN: Final = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
_HOST: Final = _named(f"^({_FQDN})?$", "a host name in small letters, such as api.asharvi.in")
_PATH: Final = _named(r"^/[^\s]*$", "a path that starts with /")
_ROLE: Final = _named(r"^[A-Za-z0-9_+=,.@-]{1,64}$", "a role's name: 1 to 64 of A-Z a-z 0-9 _ + = , . @ -")
_ECS: Final = _named(r"^[A-Za-z0-9_-]{1,255}$", "a name of 1 to 255 letters, digits, _ and -")
_ELB: Final = _named(
    r"^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$",
    "a name of at most 32 letters, digits and inner -, not starting with internal-",
)
_LOG_GROUP: Final = _named(r"^[A-Za-z0-9_/.#-]{1,512}$", "a log group's name")
_VPC: Final = _named(r"^vpc-[0-9a-f]{8,17}$", "a VPC id such as vpc-0a1b2c3d4e5f67890")
_SUBNET_ID: Final = _named(r"^subnet-[0-9a-f]{8,17}$", "a subnet id such as subnet-0a1b2c3d4e5f67890")
_GROUP: Final = _named(r"^(?!sg-)[^\x00-\x1f]{1,255}$", "a security group's name (1 to 255 characters, not an sg- id)")
_VARIABLE: Final = _named(r"^[A-Za-z_][A-Za-z0-9_]*$", "the name of an environment variable")
_SECRET_NAME: Final = _named(
    r"^(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9_/+=.@-]{1,512}$",
    "a secret's name (1 to 512 of A-Z a-z 0-9 _ / + = . @ -, not ending in - and 6 characters)",
)
_REPOSITORY: Final = _named(
    r"^(?=.{2,256}$)[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$",
    "an ECR repository's name in small letters",
)
_ARN: Final = r"^arn:aws[a-z-]*:"
_RETENTION: Final = _one_of(
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
)

LIMITS: Final[Mapping[str, Limit]] = {
    "site.name": _named(r"^[a-z0-9-]{1,32}$", "1 to 32 small letters, digits and -"),
    "mode": _one_of("real", "simulator"),
    "aws.account_id": _named(r"^([0-9]{12})?$", "an account id of 12 digits"),
    "aws.region": _named(r"^[a-z]{2}(-[a-z]+)+-[0-9]$", "a region such as ap-south-1"),
    "aws.profile": _named(r"^[^\s\[\]]+$", "a profile's name"),
    "aws.role_arn": _named(_ARN + r"iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$", "the ARN of a role"),
    "aws.external_id": _named(r"^[A-Za-z0-9_+=,.@:/-]{2,1224}$", "an external id"),
    "aws.endpoint_url": _named(r"^https?://[^\s/@]+(/[^\s]*)?$", "a URL such as http://127.0.0.1:5000"),
    "domain.zone": _named(f"^({_FQDN})?$", "a zone in small letters, such as asharvi.in"),
    "domain.hosted_zone_id": _named(r"^Z[A-Z0-9]{5,32}$", "a zone's id such as Z0123456789ABC (no /hostedzone/)"),
    "environments.*.host": _HOST,
    "environments.*.routing": _one_of("simple", "weighted", "latency"),
    "environments.*.secret_name": _SECRET_NAME,
    "environments.*.ecr_repo": _REPOSITORY,
    "environments.*.service": _ECS,
    "environments.*.task_family": _ECS,
    "environments.*.container": _ECS,
    "environments.*.cpu": _one_of(256, 512, 1024, 2048, 4096, 8192, 16384),
    "environments.*.memory": _number(512, 122880),
    "environments.*.desired_min": _number(1, 5000),
    "environments.*.autoscale.min": _number(1, 5000),
    "environments.*.autoscale.max": _number(2, 5000),
    "environments.*.autoscale.out_percent": _number(1, 90),
    "environments.*.autoscale.in_percent": _number(1, 90),
    "environments.*.autoscale.mode": _one_of("step", "target_tracking"),
    "environments.*.autoscale.cooldown_out": _number(0, 3600),
    "environments.*.autoscale.cooldown_in": _number(0, 3600),
    "environments.*.target_group": _ELB,
    "environments.*.log_group": _LOG_GROUP,
    "environments.*.load_test_date": _named(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a date such as 2026-11-23"),
    "frontend.role": _ROLE,
    "frontend.vpc_id": _VPC,
    "frontend.subnet_ids[]": _SUBNET_ID,
    "iam.frontend_allowed_prefixes[]": _named(
        r"^[a-z0-9-]+(:(read|[A-Z][A-Za-z0-9]*))?$", "a service prefix: s3, logs:read or iam:PassRole"
    ),
    "iam.task_role": _ROLE,
    "iam.execution_role": _ROLE,
    "iam.cicd_role": _ROLE,
    "iam.key_max_age_days": _number(1, 365),
    "iam.unused_days": _number(1, 400),
    "iam.password.min_length": _number(8, 128),
    "iam.password.reuse": _number(0, 24),
    "iam.password.max_age": _number(1, 1095),
    "net.vpc_id": _VPC,
    "net.vpc_name": _named(r"^[^\x00-\x1f]{1,255}$", "a name of 1 to 255 characters"),
    "net.az_count": _number(2, 6),
    "net.min_free_ips": _number(0, 65536),
    "net.nat": _one_of("auto", "required", "none"),
    "net.sg_alb": _GROUP,
    "net.sg_ecs": _GROUP,
    "net.endpoints": _one_of("required", "recommended", "off"),
    "net.endpoint_services[]": _named(r"^[a-z0-9]+([.-][a-z0-9]+)*$", "a service such as ecr.api"),
    "secrets.required_keys[]": _VARIABLE,
    "secrets.kms_key": _named(
        rf"^(aws/[a-z]+|alias/[A-Za-z0-9/_-]{{1,250}}|[0-9a-f-]{{36}}|{_ARN[1:]}kms:[a-z0-9-]+:[0-9]{{12}}:(key|alias)/.+)$",
        "a KMS key: aws/secretsmanager, alias/…, a key id or an ARN",
    ),
    "secrets.rotation_max_days": _number(1, 365),
    "secrets.allow_value_read": _FLAG_OR_ASK,
    "params.path": _PATH,
    "params.required[]": _named(r"^[A-Za-z0-9_.-]+$", "a parameter's name"),
    "ecr.keep_images": _number(5, 1000),
    "ecr.scan_mode": _one_of("basic", "enhanced"),
    "ecr.fail_severity": _SEVERITIES,
    "ecr.warn_severity": _SEVERITIES,
    "cicd.kind": _one_of("github", "codepipeline", "none"),
    "cicd.auth": _one_of("oidc", "access_keys"),
    "cicd.github_repo": _named(r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", "a repository written owner/name"),
    "ecs.cluster": _ECS,
    "ecs.insights": _one_of("enabled", "enhanced", "disabled"),
    "ecs.grace_seconds": _number(0, 3600),
    "deploy.min_healthy": _number(0, 100),
    "deploy.max_percent": _number(100, 200),
    "deploy.max_minutes": _number(5, 60),
    "app.port": _PORT,
    "app.ready_path": _PATH,
    "app.smoke_path": _PATH,
    "app.ready_checks_db": _FLAG_OR_ASK,
    "app.node_major": _one_of(*(one.major for one in LINES if one.lts is not None and one.lts <= KNOWN)),
    "app.smtp_host_kind": _one_of("external", "ses-endpoint", "none"),
    "app.smtp_port": _PORT,
    "app.keepalive_seconds": _number(1, 4000),
    "alb.name": _ELB,
    "alb.default_action": _one_of("fixed_404", "prod"),
    "alb.ssl_policy": _named(r"^ELBSecurityPolicy-[A-Za-z0-9-]+$", "an ELBSecurityPolicy-… name"),
    "alb.waf": _WISHED,
    "alb.access_logs": _WISHED,
    "alb.cert_warn_days": _DAYS,
    "alb.cert_fail_days": _DAYS,
    "tg.deregistration_delay": _number(0, 3600),
    "db.kind": _one_of("mongodb_atlas", "dynamodb"),
    "db.rpo_hours": _number(1, 8760),
    "db.atlas.connectivity": _one_of("peering", "privatelink", "public"),
    "db.atlas.project_id": _named(r"^[0-9a-f]{24}$", "24 hexadecimal digits"),
    "db.atlas.endpoint_service": _named(r"^com\.amazonaws\.vpce\.[a-z0-9.-]+$", "a name com.amazonaws.vpce.…"),
    "db.atlas.ports": _named(r"^[0-9]{1,5}(-[0-9]{1,5})?$", "a port or a range such as 1024-65535"),
    "db.atlas.api": _one_of("off", "on"),
    "db.atlas.backup_max_age_h": _number(1, 8760),
    "db.dynamodb.tables[].name": _named(r"^[A-Za-z0-9_.-]{3,255}$", "a table's name of 3 to 255 characters"),
    "db.dynamodb.tables[].pk": _named(r"^.{1,255}$", "an attribute's name"),
    "db.dynamodb.tables[].pk_type": _one_of("S", "N", "B"),
    "db.dynamodb.tables[].sk_type": _one_of("S", "N", "B"),
    "obs.legacy_group": _LOG_GROUP,
    "obs.retention_days": _RETENTION,
    "obs.retention_max": _number(1, 3653),
    "obs.topic": _named(r"^[A-Za-z0-9_-]{1,256}$", "a topic's name of 1 to 256 letters, digits, _ and -"),
    "obs.topic_arn": _named(_ARN + r"sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", "the ARN of an SNS topic"),
    "obs.subscriptions[].protocol": _one_of("email", "email-json", "https", "lambda"),
    "obs.subscriptions[].endpoint": _named(r"^[^\s]+$", "an e-mail address, an https URL or a function's ARN"),
    "obs.tracing": _one_of("off", "xray", "apm"),
    "obs.log_silence_minutes": _number(1, 1440),
    "alarm.5xx_percent": _PERCENT,
    "alarm.5xx_count": _POSITIVE,
    "alarm.p95_seconds": _POSITIVE,
    "alarm.cpu_high": _PERCENT,
    "alarm.mem_high": _PERCENT,
    "roll.max_5xx_percent": _PERCENT,
    "roll.max_p95_ratio": _POSITIVE,
    "roll.window_min": _POSITIVE,
    "dr.allowed_env": _one_of("staging", "prod"),
    "dr.max_minutes": _number(1, 720),
    "dr.rto_minutes": _number(1, 1440),
    "dr.method": _one_of("auto", "sg", "nacl", "route", "privatelink", "atlas_failover", "fis", "secret"),
    "review.days": _DAYS,
    "review.scaling_days": _DAYS,
    "review.dr_days": _DAYS,
    "maint.image_max_days": _DAYS,
    "cost.tag": _named(r"^[^=]{1,128}=.{0,256}$", "a tag written Key=Value"),
    "cost.baseline_monthly": _number(0),
    "cost.max_growth_percent": _number(0),
    "cost.allow_paid_calls": _FLAG_OR_ASK,
    "tags.required[]": _named(r"^.{1,128}$", "a tag key of 1 to 128 characters"),
    "clock.max_skew_s": _number(1, 3600),
}
