"""A new endpoint in the VPC, and the way back."""

from collections.abc import Iterable
from typing import Any, Final

from runbook_tui.actions.network.calls import delete, ec2, named, state, tagged
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.core.plan import ApiCall, answer, token
from runbook_tui.core.site import Site

USABLE: Final = ("available", "Available")  # the API has answered both


def created(site: Site, vpc_id: str, what: str, *, until: tuple[str, ...] = USABLE, **settings: Any) -> ApiCall:
    """``what`` is named in its id and tag; it is waited for until its state is one of ``until``."""
    call_id, name = f"create-{what}", named(site, what)
    path = "VpcEndpoints.0.State"
    by_id: dict[str, Any] = {"VpcEndpointIds": [answer(call_id, "VpcEndpoint.VpcEndpointId")]}
    back = delete(
        "delete_vpc_endpoints",
        f"{name} is gone",
        "InvalidVpcEndpointId.NotFound",
        ready=state("describe_vpc_endpoints", path, "deleted", "", **by_id),  # it never refuses
        **by_id,
    )
    return ec2(
        call_id,
        "create_vpc_endpoint",
        f"the endpoint {name}",
        back,
        ready=state("describe_vpc_endpoints", path, *until, failed=("failed", "rejected", "deleted"), **by_id),
        VpcId=vpc_id,
        ClientToken=token(),
        TagSpecifications=tagged(site, "vpc-endpoint", name),
        **settings,
    )


def one_a_zone(subnets: Iterable[Subnet]) -> list[str]:
    """AWS takes one subnet of a zone."""
    return sorted({one.zone: one.subnet_id for one in subnets}.values())
