"""No outage is made where one is already, where nobody agreed to it, or where the last one was not cleaned up."""

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.leftovers import MARKER
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.catalogue.own_alarms import of_environment
from runbook_tui.core.site import Environment, Site


def check_ready(aws: Aws, site: Site, env: Environment) -> None:
    """CannotPlan with the first thing that is in the way."""
    if env.is_prod and site.dr.allowed_env != env.name:
        raise CannotPlan(
            "the site does not allow drills in prod", "drill in staging; or set dr.allowed_env: prod in the site file"
        )
    _check_leftovers(aws, site)
    service = aws.ecs.service(site.ecs.cluster, env.service)
    if service.deploying:
        raise CannotPlan(f"a deployment of {env.service} is running", "wait for its end, or stop it")
    if service.desired_count < 1 or service.running_count < service.desired_count:
        because = f"{env.service} runs {service.running_count} of {service.desired_count} tasks"
        raise CannotPlan(because, "a drill begins with a healthy service: put it right first")
    group = aws.elb.target_group(env.target_group)
    ill = [one.target.id for one in aws.elb.target_health(group.target_group_arn) if one.state != "healthy"]
    if ill:
        raise CannotPlan(f"not healthy in {env.target_group}: {', '.join(ill)}", "put it right first")
    judged = of_environment(aws.cloudwatch.alarms(), site, env)
    ringing = [one.alarm_name for one in judged if one.state_value == "ALARM"]
    if ringing:
        raise CannotPlan(
            f"in ALARM already: {', '.join(ringing)}", "end that first: nobody could tell it from the drill"
        )


def _check_leftovers(aws: Aws, site: Site) -> None:
    facts = aws.leftovers
    roles = sorted({site.iam.task_role_of(name) for name in site.environments})
    left = [
        *facts.network_acls(),
        *facts.security_groups(),
        *facts.route_tables(),
        *facts.experiments(),
        *(name for role in roles for name in facts.inline_policies(role)),
    ]
    if left:
        raise CannotPlan(f"a drill has left: {', '.join(left)}", f"restore it first; the marker is {MARKER}")
