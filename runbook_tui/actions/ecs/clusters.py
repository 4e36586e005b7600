"""The cluster, and what CloudWatch is told of it (guide 5.1)."""

from typing import Final

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecs_service import Cluster
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Ready, Risk
from runbook_tui.core.site import Environment, Site

INSIGHTS: Final = "containerInsights"
_COST: Final = "Container Insights costs CloudWatch metrics by the task, and a log group of its own"
# Tasks of a service that was deleted a moment ago are still being stopped.
_LINGERING: Final = ("ClusterContainsServicesException", "ClusterContainsTasksException", "UpdateInProgressException")
_LINGER: Final = 600.0  # seconds


@action("ecs.create-cluster", guide="5.1", fixes=("ecs.cluster.active",))
def create_cluster(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The cluster is there, ACTIVE, on Fargate, with Container Insights."""
    found = _existing(aws, site)
    if found is not None and found.status not in ("ACTIVE", "PROVISIONING"):
        raise CannotPlan(f"cluster {found.cluster_name} is {found.status}", "wait until it is INACTIVE, then re-check")
    calls = () if found is not None else (_creation(site),)
    return Plan(
        action="ecs.create-cluster",
        title=f"Create the cluster {site.ecs.cluster}",
        environment=env.name,
        resource=site.ecs.cluster,
        effect="An empty cluster costs nothing: the services of both environments will run in it, on Fargate.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(
            Difference(what=f"cluster {site.ecs.cluster}", before="", after="FARGATE"),
            Difference(what=INSIGHTS, before="", after=site.ecs.insights),
        )
        if calls
        else (),
        warnings=(_COST,) if calls else (),
        permissions=needed(calls),
    )


@action("ecs.insights-on", guide="5.1", fixes=("ecs.cluster.insights",))
def insights_on(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Container Insights tells how the cluster's services and tasks do."""
    found = _existing(aws, site)
    if found is None:
        raise CannotPlan(f"there is no cluster {site.ecs.cluster}", "create it: ecs.create-cluster")
    before, wanted = found.container_insights or "disabled", site.ecs.insights
    calls = () if before in (wanted, "enhanced") else (_told(site, wanted, _told(site, before)),)
    return Plan(
        action="ecs.insights-on",
        title=f"Turn Container Insights on ({site.ecs.cluster})",
        environment=env.name,
        resource=site.ecs.cluster,
        effect="CloudWatch gets metrics of every service and task from now on, for both environments.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=INSIGHTS, before=before, after=wanted),) if calls else (),
        warnings=(_COST,) if calls else (),
        permissions=needed(calls),
    )


def _existing(aws: Aws, site: Site) -> Cluster | None:
    """A deleted one answers as INACTIVE for a while, and can be made again."""
    try:
        found = aws.ecs.cluster(site.ecs.cluster)
    except Missing:
        return None
    return None if found.status == "INACTIVE" else found


def _creation(site: Site) -> ApiCall:
    name = site.ecs.cluster
    return ApiCall(
        id="create-cluster",
        service="ecs",
        operation="create_cluster",
        parameters={
            "clusterName": name,
            "settings": [{"name": INSIGHTS, "value": site.ecs.insights}],
            "capacityProviders": ["FARGATE"],
            "tags": listed(tags_of(site, None), key="key", value="value"),
        },
        effect=f"the cluster {name}",
        ready=Ready(
            operation="describe_clusters",
            parameters={"clusters": [name]},
            path="clusters.0.status",
            wanted=("ACTIVE",),
            failed=("FAILED",),
            timeout=60.0,
            every=2.0,
        ),
        undo=(
            ApiCall(
                id="delete-cluster",
                service="ecs",
                operation="delete_cluster",
                parameters={"cluster": name},
                effect=f"the cluster {name} is deleted, if it is empty",
                not_yet=_LINGERING,
                patience=_LINGER,
                gone=("ClusterNotFoundException",),
            ),
        ),
    )


def _told(site: Site, value: str, *undo: ApiCall) -> ApiCall:
    return ApiCall(
        id="set-insights",
        service="ecs",
        operation="update_cluster_settings",
        parameters={"cluster": site.ecs.cluster, "settings": [{"name": INSIGHTS, "value": value}]},
        effect=f"{INSIGHTS} is {value}",
        undo=undo,
    )
