"""T1: requests that fail, by who answers them and what else is seen."""

from datetime import datetime, timedelta

from runbook_tui.aws.facts.log_class import error_class
from runbook_tui.triage.changes import Kind, chosen
from runbook_tui.triage.onset import Shift
from runbook_tui.triage.pattern import DATABASE, Pattern
from runbook_tui.triage.rule import Evidence, Found, rule, sign
from runbook_tui.triage.scene import Scene, task_id
from runbook_tui.triage.snapshot import seen

RELEASED = timedelta(minutes=15)  # errors that begin within this of a deployment are taken for its own
NO_HOST = 0.5
DBERR = (Pattern((DATABASE,)), Pattern((("provisionedthroughputexceeded",),)))
BAD_SECRET = Pattern((("jsonwebtokenerror", "secretorprivatekey must have a value", "smtp 535", "535 5.7", "535-5.7"),))
SECRET_LATELY = timedelta(hours=2)
FULL_LOAD = 3.0  # times the requests of the same hour a week before
BUSY = 80.0  # percent of the CPU
AT_MAX = "AlreadyAtMaxCapacity"


def went(found: Shift, unit: str = "") -> Evidence:
    return sign(f"{found.series} went from {found.before:.3g} to {found.after:.3g}{unit}", "metrics", found.at)


def hostless(scene: Scene) -> bool:
    """No host was healthy in the last minutes, or nobody counted any."""
    level = scene.level("healthy")
    known = bool(scene.series.get("requests"))
    return (level is None and known) or (level is not None and level < NO_HOST)


@rule(
    "T1a",
    confidence=0.95,
    sees=("metrics", "targets"),
    confirm=("tg.targets-healthy", "ecs.service.running"),
    runbook="stuck-deployment",
    boosted_by=(Kind.DEPLOYMENT, Kind.NETWORK, Kind.LISTENER),
    points_to=("T2", "T3", "T6", "T1e"),
)
def no_host(scene: Scene) -> Found | None:
    """No target is healthy: the load balancer has nobody to ask, or asks them all the same."""
    failing = [one for name in ("elb_503", "elb_502", "elb_504", "error_rate") if (one := scene.lasting(name))]
    if not hostless(scene) or not failing or scene.healthy_targets:
        return None
    return Found(signs=(sign("no host was healthy in the last minutes", "metrics"), *map(went, failing)))


@rule(
    "T1b",
    confidence=0.6,
    sees=("metrics", "balancer", "stopped"),
    confirm=("alb.attributes", "tg.deregistration"),
    boosted_by=(Kind.DEPLOYMENT,),
)
def cut_off(scene: Scene) -> Found | None:
    """Connections end under the load balancer: keep-alive below its idle timeout, or tasks that stop abruptly."""
    rises = scene.lasting("elb_502")
    if not rises or scene.lasting("error_rate") or not scene.healthy_targets:
        return None
    balancer, alive = seen(scene.snapshot.balancer), scene.site.app.keepalive_seconds
    idle = int(balancer.attributes.get("idle_timeout.timeout_seconds", "60")) if balancer else None
    together = [one for one in scene.stops if one.ended_at and abs(one.ended_at - rises.at) <= timedelta(minutes=2)]
    mismatch = alive is not None and idle is not None and idle > alive
    if not together and not mismatch:
        return None
    why = [sign(f"idle timeout {idle} s, keep-alive {alive} s", "balancer")] if mismatch else []
    why += [sign("a task stopped in the same minutes", "stopped", one.ended_at) for one in together[:1]]
    return Found(signs=(went(rises), *why), confidence=0.8 if together and scene.changes else None)


@rule(
    "T1c",
    confidence=0.7,
    sees=("metrics", "targets"),
    confirm=("roll.latency", "db.app-reachability"),
    boosted_by=(Kind.DEPLOYMENT, Kind.NETWORK),
    points_to=("T4", "T6", "T2", "T1e"),
)
def unanswered(scene: Scene) -> Found | None:
    """Requests find a target and no answer: what is behind it is slow, or its event loop is blocked."""
    rises = scene.lasting("elb_504")
    if not rises or scene.lasting("unconnected") or not scene.targets:
        return None
    return Found(signs=(went(rises),))


@rule(
    "T1d",
    confidence=0.9,
    sees=("deployments", "metrics", "lines", "running"),
    confirm=("roll.5xx-rate", "roll.log-errors", "roll.rollback-target"),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT, Kind.PIPELINE),
)
def bad_release(scene: Scene) -> Found | None:
    """The release is bad: requests fail since it went out."""
    rises, began = scene.lasting("error_rate"), released(scene)
    if not rises or began is None or not began - timedelta(minutes=1) <= rises.at <= began + RELEASED:
        return None
    if any(each.fits(one.text) for one in scene.lines for each in DBERR):
        return None
    new, old = _classes(scene, began)
    signs = (went(rises), sign(f"a deployment began at {began:%H:%M} UTC", "deployments", began))
    only = sorted(new - old)
    if only:
        return Found(signs=(*signs, sign(f"only its tasks log: {only[0]}", "lines")))
    silent = sign("its tasks log nothing that others do not", "lines")
    return Found(signs=signs, against=(silent,), confidence=0.75)


def released(scene: Scene) -> datetime | None:
    """When the newest release began to go out; None for a service's first one, which is no worse than any before it.

    While it is rolled back the PRIMARY deployment is the old one again.
    """
    listed = seen(scene.snapshot.deployments)
    if listed is None:
        return scene.primary.created_at if scene.primary else None
    return listed[0].began if len(listed) > 1 else None


def _classes(scene: Scene, began: datetime) -> tuple[set[str], set[str]]:
    """Kinds of errors that tasks log which were started since then, and those of the others."""
    tasks = (*(seen(scene.snapshot.running) or ()), *(seen(scene.snapshot.stopped) or ()))
    ours = {task_id(one) for one in tasks if one.started_at and one.started_at >= began}
    new: set[str] = set()
    old: set[str] = set()
    for one in scene.lines:
        (new if one.of in ours else old).add(error_class(one.text))
    return new, old


@rule(
    "T1e",
    confidence=0.85,
    sees=("metrics", "lines"),
    confirm=("db.app-reachability", "atlas.alerts"),
    boosted_by=(Kind.NETWORK, Kind.SECRET),
    points_to=("T6", "T2"),
)
def database(scene: Scene) -> Found | None:
    """Requests fail because the database does not answer."""
    lines = [one for one in scene.lines if any(each.fits(one.text) for each in DBERR)]
    rises = scene.lasting("error_rate") or scene.lasting("elb_5xx") or scene.lasting("healthy")
    if not lines or not rises:
        return None
    told = sign(f"{len(lines)} lines such as: {lines[-1].text}", "lines", lines[-1].at)
    return Found(signs=(went(rises), told))


@rule(
    "T1f",
    confidence=0.85,
    sees=("metrics", "lines", "secret"),
    confirm=("secret.keys",),
    runbook="rollback",
    answers={"decide": "secret"},
    boosted_by=(Kind.SECRET,),
)
def bad_secret(scene: Scene) -> Found | None:
    """The secret that was stored last is wrong."""
    lines, secret = BAD_SECRET.among(scene.lines), seen(scene.snapshot.secret)
    changed = secret.last_changed_date if secret else None
    if not lines or changed is None or scene.at - changed > SECRET_LATELY:
        return None
    when = sign(f"the secret was changed at {changed:%H:%M} UTC", "secret", changed)
    return Found(signs=(sign(lines[-1].text, "lines", lines[-1].at), when), since=lines[0].at)


@rule(
    "T1g",
    confidence=0.85,
    sees=("metrics", "scaling"),
    confirm=("ecs.scaling.target", "ecs.scaling.activity"),
    runbook="scaling",
    answers={"choose": "more-now"},
)
def over_capacity(scene: Scene) -> Found | None:
    """More visitors come than the tasks that autoscaling may start can serve."""
    times, cpu = growth(scene), scene.level("cpu")
    refused = chosen(scene.changes, what=AT_MAX, since=scene.at - timedelta(hours=1))
    if times is None or times <= FULL_LOAD or cpu is None or cpu <= BUSY or not refused:
        return None
    load = sign(f"{times:.1f} times the requests of a week before", "metrics")
    return Found(
        signs=(load, sign(f"CPU at {cpu:.0f} %", "metrics"), sign(refused[-1].what, "scaling", refused[-1].at))
    )


def growth(scene: Scene) -> float | None:
    """How many times the requests of the last minutes are those of the same hour a week before."""
    before, now = scene.week_before.get("requests"), scene.level("requests")
    usual = sum(before.values()) / len(before) if before else 0.0
    return now / usual if now is not None and usual > 0 else None
