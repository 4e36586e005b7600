"""The account service: regions."""

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("account", "GetRegionOptStatus")
def get_region_opt_status(world: World, parameters: Parameters) -> Reply:
    region = parameters["RegionName"]
    regions = {each["RegionName"]: each for each in world.call("ec2", "DescribeRegions")["Regions"]}
    if region not in regions:
        raise Refused("ValidationException", f"{region} is no region", 400)
    opted = regions[region].get("OptInStatus") != "not-opted-in"
    return {"RegionName": region, "RegionOptStatus": "ENABLED_BY_DEFAULT" if opted else "DISABLED"}
