"""A network ACL that denies the database takes the place of the subnets' own: open connections are cut at once."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.actions.drill.cut import Cut
from runbook_tui.actions.drill.places import Places, keep_production_out
from runbook_tui.actions.network.calls import ec2
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.atlas_way import atlas_ports
from runbook_tui.aws.facts.leftovers import MARKER
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import NOTHING_FOUND, ApiCall, Difference, Reading, Ready, answer, found, token
from runbook_tui.core.site import Environment, Site

_REST: Final = 32767  # what AWS shows as *, and makes by itself
_KEPT: Final = ("Protocol", "RuleAction", "Egress", "CidrBlock", "Ipv6CidrBlock", "IcmpTypeCode", "PortRange")
_DENIED: Final = 1


def fence(aws: Aws, site: Site, env: Environment, places: Places) -> Cut:
    subnets = sorted(places.own.subnets)
    warnings = keep_production_out(env, f"the subnets {', '.join(subnets)}", places.in_subnets())
    vpc_id = aws.ec2.vpc(site).vpc_id
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    acls = aws.reader.read("ec2", "describe_network_acls", Filters=filters)["NetworkAcls"]
    former = {subnet: _of_subnet(acls, subnet) for subnet in subnets}
    calls: list[ApiCall] = []
    for place, acl in enumerate(sorted({one["NetworkAclId"]: one for one in former.values()}.items()), 1):
        behind = [subnet for subnet in subnets if former[subnet]["NetworkAclId"] == acl[0]]
        calls += _fenced(f"fence-{place}", vpc_id, acl[1], behind, _denial(site))
    return Cut(
        resource=", ".join(subnets),
        effect=f"Packets to {_address(site)} are dropped, those of open connections too.",
        calls=tuple(calls),
        differences=tuple(
            Difference(
                what=f"network ACL of {one}",
                before=former[one]["NetworkAclId"],
                after="a copy that denies it",
            )
            for one in subnets
        ),
        warnings=warnings,
    )


def _of_subnet(acls: list[Mapping[str, Any]], subnet: str) -> Mapping[str, Any]:
    for acl in acls:
        if any(one["SubnetId"] == subnet for one in acl["Associations"]):
            return acl
    raise CannotPlan(f"AWS names no network ACL of {subnet}", "try again")


def _address(site: Site) -> str:
    match site.db.atlas.connectivity:
        case "peering":
            return site.db.atlas.cidr
        case "public":
            return "0.0.0.0/0"
        case _:
            raise CannotPlan("Atlas is reached inside the VPC, where no network ACL is passed", "close its endpoint")


def _denial(site: Site) -> dict[str, Any]:
    ports = atlas_ports(site)
    return {
        "Protocol": "6",
        "RuleAction": "deny",
        "Egress": True,
        "CidrBlock": _address(site),
        "PortRange": {"From": ports.first, "To": ports.last},
    }


def _fenced(
    call_id: str, vpc_id: str, former: Mapping[str, Any], subnets: list[str], denial: dict[str, Any]
) -> list[ApiCall]:
    """A new ACL denies everything: it is written in full before any subnet is put behind it."""
    name = str(former["NetworkAclId"])
    entries = [_entry(call_id, 0, {**denial, "RuleNumber": _DENIED})]
    entries += [_entry(call_id, place, one) for place, one in enumerate(_copied(former), 1)]
    return [_creation(call_id, vpc_id, name), *entries, *(_swap(call_id, subnet, name) for subnet in subnets)]


def _copied(former: Mapping[str, Any]) -> list[dict[str, Any]]:
    """In their order, moved up where one has the number of the denial."""
    rules = sorted(
        (one for one in former["Entries"] if one["RuleNumber"] != _REST),
        key=lambda one: (one["Egress"], one["RuleNumber"]),
    )
    up = 1 if any(one["RuleNumber"] <= _DENIED for one in rules) else 0
    return [{"RuleNumber": one["RuleNumber"] + up, **{key: one[key] for key in _KEPT if key in one}} for one in rules]


def _creation(call_id: str, vpc_id: str, former: str) -> ApiCall:
    """Found by its marker when it goes: after a crash nobody may know its id."""
    marker = [{"Name": f"tag:{MARKER}", "Values": [former]}]
    where = Reading(
        service="ec2",
        operation="describe_network_acls",
        parameters={"Filters": marker},
        path="NetworkAcls.0.NetworkAclId",
    )
    back = ec2(
        f"delete-{call_id}",
        "delete_network_acl",
        "the copy is gone, and its marker with it",
        gone=("InvalidNetworkAclID.NotFound", NOTHING_FOUND),
        NetworkAclId=found(where),
    )
    return ec2(
        call_id,
        "create_network_acl",
        f"a copy of {former} that nothing stands behind yet; it carries the marker",
        back,
        VpcId=vpc_id,
        ClientToken=token(),
        TagSpecifications=[{"ResourceType": "network-acl", "Tags": [{"Key": MARKER, "Value": former}]}],
    )


def _entry(call_id: str, place: int, rule: dict[str, Any]) -> ApiCall:
    way = "out to" if rule["Egress"] else "in from"
    peer = rule.get("CidrBlock") or rule.get("Ipv6CidrBlock")
    return ec2(
        f"{call_id}-rule-{place}",
        "create_network_acl_entry",
        f"rule {rule['RuleNumber']}: {rule['RuleAction']} {way} {peer}",
        NetworkAclId=answer(call_id, "NetworkAcl.NetworkAclId"),
        **rule,
    )


def _swap(call_id: str, subnet: str, former: str) -> ApiCall:
    """The id of an association changes whenever it is replaced: it is read when the call is made."""
    filters = {"Filters": [{"Name": "association.subnet-id", "Values": [subnet]}]}
    where = Reading(
        service="ec2",
        operation="describe_network_acls",
        parameters=filters,
        path=f"NetworkAcls.0.Associations.SubnetId={subnet}.NetworkAclAssociationId",
    )
    there = Ready(
        operation="describe_network_acls",
        parameters=filters,
        path="NetworkAcls.0.NetworkAclId",
        wanted=(former,),
        timeout=60.0,
        every=2.0,
    )
    back = ec2(
        f"restore-{subnet}",
        "replace_network_acl_association",
        f"{subnet} stands behind {former} again",
        ready=there,
        AssociationId=found(where),
        NetworkAclId=former,
    )
    return ec2(
        f"swap-{subnet}",
        "replace_network_acl_association",
        f"{subnet} stands behind the copy: its tasks lose the database",
        back,
        AssociationId=found(where),
        NetworkAclId=answer(call_id, "NetworkAcl.NetworkAclId"),
    )
