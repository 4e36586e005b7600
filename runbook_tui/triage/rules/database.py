"""T6: the database is not reached, by what the application says and by what is wrong on the way."""

from collections.abc import Iterator
from datetime import timedelta

from runbook_tui.triage.changes import Kind
from runbook_tui.triage.pattern import DATABASE, Pattern, Text
from runbook_tui.triage.rule import Evidence, Found, rule, sign
from runbook_tui.triage.rules.starting import HEALED
from runbook_tui.triage.rules.targets import revoked
from runbook_tui.triage.scene import Scene, task_id, tasks_of
from runbook_tui.triage.snapshot import seen

DBERR = Pattern((DATABASE,))
QUIET = timedelta(minutes=5)
BAD_LOGIN = (Pattern((("bad auth",),)), Pattern((("authentication failed",), ("mongo",))))
NO_NAME = (Pattern((("enotfound _mongodb._tcp",),)), Pattern((("querysrv",),)))
ELECTION = Pattern((("not primary", "notwritableprimary"),))
# Mongoose hints at the access list after every failure to reach Atlas: that alone proves nothing.
REFUSED_BY_ATLAS = Pattern(
    (("ssl alert number 80", "tlsv1 alert internal error", "isn't whitelisted", "ip whitelist"),)
)
TOO_MANY = Pattern((("connections", "connection limit"), ("limit", "too many"), ("mongo", "atlas")))
DYNAMO = Pattern(
    (
        ("dynamodb", "dynamo"),
        ("accessdeniedexception", "resourcenotfoundexception", "throttlingexception", "provisionedthroughputexceeded"),
    )
)
PATH = ("sg.ecs.egress-db", "atlas.connectivity.routes", "atlas.connectivity.peering", "atlas.connectivity.privatelink")


def errors(scene: Scene) -> tuple[Text, ...]:
    """Lines and ends of tasks that tell of a database that is not reached."""
    return DBERR.among(scene.lines)


def newest(texts: tuple[Text, ...]) -> Evidence:
    return sign(f"{len(texts)} lines such as: {texts[-1].text}", texts[-1].part, texts[-1].at)


def of_lines(scene: Scene, lines: tuple[Text, ...], *more: Evidence, confidence: float | None = None) -> Found:
    """Signs that a log alone tells. They are over when none came for five minutes and every target is healthy."""
    times = [one.at for one in lines if one.at]
    calm = scene.targets and scene.healthy_targets == len(scene.targets) and scene.settled
    over = bool(calm and times and scene.at - max(times) > QUIET)
    against = (sign("no line says so since, and every target is healthy", "lines", max(times)),) if over else ()
    found = HEALED if over else confidence
    return Found(signs=(newest(lines), *more), against=against, confidence=found, since=min(times, default=None))


def failing(scene: Scene, *checks: str) -> Iterator[Evidence]:
    for name in scene.failed(*checks):
        yield sign(f"{name}: {scene.because(name)}", name)


@rule(
    "T6a",
    confidence=0.98,
    sees=("lines", "maint.dr-leftovers"),
    confirm=("maint.dr-leftovers", "net.nacl", "sg.ecs.egress-db"),
    runbook="dr-mongodb-outage",
    boosted_by=(Kind.DRILL, Kind.NETWORK),
)
def forgotten_drill(scene: Scene) -> Found | None:
    """A drill was not ended: what it cut still cuts the tasks from their database."""
    left, lines = tuple(failing(scene, "maint.dr-leftovers")), errors(scene)
    return Found(signs=(*left, newest(lines)), since=lines[0].at) if left and lines else None


@rule(
    "T6b",
    confidence=0.95,
    sees=("lines", "sg.ecs.egress-db"),
    confirm=("sg.ecs.egress-db",),
    action="ec2.let-tasks-out-to-database",
    boosted_by=(Kind.NETWORK,),
)
def egress_closed(scene: Scene) -> Found | None:
    """The tasks' security group no longer lets them out to the database."""
    lines = errors(scene)
    closed = tuple(failing(scene, "sg.ecs.egress-db"))
    if not closed and not scene.passed("sg.ecs.egress-db"):
        closed = revoked(scene, "RevokeSecurityGroupEgress")
    if closed and not lines and scene.failed("sg.ecs.egress-db"):
        # connections that stand live on: it shows when the next task starts
        quiet = sign("no line tells of it yet: connections that stand live on, the next task will fail", "lines")
        return Found(signs=closed, against=(quiet,), confidence=0.6)
    return Found(signs=(*closed, newest(lines)), since=lines[0].at) if closed and lines else None


@rule(
    "T6c",
    confidence=0.9,
    sees=("lines", "running", "atlas.connectivity.routes"),
    confirm=("atlas.connectivity.routes",),
    action="ec2.route-to-atlas",
    boosted_by=(Kind.NETWORK,),
)
def one_subnet(scene: Scene) -> Found | None:
    """The route to the database is missing in one subnet, or leads into a black hole."""
    lines = errors(scene)
    of_task = {task_id(one): one.subnet_id for one in (*(seen(scene.snapshot.running) or ()), *scene.stops)}
    subnets = {of_task[name] for name in tasks_of(lines) if of_task.get(name)}
    others = {one.subnet_id for one in seen(scene.snapshot.running) or () if one.subnet_id} - subnets
    broken = tuple(failing(scene, "atlas.connectivity.routes"))
    if not lines or not (broken or (len(subnets) == 1 and others)):
        return None
    where = (sign(f"only tasks in {next(iter(subnets))} say so", "lines"),) if len(subnets) == 1 and others else ()
    return of_lines(scene, lines, *where, *broken, confidence=None if broken else 0.6)


@rule(
    "T6d",
    confidence=0.95,
    sees=("atlas.connectivity.peering", "atlas.connectivity.privatelink"),
    confirm=PATH[2:],
    action="ec2.accept-peering",
    boosted_by=(Kind.NETWORK,),
)
def way_broken(scene: Scene) -> Found | None:
    """The peering to the database is not active, or its endpoint is not available."""
    broken, lines = tuple(failing(scene, *PATH[2:])), errors(scene)
    if not broken:
        return None
    return Found(signs=(*broken, *([newest(lines)] if lines else [])), confidence=None if lines else 0.45)


@rule(
    "T6e",
    confidence=0.9,
    sees=("lines", "secret"),
    confirm=("secret.keys", "db.app-reachability"),
    runbook="rollback",
    answers={"decide": "secret"},
    boosted_by=(Kind.SECRET,),
)
def bad_login(scene: Scene) -> Found | None:
    """The database refuses the credential: it was rotated, or is wrong."""
    lines = tuple(one for one in scene.lines if any(each.fits(one.text) for each in BAD_LOGIN))
    return of_lines(scene, lines) if lines else None


@rule("T6f", confidence=0.8, sees=("lines",), confirm=("net.vpc.dns", "atlas.dns-peering"), boosted_by=(Kind.DNS,))
def no_name(scene: Scene) -> Found | None:
    """The database's name is not found: DNS, or the cluster is paused or renamed."""
    lines = tuple(one for one in scene.lines if any(each.fits(one.text) for each in NO_NAME))
    return of_lines(scene, lines) if lines else None


@rule("T6g", confidence=0.8, sees=("lines",), confirm=("db.app-reachability",))
def election(scene: Scene) -> Found | None:
    """The database is electing another primary: wait a minute, and look whether writes are retried."""
    lines = ELECTION.among(scene.lines)
    if not lines:
        return None
    times = [one.at for one in lines if one.at]
    lasts = times and max(times) - min(times)
    against = (sign("it lasts longer than an election does", "lines"),) if lasts and lasts.seconds > 60 else ()
    return Found(signs=(newest(lines),), against=against, confidence=0.45 if against else None)


@rule(
    "T6h",
    confidence=0.75,
    sees=("lines", "scaling"),
    confirm=("atlas.alerts",),
    runbook="scaling",
    answers={"choose": "bounds"},
    boosted_by=(Kind.SCALING,),
)
def too_many_connections(scene: Scene) -> Found | None:
    """More tasks open more connections than the database takes: a smaller pool, or fewer tasks."""
    lines = TOO_MANY.among(scene.lines)
    return of_lines(scene, lines) if lines else None


@rule("T6i", confidence=0.75, sees=("lines", "atlas.access-list"), confirm=("atlas.access-list",))
def access_list(scene: Scene) -> Found | None:
    """The database's access list does not name where the tasks come from."""
    lines = tuple(one for one in errors(scene) if REFUSED_BY_ATLAS.fits(one.text))
    listed = tuple(failing(scene, "atlas.access-list"))
    if not lines or scene.failed(*PATH) or (not listed and _only_hint(lines)):
        return None
    return of_lines(scene, lines, *listed)


def _only_hint(lines: tuple[Text, ...]) -> bool:
    return not any("ssl alert number 80" in one.text.lower() or "tlsv1 alert" in one.text.lower() for one in lines)


@rule(
    "T6j",
    confidence=0.9,
    sees=("lines", "iam.task-role.db", "dynamo.secret-keys"),
    confirm=("iam.task-role.db", "dynamo.secret-keys", "dynamo.capacity"),
    action="iam.allow-task-tables",
    boosted_by=(Kind.ROLE, Kind.SECRET),
)
def tables(scene: Scene) -> Found | None:
    """DynamoDB refuses: the task role, a table's name, or its capacity."""
    lines = DYNAMO.among(scene.lines)
    broken = tuple(failing(scene, "iam.task-role.db", "dynamo.secret-keys")) if scene.site.db.uses("dynamodb") else ()
    return of_lines(scene, lines, *broken) if lines else None
