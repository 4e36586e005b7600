"""An alarm as it is recorded, and put again: the call replaces all of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.core.plan import ApiCall, Difference

# What DescribeAlarms tells beside what PutMetricAlarm takes (botocore's model of cloudwatch 2010-08-01).
_TOLD_ONLY: Final = (
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "StateValue",
    "StateReason",
    "StateReasonData",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
    "EvaluationState",
)
Settings = Mapping[str, Any]


def recorded(aws: Aws) -> dict[str, dict[str, Any]]:
    """Every alarm on a metric by its name, as it can be put again."""
    answer = aws.reader.read("cloudwatch", "describe_alarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return {one["AlarmName"]: _settings(one) for one in answer["MetricAlarms"]}


def _settings(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Dimensions in the order of their names: AWS promises none. What is empty is not said, but for whom it tells."""
    kept = {
        name: value
        for name, value in alarm.items()
        if name not in _TOLD_ONLY and (value not in (None, [], "") or name.endswith("Actions"))
    }
    if "Dimensions" in kept:
        kept["Dimensions"] = sorted(kept["Dimensions"], key=lambda one: str(one["Name"]))
    return kept


def put(name: str, settings: Settings, before: Settings | None, tags: Sequence[Mapping[str, str]] = ()) -> ApiCall:
    """Tags are taken only by a call that makes the alarm."""
    alarm = str(settings["AlarmName"])
    if before is not None:
        back = alarms_call(f"{name}-back", "put_metric_alarm", before, f"{alarm} is as it was")
        return alarms_call(name, "put_metric_alarm", settings, f"{alarm} is put, whole", (back,))
    back = alarms_call(f"{name}-back", "delete_alarms", {"AlarmNames": [alarm]}, f"{alarm} is deleted")
    return alarms_call(name, "put_metric_alarm", {**settings, "Tags": list(tags)}, f"{alarm} is made", (back,))


def alarms_call(
    name: str, operation: str, parameters: Settings, effect: str, undo: tuple[ApiCall, ...] = ()
) -> ApiCall:
    return ApiCall(id=name, service="cloudwatch", operation=operation, parameters=parameters, effect=effect, undo=undo)


def with_topic(actions: Sequence[str], topic: str) -> list[str]:
    return [*actions, *([] if topic in actions else [topic])]


def differences(name: str, before: Settings, wanted: Settings) -> tuple[Difference, ...]:
    fields = dict.fromkeys((*wanted, *before))
    return tuple(
        Difference(what=f"{name}: {field}", before=_word(before.get(field)), after=_word(wanted.get(field)))
        for field in fields
        if field != "AlarmName" and before.get(field) != wanted.get(field)
    )


def _word(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
