"""CloudWatch alarms: put, described, set by hand, and what became of them. moto keeps their tags."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from runbook_tui.simulator.metrics import ringing
from runbook_tui.simulator.metrics.alarm import Alarm, State
from runbook_tui.simulator.metrics.alarm_checks import check_composite, check_metric_alarm
from runbook_tui.simulator.metrics.monitoring import HistoryItem
from runbook_tui.simulator.metrics.queries import name_of
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.wire_times import aware
from runbook_tui.simulator.world import World

_HISTORY = timedelta(days=30)
_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_MADE_AT_ONCE = ("Tags",)


@overlay("cloudwatch", "PutMetricAlarm")
def check_before_it_is_put(world: World, parameters: Parameters) -> Reply:
    check_metric_alarm(world, parameters)
    return None


@after("cloudwatch", "PutMetricAlarm")
def put_metric_alarm(world: World, parameters: Parameters) -> Reply:
    _put(world, {"Dimensions": [], **parameters}, composite=False)
    return None


@overlay("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(world: World, parameters: Parameters) -> Reply:
    check_composite(world, parameters)
    if parameters.get("Tags"):
        arn = world.arn("cloudwatch", f"alarm:{parameters['AlarmName']}")
        world.backend("cloudwatch").tagger.tag_resource(arn, list(parameters["Tags"]))
    _put(world, parameters, composite=True)
    return {}


def _put(world: World, parameters: Parameters, *, composite: bool) -> None:
    """An alarm that is put again keeps its state and its history."""
    name, now = str(parameters["AlarmName"]), world.clock.now()
    settings = {"ActionsEnabled": True, **{each: [] for each in _LISTS}}
    settings |= {key: value for key, value in parameters.items() if value is not None and key not in _MADE_AT_ONCE}
    former = world.monitoring.alarms.get(name)
    if former is None:
        arn = world.arn("cloudwatch", f"alarm:{name}")
        alarm = Alarm(arn=arn, settings=settings, composite=composite, updated=now, changed=now)
    else:
        alarm = former
        alarm.settings, alarm.updated, alarm.composite = settings, now, composite
        alarm.recent.clear()
    world.monitoring.alarms[name] = alarm
    what = "created" if former is None else "updated"
    _remember_configuration(world, alarm, what)
    if composite:
        ringing.evaluate_composites(world)


def _remember_configuration(world: World, alarm: Alarm, what: str) -> None:
    kind = "CompositeAlarm" if alarm.composite else "MetricAlarm"
    data = {"version": "1.0", "type": {"created": "Create", "updated": "Update", "deleted": "Delete"}[what]}
    ringing.remember(world, alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" {what}', {**data, "alarmType": kind})


@overlay("cloudwatch", "DeleteAlarms")
def delete_alarms(world: World, parameters: Parameters) -> Reply:
    for name in parameters["AlarmNames"]:
        alarm = world.monitoring.alarms.pop(name, None)
        if alarm is not None:
            _remember_configuration(world, alarm, "deleted")
            moto = world.backend("cloudwatch")
            moto.alarms.pop(name, None)
            moto.tagger.delete_all_tags_for_resource(alarm.arn)
    return {}


@overlay("cloudwatch", "SetAlarmState")
def set_alarm_state(world: World, parameters: Parameters) -> Reply:
    """It stays so until the alarm is evaluated the next time."""
    alarm = _known(world, parameters["AlarmName"])
    wanted = parameters["StateValue"]
    if wanted not in list(State):
        raise Refused(
            "ValidationError",
            f"1 validation error detected: Value '{wanted}' at 'stateValue' failed to satisfy constraint: Member must "
            "satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
        )
    data = parameters.get("StateReasonData") or "{}"
    if State(wanted) is not alarm.state:
        ringing.change(world, alarm, State(wanted), parameters["StateReason"], data)
        ringing.evaluate_composites(world)
    return {}


@overlay("cloudwatch", "EnableAlarmActions")
def enable_alarm_actions(world: World, parameters: Parameters) -> Reply:
    return _switch(world, parameters["AlarmNames"], enabled=True)


@overlay("cloudwatch", "DisableAlarmActions")
def disable_alarm_actions(world: World, parameters: Parameters) -> Reply:
    return _switch(world, parameters["AlarmNames"], enabled=False)


def _switch(world: World, names: Iterable[str], *, enabled: bool) -> Reply:
    for name in names:
        alarm = world.monitoring.alarms.get(name)
        if alarm is not None and alarm.settings["ActionsEnabled"] is not enabled:
            alarm.settings = {**alarm.settings, "ActionsEnabled": enabled}
            alarm.updated = world.clock.now()
            _remember_configuration(world, alarm, "updated")
    return {}


def _known(world: World, name: str) -> Alarm:
    alarm = world.monitoring.alarms.get(name)
    if alarm is None:
        raise Refused("ResourceNotFound", "Unknown", 404)
    return alarm


@overlay("cloudwatch", "DescribeAlarms")
def describe_alarms(world: World, parameters: Parameters) -> Reply:
    """Composite alarms come only when they are asked for."""
    if parameters.get("ChildrenOfAlarmName") or parameters.get("ParentsOfAlarmName"):
        raise not_simulated("cloudwatch:DescribeAlarms of children or parents")
    types = parameters.get("AlarmTypes") or ["MetricAlarm"]
    names, prefix = parameters.get("AlarmNames"), parameters.get("AlarmNamePrefix") or ""
    if names and prefix:
        raise Refused("ValidationError", "AlarmNamePrefix and AlarmNames cannot be specified together")
    found = [
        alarm
        for alarm in sorted(world.monitoring.alarms.values(), key=lambda each: (each.composite, each.name))
        if _type(composite=alarm.composite) in types
        and (not names or alarm.name in names)
        and alarm.name.startswith(prefix)
        and parameters.get("StateValue") in (None, "", alarm.state.value)
        and _acts(alarm, parameters.get("ActionPrefix") or "")
    ]
    if parameters.get("MaxRecords") is None and names:
        parameters = {**parameters, "MaxRecords": 100}
    parameters = {"MaxRecords": 50, **parameters}
    items, token = page(found, parameters, size="MaxRecords", token="NextToken", limit=100)  # noqa: S106
    return {
        "MetricAlarms": [described(each) for each in items if not each.composite],
        "CompositeAlarms": [described(each) for each in items if each.composite],
        "NextToken": token,
    }


def _type(*, composite: bool) -> str:
    return "CompositeAlarm" if composite else "MetricAlarm"


def _acts(alarm: Alarm, prefix: str) -> bool:
    return not prefix or any(action.startswith(prefix) for each in _LISTS for action in alarm.settings.get(each) or ())


def described(alarm: Alarm) -> dict[str, Any]:
    """As the API does."""
    return {
        **alarm.settings,
        "AlarmArn": alarm.arn,
        "AlarmConfigurationUpdatedTimestamp": alarm.updated,
        "StateValue": alarm.state.value,
        "StateReason": alarm.reason,
        "StateReasonData": alarm.data,
        "StateUpdatedTimestamp": alarm.changed,
        "StateTransitionedTimestamp": alarm.changed,
    }


@overlay("cloudwatch", "DescribeAlarmsForMetric")
def describe_alarms_for_metric(world: World, parameters: Parameters) -> Reply:
    """Alarms on the metric itself; those on an expression are not found this way."""
    wanted = name_of(parameters)
    found = [
        alarm
        for alarm in world.monitoring.alarms.values()
        if not alarm.composite
        and not alarm.settings.get("Metrics")
        and name_of(alarm.settings) == wanted
        and all(
            parameters.get(member) in (None, alarm.settings.get(member))
            for member in ("Statistic", "ExtendedStatistic", "Period", "Unit")
        )
    ]
    return {"MetricAlarms": [described(each) for each in found]}


@overlay("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(world: World, parameters: Parameters) -> Reply:
    types = parameters.get("AlarmTypes") or ["MetricAlarm"]
    since = max(_aware_if_given(parameters.get("StartDate")) or _epoch(), world.clock.now() - _HISTORY)
    until = _aware_if_given(parameters.get("EndDate")) or world.clock.now()
    found = [
        item
        for item in world.monitoring.history
        if parameters.get("AlarmName") in (None, "", item.alarm)
        and (parameters.get("AlarmName") or _type(composite=item.composite) in types)
        and parameters.get("HistoryItemType") in (None, "", item.kind)
        and since <= item.at <= until
    ]
    if parameters.get("ScanBy") != "TimestampAscending":
        found.reverse()
    items, token = page(found, parameters, size="MaxRecords", token="NextToken", limit=100)  # noqa: S106
    return {"AlarmHistoryItems": _items(items), "NextToken": token}


def _items(items: Sequence[HistoryItem]) -> list[Mapping[str, Any]]:
    return [
        {
            "AlarmName": item.alarm,
            "AlarmType": _type(composite=item.composite),
            "Timestamp": item.at,
            "HistoryItemType": item.kind,
            "HistorySummary": item.summary,
            "HistoryData": item.data,
        }
        for item in items
    ]


def _aware_if_given(at: datetime | None) -> datetime | None:
    return None if at is None else aware(at)


def _epoch() -> datetime:
    return datetime.fromtimestamp(0, UTC)
