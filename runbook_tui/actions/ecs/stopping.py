"""Stops the deployment that runs and goes back to where it came from (guide 9.2)."""

from typing import Final

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

STOPPABLE: Final = frozenset({"PENDING", "IN_PROGRESS", "STOP_REQUESTED"})
GOING_BACK: Final = frozenset({"ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"})


@action("ecs.stop-deployment", guide="9.2")
def stop_deployment(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The deployment that runs is stopped, and the service goes back to its last good revision."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    deployments = aws.ecs.service_deployments(site.ecs.cluster, env.service)
    if any(one.status in GOING_BACK for one in deployments):
        raise CannotPlan(
            "a rollback is under way already (the circuit breaker, an alarm or a colleague)", "wait for its end"
        )
    running = next((one for one in deployments if one.status in STOPPABLE), None)
    if running is None:
        raise CannotPlan("no deployment is running", "to leave a release that went out, go back to a revision")
    calls = (
        ApiCall(
            id="stop",
            service="ecs",
            operation="stop_service_deployment",
            parameters={"serviceDeploymentArn": running.arn, "stopType": "ROLLBACK"},
            effect="ECS stops the deployment and starts the tasks of the last good one",
        ),
    )
    return Plan(
        action="ecs.stop-deployment",
        title=f"Stop the deployment of {env.service} and roll it back",
        environment=env.name,
        resource=env.service,
        effect="ECS ends this deployment and goes back to the revision of the last one that succeeded. "
        "It keeps the running tasks of the old revision and starts what is missing of them.",
        risk=Risk.DISRUPTIVE,
        calls=calls,
        differences=(Difference(what="deployment", before=running.status, after="ROLLBACK_REQUESTED"),),
        permissions=needed(calls),
        no_undo=f"deploy {service.task_definition.rpartition('/')[2]} again",
        seen={"deployment": running.arn, "status": running.status},
    )
