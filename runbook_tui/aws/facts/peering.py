"""Facts of VPC peering connections. Members as ``ec2`` describes them."""

from typing import Any, Final, Self

from runbook_tui.aws.facts.border import Fact, parse
from runbook_tui.aws.facts.moment import Moment

ACTIVE: Final = "active"
PENDING: Final = ("initiating-request", "pending-acceptance", "provisioning")


class PeeringStatus(Fact, frozen=True, kw_only=True):
    code: str
    message: str = ""


class CidrBlock(Fact, frozen=True, kw_only=True):
    cidr_block: str = ""


class PeeringOptions(Fact, frozen=True, kw_only=True):
    allow_dns_resolution_from_remote_vpc: bool = False


class PeerVpc(Fact, frozen=True, kw_only=True):
    """Until it is accepted, AWS tells the addresses of the requester alone."""

    vpc_id: str = ""
    owner_id: str = ""
    cidr_block: str = ""
    cidr_block_set: tuple[CidrBlock, ...] = ()
    peering_options: PeeringOptions = PeeringOptions()

    @property
    def cidrs(self) -> tuple[str, ...]:
        more = (one.cidr_block for one in self.cidr_block_set)
        return tuple(dict.fromkeys(cidr for cidr in (self.cidr_block, *more) if cidr))


class VpcPeeringConnection(Fact, frozen=True, kw_only=True):
    """``expiration_time`` only while it waits to be accepted."""

    vpc_peering_connection_id: str
    status: PeeringStatus
    requester_vpc_info: PeerVpc = PeerVpc()
    accepter_vpc_info: PeerVpc = PeerVpc()
    expiration_time: Moment | None = None

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def active(self) -> bool:
        return self.status.code == ACTIVE

    @property
    def resolves(self) -> bool:
        """Whether the requester resolves public names of the other side to private addresses."""
        return self.requester_vpc_info.peering_options.allow_dns_resolution_from_remote_vpc

    @property
    def pending(self) -> bool:
        return self.status.code in PENDING

    def beyond(self, vpc_id: str) -> PeerVpc:
        """The VPC at the other end, seen from this one."""
        return self.accepter_vpc_info if self.requester_vpc_info.vpc_id == vpc_id else self.requester_vpc_info
