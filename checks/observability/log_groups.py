"""The environment's log group (guide 8.1)."""

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.logs import LOG_GROUP
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn


@check(
    "logs.group.exists",
    guide="8.1",
    severity="high",
    scope="environment",
    needs=["logs:DescribeLogGroups"],
    establishes=[LOG_GROUP],
)
def group_exists(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """The environment's log group exists and can be searched and watched."""
    group = aws.logs.group(env.log_group)
    evidence = {
        "name": group.log_group_name,
        "stored_bytes": group.stored_bytes,
        "class": group.log_group_class,
        "own_key": bool(group.kms_key_id),
    }
    if group.log_group_class != "STANDARD":
        because = f"class {group.log_group_class} knows no metric filters and no live tail"
        return warn(because, "create a group of class STANDARD: the class cannot be changed", **evidence)
    return passed(f"{group.log_group_name} exists", **evidence)


@check("logs.group.retention", guide="8.1", severity="medium", scope="environment", needs=["logs:DescribeLogGroups"])
def retention(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Log events are kept long enough, and not for ever."""
    days = aws.logs.group(env.log_group).retention_in_days
    least, most = site.obs.retention_days, site.obs.retention_max
    remedy = f"set the retention to {least} days (lowering it deletes older events for good)"
    if days is None:
        return warn("log events never expire: the cost only grows", remedy, days="never")
    if days < least:
        return fail(f"kept {days} days, expected at least {least}", f"set the retention to {least} days", days=days)
    if days > most:
        return warn(f"kept {days} days, expected at most {most}", remedy, days=days)
    return passed(f"kept {days} days, at least {least} expected", days=days)
