"""Route 53: changes that take their time, and what the name servers answer."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field

from runbook_tui.simulator import certificates, dns
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World

_SPREADING = 40.0  # seconds until every name server knows: usually within 60
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KINDS = ("A", "AAAA", "CAA", "CNAME", "DS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "TXT")


class Change(Struct, kw_only=True):
    submitted: datetime
    comment: str = ""
    status: str = "PENDING"


class Changes(Struct):
    """By id, without ``/change/``."""

    known: dict[str, Change] = field(default_factory=dict)


@after("route53", "ChangeResourceRecordSets")
def spread(world: World, parameters: Parameters) -> Reply:
    certificates.look_for_records(world)
    identifier = "C" + "".join(world.random.choices(_LETTERS, k=20))
    change = Change(submitted=world.clock.now(), comment=parameters["ChangeBatch"].get("Comment", ""))
    world.store(Changes).known[identifier] = change
    world.agenda.after(_SPREADING, lambda: setattr(change, "status", "INSYNC"))
    return {"ChangeInfo": _described(identifier, change)}


@overlay("route53", "GetChange")
def get_change(world: World, parameters: Parameters) -> Reply:
    """Changes of other kinds are moto's, and done at once."""
    identifier = str(parameters["Id"]).rpartition("/")[2]
    change = world.store(Changes).known.get(identifier)
    if change is None:
        raise Refused("NoSuchChange", f"Could not find resource with ID: {identifier}", 404)
    return {"ChangeInfo": _described(identifier, change)}


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


def _described(identifier: str, change: Change) -> dict[str, Any]:
    described = {"Id": f"/change/{identifier}", "Status": change.status, "SubmittedAt": change.submitted}
    return {**described, "Comment": change.comment} if change.comment else described
