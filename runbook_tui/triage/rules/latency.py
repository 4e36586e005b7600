"""T4: slow answers."""

from datetime import timedelta

from runbook_tui.triage.changes import Kind
from runbook_tui.triage.pattern import Pattern
from runbook_tui.triage.rule import Found, rule, sign
from runbook_tui.triage.rules.errors import BUSY, RELEASED, growth, released, went
from runbook_tui.triage.scene import Scene

IDLE = 50.0  # percent of the CPU: who waits does not compute
SLOW_DATABASE = Pattern(
    (("slow query", "mongo", "pool", "waitqueuetimeout"), ("slow", "timed out", "waitqueue", "checkout"))
)


@rule(
    "T4a",
    confidence=0.8,
    sees=("metrics", "scaling"),
    confirm=("ecs.scaling.target", "roll.cpu-mem"),
    runbook="scaling",
    answers={"choose": "more-now"},
    points_to=("T1g",),
)
def saturated(scene: Scene) -> Found | None:
    """The tasks have as much to do as they can: more visitors than usual come."""
    slow, cpu, times = scene.lasting("p95"), scene.level("cpu"), growth(scene)
    more = scene.lasting("requests")
    if not slow or cpu is None or cpu <= BUSY or not (more or (times is not None and times > 1.5)):
        return None
    told = went(more) if more else sign(f"{times:.1f} times the requests of a week before", "metrics")
    return Found(signs=(went(slow, " s"), sign(f"CPU at {cpu:.0f} %", "metrics"), told))


@rule(
    "T4b",
    confidence=0.75,
    sees=("metrics", "lines"),
    confirm=("db.app-reachability", "atlas.alerts"),
    points_to=("T6",),
)
def slow_database(scene: Scene) -> Found | None:
    """The database is slow, or its connection pool is exhausted."""
    slow, cpu, lines = scene.lasting("p95"), scene.level("cpu"), SLOW_DATABASE.among(scene.lines)
    if not slow or not lines or cpu is None or cpu >= IDLE:
        return None
    return Found(signs=(went(slow, " s"), sign(lines[-1].text, "lines", lines[-1].at)))


@rule(
    "T4c",
    confidence=0.8,
    sees=("deployments", "metrics"),
    confirm=("roll.latency", "roll.rollback-target"),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT, Kind.PIPELINE),
)
def slower_release(scene: Scene) -> Found | None:
    """The release is slower than the one before."""
    slow, began = scene.lasting("p95"), released(scene)
    if not slow or began is None or not began - timedelta(minutes=1) <= slow.at <= began + RELEASED:
        return None
    return Found(signs=(went(slow, " s"), sign(f"a deployment began at {began:%H:%M} UTC", "deployments", began)))


@rule("T4d", confidence=0.6, sees=("metrics",), confirm=("ecs.taskdef.size", "roll.cpu-mem"), action="ecs.restart")
def blocked_loop(scene: Scene) -> Found | None:
    """One task computes all the time and its memory climbs: a blocked event loop, or a leak."""
    slow, peak, mean = scene.lasting("p95"), scene.level("cpu_peak"), scene.level("cpu")
    climbs = scene.lasting("memory")
    if not slow or not climbs or peak is None or mean is None or peak < 99.0 or mean > BUSY:
        return None
    return Found(signs=(went(slow, " s"), went(climbs, " %"), sign(f"one task at {peak:.0f} % CPU", "metrics")))
