"""The private subnets and every way that leads out of them."""

from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.endpoints import serves
from runbook_tui.aws.facts.network import NatGateway, RouteTable, Subnet, VpcEndpoint
from runbook_tui.aws.facts.routes import effective_table
from runbook_tui.aws.facts.way_out import Exit, WayOut, way_out
from runbook_tui.aws.together import together
from runbook_tui.core.site import Site

ROUTE_READS: Final = ["ec2:DescribeNatGateways", "ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
WAY_READS: Final = ["ec2:DescribeVpcEndpoints", *ROUTE_READS]


class Private(Struct, frozen=True, kw_only=True):
    subnets: tuple[Subnet, ...]
    tables: tuple[RouteTable, ...]
    gateways: tuple[NatGateway, ...]
    endpoints: tuple[VpcEndpoint, ...]
    region: str

    def table_id(self, subnet: Subnet) -> str:
        return effective_table(self.tables, subnet.subnet_id).table.route_table_id

    def way_out(self, subnet: Subnet) -> WayOut:
        return way_out(subnet.subnet_id, self.tables, self.gateways)

    def endpoint(self, subnet: Subnet, service: str) -> str:
        """Id of the endpoint that requests from the subnet go through; empty without one."""
        table = self.table_id(subnet)
        found = (one.vpc_endpoint_id for one in self.endpoints if serves(one, service, self.region, table))
        return next(found, "")

    def way(self, subnet: Subnet, service: str) -> str:
        """``endpoint``, ``nat``, ``elsewhere`` or ``none``."""
        return "endpoint" if self.endpoint(subnet, service) else self.way_out(subnet).exit.value

    def shut(self) -> dict[str, str]:
        """Subnets that nothing leads out of, and why."""
        ways = {subnet.subnet_id: self.way_out(subnet) for subnet in self.subnets}
        return {name: way.why for name, way in ways.items() if way.exit is Exit.NONE}


def private_of(aws: Aws, site: Site) -> Private:
    vpc_id = aws.ec2.vpc(site).vpc_id
    subnets, tables, gateways, endpoints = together(
        lambda: aws.ec2.private_subnets(site),
        lambda: aws.ec2.route_tables(vpc_id),
        lambda: aws.ec2.nat_gateways(vpc_id),
        lambda: aws.ec2.vpc_endpoints(vpc_id),
    )
    return Private(subnets=subnets, tables=tables, gateways=gateways, endpoints=endpoints, region=site.aws.region)
