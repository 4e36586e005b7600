"""EC2: the settings of VPC endpoints that moto takes without keeping them."""

from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.world import World


@after("ec2", "ModifyVpcEndpoint")
def keep_private_dns(world: World, parameters: Parameters) -> Reply:
    endpoint = world.backend("ec2").vpc_end_points.get(parameters["VpcEndpointId"])
    wanted = parameters.get("PrivateDnsEnabled")
    if endpoint is not None and wanted is not None:
        endpoint.private_dns_enabled = str(wanted).lower() == "true"
    return None
