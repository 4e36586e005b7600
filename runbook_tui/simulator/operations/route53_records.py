"""Route 53: records change as a whole batch or not at all. moto takes what Route 53 refuses, and deletes a weighted set
with all others of its identifier, whatever their name."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field

from runbook_tui.simulator import certificates
from runbook_tui.simulator.record_batch import Set, changed, normal
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_SPREADING = 40.0  # seconds until every name server knows: usually within 60
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MEMBERS = {
    "Name": "name",
    "Type": "type",
    "TTL": "ttl",
    "SetIdentifier": "set_identifier",
    "Weight": "weight",
    "Region": "region",
    "Failover": "failover",
    "GeoLocation": "geo_location",
    "MultiValueAnswer": "multi_value_answer",
    "HealthCheckId": "health_check_id",
    "AliasTarget": "alias_target",
    "ResourceRecords": "resource_records",
}


class Change(Struct, kw_only=True):
    submitted: datetime
    comment: str = ""
    status: str = "PENDING"


class Changes(Struct):
    """By id, without ``/change/``."""

    known: dict[str, Change] = field(default_factory=dict)


@overlay("route53", "ChangeResourceRecordSets")
def change_resource_record_sets(world: World, parameters: Parameters) -> Reply:
    from moto.route53.models import RecordSet

    identifier = str(parameters["HostedZoneId"]).rpartition("/")[2]
    zone = world.backend("route53").zones.get(identifier)
    if zone is None:
        raise Refused("NoSuchHostedZone", f"No hosted zone found with ID: {identifier}", 404)
    batch = parameters["ChangeBatch"]
    sets = changed(zone.name, [_told(one) for one in zone.rrsets], batch["Changes"])
    model: Any = RecordSet
    zone.rrsets = [model(_for_moto(one)) for one in sets]
    certificates.look_for_records(world)
    return {"ChangeInfo": _spread(world, batch.get("Comment", ""))}


@overlay("route53", "GetChange")
def get_change(world: World, parameters: Parameters) -> Reply:
    identifier = str(parameters["Id"]).rpartition("/")[2]
    change = world.store(Changes).known.get(identifier)
    if change is None:
        raise Refused("NoSuchChange", f"Could not find resource with ID: {identifier}", 404)
    return {"ChangeInfo": _described(identifier, change)}


def _spread(world: World, comment: str) -> dict[str, Any]:
    identifier = "C" + "".join(world.random.choices(_LETTERS, k=20))
    change = Change(submitted=world.clock.now(), comment=comment)
    world.store(Changes).known[identifier] = change
    world.agenda.after(_SPREADING, lambda: setattr(change, "status", "INSYNC"))
    return _described(identifier, change)


def _described(identifier: str, change: Change) -> dict[str, Any]:
    described = {"Id": f"/change/{identifier}", "Status": change.status, "SubmittedAt": change.submitted}
    return {**described, "Comment": change.comment} if change.comment else described


def _told(one: Any) -> Set:
    found = {member: getattr(one, attribute) for member, attribute in _MEMBERS.items()}
    return normal({member: value for member, value in found.items() if value not in (None, [], "")})


def _for_moto(one: Set) -> Set:
    return {**one, "ResourceRecords": [each["Value"] for each in one.get("ResourceRecords") or ()]}
