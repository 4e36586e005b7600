"""How the site wants a deployment to go: its percentages, its breaker, and the alarm that rolls it back."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.core.site import Environment, Site

BREAKER = {"enable": True, "rollback": True}


def percentages(site: Site) -> dict[str, int]:
    return {"minimumHealthyPercent": site.deploy.min_healthy, "maximumPercent": site.deploy.max_percent}


def watching(aws: Aws, env: Environment, before: Mapping[str, Any]) -> dict[str, Any]:
    """``alarms`` of a deployment configuration with the environment's alarm on errors among them; as they were where
    nobody has made that alarm yet."""
    alarm = f"{env.service}-5xx"
    if not any(one.alarm_name == alarm for one in aws.cloudwatch.alarms().metric):
        return dict(before)
    names = list(before.get("alarmNames", ()))
    return {"alarmNames": [*names, *([] if alarm in names else [alarm])], "enable": True, "rollback": True}
