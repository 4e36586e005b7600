"""IAM: the audiences of OpenID Connect providers, which moto does not change."""

from typing import Any

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_MOST = 100  # audiences of a provider


@overlay("iam", "AddClientIDToOpenIDConnectProvider")
def add_client_id(world: World, parameters: Parameters) -> Reply:
    """One that it has already is no error."""
    audiences = _audiences(world, parameters)
    if parameters["ClientID"] not in audiences:
        if len(audiences) >= _MOST:
            raise Refused("LimitExceeded", f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {_MOST}", 409)
        audiences.append(parameters["ClientID"])
    return {}


@overlay("iam", "RemoveClientIDFromOpenIDConnectProvider")
def remove_client_id(world: World, parameters: Parameters) -> Reply:
    """One that it does not have is no error."""
    audiences = _audiences(world, parameters)
    if parameters["ClientID"] in audiences:
        audiences.remove(parameters["ClientID"])
    return {}


def _audiences(world: World, parameters: Parameters) -> list[Any]:
    arn = parameters["OpenIDConnectProviderArn"]
    found = world.backend("iam").open_id_providers.get(arn)
    if found is None:
        raise Refused("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", 404)
    audiences: list[Any] = found.client_id_list
    return audiences
