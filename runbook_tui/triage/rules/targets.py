"""T2: unhealthy targets, by the reason that the load balancer gives now."""

from datetime import timedelta

from runbook_tui.aws.facts.balancing import TargetHealth
from runbook_tui.triage.changes import Kind, chosen
from runbook_tui.triage.pattern import DATABASE, Pattern
from runbook_tui.triage.rule import Evidence, Found, rule, sign
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import seen

TIMEOUT = "Target.Timeout"
MISMATCH = "Target.ResponseCodeMismatch"
FAILED = "Target.FailedHealthChecks"
DBERR = Pattern((DATABASE,))
GROUPS = ("sg.ecs.ingress-app", "sg.alb.egress-app")
BUSY = 95.0  # percent of the CPU


def unhealthy(targets: tuple[TargetHealth, ...]) -> Evidence:
    first = targets[0]
    told = f"{first.reason} ({first.target_health.description})" if first.target_health.description else first.reason
    return sign(f"{len(targets)} targets: {told}", "targets")


def answered(scene: Scene, *codes: str) -> tuple[TargetHealth, ...]:
    """Targets whose health checks were answered with one of these codes."""
    return tuple(
        one for one in scene.unwell(MISMATCH) if any(f"[{code}]" in one.target_health.description for code in codes)
    )


def revoked(scene: Scene, name: str) -> tuple[Evidence, ...]:
    found = chosen(scene.changes, what=name)
    return tuple(sign(f"{one.what} by {one.who or 'somebody'}", "trail", one.at) for one in found[-1:])


@rule(
    "T2a",
    confidence=0.95,
    sees=("targets", *GROUPS),
    confirm=GROUPS,
    action="ec2.open-tasks",
    boosted_by=(Kind.NETWORK,),
)
def security_group(scene: Scene) -> Found | None:
    """A security group keeps the load balancer from the tasks."""
    late = scene.unwell(TIMEOUT)
    blocked = tuple(sign(f"{name}: {scene.because(name)}", name) for name in scene.failed(*GROUPS))
    closed = () if blocked or scene.passed(*GROUPS) else revoked(scene, "RevokeSecurityGroup")
    if blocked and not late:
        # between two replacements no target stands as unhealthy, and the rule is closed all the same
        return Found(signs=blocked, confidence=0.7 if scene.healthy_targets == 0 else 0.45)
    if not late or not (blocked or closed):
        return None
    action = "ec2.lead-balancer-to-tasks" if scene.failed(GROUPS[1]) else ""
    return Found(signs=(unhealthy(late), *blocked, *closed), action=action)


@rule(
    "T2b",
    confidence=0.7,
    sees=("targets", "metrics"),
    confirm=("roll.cpu-mem", "ecs.scaling.target"),
    runbook="scaling",
    answers={"choose": "more-now"},
    points_to=("T1g",),
)
def overloaded(scene: Scene) -> Found | None:
    """The tasks have more to do than they can, and answer their health checks too late."""
    late, cpu = scene.unwell(TIMEOUT), scene.level("cpu_peak") or scene.level("cpu")
    if not late or cpu is None or cpu <= BUSY or scene.failed(*GROUPS):
        return None
    return Found(signs=(unhealthy(late), sign(f"CPU at {cpu:.0f} %", "metrics")))


@rule(
    "T2c",
    confidence=0.85,
    sees=("targets", "lines"),
    confirm=("db.app-reachability", "sg.ecs.egress-db"),
    boosted_by=(Kind.NETWORK, Kind.SECRET, Kind.DRILL),
    points_to=("T6",),
)
def not_ready(scene: Scene) -> Found | None:
    """The readiness route answers 503 because the database is not reached: restarting tasks does not help."""
    bad, lines = answered(scene, "503"), DBERR.among(scene.lines)
    if not bad or not lines:
        return None
    return Found(signs=(unhealthy(bad), sign(lines[-1].text, "lines", lines[-1].at)))


@rule(
    "T2d",
    confidence=0.9,
    sees=("targets",),
    confirm=("tg.health-check",),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT, Kind.LISTENER),
)
def wrong_path(scene: Scene) -> Found | None:
    """The health check asks a path that the release does not have."""
    bad = answered(scene, "404")
    return Found(signs=(unhealthy(bad),)) if bad else None


@rule(
    "T2e",
    confidence=0.8,
    sees=("targets",),
    confirm=("tg.health-check",),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT,),
)
def redirected(scene: Scene) -> Found | None:
    """The application redirects the health check, or wants it to sign in: mend the application, keep the matcher."""
    bad = answered(scene, "301", "302", "401")
    return Found(signs=(unhealthy(bad),)) if bad else None


@rule(
    "T2f",
    confidence=0.8,
    sees=("targets", "running"),
    confirm=("ecs.taskdef.port",),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT,),
)
def wrong_port(scene: Scene) -> Found | None:
    """The application listens on another port, or on 127.0.0.1 only."""
    bad = scene.unwell(FAILED)
    if not bad:
        return None
    mapped = tuple(sign(scene.because(name), name) for name in scene.failed("ecs.taskdef.port"))
    return Found(signs=(unhealthy(bad), *mapped), confidence=0.95 if mapped else None)


@rule(
    "T2g",
    confidence=0.9,
    sees=("targets", "alb.rules.host"),
    confirm=("alb.rules.host", "alb.scheme-subnets"),
    action="elbv2.create-host-rules",
    boosted_by=(Kind.LISTENER,),
)
def not_in_use(scene: Scene) -> Found | None:
    """No listener rule sends anybody to the target group, or the load balancer is not in the targets' zone."""
    idle = tuple(one for one in scene.targets if one.state == "unused" and one.reason == "Target.NotInUse")
    if not idle:
        return None
    checks = scene.failed("alb.rules.host", "alb.scheme-subnets")
    return Found(signs=(unhealthy(idle), *(sign(scene.because(name), name) for name in checks)))


@rule(
    "T2h",
    confidence=0.6,
    sees=("targets", "running"),
    confirm=("ecs.service.grace",),
    action="ecs.set-grace",
    boosted_by=(Kind.DEPLOYMENT,),
)
def slow_start(scene: Scene) -> Found | None:
    """The application takes longer to start than its grace period."""
    fresh = [one for one in scene.targets if one.state == "initial"]
    grace = timedelta(seconds=scene.site.ecs.grace_seconds)
    began = [one.started_at for one in seen(scene.snapshot.running) or () if one.started_at]
    others = [one for one in scene.targets if one.state != "initial"]
    if not fresh or others or not began or any(scene.at - at <= grace for at in began):
        return None
    return Found(signs=(sign(f"{len(fresh)} targets are initial for longer than {grace.seconds} s", "targets"),))
