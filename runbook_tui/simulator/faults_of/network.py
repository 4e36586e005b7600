"""The network: ways that are closed, gone or fenced."""

from runbook_tui.simulator.experiments.subnets import add_rule, association_of, copy_rules
from runbook_tui.simulator.faults_of.prod import group, put_back, undo_call
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

MARKER = "runbook-tui:dr-injection"
_DATABASE = 27017


@fault("sg-port-closed", "the tasks' security group no longer admits the load balancer: every target times out")
def sg_port_closed(world: World, _argument: str) -> Undo:
    app, balancer, port = group(world, SITE.net.sg_ecs), group(world, SITE.net.sg_alb), SITE.app.port
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": balancer}]}
    world.call("ec2", "RevokeSecurityGroupIngress", GroupId=app, IpPermissions=[rule])
    return undo_call(world, "ec2", "AuthorizeSecurityGroupIngress", GroupId=app, IpPermissions=[rule])


@fault("sg-egress-db-closed", "the tasks' security group lets nobody out to the database: new connections time out")
def sg_egress_db_closed(world: World, _argument: str) -> Undo:
    app = group(world, SITE.net.sg_ecs)
    rules = world.call("ec2", "DescribeSecurityGroups", GroupIds=[app])["SecurityGroups"][0]["IpPermissionsEgress"]
    closed = [each for each in rules if each.get("FromPort") == _DATABASE]
    if not closed:
        raise Refused("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
    world.call("ec2", "RevokeSecurityGroupEgress", GroupId=app, IpPermissions=closed)
    return undo_call(world, "ec2", "AuthorizeSecurityGroupEgress", GroupId=app, IpPermissions=closed)


@fault("endpoint-removed", "a VPC endpoint was deleted, such as endpoint-removed:ecr.dkr", "service")
def endpoint_removed(world: World, argument: str) -> Undo:
    ec2, name = world.backend("ec2"), f"com.amazonaws.{world.region}.{argument}"
    found = next((each for each in ec2.vpc_end_points.values() if each.service_name == name), None)
    if found is None:
        known = ", ".join(sorted(each.service_name.split(".", 3)[3] for each in ec2.vpc_end_points.values()))
        raise Refused(
            "InvalidVpcEndpointId.NotFound", f"there is no endpoint for {argument}, only for {known or 'none'}"
        )
    endpoints, enis = list(ec2.vpc_end_points), list(ec2.enis)
    doors = {each: ec2.enis.pop(each) for each in found.network_interface_ids if each in ec2.enis}
    del ec2.vpc_end_points[found.id]

    def undo() -> None:
        put_back(ec2.vpc_end_points, found.id, found, endpoints)
        for identifier, door in doors.items():
            put_back(ec2.enis, identifier, door, enis)

    return undo


@fault("nat-gone", "the NAT gateway was deleted: the routes to it are black holes")
def nat_gone(world: World, _argument: str) -> Undo:
    gateways = [each for each in world.backend("ec2").nat_gateways.values() if each.state == "available"]
    if not gateways:
        raise Refused("NatGatewayNotFound", "There is no NAT gateway.")
    for each in gateways:
        each.state = "deleted"

    def undo() -> None:
        for each in gateways:
            each.state = "available"

    return undo


@fault("drill-forgotten", "a drill that nobody ended: a network ACL cuts the private subnets from the database")
def drill_forgotten(world: World, _argument: str) -> Undo:
    filters = [{"Name": "cidr-block", "Values": list(SITE.net.private_subnets)}]
    subnets = [each["SubnetId"] for each in world.call("ec2", "DescribeSubnets", Filters=filters)["Subnets"]]
    if not subnets:
        raise Refused("InvalidSubnetID.NotFound", "There are no private subnets.")
    former, _ = association_of(world, subnets[0])
    tags = [{"Key": MARKER, "Value": f"{world.clock.now():%Y-%m-%dT%H:%M:%SZ}"}]
    specification = [{"ResourceType": "network-acl", "Tags": tags}]
    made = world.call("ec2", "CreateNetworkAcl", VpcId=former["VpcId"], TagSpecifications=specification)
    fence = str(made["NetworkAcl"]["NetworkAclId"])
    copy_rules(world, former, fence, above=1)
    add_rule(world, fence, number=1, action="deny", block=SITE.db.atlas.cidr, egress=True, port=_DATABASE)
    for subnet in subnets:
        _, association = association_of(world, subnet)
        world.call("ec2", "ReplaceNetworkAclAssociation", AssociationId=association, NetworkAclId=fence)

    def undo() -> None:
        for subnet in subnets:
            acl, association = association_of(world, subnet)
            if acl["NetworkAclId"] == fence:
                where = {"AssociationId": association, "NetworkAclId": former["NetworkAclId"]}
                world.call("ec2", "ReplaceNetworkAclAssociation", **where)
        if fence in world.backend("ec2").network_acls:
            world.call("ec2", "DeleteNetworkAcl", NetworkAclId=fence)

    return undo
