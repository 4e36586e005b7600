"""T1h, T1i, T4e: trouble of one zone, or of one host name."""

from runbook_tui.aws.probe import Answer
from runbook_tui.triage.changes import Kind
from runbook_tui.triage.metrics import OF_ZONE, SLOW_IN_ZONE
from runbook_tui.triage.rule import Found, rule, sign
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import seen

ALONE = 10.0  # times the errors of all other zones together
QUIET = 0.45
SLOWER = 3.0  # times as slow as the slowest of the others


@rule(
    "T1h",
    confidence=0.7,
    sees=("metrics", "health"),
    confirm=("ecs.service.task-spread",),
    runbook="scaling",
    answers={"choose": "more-now"},
    boosted_by=(Kind.PLATFORM,),
)
def zone_impaired(scene: Scene) -> Found | None:
    """A zone of AWS is impaired: take it out of the service, and run more tasks in the others."""
    open_now = [one for one in seen(scene.snapshot.health) or () if one.availability_zone]
    if not open_now:
        return None
    told = [
        sign(f"AWS Health: {one.event_type_code} in {one.availability_zone}", "health", one.start_time)
        for one in open_now
    ]
    worst = _worst_zone(scene) if scene.lasting("error_rate") else None
    if worst is None:
        nothing = sign("no zone fails more requests than the others yet", "metrics")
        return Found(signs=tuple(told), against=(nothing,), confidence=QUIET)
    return Found(signs=(*told, sign(f"requests fail in {worst} alone", "metrics")))


@rule(
    "T1i",
    confidence=0.7,
    sees=("probe", "alb.rules.host"),
    confirm=("alb.rules.host",),
    action="elbv2.create-host-rules",
    boosted_by=(Kind.LISTENER,),
)
def host_rule(scene: Scene) -> Found | None:
    """The load balancer has no rule, or a wrong one, for this host name."""
    wrong = scene.failed("alb.rules.host")
    if not wrong:
        return None
    probed = seen(scene.snapshot.probe)
    told = [sign(scene.because(wrong[0]), wrong[0])]
    if probed and isinstance(probed.https, Answer):
        told.append(sign(f"the host answers {probed.https.status}", "probe"))
    return Found(signs=tuple(told))


@rule(
    "T4e",
    confidence=0.5,
    sees=("metrics", "balancer"),
    confirm=("ecs.service.task-spread", "net.nat.redundancy"),
    boosted_by=(Kind.NETWORK, Kind.PLATFORM),
    points_to=("T1h",),
)
def slow_zone(scene: Scene) -> Found | None:
    """Only the targets of one zone are slow: the zone itself, its NAT gateway, or traffic across zones."""
    slow = _levels(scene, SLOW_IN_ZONE)
    worst = max(slow, key=lambda name: slow[name], default=None)
    others = [value for name, value in slow.items() if name != worst]
    if worst is None or not others or not scene.lasting("p95") or slow[worst] < SLOWER * max(others):
        return None
    return Found(signs=(sign(f"p95 of {slow[worst]:.2f} s in {worst}, {max(others):.2f} s elsewhere", "metrics"),))


def _worst_zone(scene: Scene) -> str | None:
    failed = _levels(scene, OF_ZONE)
    total = sum(failed.values())
    worst = max(failed, key=lambda name: failed[name], default=None)
    return worst if worst and total > 0 and failed[worst] >= ALONE * (total - failed[worst]) else None


def _levels(scene: Scene, series: str) -> dict[str, float]:
    """The last minutes of a series, by zone."""
    balancer = seen(scene.snapshot.balancer)
    zones = balancer.load_balancer.availability_zones if balancer else ()
    levels = {zone.zone_name: scene.level(f"{series}{place}") for place, zone in enumerate(zones)}
    return {zone: level for zone, level in levels.items() if level is not None}
