"""Which VPC endpoint a request to an AWS service goes through, pure."""

from collections.abc import Iterable
from typing import Final

from runbook_tui.aws.facts.network import VpcEndpoint

_GONE: Final = frozenset({"deleting", "deleted", "rejected", "failed", "expired"})


def service_of(endpoint: VpcEndpoint, region: str) -> str:
    """``ecr.api`` for ``com.amazonaws.ap-south-1.ecr.api``; empty for what is no service of AWS in this region, such
    as ``com.amazonaws.vpce.…``, the services of third parties."""
    prefix = f"com.amazonaws.{region}."
    return endpoint.service_name.removeprefix(prefix) if endpoint.service_name.startswith(prefix) else ""


def is_interface(endpoint: VpcEndpoint) -> bool:
    return endpoint.vpc_endpoint_type.lower() == "interface"


def is_gateway(endpoint: VpcEndpoint) -> bool:
    return endpoint.vpc_endpoint_type.lower() == "gateway"


def of_aws(endpoints: Iterable[VpcEndpoint], region: str) -> tuple[VpcEndpoint, ...]:
    """Interface endpoints of AWS's own services that are there or about to be."""
    return tuple(one for one in endpoints if is_interface(one) and is_there(one) and service_of(one, region))


def is_there(endpoint: VpcEndpoint) -> bool:
    """Not on its way out: AWS lists deleted and rejected endpoints for a while."""
    return endpoint.state.lower() not in _GONE


def serves(endpoint: VpcEndpoint, service: str, region: str, table_id: str) -> bool:
    """Whether requests to ``service`` from a subnet with this route table go through it.

    Without private DNS a service's usual name keeps its public addresses, and an interface endpoint is passed by.
    """
    if not endpoint.usable or service_of(endpoint, region) != service:
        return False
    return endpoint.private_dns_enabled if is_interface(endpoint) else table_id in endpoint.route_table_ids
