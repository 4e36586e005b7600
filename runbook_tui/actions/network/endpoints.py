"""Endpoints of AWS's services in the VPC (guide 2.2, 2.3)."""

from typing import Any, Final

from runbook_tui.actions.network.calls import complete, ec2
from runbook_tui.actions.network.endpoint_clients import admitted, shut_out
from runbook_tui.actions.network.endpoint_creation import created, one_a_zone
from runbook_tui.actions.network.groups import endpoints_group
from runbook_tui.actions.network.wanted_endpoints import interface_services
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.endpoints import is_gateway, is_interface, is_there, service_of
from runbook_tui.aws.facts.needed_services import LAYERS
from runbook_tui.aws.facts.private_way import private_of
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_INTERFACES: Final = ("vpce.secretsmanager", "vpce.ecr-api", "vpce.ecr-dkr", "vpce.logs", "net.path.aws-apis")
_RESET = "connections to {} that are open through the NAT gateway are reset, and its requests come from other addresses"


@action("ec2.create-endpoints", guide="2.3", fixes=_INTERFACES)
def create_endpoints(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Each service that the site names has an interface endpoint in the private subnets, with private DNS."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    found = [one for one in aws.ec2.vpc_endpoints(vpc_id) if is_there(one) and is_interface(one)]
    there = {service_of(one, site.aws.region) for one in found}
    absent = [service for service in interface_services(site) if service not in there]
    calls = _interfaces(aws, site, vpc_id, absent) if absent else ()
    return complete(
        Plan(
            action="ec2.create-endpoints",
            title=f"Interface endpoints of {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="Everything in the VPC reaches these services by private addresses, past the NAT gateway.",
            risk=Risk.CHANGE,
            calls=calls,
            differences=tuple(Difference(what=f"endpoint of {service}", before="", after="new") for service in absent),
            warnings=("each endpoint costs money by the hour in each zone, and by the gigabyte",) if absent else (),
        )
    )


@action("ec2.create-s3-endpoint", guide="2.3", fixes=("vpce.s3-gateway",))
def create_s3_endpoint(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Every private subnet reaches S3, where ECR keeps the layers of images, by a gateway endpoint."""
    return _gateway(aws, site, env, "ec2.create-s3-endpoint", LAYERS)


@action("ec2.create-dynamodb-endpoint", guide="2.2", fixes=("dynamo.endpoint",))
def create_dynamodb_endpoint(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Every private subnet reaches DynamoDB by a gateway endpoint."""
    if not site.db.uses("dynamodb"):
        raise CannotPlan("the site does not use DynamoDB", "set db.kind or db.migrating first")
    return _gateway(aws, site, env, "ec2.create-dynamodb-endpoint", "dynamodb")


def _interfaces(aws: Aws, site: Site, vpc_id: str, services: list[str]) -> tuple[ApiCall, ...]:
    """CannotPlan while private DNS would lead clients to endpoints that do not let them in."""
    if not all(aws.ec2.vpc_attribute(vpc_id, one) for one in ("enableDnsSupport", "enableDnsHostnames")):
        raise CannotPlan("private DNS needs both DNS attributes of the VPC", "turn them on first: ec2.turn-dns-on")
    group = endpoints_group(aws, vpc_id)
    if not admitted(aws, site, [group]):
        remedy = "let the tasks in first: ec2.open-endpoints"
        raise CannotPlan(f"{group} does not let the tasks in on 443: they would lose these services", remedy)
    others = shut_out(aws, vpc_id, [group])
    if others:
        remedy = f"let their groups in to {group} on 443 first"
        raise CannotPlan(f"{'; '.join(others)} would lose these services: {group} does not let them in", remedy)
    subnets = one_a_zone(aws.ec2.private_subnets(site))
    return tuple(_interface(site, vpc_id, service, subnets, group) for service in services)


def _interface(site: Site, vpc_id: str, service: str, subnets: list[str], group: str) -> ApiCall:
    return _creation(
        site,
        vpc_id,
        service,
        VpcEndpointType="Interface",
        SubnetIds=subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )


def _gateway(aws: Aws, site: Site, env: Environment, action_id: str, service: str) -> Plan:
    """A new one, or the one that is there for the tables that lack it. Public tables are left alone."""
    vpc_id, private = aws.ec2.vpc(site).vpc_id, private_of(aws, site)
    bare = {private.table_id(one) for one in private.subnets if not private.endpoint(one, service)}
    tables = sorted(bare)
    found = [
        one
        for one in private.endpoints
        if is_there(one) and is_gateway(one) and service_of(one, site.aws.region) == service
    ]
    if found:
        calls = (_joined(found[0].vpc_endpoint_id, tables),)
    else:
        calls = (_creation(site, vpc_id, service, VpcEndpointType="Gateway", RouteTableIds=tables),)
    return complete(
        Plan(
            action=action_id,
            title=f"Gateway endpoint of {service} in {site.net.vpc_name}",
            environment=env.name,
            resource=found[0].vpc_endpoint_id if found else vpc_id,
            effect=f"The private subnets reach {service} inside AWS's network. A gateway endpoint is free.",
            risk=Risk.CHANGE,
            calls=calls if tables else (),
            differences=tuple(Difference(what=f"{service} from {one}", before="", after="endpoint") for one in tables),
            warnings=(_RESET.format(service),) if tables else (),
        )
    )


def _joined(endpoint: str, tables: list[str]) -> ApiCall:
    def modify(effect: str, *undo: ApiCall, **change: Any) -> ApiCall:
        return ec2("modify-endpoint", "modify_vpc_endpoint", effect, *undo, VpcEndpointId=endpoint, **change)

    back = modify(f"{', '.join(tables)} leave the endpoint again", RemoveRouteTableIds=tables)
    return modify(f"{', '.join(tables)} lead to the endpoint", back, AddRouteTableIds=tables)


def _creation(site: Site, vpc_id: str, service: str, **settings: Any) -> ApiCall:
    name = f"com.amazonaws.{site.aws.region}.{service}"
    return created(site, vpc_id, service, ServiceName=name, **settings)
