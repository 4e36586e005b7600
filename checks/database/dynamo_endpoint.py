"""Guide 2.2: the tasks reach DynamoDB without leaving AWS's network."""

from typing import Any

from checks.concerns import named
from checks.database.chosen import DYNAMODB, unchosen
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import RouteTable
from runbook_tui.aws.facts.routes import default_route, effective_table
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn


@check(
    "dynamo.endpoint",
    guide="2.2",
    severity="medium",
    scope="shared",
    needs=["ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs"],
)
def endpoint(aws: Aws, site: Site) -> Verdict:
    """Every private subnet reaches DynamoDB through a VPC endpoint."""
    elsewhere = unchosen(site, DYNAMODB)
    if elsewhere:
        return elsewhere
    vpc_id = aws.ec2.vpc(site).vpc_id
    endpoints, tables, subnets = together(
        lambda: aws.ec2.vpc_endpoints(vpc_id),
        lambda: aws.ec2.route_tables(vpc_id),
        lambda: aws.ec2.private_subnets(site),
    )
    name = f"com.amazonaws.{site.aws.region}.dynamodb"
    found = [one for one in endpoints if one.usable and one.service_name == name]
    served = {table for one in found for table in one.route_table_ids}
    private = {one.subnet_id: effective_table(tables, one.subnet_id).table for one in subnets}
    evidence: dict[str, Any] = {
        "endpoints": [f"{one.vpc_endpoint_id} ({one.vpc_endpoint_type})" for one in found],
        "tables": {subnet: table.route_table_id for subnet, table in private.items()},
    }
    inside = [one.vpc_endpoint_id for one in found if one.vpc_endpoint_type == "Interface"]
    if inside:
        return passed(f"{', '.join(inside)} is an interface endpoint in the VPC", **evidence)
    without = {subnet: table for subnet, table in private.items() if table.route_table_id not in served}
    if not without:
        return passed(
            f"{named(len(private), 'private subnet')} reach DynamoDB through the gateway endpoint", **evidence
        )
    remedy = "add the gateway endpoint of DynamoDB, which is free, to each private route table"
    cut = [subnet for subnet, table in without.items() if not _way_out(table)]
    if cut:
        return fail(f"no way to DynamoDB: {', '.join(cut)} has neither endpoint nor NAT", remedy, **evidence)
    because = f"{', '.join(without)} reach DynamoDB through the NAT gateway: it costs, and may fail"
    return warn(because, remedy, **evidence)


def _way_out(table: RouteTable) -> bool:
    route = default_route(table)
    return route is not None and bool(route.nat_gateway_id or route.transit_gateway_id)
