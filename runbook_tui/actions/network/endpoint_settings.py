"""Interface endpoints that are there and not yet as they should be (guide 2.3)."""

from typing import Any

from runbook_tui.actions.network.calls import complete, ec2
from runbook_tui.actions.network.endpoint_clients import admitted, shut_out
from runbook_tui.actions.network.groups import ENDPOINTS, known_group
from runbook_tui.actions.network.rules import Peer, Wanted, added, opened, port
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.endpoints import is_gateway, is_interface, is_there, of_aws, service_of
from runbook_tui.aws.facts.network import VpcEndpoint
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("ec2.turn-private-dns-on", guide="2.3", fixes=("vpce.private-dns",))
def turn_private_dns_on(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The usual name of each service that has an interface endpoint leads to that endpoint."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    off = _without_names(aws, site, vpc_id)
    for one in off:
        _check_clients(aws, site, vpc_id, one)
    return complete(
        Plan(
            action="ec2.turn-private-dns-on",
            title=f"Private DNS of the endpoints of {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="From now on everything in the VPC reaches these services by their endpoints.",
            risk=Risk.CHANGE,
            calls=tuple(_named(one) for one in off),
            differences=tuple(
                Difference(what=f"private DNS of {service_of(one, site.aws.region)}", before="off", after="on")
                for one in off
            ),
        )
    )


@action("ec2.add-endpoint-subnets", guide="2.3", fixes=("vpce.subnets",))
def add_endpoint_subnets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Each interface endpoint has an address in every zone of the private subnets."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    zones = {one.subnet_id: one.zone for one in aws.ec2.subnets(vpc_id)}
    by_zone = {one.zone: one.subnet_id for one in aws.ec2.private_subnets(site)}
    judged = [one for one in aws.ec2.vpc_endpoints(vpc_id) if is_interface(one) and is_there(one)]
    missing = {
        one.vpc_endpoint_id: sorted(
            subnet for zone, subnet in by_zone.items() if zone not in {zones.get(name) for name in one.subnet_ids}
        )
        for one in judged
    }
    short = {name: subnets for name, subnets in sorted(missing.items()) if subnets}
    return complete(
        Plan(
            action="ec2.add-endpoint-subnets",
            title=f"Endpoints in every zone of {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="The endpoint gets an address in the missing zones, so that no request crosses zones.",
            risk=Risk.CHANGE,
            calls=tuple(_joined(name, subnets) for name, subnets in short.items()),
            differences=tuple(
                Difference(what=f"{name} in {subnet}", before="", after="an address")
                for name, subnets in short.items()
                for subnet in subnets
            ),
        )
    )


@action("ec2.open-endpoints", guide="2.3", fixes=("vpce.sg",))
def open_endpoints(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The interface endpoints let the tasks in on 443, and the group of those to come does."""
    vpc_id, tasks = aws.ec2.vpc(site).vpc_id, aws.ec2.ecs_group(site).group_id
    judged = of_aws(aws.ec2.vpc_endpoints(vpc_id), site.aws.region)
    sets = [one.group_ids for one in judged]
    own = known_group(aws, vpc_id, ENDPOINTS)
    shut = sorted({min(names) for names in (*sets, (own,) if own else ()) if names and not admitted(aws, site, names)})
    wanted = Wanted(ports=port(443), peer=Peer(group=tasks), description="The tasks")
    return complete(
        Plan(
            action="ec2.open-endpoints",
            title="Let the tasks in to the endpoints",
            environment=env.name,
            resource=", ".join(shut) or vpc_id,
            effect=f"Whatever is in {site.net.sg_ecs} may open connections to the endpoints on 443.",
            risk=Risk.CHANGE,
            calls=tuple(opened(name, wanted, egress=False) for name in shut),
            differences=tuple(added(name, wanted, egress=False) for name in shut),
        )
    )


def _without_names(aws: Aws, site: Site, vpc_id: str) -> list[VpcEndpoint]:
    """One of each service whose name leads to no endpoint: the name can lead to one only."""
    found = [one for one in aws.ec2.vpc_endpoints(vpc_id) if is_there(one)]
    region = site.aws.region
    beside = {service_of(one, region) for one in found if is_gateway(one)}
    judged = [one for one in of_aws(found, region) if service_of(one, region) not in beside]
    led = {service_of(one, region) for one in judged if one.private_dns_enabled}
    bare = sorted(judged, key=lambda one: one.vpc_endpoint_id, reverse=True)
    first = {service_of(one, region): one for one in bare if service_of(one, region) not in led}
    return [one for _, one in sorted(first.items())]


def _check_clients(aws: Aws, site: Site, vpc_id: str, endpoint: VpcEndpoint) -> None:
    if not all(aws.ec2.vpc_attribute(vpc_id, one) for one in ("enableDnsSupport", "enableDnsHostnames")):
        raise CannotPlan("private DNS needs both DNS attributes of the VPC", "turn them on first: ec2.turn-dns-on")
    name = endpoint.vpc_endpoint_id
    if not admitted(aws, site, endpoint.group_ids):
        raise CannotPlan(f"{name} does not let the tasks in on 443", "let them in first: ec2.open-endpoints")
    others = shut_out(aws, vpc_id, endpoint.group_ids)
    if others:
        because = f"{'; '.join(others)} would lose the service: {name} does not let them in"
        raise CannotPlan(because, f"let their groups in to {', '.join(endpoint.group_ids)} on 443 first")


def _modify(endpoint: str, effect: str, *undo: ApiCall, **change: Any) -> ApiCall:
    return ec2(f"modify-{endpoint}", "modify_vpc_endpoint", effect, *undo, VpcEndpointId=endpoint, **change)


def _named(endpoint: VpcEndpoint) -> ApiCall:
    name = endpoint.vpc_endpoint_id
    back = _modify(name, f"private DNS of {name} is off", PrivateDnsEnabled=False)
    return _modify(name, f"private DNS of {name} is on", back, PrivateDnsEnabled=True)


def _joined(name: str, subnets: list[str]) -> ApiCall:
    back = _modify(name, f"{name} leaves {', '.join(subnets)}", RemoveSubnetIds=subnets)
    return _modify(name, f"{name} has an address in {', '.join(subnets)}", back, AddSubnetIds=subnets)
