"""What must pass a subnet's network ACL for the guide's backend to work, answers included."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from runbook_tui.aws.facts.atlas_way import atlas_endpoints, atlas_ports
from runbook_tui.aws.facts.endpoints import is_gateway, is_interface
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.aws.facts.network_acl import EPHEMERAL, Flow, beyond
from runbook_tui.aws.facts.private_way import Private
from runbook_tui.aws.facts.security import Network, Ports, network
from runbook_tui.core.site import Site

Remote = tuple[Network, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """``subnets`` are all of the VPC."""

    site: Site
    public: tuple[Subnet, ...]
    private: Private
    subnets: tuple[Subnet, ...]
    vpc_cidrs: tuple[str, ...]

    def of_public(self, subnet: Subnet) -> Iterator[Flow]:
        """Clients reach the load balancer, it reaches the tasks, and a NAT gateway here passes on what they ask."""
        for cidr in self.site.net.alb_allowed_cidrs:
            for port in (443, 80) if self.site.net.allow_http_redirect else (443,):
                yield from _asked(f"clients ({cidr})", [(network(cidr),)], _port(port))
        yield from _asks("the tasks", _each(self.private.subnets), _port(self.site.app.port))
        if any(one.subnet_id == subnet.subnet_id and one.state == "available" for one in self.private.gateways):
            for ports in self._outward():
                yield from _asked("the private subnets", _each(self.private.subnets), ports)
                yield from _asks("the internet", self._internet(), ports)

    def of_private(self, subnet: Subnet) -> Iterator[Flow]:
        """The load balancer reaches the tasks; they reach AWS's services, the database and the mail server."""
        yield from _asked("the load balancer", _each(self.public), _port(self.site.app.port))
        if self._leaves(subnet):
            for ports in self._outward():
                yield from _asks("the internet", self._internet(), ports)
        yield from self._to_atlas(subnet)
        holders = self._holders()
        others = [one for one in holders if one.subnet_id != subnet.subnet_id]
        if others:
            yield from _asks("endpoints of AWS", _each(others), _port(443))
        askers = [one for one in self.private.subnets if one.subnet_id != subnet.subnet_id]
        if askers and len(others) < len(holders):
            yield from _asked("other private subnets", _each(askers), _port(443))

    def _leaves(self, subnet: Subnet) -> bool:
        """S3 has public addresses, though a gateway endpoint leads there."""
        gateways = (one for one in self.private.endpoints if is_gateway(one) and one.usable)
        table = self.private.table_id(subnet)
        return self.private.way_out(subnet).is_open or any(table in one.route_table_ids for one in gateways)

    def _outward(self) -> tuple[Ports, ...]:
        """Ports that the tasks ask of the internet."""
        mail = [_port(self.site.app.smtp_port)] if self.site.app.smtp_host_kind == "external" else []
        atlas = [atlas_ports(self.site)] if self._has_atlas() == "public" else []
        return tuple(dict.fromkeys((_port(443), *mail, *atlas)))

    def _internet(self) -> list[Remote]:
        """As a whole."""
        return [beyond(self.vpc_cidrs)]

    def _has_atlas(self) -> str:
        """How Atlas is connected; empty where it is not used."""
        used = self.site.db.kind == "mongodb_atlas" or self.site.db.migrating
        return self.site.db.atlas.connectivity if used else ""

    def _to_atlas(self, subnet: Subnet) -> Iterator[Flow]:
        ports = atlas_ports(self.site)
        if self._has_atlas() == "peering":
            yield from _asks("Atlas", [(network(self.site.db.atlas.cidr),)], ports)
        if self._has_atlas() == "privatelink":
            found = atlas_endpoints(self.private.endpoints, self.site)
            inside = {name for one in found for name in one.subnet_ids} - {subnet.subnet_id}
            there = [one for one in self.subnets if one.subnet_id in inside]
            if there:
                yield from _asks("the Atlas endpoint", _each(there), ports)

    def _holders(self) -> list[Subnet]:
        """Subnets that hold interface endpoints."""
        held = {name for one in self.private.endpoints if is_interface(one) for name in one.subnet_ids}
        return [one for one in self.subnets if one.subnet_id in held]


def _asks(whom: str, groups: Iterable[Remote], ports: Ports) -> Iterator[Flow]:
    """Out to the port, and the answer back in."""
    for remote in groups:
        yield Flow(f"{ports} out to {whom}", egress=True, remote=remote, ports=ports)
        yield Flow(f"answers from {whom}", egress=False, remote=remote, ports=EPHEMERAL)


def _asked(by: str, groups: Iterable[Remote], ports: Ports) -> Iterator[Flow]:
    """In to the port, and the answer back out."""
    for remote in groups:
        yield Flow(f"{ports} in from {by}", egress=False, remote=remote, ports=ports)
        yield Flow(f"answers to {by}", egress=True, remote=remote, ports=EPHEMERAL)


def _each(subnets: Iterable[Subnet]) -> list[Remote]:
    """One by one: a subnet that is shut off wholly is more than a part of them all."""
    return [(network(one.cidr_block),) for one in subnets]


def _port(port: int) -> Ports:
    return Ports(port, port)
