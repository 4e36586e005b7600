"""API Gateway: moto's needs packages that are not installed, so nobody can make an API, and there is none."""

from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("apigateway", "GetRestApis")
def get_rest_apis(_world: World, _parameters: Parameters) -> Reply:
    return {"items": []}


@overlay("apigatewayv2", "GetApis")
def get_apis(_world: World, _parameters: Parameters) -> Reply:
    return {"Items": []}
