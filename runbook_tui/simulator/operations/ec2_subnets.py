"""EC2: subnets of a VPC that is not the account's default one."""

from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.world import World


@after("ec2", "CreateSubnet")
def give_out_no_addresses(world: World, _parameters: Parameters) -> Reply:
    """moto takes the first subnet of a zone for the zone's default one, which gives out public addresses."""
    ec2 = world.backend("ec2")
    for each in (subnet for zone in ec2.subnets.values() for subnet in zone.values()):
        if each.default_for_az and not ec2.get_vpc(each.vpc_id).is_default:
            each.default_for_az = each.map_public_ip_on_launch = False
            return {"Subnet": each}
    return None
