"""What ``ec2`` says about the site's network. Each method is one API request, made once a sweep."""

from typing import Any, Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Ambiguous, Malformed, Missing
from runbook_tui.aws.facts.border import FactType, missing_is
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.network import (
    AvailabilityZone,
    InternetGateway,
    NatGateway,
    NetworkInterface,
    PrefixList,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
    VpcEndpoint,
)
from runbook_tui.aws.facts.network_acl import NetworkAcl
from runbook_tui.aws.facts.peering import VpcPeeringConnection
from runbook_tui.aws.together import each
from runbook_tui.core.site import Site

VPC: Final = "ec2:vpc"
FRONT_END_VPC: Final = "ec2:front-end-vpc"
SUBNET: Final = "ec2:subnet"
INTERNET_GATEWAY: Final = "ec2:internet-gateway"
ALB_GROUP: Final = "ec2:alb-security-group"
ECS_GROUP: Final = "ec2:ecs-security-group"


class Ec2Facts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def vpc(self, site: Site) -> Vpc:
        """The site's VPC, by id where it gives one, else by its Name tag. Missing or Ambiguous ``ec2:vpc``."""
        if site.net.vpc_id:
            return self.vpc_by_id(site.net.vpc_id)
        return self._one_vpc(site.net.vpc_name, VPC, Filters=_filters({"tag:Name": site.net.vpc_name}))

    def vpc_by_id(self, vpc_id: str, kind: str = VPC) -> Vpc:
        """``kind`` says in which role it is missed."""
        return self._one_vpc(vpc_id, kind, VpcIds=[vpc_id])

    def vpc_attribute(self, vpc_id: str, attribute: str) -> bool:
        """``attribute`` as the API spells it: enableDnsSupport or enableDnsHostnames."""
        answer = self._reader.read("ec2", "describe_vpc_attribute", VpcId=vpc_id, Attribute=attribute)
        told = answer.get(attribute[0].upper() + attribute[1:])
        value = told.get("Value") if isinstance(told, dict) else None
        if not isinstance(value, bool):
            raise Malformed(f"AWS answered no {attribute} for {vpc_id}", remedy="try again")
        return value

    def subnets(self, vpc_id: str) -> tuple[Subnet, ...]:
        """All subnets of the VPC, in the order of their ids."""
        found = self._list("describe_subnets", "Subnets", Subnet, {"vpc-id": vpc_id})
        return tuple(sorted(found, key=lambda subnet: subnet.subnet_id))

    def public_subnets(self, site: Site) -> tuple[Subnet, ...]:
        """Those of ``net.public_subnets``, ids or CIDRs, in that order. Missing ``ec2:subnet``."""
        return self.chosen_subnets(site, site.net.public_subnets)

    def private_subnets(self, site: Site) -> tuple[Subnet, ...]:
        return self.chosen_subnets(site, site.net.private_subnets)

    def chosen_subnets(self, site: Site, wanted: tuple[str, ...]) -> tuple[Subnet, ...]:
        """The VPC's subnets with these ids or CIDRs; a subnet of another VPC is Missing."""
        found = self.subnets(self.vpc(site).vpc_id)
        by_name = {name: subnet for subnet in found for name in (subnet.subnet_id, subnet.cidr_block)}
        for name in wanted:
            if name not in by_name:
                raise Missing(SUBNET, name, remedy="create it in the site's VPC, or correct net.*_subnets in the site")
        return tuple({by_name[name].subnet_id: by_name[name] for name in wanted}.values())

    def security_group(self, name: str, vpc_id: str, kind: str = "ec2:security-group") -> SecurityGroup:
        """Exactly one of that name in the VPC; ``kind`` says in which role it is missed."""
        found = self._list("describe_security_groups", "SecurityGroups", SecurityGroup, _in_vpc(vpc_id, name))
        named = [group for group in found if group.group_name == name]
        if not named:
            raise Missing(kind, name)
        if len(named) > 1:
            raise Ambiguous(kind, name, tuple(sorted(group.group_id for group in named)))
        return named[0]

    def alb_group(self, site: Site) -> SecurityGroup:
        """Missing or Ambiguous ``ec2:alb-security-group``."""
        return self.security_group(site.net.sg_alb, self.vpc(site).vpc_id, ALB_GROUP)

    def ecs_group(self, site: Site) -> SecurityGroup:
        """Missing or Ambiguous ``ec2:ecs-security-group``."""
        return self.security_group(site.net.sg_ecs, self.vpc(site).vpc_id, ECS_GROUP)

    def security_group_rules(self, group_id: str) -> tuple[SecurityGroupRule, ...]:
        """Ingress and egress together, one entry a source or destination."""
        asked = {"group-id": group_id}
        return self._list("describe_security_group_rules", "SecurityGroupRules", SecurityGroupRule, asked)

    def route_tables(self, vpc_id: str) -> tuple[RouteTable, ...]:
        return self._list("describe_route_tables", "RouteTables", RouteTable, {"vpc-id": vpc_id})

    def internet_gateways(self, vpc_id: str) -> tuple[InternetGateway, ...]:
        asked = {"attachment.vpc-id": vpc_id}
        return self._list("describe_internet_gateways", "InternetGateways", InternetGateway, asked)

    def nat_gateways(self, vpc_id: str) -> tuple[NatGateway, ...]:
        """Deleted ones too, for about an hour: look at ``state``."""
        answer = self._reader.read("ec2", "describe_nat_gateways", Filter=_filters({"vpc-id": vpc_id}))
        return listed(answer, "NatGateways", NatGateway)

    def network_acls(self, vpc_id: str) -> tuple[NetworkAcl, ...]:
        return self._list("describe_network_acls", "NetworkAcls", NetworkAcl, {"vpc-id": vpc_id})

    def vpc_endpoints(self, vpc_id: str) -> tuple[VpcEndpoint, ...]:
        return self._list("describe_vpc_endpoints", "VpcEndpoints", VpcEndpoint, {"vpc-id": vpc_id})

    def peering_connections(self, vpc_id: str) -> tuple[VpcPeeringConnection, ...]:
        """Those that the VPC asked for and those that it was asked for; ended ones too, for hours: see ``status``."""
        ends = ("accepter-vpc-info.vpc-id", "requester-vpc-info.vpc-id")
        asked, answering = "describe_vpc_peering_connections", "VpcPeeringConnections"
        found = each(lambda end: self._list(asked, answering, VpcPeeringConnection, {end: vpc_id}), ends)
        return tuple({one.vpc_peering_connection_id: one for side in found for one in side}.values())

    def prefix_list(self, service: str) -> str | None:
        """Id of AWS's own prefix list of a service (``s3``, ``dynamodb``) in this region."""
        name = f"com.amazonaws.{self._reader.region}.{service}"
        found = self._list("describe_managed_prefix_lists", "PrefixLists", PrefixList, {"prefix-list-name": name})
        return next((one.prefix_list_id for one in found if one.prefix_list_name == name), None)

    def network_interfaces(self, subnet_ids: tuple[str, ...]) -> tuple[NetworkInterface, ...]:
        filters = [{"Name": "subnet-id", "Values": sorted(subnet_ids)}]
        answer = self._reader.read("ec2", "describe_network_interfaces", Filters=filters)
        return listed(answer, "NetworkInterfaces", NetworkInterface)

    def interfaces(self, ids: tuple[str, ...]) -> tuple[NetworkInterface, ...]:
        """Missing ``ec2:network-interface``."""
        with missing_is("ec2:network-interface", ", ".join(sorted(ids))):
            answer = self._reader.read("ec2", "describe_network_interfaces", NetworkInterfaceIds=sorted(ids))
        return listed(answer, "NetworkInterfaces", NetworkInterface)

    def availability_zones(self, region: str) -> tuple[AvailabilityZone, ...]:
        """Ordinary zones of the region; neither local zones nor wavelength zones."""
        asked = {"region-name": region, "zone-type": "availability-zone"}
        return self._list("describe_availability_zones", "AvailabilityZones", AvailabilityZone, asked)

    def _one_vpc(self, name: str, kind: str, **asked: Any) -> Vpc:
        with missing_is(kind, name):
            found = listed(self._reader.read("ec2", "describe_vpcs", **asked), "Vpcs", Vpc)
        if not found:
            raise Missing(kind, name)
        if len(found) > 1:
            raise Ambiguous(kind, name, tuple(sorted(vpc.vpc_id for vpc in found)))
        return found[0]

    def _list(self, operation: str, member: str, fact: type[FactType], asked: dict[str, str]) -> tuple[FactType, ...]:
        return listed(self._reader.read("ec2", operation, Filters=_filters(asked)), member, fact)


def _in_vpc(vpc_id: str, name: str) -> dict[str, str]:
    return {"group-name": name, "vpc-id": vpc_id}


def _filters(asked: dict[str, str]) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": [value]} for name, value in asked.items()]
