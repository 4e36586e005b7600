"""How the site wants a deployment to go: its percentages, its breaker, and the alarm that rolls it back."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.core.site import Environment, Site

BREAKER: Final = {"enable": True, "rollback": True}


# What a service has that was never given any; sent, because what is left out stays.
NO_ALARMS: Final = {"alarmNames": [], "enable": False, "rollback": False}


def percentages(site: Site) -> dict[str, int]:
    return {"minimumHealthyPercent": site.deploy.min_healthy, "maximumPercent": site.deploy.max_percent}


def watching(aws: Aws, env: Environment, before: Mapping[str, Any]) -> dict[str, Any]:
    """``alarms`` of a deployment configuration: as they were where some roll back already, or where nobody has made the
    environment's alarm on errors yet; else with that one among them."""
    alarm, names = f"{env.service}-5xx", list(before.get("alarmNames", ()))
    at_work = names and before.get("enable") and before.get("rollback")
    if at_work or not any(one.alarm_name == alarm for one in aws.cloudwatch.alarms().metric):
        return dict(before)
    return {"alarmNames": [*names, *([] if alarm in names else [alarm])], "enable": True, "rollback": True}
