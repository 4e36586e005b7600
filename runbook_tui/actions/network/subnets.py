"""The site's subnets: which are there, in which zone those belong that are not, and the calls that make them."""

from typing import Any

from msgspec import Struct

from runbook_tui.actions.network.calls import delete, ec2, named, state, tagged
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.network import RouteTable, Subnet
from runbook_tui.aws.facts.routes import effective_table
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import ApiCall, answer
from runbook_tui.core.site import Site


class Wanted(Struct, frozen=True, kw_only=True):
    """One subnet of the site: ``subnet`` is it, if it is there; ``zone`` is a zone's id, ``letter`` ends its name."""

    cidr: str
    zone: str
    letter: str
    subnet: Subnet | None

    @property
    def call_id(self) -> str:
        return f"create-subnet-{self.letter}"

    @property
    def id(self) -> Any:
        return self.subnet.subnet_id if self.subnet else answer(self.call_id, "Subnet.SubnetId")

    def creation(self, site: Site, vpc_id: str, kind: str) -> tuple[ApiCall, ...]:
        if self.subnet:
            return ()
        name = named(site, f"{kind}-{self.letter}")
        back = delete("delete_subnet", f"{name} is gone", "InvalidSubnetID.NotFound", SubnetId=self.id)
        ready = state("describe_subnets", "Subnets.0.State", "available", SubnetIds=[self.id])
        call = ec2(
            self.call_id,
            "create_subnet",
            f"{name}: {self.cidr} in {self.zone}",
            back,
            ready=ready,
            VpcId=vpc_id,
            CidrBlock=self.cidr,
            AvailabilityZoneId=self.zone,
            TagSpecifications=tagged(site, "subnet", name),
        )
        return (call,)


def wanted_subnets(aws: Aws, site: Site, names: tuple[str, ...], others: tuple[str, ...]) -> tuple[Wanted, ...]:
    """Those of ``net.*_subnets`` in that order, each in a zone of its own; where a zone must be chosen, one that the
    ``others`` use too: a load balancer reaches only the zones that it has a subnet in."""
    found = aws.ec2.subnets(aws.ec2.vpc(site).vpc_id)
    known = {name: one for one in found for name in (one.subnet_id, one.cidr_block)}
    there = {name: known[name] for name in names if name in known}
    for name in names:
        if name not in known and name.startswith("subnet-"):
            raise CannotPlan(f"the VPC has no {name}", "correct net.*_subnets in the site, or give a range to be made")
    used = [one.zone for one in there.values()]
    if len(set(used)) < len(used):
        raise CannotPlan(f"{', '.join(there)} are in one zone", "a subnet cannot be moved: give the site another one")
    free = _zones(aws, site, {known[name].zone for name in others if name in known}, set(used))
    if len(free) < len(names) - len(there):
        raise CannotPlan(f"the region has no {len(names)} zones", "give the site fewer subnets")
    chosen = iter(free)
    letters = {one.zone_id: one.zone_name[-1:] for one in aws.ec2.availability_zones(site.aws.region)}
    placed = [(name, there[name].zone if name in there else next(chosen)) for name in names]
    return tuple(
        Wanted(cidr=name, zone=zone, letter=letters.get(zone, zone), subnet=there.get(name)) for name, zone in placed
    )


def table_of(tables: tuple[RouteTable, ...], one: Wanted) -> RouteTable | None:
    """The table that it is associated with by itself; None for one that relies on the main table."""
    if one.subnet is None:
        return None
    effective = effective_table(tables, one.subnet.subnet_id)
    return effective.table if effective.explicit else None


def association(one: Wanted, table_id: Any, before: RouteTable | None) -> ApiCall:
    """``before`` is the table that it leaves."""
    if before is None:
        call_id = f"associate-{one.letter}"
        back = delete(
            "disassociate_route_table",
            "it relies on the main table again",
            "InvalidAssociationID.NotFound",
            AssociationId=answer(call_id, "AssociationId"),
        )
        effect = f"{one.cidr} follows the table"
        return ec2(call_id, "associate_route_table", effect, back, RouteTableId=table_id, SubnetId=one.id)
    held = next(each.route_table_association_id for each in before.associations if each.subnet_id == one.id)
    call_id = f"replace-association-{one.letter}"
    back = ec2(
        call_id,
        "replace_route_table_association",
        f"{one.cidr} follows {before.route_table_id} again",
        AssociationId=answer(call_id, "NewAssociationId"),
        RouteTableId=before.route_table_id,
    )
    effect = f"{one.cidr} follows the table instead of {before.route_table_id}"
    return ec2(call_id, "replace_route_table_association", effect, back, AssociationId=held, RouteTableId=table_id)


def new_table(site: Site, vpc_id: str, name: str, call_id: str) -> ApiCall:
    table = answer(call_id, "RouteTable.RouteTableId")
    back = delete("delete_route_table", f"{name} is gone", "InvalidRouteTableID.NotFound", RouteTableId=table)
    tags = tagged(site, "route-table", name)
    return ec2(call_id, "create_route_table", f"the table {name}", back, VpcId=vpc_id, TagSpecifications=tags)


def _zones(aws: Aws, site: Site, liked: set[str], taken: set[str]) -> list[str]:
    known = (one.zone_id for one in aws.ec2.availability_zones(site.aws.region) if one.state == "available")
    return sorted((zone for zone in known if zone not in taken), key=lambda zone: (zone not in liked, zone))
