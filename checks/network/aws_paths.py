"""Guide 2.3: how the private subnets reach AWS's services."""

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.needed_services import needed_services
from runbook_tui.aws.facts.private_way import WAY_READS, private_of
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn


@check("net.path.aws-apis", guide="2.3", severity="critical", scope="shared", needs=WAY_READS)
def aws_apis(aws: Aws, site: Site) -> Verdict:
    """Each service that the backend asks is reached from every private subnet without a NAT gateway."""
    private, services = private_of(aws, site), needed_services(site)
    ways = {subnet.subnet_id: {one: private.way(subnet, one) for one in services} for subnet in private.subnets}
    unreached = _with(ways, "none")
    roundabout = _with(ways, "nat", "elsewhere")
    if unreached:
        because = f"neither an endpoint nor a way out: {_told(unreached)}"
        remedy = "add the missing endpoint: without it no image is pulled and no secret read"
        return fail(because, remedy, ways=ways)
    if roundabout and site.net.endpoints != "off":
        because = f"reached only by way of the default route: {_told(roundabout)}"
        return warn(because, "add the missing endpoint with private DNS, or set net.endpoints: off", ways=ways)
    return passed(f"{len(services)} services from {len(ways)} private subnets", ways=ways)


def _with(ways: dict[str, dict[str, str]], *kinds: str) -> dict[str, list[str]]:
    """Services by subnet whose way is one of these."""
    found = {name: [one for one, way in its.items() if way in kinds] for name, its in ways.items()}
    return {name: services for name, services in found.items() if services}


def _told(by_subnet: dict[str, list[str]]) -> str:
    return "; ".join(f"{name}: {', '.join(services)}" for name, services in by_subnet.items())
