"""Changes as each part of a snapshot tells them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from runbook_tui.aws.facts.trail_event import TrailEvent
from runbook_tui.core.site import Environment
from runbook_tui.core.text import clean
from runbook_tui.triage.changes import Change, Kind, merged
from runbook_tui.triage.snapshot import Snapshot, seen
from runbook_tui.triage.trail_kinds import concerns, kind_of, resource_of, source_of

SPAN: Final = timedelta(hours=2)


def changes_of(snapshot: Snapshot, env: Environment) -> tuple[Change, ...]:
    """Of the last two hours."""
    found = merged(
        _deployments(snapshot),
        _trail(snapshot, env),
        _scaling(snapshot, env),
        _secrets(snapshot),
        _pipeline(snapshot),
        _platform(snapshot),
        _alarms(snapshot),
        _stops(snapshot),
        _events(snapshot, env),
    )
    return tuple(one for one in found if snapshot.at - SPAN <= one.at <= snapshot.at)


def _change(kind: Kind, at: datetime, source: str, what: str, resource: str = "", who: str = "") -> Change:
    return Change(at=at, source=source, who=clean(who), what=clean(what, 200), resource=clean(resource), kind=kind)


def _deployments(snapshot: Snapshot) -> Iterator[Change]:
    service = seen(snapshot.service)
    listed = seen(snapshot.deployments) or ()
    for one in listed:
        if one.began:
            what = f"service deployment, {one.status.lower().replace('_', ' ')}"
            yield _change(Kind.DEPLOYMENT, one.began, "ecs", what, one.arn.rpartition("/")[2])
    for each in service.deployments if service else ():
        if each.created_at:
            what = f"deployment of {each.task_definition.rpartition('/')[2]} ({each.rollout_state.lower()})"
            yield _change(Kind.DEPLOYMENT, each.created_at, "ecs", what, each.id)


def _trail(snapshot: Snapshot, env: Environment) -> Iterator[Change]:
    events: Iterable[TrailEvent] = seen(snapshot.trail) or ()
    for one in events:
        if not one.error and concerns(one, env):
            what = f"{one.name} from {one.source}" if one.source else one.name
            yield _change(kind_of(one), one.at, source_of(one), what, resource_of(one), one.principal)


def _scaling(snapshot: Snapshot, env: Environment) -> Iterator[Change]:
    for one in seen(snapshot.scaling) or ():
        reasons = ", ".join(each.code for each in one.not_scaled_reasons)
        what = f"not scaled: {reasons}" if reasons else f"scaling {one.status_code.lower()}: {one.cause}"
        yield _change(Kind.SCALING, one.start_time, "application-autoscaling", what, env.service)


def _secrets(snapshot: Snapshot) -> Iterator[Change]:
    secret = seen(snapshot.secret)
    if secret and secret.last_changed_date:
        what = "the secret was changed"
        yield _change(Kind.SECRET, secret.last_changed_date, "secretsmanager", what, secret.name)
    for one in seen(snapshot.parameters) or ():
        if one.last_modified_date:
            yield _change(Kind.SECRET, one.last_modified_date, "ssm", f"version {one.version} was put", one.name)


def _pipeline(snapshot: Snapshot) -> Iterator[Change]:
    for one in seen(snapshot.pipeline) or ():
        if one.start_time:
            what = f"pipeline run, {one.status.lower()}"
            yield _change(Kind.PIPELINE, one.start_time, "codepipeline", what, one.pipeline_execution_id)


def _platform(snapshot: Snapshot) -> Iterator[Change]:
    for one in seen(snapshot.health) or ():
        if one.start_time:
            where = one.availability_zone or one.region
            yield _change(Kind.PLATFORM, one.start_time, "health", f"{one.event_type_code} is open", where, "AWS")


def _alarms(snapshot: Snapshot) -> Iterator[Change]:
    for one in seen(snapshot.transitions) or ():
        yield _change(Kind.ALARM, one.timestamp, "cloudwatch", one.history_summary or "changed state", one.alarm_name)


def _stops(snapshot: Snapshot) -> Iterator[Change]:
    for one in seen(snapshot.stopped) or ():
        if one.ended_at:
            what = f"task stopped: {one.stop_code or 'no code'} {one.reasons}"
            yield _change(Kind.STOP, one.ended_at, "ecs", what, one.task_arn.rpartition("/")[2])


def _events(snapshot: Snapshot, env: Environment) -> Iterator[Change]:
    service = seen(snapshot.service)
    for one in service.events if service else ():
        yield _change(Kind.EVENT, one.created_at, "ecs", one.message, env.service)
