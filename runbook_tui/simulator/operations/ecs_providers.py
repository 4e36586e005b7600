"""Capacity providers of a cluster: Fargate's two. moto takes any name."""

from typing import Final

from runbook_tui.simulator.operations.ecs import cluster_of
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_KNOWN: Final = frozenset({"FARGATE", "FARGATE_SPOT"})


@overlay("ecs", "PutClusterCapacityProviders")
def check_the_providers(world: World, parameters: Parameters) -> Reply:
    """A provider that a service draws on could not be taken off; here services name a launch type."""
    cluster_of(world, parameters)
    providers = parameters["capacityProviders"]
    if not set(providers) <= _KNOWN:
        raise not_simulated("capacity providers other than Fargate's")
    shares = [one["capacityProvider"] for one in parameters["defaultCapacityProviderStrategy"]]
    if not set(shares) <= set(providers):
        raise Refused(
            "InvalidParameterException",
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with "
            "the cluster. Associate the capacity provider with the cluster and try again.",
        )
    return None
