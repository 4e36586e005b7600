"""What ``route53`` says about the site's zone and its records."""

from typing import Any, Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Ambiguous, Missing
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.records import RecordSet, plain_name
from runbook_tui.core.site import Site

ZONE: Final = "route53:hosted-zone"
RECORD: Final = "route53:record"
ONE_OF_ZONES: Final = "route53:public-zone"  # nobody's finding: dns.zone only warns of several
MOST_AT_A_NAME: Final = 300  # AWS's largest page; a name holds at most 100 sets of each type


class ZoneConfig(Fact, frozen=True, kw_only=True):
    private_zone: bool = False


class HostedZone(Fact, frozen=True, kw_only=True):
    """``id`` comes as ``/hostedzone/Z…``."""

    id: str
    name: str
    config: ZoneConfig = ZoneConfig()

    @property
    def zone_id(self) -> str:
        return self.id.rpartition("/")[2]

    @property
    def is_public(self) -> bool:
        return not self.config.private_zone


class DelegationSet(Fact, frozen=True, kw_only=True):
    name_servers: tuple[str, ...]


class DnsAnswer(Fact, frozen=True, kw_only=True):
    """What Route 53's own name servers answer."""

    response_code: str
    record_data: tuple[str, ...] = ()


class Route53Facts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def zones(self, site: Site) -> tuple[HostedZone, ...]:
        """Every hosted zone of the site's domain, public and private; AWS goes on with the names after it."""
        answer = self._reader.read("route53", "list_hosted_zones_by_name", DNSName=site.domain.zone)
        found = listed(answer, "HostedZones", HostedZone)
        return tuple(one for one in found if plain_name(one.name) == plain_name(site.domain.zone))

    def zone(self, site: Site) -> HostedZone:
        """The public one that the site means. Missing ``route53:hosted-zone``; Ambiguous when several may be."""
        public = [one for one in self.zones(site) if one.is_public]
        wanted = site.domain.hosted_zone_id
        chosen = [one for one in public if one.zone_id == wanted] if wanted else public
        if not chosen:
            named = f"{site.domain.zone} ({wanted})" if wanted else site.domain.zone
            raise Missing(ZONE, named, remedy="create the public zone, or correct domain.* in the site")
        if len(chosen) > 1:
            raise Ambiguous(ONE_OF_ZONES, site.domain.zone, tuple(sorted(one.zone_id for one in chosen)))
        return chosen[0]

    def name_servers(self, zone: HostedZone) -> tuple[str, ...]:
        """Those that AWS gave to the zone."""
        with missing_is(ZONE, zone.name):
            answer = self._reader.read("route53", "get_hosted_zone", Id=zone.zone_id)
        return parse(answer.get("DelegationSet"), DelegationSet).name_servers

    def records(self, zone: HostedZone, name: str) -> tuple[RecordSet, ...]:
        """The sets of exactly this name, of every type. The start name is a cursor: what follows is left out."""
        asked: dict[str, Any] = {"HostedZoneId": zone.zone_id, "StartRecordName": plain_name(name)}
        with missing_is(ZONE, zone.name):
            answer = self._reader.read(
                "route53",
                "list_resource_record_sets",
                PaginationConfig={"MaxItems": MOST_AT_A_NAME, "PageSize": MOST_AT_A_NAME},
                **asked,
            )
        found = listed(answer, "ResourceRecordSets", RecordSet)
        return tuple(one for one in found if plain_name(one.name) == plain_name(name))

    def answer(self, zone: HostedZone, name: str, kind: str = "A") -> DnsAnswer:
        with missing_is(ZONE, zone.name):
            found = self._reader.read(
                "route53", "test_dns_answer", HostedZoneId=zone.zone_id, RecordName=name, RecordType=kind
            )
        return parse(found, DnsAnswer)
