"""Guide 7.1: the VPC reaches Atlas through a private endpoint."""

from typing import Any

from checks.concerns import warn_or_pass
from checks.database.chosen import unconnected
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.atlas_way import atlas_ports
from runbook_tui.aws.facts.network import Subnet, VpcEndpoint
from runbook_tui.aws.facts.security import Ports, Rules
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail


@check(
    "atlas.connectivity.privatelink",
    guide="7.1",
    severity="critical",
    scope="shared",
    needs=[
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
    ],
)
def privatelink(aws: Aws, site: Site) -> Verdict:
    """The private endpoint of Atlas is available in two zones, and the tasks may use its ports."""
    elsewhere = unconnected(site, "privatelink")
    if elsewhere:
        return elsewhere
    found = _atlas_endpoints(aws.ec2.vpc_endpoints(aws.ec2.vpc(site).vpc_id), site.db.atlas.endpoint_service)
    evidence: dict[str, Any] = {"endpoints": [f"{one.vpc_endpoint_id}: {one.state}" for one in found]}
    remedy = "finish both halves: the endpoint here, and its id in Atlas (Network Access, Private Endpoint)"
    usable = next((one for one in found if one.usable), None)
    if usable is None:
        states = "; ".join(f"{one.vpc_endpoint_id} is {one.state}" for one in found)
        return fail(states or "the VPC has no endpoint of the Atlas service", remedy, **evidence)
    ports = atlas_ports(site)
    shut, zones = together(lambda: _shut(aws, site, usable, ports), lambda: _zones(aws, site, usable))
    evidence |= {"ports": str(ports), "zones": sorted(zones), "private_dns": usable.private_dns_enabled}
    if shut:
        because = f"the groups of {usable.vpc_endpoint_id} do not admit the tasks on {shut}"
        return fail(because, f"admit tcp {ports} from {site.net.sg_ecs}", **evidence)
    concerns = [f"it stands in {len(zones)} zone{'' if len(zones) == 1 else 's'} only"] if len(zones) < 2 else []
    if usable.private_dns_enabled:
        concerns.append("private DNS is on, which Atlas does not use")
    good = f"{usable.vpc_endpoint_id} is available in {len(zones)} zones and admits the tasks on {ports}"
    return warn_or_pass(concerns, good, "add a subnet of a second zone; turn private DNS off", **evidence)


def _atlas_endpoints(endpoints: tuple[VpcEndpoint, ...], service: str | None) -> list[VpcEndpoint]:
    """Of the site's service; where it names none, of any service that is not AWS's own."""
    private = [one for one in endpoints if one.vpc_endpoint_type == "Interface"]
    return [one for one in private if (one.service_name == service if service else ".vpce." in one.service_name)]


def _shut(aws: Aws, site: Site, endpoint: VpcEndpoint, ports: Ports) -> Ports | None:
    """The first ports on which not all of the tasks are admitted."""
    tasks, subnets, rules = together(
        lambda: aws.ec2.ecs_group(site).group_id,
        lambda: aws.ec2.private_subnets(site),
        lambda: each(aws.ec2.security_group_rules, endpoint.group_ids),
    )
    cidrs = [one.cidr_block for one in subnets]

    def admitted(covering: Rules) -> bool:
        return bool(security.referring(covering, [tasks])) or security.reach(covering, cidrs)

    return security.gap(security.ingress(rule for one in rules for rule in one), ports, admitted)


def _zones(aws: Aws, site: Site, endpoint: VpcEndpoint) -> set[str]:
    """Zones in which it has an interface that is in use."""
    if not endpoint.network_interface_ids:
        return set()
    interfaces, subnets = together(
        lambda: aws.ec2.interfaces(endpoint.network_interface_ids),
        lambda: aws.ec2.subnets(aws.ec2.vpc(site).vpc_id),
    )
    zones: dict[str, Subnet] = {one.subnet_id: one for one in subnets}
    in_use = (one.subnet_id for one in interfaces if one.status == "in-use")
    return {zones[name].zone for name in in_use if name in zones}
