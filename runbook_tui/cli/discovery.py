"""What exists already in the account, so that setup can offer it instead of asking."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import AwsProblem
from runbook_tui.core.problems import Problem
from runbook_tui.core.site import Site
from runbook_tui.core.text import clean


class Vpc(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    cidr: str
    public_subnets: tuple[str, ...] = ()
    private_subnets: tuple[str, ...] = ()


class Zone(Struct, frozen=True, kw_only=True):
    id: str
    name: str


class Found(Struct, frozen=True, kw_only=True):
    """What could be seen. ``unseen`` says what could not, and why, one sentence each."""

    account: str = ""
    arn: str = ""
    vpcs: tuple[Vpc, ...] = ()
    clusters: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    load_balancers: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ()
    unseen: tuple[str, ...] = ()


class Discovery(Protocol):
    def look(self, site: Site) -> Found:
        """Never raises for what AWS refuses: that is said in ``unseen``."""


class AwsDiscovery:
    """Looks through a reader, which ``open_reader`` gives for the answers so far."""

    def __init__(self, open_reader: Callable[[Site], Reader]) -> None:
        self._open = open_reader

    def look(self, site: Site) -> Found:
        unseen: list[str] = []
        try:
            reader = self._open(site)
            who = reader.read("sts", "get_caller_identity")
        except (Problem, AwsProblem) as problem:
            return Found(unseen=(_said("the account", problem),))

        def seen(what: str, look: Callable[[], Any]) -> tuple[Any, ...]:
            try:
                return tuple(look())
            except (Problem, AwsProblem) as problem:
                unseen.append(_said(what, problem))
                return ()

        return Found(
            account=str(who.get("Account", "")),
            arn=clean(str(who.get("Arn", ""))),
            vpcs=seen("VPCs", lambda: _vpcs(reader)),
            clusters=seen("clusters", lambda: _last_parts(reader.read("ecs", "list_clusters").get("clusterArns", ()))),
            services=seen("services", lambda: _services(reader, site.ecs.cluster)),
            load_balancers=seen("load balancers", lambda: _load_balancers(reader)),
            zones=seen("hosted zones", lambda: _zones(reader)),
            unseen=tuple(unseen),
        )


def _said(what: str, problem: Problem | AwsProblem) -> str:
    return clean(f"{what} could not be read: {problem.what}")


def _vpcs(reader: Reader) -> Iterator[Vpc]:
    subnets = reader.read("ec2", "describe_subnets").get("Subnets", ())
    for vpc in reader.read("ec2", "describe_vpcs").get("Vpcs", ()):
        own = [subnet for subnet in subnets if subnet.get("VpcId") == vpc["VpcId"]]
        yield Vpc(
            id=vpc["VpcId"],
            name=_name(vpc),
            cidr=str(vpc.get("CidrBlock", "")),
            public_subnets=tuple(subnet["SubnetId"] for subnet in own if _is_public(subnet)),
            private_subnets=tuple(subnet["SubnetId"] for subnet in own if not _is_public(subnet)),
        )


def _is_public(subnet: Mapping[str, Any]) -> bool:
    """A guess by the subnet's name or setting; the check net.subnets.public looks at its routes."""
    return "public" in _name(subnet).lower() or bool(subnet.get("MapPublicIpOnLaunch"))


def _services(reader: Reader, cluster: str) -> Iterator[str]:
    yield from _last_parts(reader.read("ecs", "list_services", cluster=cluster).get("serviceArns", ()))


def _load_balancers(reader: Reader) -> Iterator[str]:
    for found in reader.read("elbv2", "describe_load_balancers").get("LoadBalancers", ()):
        if found.get("Type") == "application":
            yield clean(str(found["LoadBalancerName"]))


def _zones(reader: Reader) -> Iterator[Zone]:
    for zone in reader.read("route53", "list_hosted_zones").get("HostedZones", ()):
        if not zone.get("Config", {}).get("PrivateZone"):
            yield Zone(id=str(zone["Id"]).rpartition("/")[2], name=clean(str(zone["Name"])).rstrip("."))


def _last_parts(arns: Any) -> Iterator[str]:
    for arn in arns:
        yield clean(str(arn)).rpartition("/")[2]


def _name(thing: Mapping[str, Any]) -> str:
    return next((clean(str(tag["Value"])) for tag in thing.get("Tags", ()) if tag.get("Key") == "Name"), "")
