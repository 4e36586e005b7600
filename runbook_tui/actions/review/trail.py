"""The record of what is done in the account (guide 9.3)."""

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("cloudtrail.start-logging", guide="9.3", fixes=("review.trail",))
def start_logging(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """A trail of the account records what is done in it."""
    own = [one for one in aws.account_trail.trails() if one.account in ("", site.aws.account_id or one.account)]
    if not own:
        raise CannotPlan("the account has no trail of its own", "create one: cloudtrail.create-trail")
    logging = [one for one in own if aws.account_trail.status(one).is_logging]
    trail = min(own, key=lambda one: (not one.is_multi_region_trail, not one.log_file_validation_enabled, one.name))
    if not logging and trail.home_region not in ("", site.aws.region):
        raise CannotPlan(
            f"{trail.name} is at home in {trail.home_region}", "start it there: it is started nowhere else"
        )
    asked = {"Name": trail.named}
    back = ApiCall(
        id="stop-logging", service="cloudtrail", operation="stop_logging", parameters=asked, effect="it records no more"
    )
    start = ApiCall(
        id="start-logging",
        service="cloudtrail",
        operation="start_logging",
        parameters=asked,
        effect=f"{trail.name} records from now on",
        undo=(back,),
    )
    calls = () if logging else (start,)
    return Plan(
        action="cloudtrail.start-logging",
        title=f"Let {trail.name} record",
        environment=env.name,
        resource=trail.name,
        effect="What is done from now on is delivered to its bucket; what was done meanwhile is in the history of 90 "
        "days alone.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=f"trail {trail.name}", before="stopped", after="recording"),) if calls else (),
        permissions=needed(calls),
    )
