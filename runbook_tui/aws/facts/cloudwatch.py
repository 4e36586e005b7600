"""What CloudWatch says about alarms, dashboards and metrics. Each method asks with the same parameters always."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.alarms import CompositeAlarm, HistoryItem, Metric, MetricAlarm, with_names
from runbook_tui.aws.facts.border import missing_is
from runbook_tui.aws.facts.listing import listed

DASHBOARD: Final = "cloudwatch:dashboard"
_KINDS: Final = ["MetricAlarm", "CompositeAlarm"]  # without asking for them, composite alarms do not come


class Alarms(Struct, frozen=True, kw_only=True):
    """All alarms of the region."""

    metric: tuple[MetricAlarm, ...] = ()
    composite: tuple[CompositeAlarm, ...] = ()

    def above(self, alarm: MetricAlarm | CompositeAlarm) -> tuple[CompositeAlarm, ...]:
        """Composite alarms that ring with this one, directly or through another composite."""
        reached, found = {alarm.alarm_name}, list[CompositeAlarm]()
        for _ in self.composite:
            more = [one for one in self.composite if one not in found and reached & one.rings_with]
            if not more:
                break
            found += more
            reached |= {one.alarm_name for one in more}
        return tuple(found)


class CloudWatchFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def alarms(self) -> Alarms:
        answer = self._reader.read("cloudwatch", "describe_alarms", AlarmTypes=_KINDS)
        return Alarms(
            metric=listed(answer, "MetricAlarms", MetricAlarm),
            composite=listed(_ruled(answer), "CompositeAlarms", CompositeAlarm),
        )

    def changes(self, now: datetime, span: timedelta) -> Mapping[str, tuple[datetime, ...]]:
        """When each alarm changed its state within the last ``span``, by its name. Counted from a full minute."""
        found: dict[str, tuple[datetime, ...]] = {}
        for item in self.transitions(now, span):
            found[item.alarm_name] = (*found.get(item.alarm_name, ()), item.timestamp)
        return found

    def transitions(self, now: datetime, span: timedelta) -> tuple[HistoryItem, ...]:
        """The same, each with what it says."""
        since = now.replace(second=0, microsecond=0) - span
        answer = self._reader.read(
            "cloudwatch",
            "describe_alarm_history",
            AlarmTypes=_KINDS,
            HistoryItemType="StateUpdate",
            StartDate=since,
        )
        items = listed(answer, "AlarmHistoryItems", HistoryItem)
        return tuple(item for item in items if item.timestamp >= since)

    def dashboard(self, name: str) -> str:
        """Its body as it was put: JSON, unless somebody broke it. Missing ``cloudwatch:dashboard``."""
        remedy = "create the dashboard, or correct obs.dashboard in the site file"
        with missing_is(DASHBOARD, name, remedy):
            answer = self._reader.read("cloudwatch", "get_dashboard", DashboardName=name)
        body = answer.get("DashboardBody")
        if not isinstance(body, str):
            raise Malformed("AWS answered without DashboardBody", remedy="re-check; if it stays, update runbook-tui")
        return body

    def metrics(self, namespace: str) -> tuple[Metric, ...]:
        """Those with data in the last two weeks."""
        answer = self._reader.read("cloudwatch", "list_metrics", Namespace=namespace)
        return listed(answer, "Metrics", Metric)


def _ruled(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    composites = answer.get("CompositeAlarms")
    if not isinstance(composites, list):
        return answer
    return {**answer, "CompositeAlarms": [with_names(one) for one in composites]}
