"""EC2: peering connections by their ends. moto ignores the filters."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_FILTERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "accepter-vpc-info.cidr-block": lambda one: str(one.peer_vpc.cidr_block),
    "accepter-vpc-info.owner-id": lambda one: str(one.peer_vpc.owner_id),
    "accepter-vpc-info.vpc-id": lambda one: str(one.peer_vpc.id),
    "requester-vpc-info.cidr-block": lambda one: str(one.vpc.cidr_block),
    "requester-vpc-info.owner-id": lambda one: str(one.vpc.owner_id),
    "requester-vpc-info.vpc-id": lambda one: str(one.vpc.id),
    "status-code": lambda one: str(one.status["Code"]),
    "vpc-peering-connection-id": lambda one: str(one.id),
}


@overlay("ec2", "DescribeVpcPeeringConnections")
def describe_vpc_peering_connections(world: World, parameters: Parameters) -> Reply:
    ids = parameters.get("VpcPeeringConnectionIds") or []
    known = {one.id: one for one in world.backend("ec2").describe_vpc_peering_connections()}
    for each in ids:
        if each not in known:
            raise Refused(
                "InvalidVpcPeeringConnectionID.NotFound", f"The vpcPeeringConnection ID '{each}' does not exist"
            )
    found = [one for name, one in known.items() if not ids or name in ids]
    for each in parameters.get("Filters") or ():
        told = _FILTERS.get(each["Name"])
        if told is None:
            raise not_simulated(f"ec2:DescribeVpcPeeringConnections by {each['Name']}")
        found = [one for one in found if told(one) in each["Values"]]
    return {"VpcPeeringConnections": [_shown(one) for one in found]}


def _shown(connection: Any) -> dict[str, Any]:
    """AWS tells the accepter's addresses once it has accepted."""
    accepter = dict(connection.accepter_vpc_info)
    if connection.status["Code"] != "active":
        accepter = {name: accepter[name] for name in ("OwnerId", "Region", "VpcId")}
    return {
        "VpcPeeringConnectionId": connection.id,
        "Status": connection.status,
        "RequesterVpcInfo": connection.requester_vpc_info,
        "AccepterVpcInfo": accepter,
        "Tags": connection.get_tags(),
    }
