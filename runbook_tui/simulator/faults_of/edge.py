"""Where visitors come in: certificate, name, listener rule."""

from datetime import datetime, timedelta
from typing import Any

from runbook_tui.simulator import certificates, dns
from runbook_tui.simulator.certificates import Certificate, Certificates
from runbook_tui.simulator.faults_of.prod import PROD, put_back, undo_call
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

_ELSEWHERE = "198.51.100.24"  # for documentation: nobody's address


@fault("certificate-near-expiry", "the certificate of prod ends in ten days, and was not renewed")
def certificate_near_expiry(world: World, _argument: str) -> Undo:
    return _ending(world, world.clock.now() + timedelta(days=10))


@fault("certificate-expired", "the certificate of prod has ended")
def certificate_expired(world: World, _argument: str) -> Undo:
    return _ending(world, world.clock.now() - timedelta(hours=3))


@fault("dns-wrong-target", "the name of prod leads to an address that is not the load balancer's")
def dns_wrong_target(world: World, _argument: str) -> Undo:
    zone = dns.zone_of(world, PROD.host)
    if zone is None:
        raise Refused("NoSuchHostedZone", f"No hosted zone found for {PROD.host}", 404)
    identifier = zone.id.rpartition("/")[2]
    listed = world.call("route53", "ListResourceRecordSets", HostedZoneId=identifier)["ResourceRecordSets"]
    former = next((each for each in listed if each["Name"].rstrip(".") == PROD.host and each["Type"] == "A"), None)
    if former is None:
        raise Refused("InvalidChangeBatch", f"There is no record of {PROD.host}")
    wrong = {"Name": former["Name"], "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": _ELSEWHERE}]}
    order = [(each.name, each.type) for each in zone.rrsets]
    _upsert(world, identifier, wrong)

    def undo() -> None:
        _upsert(world, identifier, former)
        known = {place: number for number, place in enumerate(order)}
        zone.rrsets.sort(key=lambda each: known.get((each.name, each.type), len(known)))

    return undo


@fault("listener-rule-gone", "the rule that sends the visitors of prod to its tasks was deleted")
def listener_rule_gone(world: World, _argument: str) -> Undo:
    for balancer in world.backend("elbv2").load_balancers.values():
        for listener in balancer.listeners.values():
            rules = listener._non_default_rules  # noqa: SLF001 - ``rules`` is a copy, and an order must be restored
            for arn, rule in rules.items():
                if _is_for(rule, PROD.host):
                    return _without(rules, arn)
    raise Refused("RuleNotFound", "One or more rules not found")


def _without(rules: dict[str, Any], arn: str) -> Undo:
    order, rule = list(rules), rules.pop(arn)
    return lambda: put_back(rules, arn, rule, order)


def _ending(world: World, when: datetime) -> Undo:
    found = _certificate(world)
    former = found.not_after
    assert former is not None, "it was issued"
    certificates.expire_at(world, found.arn, when)
    return lambda: certificates.expire_at(world, found.arn, former)


def _certificate(world: World) -> Certificate:
    for each in world.store(Certificates).known.values():
        if PROD.host in each.domains and each.not_after is not None:
            return each
    raise Refused("ResourceNotFoundException", f"There is no certificate for {PROD.host}.")


def _is_for(rule: Any, host: str) -> bool:
    conditions = [each for each in rule.conditions if each["Field"] == "host-header"]
    return any(
        host in (each.get("HostHeaderConfig") or {}).get("Values", each.get("Values", ())) for each in conditions
    )


def _upsert(world: World, zone: str, record: Any) -> None:
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    undo_call(world, "route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch=batch)()
