"""The network: net.nat.*, net.nacl, net.path.*, vpce.*"""

import json
from typing import Any

from tests.mutations.contract import FAIL, WARN, Row
from tests.support.changes import subnet_id
from tests.support.standing import Standing


def _filtered(**values: str) -> list[dict[str, Any]]:
    return [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in values.items()]


def _table(world: Standing, name: str) -> str:
    found = world.client("ec2").describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [name]}])
    return str(found["RouteTables"][0]["RouteTableId"])


def _endpoint(world: Standing, service: str) -> dict[str, Any]:
    name = f"com.amazonaws.{world.site.aws.region}.{service}"
    found: dict[str, Any] = world.client("ec2").describe_vpc_endpoints(Filters=_filtered(service_name=name))
    return dict(found["VpcEndpoints"][0])


def _endpoint_gone(world: Standing, service: str) -> None:
    world.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[_endpoint(world, service)["VpcEndpointId"]])


def _without(service: str) -> Any:
    return lambda world: _endpoint_gone(world, service)


def _inner_gateway(world: Standing) -> None:
    """A NAT gateway in the private subnet itself, and the default route to it: no way to the internet."""
    ec2 = world.client("ec2")
    subnet = subnet_id(world, world.site.net.private_subnets[1])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    _default_route(world, made)


def _one_for_two(world: Standing) -> None:
    ec2 = world.client("ec2")
    gateways = {
        next(tag["Value"] for tag in one["Tags"] if tag["Key"] == "Name"): one["NatGatewayId"]
        for one in ec2.describe_nat_gateways()["NatGateways"]
    }
    _default_route(world, gateways["asharvi-backend-nat-a"])


def _default_route(world: Standing, gateway: str) -> None:
    """Of the second private subnet."""
    table = _table(world, "asharvi-backend-private-b")
    world.client("ec2").replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)


def _mail_denied(world: Standing) -> None:
    """By the default network ACL, which every subnet has."""
    ec2 = world.client("ec2")
    subnet = subnet_id(world, world.site.net.private_subnets[0])
    acl = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"][0]
    ec2.create_network_acl_entry(
        NetworkAclId=acl["NetworkAclId"],
        RuleNumber=50,
        Protocol="6",
        RuleAction="deny",
        Egress=True,
        CidrBlock="0.0.0.0/0",
        PortRange={"From": 587, "To": 587},
    )


def _s3_leaves_a_table(world: Standing) -> None:
    world.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=_endpoint(world, "s3")["VpcEndpointId"],
        RemoveRouteTableIds=[_table(world, "asharvi-backend-private-b")],
    )


def _private_dns_off(world: Standing) -> None:
    found = _endpoint(world, "logs")["VpcEndpointId"]
    world.client("ec2").modify_vpc_endpoint(VpcEndpointId=found, PrivateDnsEnabled=False)


def _zone_left(world: Standing) -> None:
    found = _endpoint(world, "logs")
    world.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=found["VpcEndpointId"], RemoveSubnetIds=[found["SubnetIds"][1]]
    )


def _open_to_all(world: Standing) -> None:
    group = _endpoint(world, "logs")["Groups"][0]["GroupId"]
    anybody = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    world.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[anybody])


def _read_only(world: Standing) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "logs:Get*", "Resource": "*"}
    world.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=_endpoint(world, "logs")["VpcEndpointId"],
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


ROWS = (
    Row(
        check="net.nat.need",
        name="a default route leads to a NAT gateway in a private subnet",
        change=_inner_gateway,
        flips={"net.nat.need": FAIL, "sg.ecs.egress-smtp": WARN},
    ),
    Row(
        check="net.nat.redundancy",
        name="one NAT gateway serves both zones",
        change=_one_for_two,
        flips={"net.nat.redundancy": WARN},
    ),
    Row(
        check="net.nacl",
        name="the network ACL denies mail",
        change=_mail_denied,
        flips={"net.nacl": FAIL},
    ),
    Row(
        check="net.path.aws-apis",
        name="the endpoint of the logs is passed by",
        change=_private_dns_off,
        flips={"net.path.aws-apis": WARN, "vpce.private-dns": FAIL},
    ),
    *(
        Row(
            check=check,
            name=f"the endpoint of {service} is gone",
            change=_without(service),
            flips={check: WARN, "net.path.aws-apis": WARN, "sg.ecs.egress-443": FAIL},
        )
        for check, service in {
            "vpce.secretsmanager": "secretsmanager",
            "vpce.ecr-api": "ecr.api",
            "vpce.ecr-dkr": "ecr.dkr",
            "vpce.logs": "logs",
        }.items()
    ),
    Row(
        check="vpce.s3-gateway",
        name="a private route table is not associated",
        change=_s3_leaves_a_table,
        flips={"vpce.s3-gateway": WARN, "net.path.aws-apis": WARN},
    ),
    Row(
        check="vpce.private-dns",
        name="private DNS of the logs is off",
        change=_private_dns_off,
        flips={"vpce.private-dns": FAIL, "net.path.aws-apis": WARN},
    ),
    Row(
        check="vpce.subnets",
        name="the endpoint of the logs leaves a zone",
        change=_zone_left,
        flips={"vpce.subnets": WARN},
    ),
    Row(
        check="vpce.sg",
        name="the endpoints admit everybody",
        change=_open_to_all,
        flips={"vpce.sg": WARN},
    ),
    Row(
        check="vpce.policy",
        name="the policy of an endpoint allows reading only",
        change=_read_only,
        flips={"vpce.policy": FAIL},
    ),
)
