"""The way in of the healthy world on the bench, and what is broken of production's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.site import Site
from runbook_tui.simulator.names import ENVIRONMENTS, ZONE
from runbook_tui.simulator.world import World
from runbook_tui.wiring.kit import Kit
from tests.support.fixed import Bench
from tests.support.ingress_look import Look, look
from tests.support.inside import Inside
from tests.support.stepped import stepped

PROD, STAGING = ENVIRONMENTS["prod"], ENVIRONMENTS["staging"]
Record = dict[str, Any]


class Way(Bench, frozen=True):
    """What the rows of ``tests.mutations`` ask of a world too. To make a client takes 60 ms: there is one a service."""

    clients: dict[str, Any]

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.inside.client(service)
        return self.clients[service]

    @property
    def site(self) -> Site:
        return self.kit.site

    @property
    def world(self) -> World:
        return self.inside.world

    def looked(self) -> Look:
        return look(self.client)

    def routed(self, kind: str) -> "Way":
        """The same world, of which the site says that production's requests are routed so."""
        return self.of_prod(routing=kind)

    def of_prod(self, **values: Any) -> "Way":
        """The same world, of whose production the site says something else."""
        environments = {**self.site.environments, "prod": replace(self.site.environments["prod"], **values)}
        return Way(self.inside, Kit(replace(self.site, environments=environments)), self.clients)

    @property
    def zone(self) -> str:
        (found,) = self.client("route53").list_hosted_zones_by_name(DNSName=ZONE)["HostedZones"]
        return str(found["Id"])

    def records(self, host: str = PROD.host) -> list[Record]:
        listed = self.client("route53").list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return [one for one in listed if one["Name"] == f"{host}."]

    def become(self, *after: Record, host: str = PROD.host) -> None:
        """These are the host's records instead of those that it has."""
        changes = [{"Action": "DELETE", "ResourceRecordSet": one} for one in self.records(host)]
        changes += [{"Action": "CREATE", "ResourceRecordSet": one} for one in after]
        self.client("route53").change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})

    def alias(self, host: str = PROD.host, **more: Any) -> Record:
        (balancer,) = self.client("elbv2").describe_load_balancers()["LoadBalancers"]
        target = {"HostedZoneId": balancer["CanonicalHostedZoneId"], "DNSName": balancer["DNSName"]}
        return {"Name": host, "Type": "A", "AliasTarget": {**target, "EvaluateTargetHealth": True}, **more}

    def share(self, **weights: int) -> None:
        """Production's requests, between sets of these identifiers."""
        self.become(*(self.alias(SetIdentifier=name, Weight=weight) for name, weight in weights.items()))


@contextmanager
def way_in() -> Iterator[Way]:
    with stepped() as simulator:
        yield Way(Inside(simulator), Kit(load_site(simulator.site_path)), {})
