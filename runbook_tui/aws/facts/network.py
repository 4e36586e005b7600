"""Facts of a VPC: networks, routes, gateways, security groups. Members as ``ec2`` describes them."""

from typing import Any, Self

from runbook_tui.aws.facts.border import Fact, Tag, parse
from runbook_tui.aws.facts.moment import Moment


class CidrState(Fact, frozen=True, kw_only=True):
    state: str = "associated"


class CidrAssociation(Fact, frozen=True, kw_only=True):
    cidr_block: str
    cidr_block_state: CidrState = CidrState()


class Vpc(Fact, frozen=True, kw_only=True):
    vpc_id: str
    cidr_block: str
    state: str
    is_default: bool = False
    cidr_block_association_set: tuple[CidrAssociation, ...] = ()
    tags: tuple[Tag, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def cidrs(self) -> tuple[str, ...]:
        """IPv4 ranges in use, the primary one first."""
        associated = (
            one.cidr_block for one in self.cidr_block_association_set if one.cidr_block_state.state in _IN_USE
        )
        return tuple(dict.fromkeys((self.cidr_block, *associated)))


_IN_USE = ("associated", "associating")


class BlockPublicAccess(Fact, frozen=True, kw_only=True):
    internet_gateway_block_mode: str = "off"


class Subnet(Fact, frozen=True, kw_only=True):
    subnet_id: str
    vpc_id: str
    cidr_block: str = ""
    availability_zone_id: str = ""
    availability_zone: str = ""
    state: str = "available"
    available_ip_address_count: int = 0
    map_public_ip_on_launch: bool = False
    block_public_access_states: BlockPublicAccess = BlockPublicAccess()
    tags: tuple[Tag, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def zone(self) -> str:
        """The zone's id: names mean other zones in other accounts. The name only where AWS gave no id."""
        return self.availability_zone_id or self.availability_zone


class Route(Fact, frozen=True, kw_only=True):
    destination_cidr_block: str = ""
    destination_ipv6_cidr_block: str = ""
    destination_prefix_list_id: str = ""
    gateway_id: str = ""
    nat_gateway_id: str = ""
    transit_gateway_id: str = ""
    egress_only_internet_gateway_id: str = ""
    vpc_peering_connection_id: str = ""
    network_interface_id: str = ""
    state: str = "active"


class RouteAssociation(Fact, frozen=True, kw_only=True):
    route_table_association_id: str = ""
    subnet_id: str = ""
    main: bool = False


class RouteTable(Fact, frozen=True, kw_only=True):
    route_table_id: str
    vpc_id: str = ""
    routes: tuple[Route, ...] = ()
    associations: tuple[RouteAssociation, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class GatewayAttachment(Fact, frozen=True, kw_only=True):
    state: str = ""
    vpc_id: str = ""


class InternetGateway(Fact, frozen=True, kw_only=True):
    internet_gateway_id: str
    attachments: tuple[GatewayAttachment, ...] = ()


class NatAddress(Fact, frozen=True, kw_only=True):
    public_ip: str = ""


class NatGateway(Fact, frozen=True, kw_only=True):
    """A regional one belongs to no subnet, and has an address in each zone that it serves."""

    nat_gateway_id: str
    state: str
    subnet_id: str = ""
    connectivity_type: str = "public"
    availability_mode: str = "zonal"
    nat_gateway_addresses: tuple[NatAddress, ...] = ()

    @property
    def is_regional(self) -> bool:
        return self.availability_mode == "regional"

    @property
    def public_ips(self) -> tuple[str, ...]:
        """What the internet sees of the tasks; a private gateway has none."""
        return tuple(one.public_ip for one in self.nat_gateway_addresses if one.public_ip)


class SecurityGroup(Fact, frozen=True, kw_only=True):
    group_id: str
    group_name: str
    vpc_id: str = ""
    tags: tuple[Tag, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class ReferencedGroup(Fact, frozen=True, kw_only=True):
    group_id: str
    user_id: str = ""
    peering_status: str = ""


class SecurityGroupRule(Fact, frozen=True, kw_only=True):
    """One source or destination. Ports are -1 where the protocol has none (``ip_protocol`` -1 means all)."""

    security_group_rule_id: str
    group_id: str
    is_egress: bool
    ip_protocol: str
    from_port: int = -1
    to_port: int = -1
    cidr_ipv4: str = ""
    cidr_ipv6: str = ""
    prefix_list_id: str = ""
    referenced_group_info: ReferencedGroup | None = None
    description: str = ""

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def referenced_group(self) -> str:
        """Id of the group that is the source or destination; empty for an address or a prefix list."""
        return self.referenced_group_info.group_id if self.referenced_group_info else ""


class LastError(Fact, frozen=True, kw_only=True):
    code: str = ""


class EndpointGroup(Fact, frozen=True, kw_only=True):
    group_id: str


class VpcEndpoint(Fact, frozen=True, kw_only=True):
    """``policy_document`` is JSON text; empty where AWS told none, which is full access."""

    vpc_endpoint_id: str
    service_name: str
    state: str = ""
    vpc_endpoint_type: str = "Gateway"
    owner_id: str = ""
    groups: tuple[EndpointGroup, ...] = ()
    route_table_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    network_interface_ids: tuple[str, ...] = ()
    private_dns_enabled: bool = False
    policy_document: str = ""
    creation_timestamp: Moment | None = None
    last_error: LastError = LastError()

    @property
    def usable(self) -> bool:
        return self.state.lower() == "available"  # the API has answered both "available" and "Available"

    @property
    def group_ids(self) -> tuple[str, ...]:
        return tuple(group.group_id for group in self.groups)


class PrefixList(Fact, frozen=True, kw_only=True):
    prefix_list_id: str
    prefix_list_name: str


class InterfaceAttachment(Fact, frozen=True, kw_only=True):
    """``instance_id`` only where it is an EC2 server."""

    instance_id: str = ""


class NetworkInterface(Fact, frozen=True, kw_only=True):
    network_interface_id: str
    subnet_id: str = ""
    status: str = ""
    interface_type: str = "interface"
    description: str = ""
    attachment: InterfaceAttachment = InterfaceAttachment()


class AvailabilityZone(Fact, frozen=True, kw_only=True):
    zone_id: str = ""
    zone_name: str = ""
    state: str = "available"
