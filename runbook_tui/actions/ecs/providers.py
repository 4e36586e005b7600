"""Which capacity the cluster's tasks run on where their service does not say (guide 5.1)."""

from collections.abc import Sequence
from typing import Any, Final

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_FARGATE: Final = "FARGATE"
_SPOT: Final = "FARGATE_SPOT"


@action("ecs.set-capacity-providers", guide="5.1", fixes=("ecs.cluster.active",))
def set_capacity_providers(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The cluster runs on Fargate, and by default on capacity that AWS does not withdraw."""
    if aws.ecs.cluster(site.ecs.cluster).status != "ACTIVE":
        raise CannotPlan(f"cluster {site.ecs.cluster} is not ACTIVE", "create it: ecs.create-cluster")
    asked = {"clusters": [site.ecs.cluster], "include": ["SETTINGS", "STATISTICS", "TAGS"]}
    found = aws.reader.read("ecs", "describe_clusters", **asked)["clusters"][0]
    providers, strategy = list(found["capacityProviders"]), list(found["defaultCapacityProviderStrategy"])
    wanted = providers if _FARGATE in providers else [*providers, _FARGATE]
    kept = [one for one in strategy if one["capacityProvider"] != _SPOT]
    default = kept or ([{"capacityProvider": _FARGATE, "weight": 1}] if strategy else [])
    same = (wanted, default) == (providers, strategy)
    calls = () if same else (_put(site, wanted, default, _put(site, providers, strategy)),)
    return Plan(
        action="ecs.set-capacity-providers",
        title=f"Run {site.ecs.cluster} on Fargate",
        environment=env.name,
        resource=site.ecs.cluster,
        effect="New services that name no capacity of their own get it from there; those that run stay where they are.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=()
        if same
        else (
            Difference(what="capacity providers", before=", ".join(providers), after=", ".join(wanted)),
            Difference(what="default strategy", before=_shares(strategy), after=_shares(default)),
        ),
        permissions=needed(calls),
    )


def _put(site: Site, providers: Sequence[str], strategy: Sequence[dict[str, Any]], *undo: ApiCall) -> ApiCall:
    """All providers are named: one that is not is taken off the cluster."""
    return ApiCall(
        id="put-providers",
        service="ecs",
        operation="put_cluster_capacity_providers",
        parameters={
            "cluster": site.ecs.cluster,
            "capacityProviders": list(providers),
            "defaultCapacityProviderStrategy": list(strategy),
        },
        effect=f"{', '.join(providers) or 'none'}; by default {_shares(strategy) or 'as each service says'}",
        not_yet=("UpdateInProgressException",),
        undo=undo,
    )


def _shares(strategy: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{one['capacityProvider']} {one.get('weight', 0)}" for one in strategy)
