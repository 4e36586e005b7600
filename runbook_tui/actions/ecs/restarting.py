"""New tasks of the same revision (guide 9.1, 10)."""

from runbook_tui.actions.ecs.updating import update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("ecs.restart", guide="10", fixes=("maint.secrets-rotated",))
def restart(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The service's tasks are replaced by new ones of the same revision, which read their secrets anew."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    if service.deploying:
        raise CannotPlan("a deployment is running", "wait for its end, or stop it")
    calls = (update(site, env, "new tasks are started and the old ones stopped", forceNewDeployment=True),)
    primary = service.primary
    return Plan(
        action="ecs.restart",
        title=f"Restart the tasks of {env.service}",
        environment=env.name,
        resource=env.service,
        effect="ECS starts new tasks of the same revision and stops the old ones once the new are healthy.",
        risk=Risk.DISRUPTIVE,
        calls=calls,
        differences=(Difference(what="tasks", before=f"{service.running_count} running", after="new ones"),),
        permissions=needed(calls),
        no_undo="the revision stays the same: there is nothing to go back to",
        seen={"deployment": primary.id if primary else "", "task_definition": service.task_definition},
    )
