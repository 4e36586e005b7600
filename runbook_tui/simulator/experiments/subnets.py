"""``aws:network:disrupt-connectivity``: the subnets get a clone of their network ACL that denies some traffic."""

from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.simulator.experiments.store import Resource, Undo
from runbook_tui.simulator.experiments.templates import wrong
from runbook_tui.simulator.refusal import not_simulated
from runbook_tui.simulator.world import World

_EVERYTHING = "0.0.0.0/0"
_REST = 32767  # the number of the rule that denies what no other rule names


def disrupt(world: World, experiment: str, parameters: Mapping[str, str], subnets: Sequence[Resource]) -> Undo:
    """What it returns puts the former ACLs back and deletes the clones. Raises Refused."""
    undos: list[Undo] = []
    for subnet in subnets:
        identifier = subnet.arn.rpartition("/")[2]
        blocks = _denied(world, identifier, parameters)
        undos.append(_fence(world, experiment, identifier, blocks))

    def restore() -> None:
        for undo in reversed(undos):
            undo()

    return restore


def _denied(world: World, subnet: str, parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    """Rule action and CIDR block, in order. Traffic within the subnet never meets its ACL."""
    (own,) = world.call("ec2", "DescribeSubnets", SubnetIds=[subnet])["Subnets"]
    match parameters["scope"]:
        case "all":
            return [("deny", _EVERYTHING)]
        case "vpc":
            (vpc,) = world.call("ec2", "DescribeVpcs", VpcIds=[own["VpcId"]])["Vpcs"]
            return [("allow", vpc["CidrBlock"]), ("deny", _EVERYTHING)]
        case "availability-zone":
            filters = [{"Name": "vpc-id", "Values": [own["VpcId"]]}]
            others = world.call("ec2", "DescribeSubnets", Filters=filters)["Subnets"]
            zone = own["AvailabilityZone"]
            return [("deny", each["CidrBlock"]) for each in others if each["AvailabilityZone"] != zone]
        case "prefix-list":
            return _prefixes(world, {"PrefixListIds": [parameters["prefixListIdentifier"].rpartition("/")[2]]})
        case "s3" | "dynamodb" as service:
            name = f"com.amazonaws.{world.region}.{service}"
            return _prefixes(world, {"Filters": [{"Name": "prefix-list-name", "Values": [name]}]})
        case scope:
            raise not_simulated(f"aws:network:disrupt-connectivity with the scope {scope}")


def _prefixes(world: World, which: Mapping[str, Any]) -> list[tuple[str, str]]:
    lists = world.call("ec2", "DescribeManagedPrefixLists", **which)["PrefixLists"]
    blocks = [
        entry["Cidr"]
        for each in lists
        for entry in world.call("ec2", "GetManagedPrefixListEntries", PrefixListId=each["PrefixListId"])["Entries"]
    ]
    if not blocks:
        raise wrong("The prefix list does not exist or has no entries.")
    return [("deny", block) for block in blocks if ":" not in block]


def _fence(world: World, experiment: str, subnet: str, blocks: Sequence[tuple[str, str]]) -> Undo:
    former, association = association_of(world, subnet)
    tags = [{"Key": "managedByFIS", "Value": "true"}, {"Key": "experimentId", "Value": experiment}]
    clone = world.call(
        "ec2",
        "CreateNetworkAcl",
        VpcId=former["VpcId"],
        TagSpecifications=[{"ResourceType": "network-acl", "Tags": tags}],
    )["NetworkAcl"]["NetworkAclId"]
    copy_rules(world, former, clone, above=len(blocks))
    for number, (action, block) in enumerate(blocks, start=1):
        for egress in (True, False):
            add_rule(world, clone, number=number, action=action, block=block, egress=egress)
    world.call("ec2", "ReplaceNetworkAclAssociation", AssociationId=association, NetworkAclId=clone)

    def restore() -> None:
        present, now = association_of(world, subnet)
        if present["NetworkAclId"] == clone:  # else somebody was faster
            world.call("ec2", "ReplaceNetworkAclAssociation", AssociationId=now, NetworkAclId=former["NetworkAclId"])
        world.call("ec2", "DeleteNetworkAcl", NetworkAclId=clone)

    return restore


def association_of(world: World, subnet: str) -> tuple[Mapping[str, Any], str]:
    """A subnet's network ACL, and the id of their association: it changes at each replacement."""
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (acl,) = world.call("ec2", "DescribeNetworkAcls", Filters=filters)["NetworkAcls"]
    association = next(each for each in acl["Associations"] if each["SubnetId"] == subnet)
    return acl, str(association["NetworkAclAssociationId"])


def copy_rules(world: World, former: Mapping[str, Any], clone: str, *, above: int) -> None:
    """The rules of one ACL into another, moved up far enough for ``above`` new ones before them."""
    last = [each for each in former["Entries"] if each["RuleNumber"] != _REST and "CidrBlock" in each]
    for rule in last:
        more = {"PortRange": rule["PortRange"]} if "PortRange" in rule else {}
        world.call(
            "ec2",
            "CreateNetworkAclEntry",
            NetworkAclId=clone,
            RuleNumber=rule["RuleNumber"] + above,
            Protocol=rule["Protocol"],
            RuleAction=rule["RuleAction"],
            Egress=rule["Egress"],
            CidrBlock=rule["CidrBlock"],
            **more,
        )


def add_rule(world: World, acl: str, *, number: int, action: str, block: str, egress: bool, port: int = 0) -> None:
    """For all protocols, or for one TCP port."""
    ports = {"PortRange": {"From": port, "To": port}} if port else {}
    world.call(
        "ec2",
        "CreateNetworkAclEntry",
        NetworkAclId=acl,
        RuleNumber=number,
        Protocol="6" if port else "-1",
        RuleAction=action,
        Egress=egress,
        CidrBlock=block,
        **ports,
    )
