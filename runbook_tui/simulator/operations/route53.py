"""Route 53: what the name servers answer."""

from runbook_tui.simulator import dns
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_KINDS = ("A", "AAAA", "CAA", "CNAME", "DS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "TXT")


@overlay("route53", "TestDNSAnswer")
def test_dns_answer(world: World, parameters: Parameters) -> Reply:
    identifier = str(parameters["HostedZoneId"]).rpartition("/")[2]
    zone = world.backend("route53").zones.get(identifier)
    if zone is None:
        raise Refused("NoSuchHostedZone", f"No hosted zone found with ID: {identifier}", 404)
    kind, name = parameters["RecordType"], parameters["RecordName"]
    if kind not in _KINDS:
        raise Refused("InvalidInput", f"{kind} is no type of record")
    found = dns.answer(world, zone, name, kind)
    if not found.data and kind in ("A", "AAAA"):  # another name stands for all of this one's records
        found = dns.answer(world, zone, name, "CNAME")
    return {
        "Nameserver": zone.delegation_set.name_servers[0],
        "RecordName": name,
        "RecordType": kind,
        "RecordData": list(found.data),
        "ResponseCode": found.code,
        "Protocol": "UDP",
    }
