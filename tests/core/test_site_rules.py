"""Each rule of the site has one good and one bad case; the wizard and the loader both ask here."""

from typing import Any

import pytest

from runbook_tui.catalogue.site_answers import askable, put
from runbook_tui.catalogue.site_file import complete
from runbook_tui.core import site_rules
from runbook_tui.core.limits import is_placeholder, looks_secret, shown
from runbook_tui.core.site import Site


def site(*answers: tuple[str, Any]) -> Site:
    given: dict[str, Any] = {}
    for key, value in answers:
        given = put(given, key, value)
    return complete(given)


def keys(*answers: tuple[str, Any]) -> list[str]:
    return [key for key, _, _ in site_rules.problems(site(*answers))]


def test_the_guides_own_values_are_allowed() -> None:
    """A site that says nothing is a good one: the simulator with the guide's names."""
    assert site_rules.problems(complete({})) == []
    assert site_rules.warnings(complete({})) == []


TABLE = {"name": "orders", "pk": "id", "pk_type": "S"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("site.name", "Asharvi"),
        ("mode", "practise"),
        ("aws.account_id", "123"),
        ("aws.region", "mumbai"),
        ("aws.role_arn", "OperatorRole"),
        ("aws.endpoint_url", "http://10.0.0.1:5000"),
        ("aws.endpoint_url", "http://127.0.0.1.evil.in:5000"),
        ("aws.endpoint_url", "http://user:pw@127.0.0.1:5000"),
        ("domain.zone", "not a zone"),
        ("domain.hosted_zone_id", "/hostedzone/Z0123456789"),
        ("environments.prod.routing", "random"),
        ("frontend.vpc_id", "vpc-1"),
        ("iam.frontend_allowed_prefixes.0", ["s3:*"]),
        ("iam.task_role", "a b"),
        ("iam.key_max_age_days", 366),
        ("iam.password.min_length", 7),
        ("iam.password.reuse", 25),
        ("iam.password.max_age", 0),
        ("net.vpc_id", "vpc-XYZ"),
        ("net.cidr", "10.20.0.0"),
        ("net.cidr", "8.8.0.0/16"),
        ("net.cidr", "10.0.0.0/8"),
        ("net.cidr", "10.20.0.1/16"),
        ("net.peer_cidrs.0", ["10.20.128.0/17"]),
        ("net.peer_cidrs.0", ["here"]),
        ("net.public_subnets", ["10.20.0.0/24"]),
        ("net.private_subnets.0", ["10.21.0.0/24", "10.20.11.0/24"]),
        ("net.private_subnets.1", ["10.20.10.0/24", "10.20.1.0/25"]),
        ("net.private_subnets.1", ["subnet-0a1b2c3d", "subnet-0a1b2c3d"]),
        ("net.private_subnets.0", ["private-a", "10.20.11.0/24"]),
        ("net.nat", "sometimes"),
        ("net.sg_alb", "sg-0123456789"),
        ("net.alb_allowed_cidrs.0", ["everybody"]),
        ("net.alb_allowed_cidrs", []),
        ("net.endpoints", "perhaps"),
        ("environments.prod.secret_name", "asharvi/backend/prod-AbCdEf"),
        ("environments.prod.secret_name", "asharvi backend"),
        ("secrets.required_keys.0", ["MONGO-URI"]),
        ("secrets.required_keys", []),
        ("secrets.kms_key", "my key"),
        ("secrets.rotation_max_days", 0),
        ("secrets.allow_value_read", "never"),
        ("params.path", "asharvi/"),
        ("environments.prod.ecr_repo", "Asharvi"),
        ("ecr.keep_images", 4),
        ("ecr.scan_mode", "deep"),
        ("ecr.fail_severity", "WORST"),
        ("cicd.kind", "jenkins"),
        ("cicd.auth", "password"),
        ("cicd.github_repo", "asharvi"),
        ("ecs.cluster", "a b"),
        ("ecs.insights", "yes"),
        ("environments.prod.service", "a/b"),
        ("environments.prod.container", ""),
        ("environments.prod.cpu", 1000),
        ("environments.prod.memory", 1024),
        ("environments.staging.memory", 1536),
        ("environments.prod.desired_min", 1),
        ("environments.staging.desired_min", 0),
        ("environments.prod.autoscale.min", 1),
        ("environments.prod.autoscale.max", 2),
        ("environments.prod.autoscale.in_percent", 60),
        ("environments.prod.autoscale.out_percent", 91),
        ("environments.prod.autoscale.mode", "magic"),
        ("environments.prod.load_test_date", "yesterday"),
        ("deploy.min_healthy", 101),
        ("deploy.max_percent", 99),
        ("deploy.max_minutes", 4),
        ("app.port", 65536),
        ("app.ready_path", "ready"),
        ("app.smoke_expect", "(open"),
        ("app.ready_checks_db", "perhaps"),
        ("app.node_major", 19),
        ("app.smtp_host_kind", "pigeon"),
        ("alb.name", "internal-x"),
        ("alb.name", "a" * 33),
        ("alb.waf", "maybe"),
        ("alb.cert_fail_days", 30),
        ("environments.prod.target_group", "-x"),
        ("db.kind", "mysql"),
        ("db.atlas.connectivity", "wire"),
        ("db.atlas.cidr", "10.20.0.0/21"),
        ("db.atlas.cidr", "192.168.248.1/21"),
        ("db.atlas.project_id", "abc"),
        ("db.dynamodb.tables.0.pk_type", [{**TABLE, "pk_type": "X"}]),
        ("db.dynamodb.tables.0.sk", [{**TABLE, "sk": "at"}]),
        ("environments.prod.log_group", "a b"),
        ("obs.retention_days", 31),
        ("obs.topic_arn", "arn:aws:sns:eu-west-1:123456789012:alerts"),
        ("obs.subscriptions.0.protocol", [{"protocol": "carrier", "endpoint": "x"}]),
        ("obs.tracing", "yes"),
        ("alarm.5xx_percent", 0),
        ("alarm.p95_seconds", 0),
        ("roll.max_p95_ratio", 0),
        ("dr.allowed_env", "dev"),
        ("dr.method", "axe"),
        ("review.days", 401),
        ("maint.image_max_days", 0),
        ("cost.tag", "Project"),
        ("cost.max_growth_percent", -1),
        ("tags.required.0", ["k" * 129]),
        ("clock.max_skew_s", 0),
    ],
)
def test_each_rule_refuses_what_it_should(key: str, value: Any) -> None:
    """The finding names the key that must change, and it is the only one."""
    assert keys((askable(key), value)) == [key]


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("aws.account_id", [("mode", "real")]),
        ("iam.execution_role", [("iam.task_role", "One"), ("iam.execution_role", "One")]),
        ("net.sg_ecs", [("net.sg_alb", "one"), ("net.sg_ecs", "one")]),
        ("net.nat", [("net.endpoints", "off"), ("net.nat", "none")]),
        ("db.dynamodb.tables", [("db.kind", "dynamodb")]),
        ("environments.prod.host", [("domain.zone", "asharvi.in"), ("environments.prod.host", "api.other.in")]),
        ("environments.prod.service", [("environments.staging.service", "s"), ("environments.prod.service", "s")]),
        (
            "environments.prod.target_group",
            [("environments.staging.target_group", "t"), ("environments.prod.target_group", "t")],
        ),
        (
            "environments.prod.secret_name",
            [("environments.staging.secret_name", "s"), ("environments.prod.secret_name", "s")],
        ),
    ],
)
def test_rules_between_keys(key: str, answers: list[tuple[str, Any]]) -> None:
    """Values that are allowed alone and not together name the key to change."""
    assert keys(*answers) == [key]


@pytest.mark.parametrize(
    "answers",
    [
        [("aws.endpoint_url", "http://127.0.0.1:5000")],
        [("aws.endpoint_url", "http://[::1]:5000/x")],
        [("aws.endpoint_url", "https://localhost")],
        [("net.private_subnets", ["subnet-0a1b2c3d", "subnet-0a1b2c3e"])],
        [
            ("net.cidr", "172.16.0.0/16"),
            ("net.public_subnets", ["172.16.0.0/24", "172.16.1.0/24"]),
            ("net.private_subnets", ["172.16.2.0/24", "172.16.3.0/24"]),
        ],
        [("net.alb_allowed_cidrs", ["0.0.0.0/0", "::/0"])],
        [("environments.prod.cpu", 256), ("environments.prod.memory", 2048)],
        [("environments.prod.cpu", 8192), ("environments.prod.memory", 20480)],
        [("environments.staging.desired_min", 1), ("environments.staging.autoscale.min", 1)],
        [("db.kind", "dynamodb"), ("db.dynamodb.tables", [TABLE]), ("db.atlas.cidr", "10.20.0.0/21")],
        [("environments.prod.log_group", "/aws/ecs/x"), ("environments.staging.log_group", "/aws/ecs/x")],
        [("obs.topic_arn", "arn:aws:sns:ap-south-1:123456789012:alerts")],
    ],
)
def test_what_the_catalogue_allows_is_allowed(answers: list[tuple[str, Any]]) -> None:
    """The rules refuse nothing that the guide's resolutions permit."""
    assert keys(*answers) == []


def test_an_endpoint_elsewhere_needs_to_be_wanted() -> None:
    """Only a real site may leave loopback, and only when it is said on the command line."""
    real = site(("mode", "real"), ("aws.account_id", "123456789012"), ("aws.endpoint_url", "https://aws.inside.in"))
    assert [key for key, _, _ in site_rules.problems(real)] == ["aws.endpoint_url"]
    assert site_rules.problems(real, any_endpoint=True) == []
    practise = site(("aws.endpoint_url", "https://aws.inside.in"))
    assert [key for key, _, _ in site_rules.problems(practise, any_endpoint=True)] == ["aws.endpoint_url"]


def test_placeholders_load_and_are_named() -> None:
    """The loader lets them pass, so that a check can report them; the wizard asks for the real value."""
    waiting = site(
        ("aws.account_id", "000000000000"),
        ("domain.zone", "example.com"),
        ("net.vpc_id", "<your vpc>"),
        ("net.cidr", "REPLACE"),
    )
    assert site_rules.problems(waiting) == []
    found = [key for key, _, _ in site_rules.placeholders(waiting)]
    assert found == [
        "aws.account_id",
        "domain.zone",
        "environments.staging.host",
        "environments.prod.host",
        "net.vpc_id",
        "net.cidr",
    ]


def test_env_in_a_name_is_no_placeholder() -> None:
    """<env> is how the guide's defaults stand for both environments."""
    assert not is_placeholder("/asharvi/backend/<env>/")
    assert site_rules.placeholders(complete({})) == []


def test_unusual_is_a_warning_only() -> None:
    """Another region or a narrow range of callers is allowed and said."""
    unusual = site(("aws.region", "eu-west-1"), ("net.alb_allowed_cidrs", ["203.0.113.0/24"]))
    assert site_rules.problems(unusual) == []
    assert [key for key, _, _ in site_rules.warnings(unusual)] == ["aws.region", "net.alb_allowed_cidrs"]


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "mongodb+srv://app:hunter22@cluster0.mongodb.net/db",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "-----BEGIN RSA PRIVATE KEY-----",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    ],
)
def test_secrets_are_recognised_and_never_shown(secret: str) -> None:
    """Ten kinds of mistakes end in the same words, without the value."""
    assert looks_secret(f"key: {secret}")
    assert secret not in shown(secret)


@pytest.mark.parametrize(
    "name",
    [
        "asharvi/backend/prod",
        "arn:aws:iam::123456789012:role/Operator",
        "a" * 40,
        "0123456789abcdef" * 2 + "01234567",
        "https://api.asharvi.in/health-check",
        "MONGO_URI",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
    ],
)
def test_ordinary_names_are_no_secrets(name: str) -> None:
    """Digests, ARNs, URLs and names of keys may stand in a site."""
    assert looks_secret(name) is None
