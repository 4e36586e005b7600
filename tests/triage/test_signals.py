"""Signals of the rules on typed facts: what each is sure of, what speaks against it, and what is not enough."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.facts.acm import Certificate, Renewal
from runbook_tui.aws.facts.balancing import BalancerState, BalancerZone, HealthState, LoadBalancer, Target, TargetHealth
from runbook_tui.aws.facts.ecs_task import Attachment, Detail
from runbook_tui.aws.facts.route53 import DnsAnswer
from runbook_tui.aws.facts.secrets import Secret
from runbook_tui.aws.facts.series import Series, Window
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.core.verdict import fail, passed
from runbook_tui.triage.snapshot import Balancer, Growth, Metrics, Probed
from tests.support.scenes import NOW, ago, diagnosed, likely, line, prod, service, stop

WINDOW = Window.before(NOW, 60)
MONGO = "MongooseServerSelectionError: Server selection timed out after 30000 ms"
GROUPS_PASS = {"sg.ecs.ingress-app": passed("open"), "sg.alb.egress-app": passed("open")}


def targets(*healths: HealthState) -> Mapping[str, tuple[TargetHealth, ...]]:
    found = (TargetHealth(target=Target(id=f"10.0.0.{n}"), target_health=one) for n, one in enumerate(healths))
    return {"prod": tuple(found)}


def bad(reason: str, description: str = "", state: str = "unhealthy") -> Mapping[str, tuple[TargetHealth, ...]]:
    one = HealthState(state=state, reason=reason, description=description)
    return targets(one, one)


def metrics(week_before: float = 1000.0, **series: tuple[float, float]) -> Metrics:
    """Each series' level before and since fifteen minutes ago; a little noise beside."""
    since = WINDOW.end - timedelta(minutes=15)
    usual = {"requests": (1000.0, 1000.0), "target_5xx": (0.0, 0.0), "healthy": (2.0, 2.0), **series}
    now: dict[str, Series] = {
        name: {at: (after if at >= since else before) for at in WINDOW.minutes}
        for name, (before, after) in usual.items()
    }
    return Metrics(window=WINDOW, now=now, week_before={"requests": dict.fromkeys(WINDOW.minutes, week_before)})


def probed(https: Answer | Failure, http: Answer | Failure | None = None) -> Probed:
    return Probed(https=https, http=http or answered(301))


def answered(status: int) -> Answer:
    return Answer(url="https://api.example.org/", status=status, ms=5.0, headers={}, body=b"")


CERTIFICATE = Certificate(
    certificate_arn="arn:aws:acm:ap-south-1:1:certificate/1",
    domain_name=prod()[1].host,
    status="ISSUED",
    type="AMAZON_ISSUED",
    not_after=NOW + timedelta(days=5),
)
BALANCER = Balancer(
    load_balancer=LoadBalancer(
        load_balancer_arn="a", load_balancer_name="alb", type="application", state=BalancerState(code="active")
    ),
    attributes={"idle_timeout.timeout_seconds": "60"},
)

ZONES = (BalancerZone(zone_name="ap-south-1a"), BalancerZone(zone_name="ap-south-1b"))


def grown(service: str, before: float) -> Growth:
    return Growth(services={service: (before, 40.0), "other": (9.0, 9.0)}, usages={f"{service}/X": (before, 40.0)})


CASES: list[tuple[str, dict[str, Any]]] = [
    ("T2a", {"targets": bad("Target.Timeout"), "checks": {"sg.ecs.ingress-app": fail("closed", "open it")}}),
    ("T2b", {"targets": bad("Target.Timeout"), "metrics": metrics(cpu_peak=(99.0, 99.0)), "checks": GROUPS_PASS}),
    (
        "T2c",
        {
            "targets": bad("Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
            "lines": (line(MONGO),),
        },
    ),
    ("T2d", {"targets": bad("Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]")}),
    ("T2e", {"targets": bad("Target.ResponseCodeMismatch", "Health checks failed with these codes: [302]")}),
    ("T2f", {"targets": bad("Target.FailedHealthChecks", "Health checks failed")}),
    ("T2g", {"targets": bad("Target.NotInUse", state="unused")}),
    (
        "T2h",
        {
            "targets": bad("Elb.InitialHealthChecking", state="initial"),
            "running": (stop("", minutes=0.0, stopped_at=None, started_at=ago(5.0)),),
        },
    ),
    (
        "T1b",
        {
            "metrics": metrics(elb_502=(0.0, 40.0)),
            "targets": targets(HealthState(state="healthy")),
            "stopped": (stop("UserInitiated"), stop("EssentialContainerExited", minutes=16.5, exit_code=7)),
        },
    ),
    ("T1c", {"metrics": metrics(elb_504=(0.0, 40.0)), "targets": targets(HealthState(state="healthy"))}),
    (
        "T1f",
        {
            "metrics": metrics(target_5xx=(0.0, 300.0)),
            "lines": (line("JsonWebTokenError: invalid signature"),),
            "secret": Secret(arn="a", name="b", last_changed_date=ago(30.0)),
        },
    ),
    ("T4a", {"metrics": metrics(p95=(0.2, 2.0), cpu=(40.0, 95.0), requests=(1000.0, 2500.0))}),
    ("T4b", {"metrics": metrics(p95=(0.2, 2.0), cpu=(30.0, 20.0)), "lines": (line("mongo: slow query 4000 ms"),)}),
    ("T4d", {"metrics": metrics(p95=(0.2, 2.0), cpu=(40.0, 60.0), cpu_peak=(60.0, 100.0), memory=(40.0, 80.0))}),
    ("T5a", {"dns": DnsAnswer(response_code="NXDOMAIN")}),
    (
        "T5b",
        {
            "dns": DnsAnswer(response_code="NOERROR", record_data=("192.0.2.1",)),
            "checks": {"dns.resolves": fail("nobody resolves it", "delegate it")},
        },
    ),
    ("T5c", {"probe": probed(Failure(kind="tls-name", text="certificate is for another name"))}),
    ("T5d", {"probe": probed(Failure(kind="timeout", text="timed out")), "balancer": BALANCER}),
    (
        "T5e",
        {
            "probe": probed(answered(200), Failure(kind="timeout", text="timed out")),
            "checks": {"sg.alb.ingress-80": fail("closed", "open it")},
        },
    ),
    ("T6d", {"lines": (line(MONGO),), "checks": {"atlas.connectivity.peering": fail("not active", "accept it")}}),
    ("T6e", {"lines": (line("MongoServerError: bad auth : Authentication failed."),)}),
    ("T6f", {"lines": (line("Error: querySrv ENOTFOUND _mongodb._tcp.cluster0.abcde.mongodb.net"),)}),
    ("T6g", {"lines": (line("MongoServerError: not primary and secondaryOk=false"),)}),
    ("T6h", {"lines": (line("MongoServerError: too many connections, limit 500"),)}),
    ("T6i", {"lines": (line(f"{MONGO}: SSL alert number 80"),)}),
    ("T6j", {"lines": (line("DynamoDB: ProvisionedThroughputExceededException"),)}),
    ("T7a", {"certificates": (replace(CERTIFICATE, renewal_summary=Renewal(renewal_status="PENDING_VALIDATION")),)}),
    ("T7b", {"certificates": (replace(CERTIFICATE, type="IMPORTED"),)}),
    (
        "T7c",
        {
            "certificates": (
                replace(CERTIFICATE, type="IMPORTED", not_after=ago(60.0)),
                replace(CERTIFICATE, certificate_arn="b", not_after=NOW + timedelta(days=300)),
            )
        },
    ),
    (
        "T4e",
        {
            "metrics": metrics(p95=(0.2, 2.0), zone_p95_0=(0.2, 3.0), zone_p95_1=(0.2, 0.2)),
            "balancer": replace(BALANCER, load_balancer=replace(BALANCER.load_balancer, availability_zones=ZONES)),
        },
    ),
    ("T9b", {"growth": grown("AmazonCloudWatch", 1.0)}),
    ("T9c", {"growth": grown("Amazon Elastic Container Service", 1.0)}),
    ("T9d", {"growth": grown("Amazon EC2 Container Registry (ECR)", 1.0)}),
    ("T9e", {"growth": grown("Amazon SageMaker", 0.0)}),
    ("T10", {"checks": {"review.iam-activity": fail("root signed in", "ask who it was")}}),
]


@pytest.mark.parametrize(("rule", "parts"), CASES, ids=[rule for rule, _ in CASES])
def test_the_signs_of_a_rule_make_it_likely(rule: str, parts: dict[str, Any]) -> None:
    """With what the catalogue names for it, and nothing else."""
    assert rule in likely(**parts)


def test_a_subnet_without_its_route_is_told_from_the_others() -> None:
    """Only tasks of one subnet miss their database, others have it."""
    one = replace(stop("", stopped_at=None), task_arn="arn:t/c/one", attachments=_in("subnet-a"))
    two = replace(stop("", stopped_at=None), task_arn="arn:t/c/two", attachments=_in("subnet-b"))
    found = likely(running=(one, two), lines=(line(MONGO, task="one"),))
    assert found == {"T6c": 0.6}


def _in(subnet: str) -> tuple[Attachment, ...]:
    return (Attachment(details=(Detail(name="subnetId", value=subnet),)),)


def test_mongoose_s_hint_at_the_access_list_proves_nothing() -> None:
    """It is printed after every failure to reach Atlas; the list itself, or the alert of TLS, does."""
    hint = line(f"{MONGO}: your IP isn't whitelisted")
    assert "T6i" not in likely(lines=(hint,))
    assert "T6i" in likely(lines=(hint,), checks={"atlas.access-list": fail("misses 10.0.0.0/24", "add it")})


def test_restarting_is_not_offered_where_the_database_is_down() -> None:
    """The closed group comes first, then what it does to targets, then what that does to tasks."""
    stops = tuple(
        stop("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group t)", minutes=minutes)
        for minutes in (1.0, 3.0, 5.0)
    )
    found = diagnosed(
        targets=bad("Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
        lines=(line(MONGO),),
        stopped=stops,
        checks={"sg.ecs.egress-db": fail("27017 is closed", "open it")},
    )
    assert [one.rule for one in found.causes] == ["T6b", "T2c", "T3h"]
    assert found.causes[0].inputs == {"environment": "prod", "action": "ec2.let-tasks-out-to-database"}


def test_what_nothing_explains_is_unknown() -> None:
    """Something is wrong and no rule fits: T0 alone, undecided, with the last change and a way back."""
    late = service((3.0, "(service s) has started 2 tasks: (task 9)."), running=1)
    found = diagnosed(service=late, secret=Secret(arn="a", name="b", last_changed_date=ago(40.0)))
    assert [(one.rule, one.likely, one.runbook) for one in found.causes] == [("T0", False, "rollback")]
    assert "the secret was changed" in found.causes[0].signs[0].text
    assert found.outcome.value == "undecided"


def test_a_change_just_before_makes_a_rule_surer() -> None:
    """By 0.15, never beyond 0.99, and only of the kinds that can have done it."""
    lines = (line("MongoServerError: bad auth : Authentication failed.", minutes=2.0),)
    changed = Secret(arn="a", name="b", last_changed_date=ago(10.0))
    assert likely(lines=lines) == {"T6e": 0.9}
    assert likely(lines=lines, secret=changed) == {"T6e": 0.99}
    assert likely(lines=lines, secret=replace(changed, last_changed_date=ago(30.0))) == {"T6e": 0.9}


def test_what_a_log_told_is_over_when_it_is_quiet_and_all_targets_are_healthy() -> None:
    """Five minutes without a line: possible, no longer likely."""
    well = targets(HealthState(state="healthy"), HealthState(state="healthy"))
    wrong = "MongoServerError: bad auth : Authentication failed."
    assert likely(targets=well, lines=(line(wrong, minutes=4.0),)) == {"T6e": 0.9}
    assert likely(targets=well, lines=(line(wrong, minutes=6.0),)) == {}
    assert likely(targets=bad("Target.Timeout"), lines=(line(wrong, minutes=6.0),)) == {"T6e": 0.9}
