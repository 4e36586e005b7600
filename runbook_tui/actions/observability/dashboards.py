"""The environment's dashboard (guide 8.2)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from runbook_tui.actions.observability.watched import Watched, watched
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.dashboard import BrokenBody, read_dashboard
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_OURS: Final = {"LoadBalancer": r"app/{}/[0-9a-f]+", "TargetGroup": r"targetgroup/{}/[0-9a-f]+"}
_WIDTH, _HEIGHT = 12, 6  # of a grid of 24 columns


@action("cloudwatch.put-dashboard", guide="8.2", fixes=("dash.exists", "dash.widgets"))
def put_dashboard(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment's dashboard shows latency, CPU, memory and tasks of what is there now."""
    name, live = site.obs.dashboard_of(env.name), watched(aws, site, env)
    recorded = _recorded(aws, name)
    own = _widgets(site, env, live)
    others = [one for one in _live_ones(recorded, site, env, live) if _title(one) not in map(_title, own)]
    before = _parsed(recorded)
    wanted = {**before, "widgets": [*own, *others]}
    calls = () if wanted == before else (_put(name, json.dumps(wanted), recorded),)
    titles = {_title(one) for one in before.get("widgets", [])}
    return Plan(
        action="cloudwatch.put-dashboard",
        title=f"Put the dashboard {name}",
        environment=env.name,
        resource=name,
        effect="Widgets of your own stay; what they show of a former load balancer or target group shows the live one.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(
            Difference(what=f"widget {_title(one)}", before="as it was" if _title(one) in titles else "", after="shown")
            for one in own
        )
        if calls
        else (),
        permissions=needed(calls),
    )


def _recorded(aws: Aws, name: str) -> str | None:
    try:
        return aws.cloudwatch.dashboard(name)
    except Missing:
        return None


def _parsed(recorded: str | None) -> dict[str, Any]:
    """Of a body that nobody could draw nothing is kept."""
    try:
        read_dashboard(recorded or "")
    except BrokenBody:
        return {}
    found: dict[str, Any] = json.loads(recorded or "{}")
    return found


def _live_ones(recorded: str | None, site: Site, env: Environment, live: Watched) -> Sequence[Any]:
    """The recorded widgets, in which names of ours with the ids of what was deleted are those of what is there."""
    text = json.dumps(_parsed(recorded).get("widgets", []))
    for dimension, name in (("LoadBalancer", site.alb.name), ("TargetGroup", env.target_group)):
        text = re.sub(_OURS[dimension].format(re.escape(name)), live.targets[dimension], text)
    widgets: Sequence[Any] = json.loads(text)
    return widgets


def _title(widget: Any) -> str:
    properties = widget.get("properties") if isinstance(widget, Mapping) else None
    return str(properties.get("title", "")) if isinstance(properties, Mapping) else ""


def _widgets(site: Site, env: Environment, live: Watched) -> list[dict[str, Any]]:
    target = ["TargetGroup", live.targets["TargetGroup"], "LoadBalancer", live.targets["LoadBalancer"]]
    service = ["ClusterName", site.ecs.cluster, "ServiceName", env.service]
    shown: dict[str, list[Any]] = {
        "Response time": [["AWS/ApplicationELB", "TargetResponseTime", *target, {"stat": "p95"}]],
        "Requests": [["AWS/ApplicationELB", "RequestCount", *target, {"stat": "Sum"}]],
        "CPU and memory": [["AWS/ECS", name, *service] for name in ("CPUUtilization", "MemoryUtilization")],
        "Tasks": [["ECS/ContainerInsights", "RunningTaskCount", *service]],
    }
    if own := site.obs.metric_namespace:
        search = f"SEARCH('Namespace=\"{own}\"', 'Average', 60)"
        shown["Application"] = [[{"expression": search}]]
    return [_widget(site.aws.region, place, title, metrics) for place, (title, metrics) in enumerate(shown.items())]


def _widget(region: str, place: int, title: str, metrics: list[Any]) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": place % 2 * _WIDTH,
        "y": place // 2 * _HEIGHT,
        "width": _WIDTH,
        "height": _HEIGHT,
        "properties": {"title": title, "region": region, "view": "timeSeries", "period": 60, "metrics": metrics},
    }


def _put(name: str, body: str, recorded: str | None) -> ApiCall:
    if recorded is None:
        gone = ("ResourceNotFound", "DashboardNotFoundError")
        back = _call("delete-dashboard", "delete_dashboards", {"DashboardNames": [name]}, "it is deleted", gone=gone)
    else:
        former = {"DashboardName": name, "DashboardBody": recorded}
        back = _call("put-dashboard-back", "put_dashboard", former, "it is as it was")
    return _call(
        "put-dashboard", "put_dashboard", {"DashboardName": name, "DashboardBody": body}, "it is put, whole", (back,)
    )


def _call(
    name: str,
    operation: str,
    parameters: dict[str, Any],
    effect: str,
    undo: tuple[ApiCall, ...] = (),
    *,
    gone: tuple[str, ...] = (),
) -> ApiCall:
    return ApiCall(
        id=name,
        service="cloudwatch",
        operation=operation,
        parameters=parameters,
        effect=effect,
        gone=gone,
        undo=undo,
    )
