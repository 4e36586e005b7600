"""The site: what this installation is. One frozen struct a section of the file, attribute for attribute.

A dotted key of the file is an attribute path here: ``environments.prod.service`` is
``site.environments["prod"].service``; keys that start with a digit are renamed (``alarm.5xx_percent`` is
``site.alarm.percent_5xx``). Defaults and limits come from the catalogue, section 6. Whether the values are
allowed is judged by ``core.site_rules``; reading and writing the file is the catalogue's work.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field


class _Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class SiteSection(_Section, frozen=True, kw_only=True):
    name: str = "asharvi"


class Aws(_Section, frozen=True, kw_only=True):
    account_id: str = ""
    region: str = "ap-south-1"
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None


class Operator(_Section, frozen=True, kw_only=True):
    name: str = ""
    approver_required_prod: bool = True


class Domain(_Section, frozen=True, kw_only=True):
    zone: str = ""
    hosted_zone_id: str | None = None


class Frontend(_Section, frozen=True, kw_only=True):
    enabled: bool = True
    role: str = "AsharviDeployRole"
    distribution_ids: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()


class PasswordPolicy(_Section, frozen=True, kw_only=True):
    min_length: int = 14
    reuse: int = 24
    max_age: int | None = None


class Iam(_Section, frozen=True, kw_only=True):
    frontend_allowed_prefixes: tuple[str, ...] = (
        "cloudfront",
        "s3",
        "lambda",
        "apigateway",
        "logs:read",
        "iam:PassRole",
    )
    task_role: str = "AsharviBackendEcsTaskRole"
    execution_role: str = "AsharviBackendEcsExecutionRole"
    cicd_role: str = "AsharviCicdDeployRole"
    roles_per_env: bool = False
    cicd_users: tuple[str, ...] = ()
    machine_users: tuple[str, ...] = ()
    admin_allowlist: tuple[str, ...] = ()
    mfa_exempt_users: tuple[str, ...] = ()
    key_max_age_days: int = 90
    unused_days: int = 90
    password: PasswordPolicy = PasswordPolicy()

    def task_role_of(self, environment: str) -> str:
        """``<task_role>-<environment>`` where each environment has its own."""
        return f"{self.task_role}-{environment}" if self.roles_per_env else self.task_role


class Net(_Section, frozen=True, kw_only=True):
    vpc_id: str | None = None
    vpc_name: str = "asharvi-backend-vpc"
    cidr: str = "10.20.0.0/16"
    peer_cidrs: tuple[str, ...] = ()
    public_subnets: tuple[str, ...] = ("10.20.0.0/24", "10.20.1.0/24")
    private_subnets: tuple[str, ...] = ("10.20.10.0/24", "10.20.11.0/24")
    az_count: int = 2
    min_free_ips: int = 20
    nat: str = "auto"
    nat_per_az: bool = False
    sg_alb: str = "alb-backend-sg"
    sg_ecs: str = "ecs-backend-sg"
    alb_allowed_cidrs: tuple[str, ...] = ("0.0.0.0/0",)
    allow_http_redirect: bool = True
    endpoints: str = "recommended"
    endpoint_services: tuple[str, ...] = ("secretsmanager", "ecr.api", "ecr.dkr", "logs")


class Secrets(_Section, frozen=True, kw_only=True):
    required_keys: tuple[str, ...] = ("MONGO_URI", "JWT_SECRET", "SMTP_USER", "SMTP_PASS", "CORS_ORIGIN")
    kms_key: str = "aws/secretsmanager"
    rotation_max_days: int = 90
    allow_value_read: bool | str = "ask"


class Params(_Section, frozen=True, kw_only=True):
    enabled: bool = False
    path: str = "/asharvi/backend/<env>/"
    required: tuple[str, ...] = ("LOG_LEVEL",)

    def path_of(self, environment: str) -> str:
        """With a slash at its end."""
        return self.path.replace("<env>", environment).rstrip("/") + "/"


class Ecr(_Section, frozen=True, kw_only=True):
    keep_images: int = 20
    immutable: bool = True
    scan_mode: str = "basic"
    fail_severity: str = "CRITICAL"
    warn_severity: str = "HIGH"


class Cicd(_Section, frozen=True, kw_only=True):
    kind: str = "github"
    auth: str = "oidc"
    github_repo: str | None = None
    branches: Mapping[str, str] = field(default_factory=lambda: {"staging": "staging", "prod": "main"})
    environments: tuple[str, ...] = ("staging", "prod")
    pipelines: Mapping[str, str] = {}
    workflow_path: str | None = None
    secret_store: str | None = None


class Ecs(_Section, frozen=True, kw_only=True):
    cluster: str = "asharvi-backend-cluster"
    insights: str = "enabled"
    grace_seconds: int = 60


class Autoscale(_Section, frozen=True, kw_only=True):
    min: int = 2
    max: int = 6
    out_percent: int = 60
    in_percent: int = 30
    mode: str = "step"
    cooldown_out: int = 60
    cooldown_in: int = 300


class Deploy(_Section, frozen=True, kw_only=True):
    min_healthy: int = 100
    max_percent: int = 200
    max_minutes: int = 15


class App(_Section, frozen=True, kw_only=True):
    port: int = 3000
    ready_path: str = "/ready"
    smoke_path: str = "/health-check"
    smoke_expect: str | None = None
    cors_origin: str | None = None
    ready_checks_db: bool | str = "ask"
    reads_secrets_at_runtime: bool = False
    node_major: int = 24
    smtp_host_kind: str = "external"
    smtp_port: int = 587
    keepalive_seconds: int | None = None


class Alb(_Section, frozen=True, kw_only=True):
    name: str = "asharvi-backend-alb"
    default_action: str = "fixed_404"
    ssl_policy: str = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    deletion_protection: bool = True
    waf: str = "off"
    access_logs: str = "off"
    cert_warn_days: int = 30
    cert_fail_days: int = 7


class Tg(_Section, frozen=True, kw_only=True):
    deregistration_delay: int = 30


class Atlas(_Section, frozen=True, kw_only=True):
    connectivity: str = "peering"
    cidr: str = "192.168.248.0/21"
    project_id: str | None = None
    cluster: str | None = None
    endpoint_service: str | None = None
    ports: str = "27017"
    api: str = "off"
    backup_max_age_h: int = 26


class Table(_Section, frozen=True, kw_only=True):
    name: str
    pk: str
    pk_type: str = "S"
    sk: str | None = None
    sk_type: str | None = None


class Dynamodb(_Section, frozen=True, kw_only=True):
    tables: tuple[Table, ...] = ()
    min_image_tag: str | None = None


class Db(_Section, frozen=True, kw_only=True):
    kind: str = "mongodb_atlas"
    migrating: bool = False
    rpo_hours: int | None = None
    atlas: Atlas = Atlas()
    dynamodb: Dynamodb = Dynamodb()

    def uses(self, kind: str) -> bool:
        """The chosen database; during a migration both."""
        return self.kind == kind or self.migrating


class Subscription(_Section, frozen=True, kw_only=True):
    protocol: str
    endpoint: str


class Obs(_Section, frozen=True, kw_only=True):
    legacy_group: str = "/aws/ecs/asharvi-backend"
    retention_days: int = 30
    retention_max: int = 400
    topic: str = "asharvi-backend-alerts"
    topic_arn: str | None = None
    subscriptions: tuple[Subscription, ...] = ()
    dashboard: str = "asharvi-backend-<env>"
    metric_namespace: str | None = None
    error_patterns: tuple[str, ...] = ("ERROR", "FATAL", "UnhandledPromiseRejection", "Mongo")
    tracing: str = "off"
    log_silence_minutes: int = 15
    metric_filters: tuple[str, ...] = ()
    rotation_rule: str | None = None

    def dashboard_of(self, environment: str) -> str:
        return self.dashboard.replace("<env>", environment)


class Alarm(_Section, frozen=True, kw_only=True):
    percent_5xx: float = field(default=5, name="5xx_percent")
    count_5xx: int = field(default=10, name="5xx_count")
    p95_seconds: float = 1.0
    cpu_high: float = 80
    mem_high: float = 80


class Roll(_Section, frozen=True, kw_only=True):
    max_5xx_percent: float = 1
    max_p95_ratio: float = 1.5
    window_min: int = 10


class Dr(_Section, frozen=True, kw_only=True):
    allowed_env: str = "staging"
    max_minutes: int = 10
    rto_minutes: int = 15
    method: str = "auto"


class Review(_Section, frozen=True, kw_only=True):
    days: int = 7
    scaling_days: int = 92
    dr_days: int = 180


class Maint(_Section, frozen=True, kw_only=True):
    image_max_days: int = 31


class Cost(_Section, frozen=True, kw_only=True):
    tag: str = "Project=asharvi"
    baseline_monthly: float | None = None
    max_growth_percent: float = 30
    budget_name: str | None = None
    allow_paid_calls: bool | str = "ask"


class Tags(_Section, frozen=True, kw_only=True):
    required: tuple[str, ...] = ("Project", "Component", "Environment")


class Audit(_Section, frozen=True, kw_only=True):
    dir: str | None = None


class Clock(_Section, frozen=True, kw_only=True):
    max_skew_s: int = 120


class Environment(_Section, frozen=True, kw_only=True):
    """One environment. Empty texts are filled with the guide's names by ``complete``."""

    name: str = ""
    host: str = ""
    routing: str = "simple"
    secret_name: str = ""
    ecr_repo: str = ""
    service: str = ""
    task_family: str = ""
    container: str = "app"
    cpu: int = 0
    memory: int = 0
    desired_min: int = 2
    autoscale: Autoscale | None = None
    target_group: str = ""
    log_group: str = ""
    load_test_date: str | None = None

    @property
    def is_prod(self) -> bool:
        return self.name == "prod"

    @property
    def scaling(self) -> Autoscale:
        assert self.autoscale is not None, "complete() fills it"
        return self.autoscale


class Site(_Section, frozen=True, kw_only=True):
    """``path`` and ``sha256`` say which file this was; both are empty for one that was never written."""

    site: SiteSection = SiteSection()
    mode: str = "simulator"
    aws: Aws = Aws()
    operator: Operator = Operator()
    domain: Domain = Domain()
    environments: Mapping[str, Environment] = {}
    frontend: Frontend = Frontend()
    iam: Iam = Iam()
    net: Net = Net()
    secrets: Secrets = Secrets()
    params: Params = Params()
    ecr: Ecr = Ecr()
    cicd: Cicd = Cicd()
    ecs: Ecs = Ecs()
    deploy: Deploy = Deploy()
    app: App = App()
    alb: Alb = Alb()
    tg: Tg = Tg()
    db: Db = Db()
    obs: Obs = Obs()
    alarm: Alarm = Alarm()
    roll: Roll = Roll()
    dr: Dr = Dr()
    review: Review = Review()
    maint: Maint = Maint()
    cost: Cost = Cost()
    tags: Tags = Tags()
    audit: Audit = Audit()
    clock: Clock = Clock()
    read_only: bool = True
    path: str = ""
    sha256: str = ""

    @property
    def simulated(self) -> bool:
        return self.mode == "simulator"

    def environment(self, name: str) -> Environment:
        """KeyError when the site has no such environment."""
        return self.environments[name]


_SHORT = {"staging": "stg", "prod": "prod"}
_SIZE = {"staging": (512, 1024), "prod": (1024, 2048)}


def environment_defaults(name: str, site_name: str, zone: str) -> Mapping[str, Any]:
    """The guide's names for one environment, for every key that the site leaves out."""
    cpu, memory = _SIZE.get(name, (512, 1024))
    prefix = "" if name == "prod" else f"{name}-"
    return {
        "name": name,
        "host": f"{prefix}api.{zone}" if zone else "",
        "secret_name": f"{site_name}/backend/{name}",
        "ecr_repo": f"{site_name}-backend-{name}",
        "service": f"{site_name}-backend-{name}",
        "task_family": f"{site_name}-backend-{name}",
        "cpu": cpu,
        "memory": memory,
        "autoscale": Autoscale(max=6 if name == "prod" else 4),
        "target_group": f"{site_name}-backend-tg-{_SHORT.get(name, name)}",
        "log_group": f"/aws/ecs/{site_name}-backend-{name}",
    }
