"""The environment's service: its tasks, kept running behind the load balancer (guide 5.3)."""

from typing import Any, Final

from runbook_tui.actions.ecs.placing import private_placement, target_group_of
from runbook_tui.actions.ecs.rolling import BREAKER, percentages, watching
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.autoscaling import DIMENSION, resource_id
from runbook_tui.aws.facts.ecs import CREATE_CLUSTER
from runbook_tui.aws.facts.ecs_release import Revision
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Ready, Risk, token
from runbook_tui.core.site import Environment, Site

_LEAST_GRACE: Final = 30  # seconds
_GONE: Final = ("ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException")
_FIRST: Final = "the first deployment has nothing to roll back to: when its tasks fail it stays, and ECS keeps trying"


@action("ecs.create-service", guide="5.3", fixes=("ecs.service.active",))
def create_service(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment's service runs its tasks in the private subnets, behind its target group."""
    there = _exists(aws, site, env)
    wanted = {} if there else _service(aws, site, env)
    calls = () if there else (_creation(site, env, wanted),)
    return Plan(
        action="ecs.create-service",
        title=f"Create the service {env.service}",
        environment=env.name,
        resource=env.service,
        effect="ECS starts its tasks, and the load balancer sends them requests once they are healthy.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=_differences(env, wanted) if calls else (),
        warnings=(_FIRST,) if calls else (),
        permissions=needed(calls),
    )


def _exists(aws: Aws, site: Site, env: Environment) -> bool:
    if aws.ecs.cluster(site.ecs.cluster).status != "ACTIVE":
        raise CannotPlan(f"cluster {site.ecs.cluster} is not ACTIVE", CREATE_CLUSTER)
    sharing = [one.name for one in site.environments.values() if one.name != env.name and one.service == env.service]
    if sharing:
        raise CannotPlan(f"{env.service} is the service of {sharing[0]} as well", "give each its own in the site file")
    try:
        found = aws.ecs.known_service(site.ecs.cluster, env.service)
    except Missing:
        return False
    if found.status == "DRAINING":
        raise CannotPlan(f"{env.service} is being deleted", "wait until its last task is gone, then re-check")
    return found.status == "ACTIVE"


def _service(aws: Aws, site: Site, env: Environment) -> dict[str, Any]:
    revision, alarms = _revision(aws, env), watching(aws, env, {})
    return {
        "cluster": site.ecs.cluster,
        "serviceName": env.service,
        "taskDefinition": str(revision),
        "desiredCount": env.desired_min,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "availabilityZoneRebalancing": "ENABLED",
        "enableExecuteCommand": False,
        "enableECSManagedTags": True,
        "propagateTags": "SERVICE",
        "healthCheckGracePeriodSeconds": _grace(aws, site, revision),
        "deploymentConfiguration": {
            **percentages(site),
            "deploymentCircuitBreaker": BREAKER,
            **({"alarms": alarms} if alarms else {}),
        },
        "networkConfiguration": {"awsvpcConfiguration": private_placement(aws, site)},
        "loadBalancers": [target_group_of(aws, site, env)],
        "tags": listed(tags_of(site, env), key="key", value="value"),
        "clientToken": token(),
    }


def _revision(aws: Aws, env: Environment) -> Revision:
    found = aws.ecs.active_revisions(env.task_family)
    if not found:
        raise CannotPlan(f"{env.task_family} has no revision", "register one: ecs.register-task-definition")
    return found[0]


def _grace(aws: Aws, site: Site, revision: Revision) -> int:
    """Never less than the containers' own time to start."""
    containers = aws.ecs.task_definition(str(revision)).container_definitions
    slowest = max((one.health_check.start_period for one in containers if one.health_check), default=0)
    return max(_LEAST_GRACE, site.ecs.grace_seconds, slowest)


def _creation(site: Site, env: Environment, wanted: dict[str, Any]) -> ApiCall:
    return ApiCall(
        id="create-service",
        service="ecs",
        operation="create_service",
        parameters=wanted,
        effect=f"{env.service} starts {env.desired_min} tasks",
        # roles and load balancers that were made seconds ago are not known everywhere
        not_yet=("InvalidParameterException",),
        undo=_deletion(site, env),
    )


def _deletion(site: Site, env: Environment) -> tuple[ApiCall, ...]:
    """Autoscaling first: a target that lives on would raise the count again."""
    place = {"cluster": site.ecs.cluster, "service": env.service}
    return (
        ApiCall(
            id="deregister",
            service="application-autoscaling",
            operation="deregister_scalable_target",
            parameters={
                "ServiceNamespace": "ecs",
                "ResourceId": resource_id(site.ecs.cluster, env.service),
                "ScalableDimension": DIMENSION,
            },
            effect="autoscaling leaves the service alone",
            gone=("ObjectNotFoundException",),
        ),
        ApiCall(
            id="scale-to-zero",
            service="ecs",
            operation="update_service",
            parameters={**place, "desiredCount": 0},
            effect="its tasks are stopped",
            gone=_GONE,
        ),
        ApiCall(
            id="delete-service",
            service="ecs",
            operation="delete_service",
            parameters=place,
            effect=f"{env.service} is deleted",
            gone=_GONE,
            ready=Ready(
                operation="describe_services",
                parameters={"cluster": site.ecs.cluster, "services": [env.service]},
                path="services.0.status",
                wanted=("INACTIVE", ""),
                absent=("ClusterNotFoundException",),
                timeout=600.0,
                every=2.0,
            ),
        ),
    )


def _differences(env: Environment, wanted: dict[str, Any]) -> tuple[Difference, ...]:
    placement = wanted["networkConfiguration"]["awsvpcConfiguration"]
    watched = wanted["deploymentConfiguration"].get("alarms", {}).get("alarmNames", [])
    shown = {
        f"service {env.service}": f"{wanted['desiredCount']} tasks of {wanted['taskDefinition']}",
        "subnets": ", ".join(placement["subnets"]),
        "security groups": ", ".join(placement["securityGroups"]),
        "target group": env.target_group,
        "circuit breaker": "on, with rollback",
        "rolled back by": ", ".join(watched) or "no alarm yet",
        "grace": f"{wanted['healthCheckGracePeriodSeconds']} s",
    }
    return tuple(Difference(what=what, before="", after=after) for what, after in shown.items())
