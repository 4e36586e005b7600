"""The network of the account, resource by resource, as a stock client tells it: without what AWS numbers anew, and
without what it lists for an hour after it was deleted."""

from typing import Any

Look = dict[str, Any]


def look(ec2: Any) -> Look:
    return {
        "vpcs": sorted(map(repr, (_vpc(ec2, one) for one in ec2.describe_vpcs()["Vpcs"]))),
        "subnets": _told(
            ec2.describe_subnets()["Subnets"],
            "SubnetId",
            "CidrBlock",
            "AvailabilityZoneId",
            "AvailableIpAddressCount",
            "Tags",
        ),
        "tables": sorted(repr(_table(one)) for one in ec2.describe_route_tables()["RouteTables"]),
        "gateways": _told(
            ec2.describe_internet_gateways()["InternetGateways"], "InternetGatewayId", "Attachments", "Tags"
        ),
        "nats": _told(_there(ec2.describe_nat_gateways()["NatGateways"]), "NatGatewayId", "SubnetId", "State"),
        "addresses": _told(ec2.describe_addresses()["Addresses"], "AllocationId", "NetworkInterfaceId"),
        "groups": _told(ec2.describe_security_groups()["SecurityGroups"], "GroupId", "GroupName", "Description"),
        "rules": sorted(map(repr, map(_rule, ec2.describe_security_group_rules()["SecurityGroupRules"]))),
        "endpoints": sorted(map(repr, map(_endpoint, _there(ec2.describe_vpc_endpoints()["VpcEndpoints"])))),
        "interfaces": _told(
            ec2.describe_network_interfaces()["NetworkInterfaces"], "SubnetId", "InterfaceType", "Groups"
        ),
        "peerings": sorted(
            (one["VpcPeeringConnectionId"], one["Status"]["Code"])
            for one in ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
        ),
    }


def _told(items: Any, *members: str) -> list[str]:
    return sorted(repr({member: one.get(member) for member in members}) for one in items)


def _there(items: Any) -> Any:
    return [one for one in items if one["State"].lower() not in ("deleted", "deleting")]


def _vpc(ec2: Any, vpc: Any) -> Any:
    attributes = {
        name: ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=name)[name[0].upper() + name[1:]]["Value"]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    return vpc["VpcId"], vpc["CidrBlock"], vpc.get("Tags"), attributes


def _table(table: Any) -> Any:
    routes = sorted(repr(sorted(route.items())) for route in table["Routes"])
    served = sorted((one.get("SubnetId", ""), one["Main"]) for one in table["Associations"])
    return table["RouteTableId"], table["VpcId"], routes, served, table.get("Tags")


def _rule(rule: Any) -> Any:
    members = ("GroupId", "IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "CidrIpv6", "PrefixListId")
    reference = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    return {member: rule.get(member) for member in members}, reference, rule.get("Description", "")


def _endpoint(one: Any) -> Any:
    groups = sorted(each["GroupId"] for each in one.get("Groups", ()))
    listed = {name: sorted(one.get(name, ())) for name in ("SubnetIds", "RouteTableIds")}
    return one["VpcEndpointId"], one["ServiceName"], listed, groups, one.get("PrivateDnsEnabled"), one.get("Tags")
