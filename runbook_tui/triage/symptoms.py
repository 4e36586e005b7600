"""What visitors or alarms notice, whatever the cause. Without one of these there is nothing to explain."""

from collections.abc import Iterator

from runbook_tui.aws.probe import Failure
from runbook_tui.triage.rule import Evidence, sign
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import seen


def symptoms(scene: Scene) -> tuple[Evidence, ...]:
    return (*_alarms(scene), *_targets(scene), *_tasks(scene), *_probe(scene), *_series(scene))


def _alarms(scene: Scene) -> Iterator[Evidence]:
    """Those of this environment's service or target group that ring; autoscaling's own are no trouble."""
    alarms = seen(scene.snapshot.alarms)
    for one in alarms.metric if alarms else ():
        of = {one.alarm_name, *(value for each in one.watched for value in each.metric.where.values())}
        ours = any(scene.env.service in name or scene.env.target_group in name for name in of)
        if one.state_value == "ALARM" and ours and not one.only_scales:
            yield sign(f"the alarm {one.alarm_name} rings: {one.state_reason}", "alarms", one.since)


def _targets(scene: Scene) -> Iterator[Evidence]:
    bad = [one for one in scene.targets if one.state in ("unhealthy", "unavailable")]
    if bad:
        reasons = ", ".join(sorted({one.reason for one in bad}))
        yield sign(f"{len(bad)} of {len(scene.targets)} targets are unhealthy ({reasons})", "targets")


def _tasks(scene: Scene) -> Iterator[Evidence]:
    service = seen(scene.snapshot.service)
    if service is None:
        return
    if service.running_count < service.desired_count and not service.deploying:
        yield sign(f"{service.running_count} of {service.desired_count} tasks run", "service")
    failed = sum(one.failed_tasks for one in service.deployments)
    if failed:
        yield sign(f"{failed} tasks of the present deployments failed", "service")


def _probe(scene: Scene) -> Iterator[Evidence]:
    probed = seen(scene.snapshot.probe)
    if probed is None:
        return
    if isinstance(probed.https, Failure):
        yield sign(f"https://{scene.env.host} does not answer: {probed.https.text}", "probe")
    elif probed.https.status >= 400:
        yield sign(f"https://{scene.env.host} answers {probed.https.status}", "probe")


def _series(scene: Scene) -> Iterator[Evidence]:
    for name in ("error_rate", "p95"):
        found = scene.lasting(name)
        if found:
            yield sign(f"{name} went from {found.before:.3g} to {found.after:.3g}", "metrics", found.at)
