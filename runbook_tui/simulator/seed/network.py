"""Guide, section 2: VPC, subnets, routes, security groups, endpoints."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.names import SHARED, SITE
from runbook_tui.simulator.seed.tags import on_creation
from runbook_tui.simulator.world import World

_ZONES = ("a", "b")
_NET = SITE.net


class Places(Struct, frozen=True, kw_only=True):
    vpc: str
    public: Sequence[str]
    private: Sequence[str]
    balancer_group: str
    app_group: str


def seed(world: World) -> Places:
    vpc = _vpc(world)
    public = _subnets(world, vpc, _NET.public_subnets, "public")
    private = _subnets(world, vpc, _NET.private_subnets, "private")
    tables = _routes(world, vpc, public, private)
    balancer_group, app_group, endpoint_group = _groups(world, vpc)
    _endpoints(world, vpc, private, endpoint_group, tables)
    return Places(vpc=vpc, public=public, private=private, balancer_group=balancer_group, app_group=app_group)


def _vpc(world: World) -> str:
    tags = on_creation("vpc", _NET.vpc_name, SHARED)
    vpc = str(world.call("ec2", "CreateVpc", CidrBlock=_NET.cidr, TagSpecifications=tags)["Vpc"]["VpcId"])
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        world.call("ec2", "ModifyVpcAttribute", VpcId=vpc, **{attribute: {"Value": True}})
    return vpc


def _subnets(world: World, vpc: str, cidrs: Sequence[str], kind: str) -> list[str]:
    made = []
    for cidr, zone in zip(cidrs, _ZONES, strict=True):
        tags = on_creation("subnet", f"asharvi-backend-{kind}-{zone}", SHARED)
        answer = world.call(
            "ec2",
            "CreateSubnet",
            VpcId=vpc,
            CidrBlock=cidr,
            AvailabilityZone=f"{world.region}{zone}",
            TagSpecifications=tags,
        )
        made.append(str(answer["Subnet"]["SubnetId"]))
    return made


def _routes(world: World, vpc: str, public: Sequence[str], private: Sequence[str]) -> list[str]:
    gateway = world.call(
        "ec2", "CreateInternetGateway", TagSpecifications=on_creation("internet-gateway", "asharvi-backend-igw", SHARED)
    )["InternetGateway"]["InternetGatewayId"]
    world.call("ec2", "AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    _table(world, vpc, "asharvi-backend-public", public, GatewayId=gateway)
    return [
        _table(world, vpc, f"asharvi-backend-private-{zone}", [inner], NatGatewayId=_nat(world, outer, zone))
        for inner, outer, zone in zip(private, public, _ZONES, strict=True)
    ]


def _nat(world: World, subnet: str, zone: str) -> str:
    """The guide's tasks send mail to a server outside, so the private subnets need a way out."""
    public = world.call("ec2", "AllocateAddress", Domain="vpc")["AllocationId"]
    tags = on_creation("natgateway", f"asharvi-backend-nat-{zone}", SHARED)
    gateway = world.call("ec2", "CreateNatGateway", SubnetId=subnet, AllocationId=public, TagSpecifications=tags)
    return str(gateway["NatGateway"]["NatGatewayId"])


def _table(world: World, vpc: str, name: str, subnets: Sequence[str], **target: str) -> str:
    tags = on_creation("route-table", name, SHARED)
    table = str(world.call("ec2", "CreateRouteTable", VpcId=vpc, TagSpecifications=tags)["RouteTable"]["RouteTableId"])
    world.call("ec2", "CreateRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    for subnet in subnets:
        world.call("ec2", "AssociateRouteTable", RouteTableId=table, SubnetId=subnet)
    return table


def _groups(world: World, vpc: str) -> tuple[str, str, str]:
    balancer = _group(world, vpc, _NET.sg_alb, "Load balancer of the backend")
    app = _group(world, vpc, _NET.sg_ecs, "Tasks of the backend")
    endpoint = _group(world, vpc, "vpce-backend-sg", "Interface endpoints of the backend")
    s3 = _prefix_list(world)
    _admit(world, balancer, 443, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "HTTPS from everywhere"}])
    _admit(world, balancer, 80, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "HTTP, redirected to HTTPS"}])
    _release(world, balancer, 3000, UserIdGroupPairs=[{"GroupId": app}])
    _admit(world, app, 3000, UserIdGroupPairs=[{"GroupId": balancer}])
    _release(world, app, 443, UserIdGroupPairs=[{"GroupId": endpoint}])
    _release(world, app, 443, PrefixListIds=[{"PrefixListId": s3}])
    _release(world, app, 27017, IpRanges=[{"CidrIp": SITE.db.atlas.cidr, "Description": "MongoDB Atlas"}])
    _release(world, app, 587, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "Mail"}])
    _admit(world, endpoint, 443, UserIdGroupPairs=[{"GroupId": app}])
    return balancer, app, endpoint


def _group(world: World, vpc: str, name: str, description: str) -> str:
    group = str(
        world.call(
            "ec2",
            "CreateSecurityGroup",
            GroupName=name,
            Description=description,
            VpcId=vpc,
            TagSpecifications=on_creation("security-group", name, SHARED),
        )["GroupId"]
    )
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    world.call("ec2", "RevokeSecurityGroupEgress", GroupId=group, IpPermissions=everything)
    return group


def _admit(world: World, group: str, port: int, **source: Any) -> None:
    world.call("ec2", "AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[permission(port, **source)])


def _release(world: World, group: str, port: int, **target: Any) -> None:
    world.call("ec2", "AuthorizeSecurityGroupEgress", GroupId=group, IpPermissions=[permission(port, **target)])


def permission(port: int, **peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}


def _prefix_list(world: World) -> str:
    name = f"com.amazonaws.{world.region}.s3"
    lists = world.call("ec2", "DescribeManagedPrefixLists")["PrefixLists"]
    return next(str(each["PrefixListId"]) for each in lists if each["PrefixListName"] == name)


def _endpoints(world: World, vpc: str, subnets: Sequence[str], group: str, tables: Sequence[str]) -> None:
    for service in _NET.endpoint_services:
        world.call(
            "ec2",
            "CreateVpcEndpoint",
            VpcEndpointType="Interface",
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{world.region}.{service}",
            SubnetIds=list(subnets),
            SecurityGroupIds=[group],
            PrivateDnsEnabled=True,
            TagSpecifications=on_creation("vpc-endpoint", f"asharvi-backend-{service}", SHARED),
        )
    world.call(
        "ec2",
        "CreateVpcEndpoint",
        VpcEndpointType="Gateway",
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{world.region}.s3",
        RouteTableIds=list(tables),
        TagSpecifications=on_creation("vpc-endpoint", "asharvi-backend-s3", SHARED),
    )
