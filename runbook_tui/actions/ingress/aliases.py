"""The names that lead to the load balancer (guide 6.3)."""

from collections.abc import Iterator
from typing import Any, Final

from runbook_tui.actions.ingress.records import ROUTED, Replaced, Set, batch, difference, sets_of
from runbook_tui.actions.ingress.routing import FIRST_SET
from runbook_tui.actions.network.calls import complete
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import LoadBalancer
from runbook_tui.aws.facts.records import plain_name
from runbook_tui.aws.facts.route53 import HostedZone
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.site import Environment, Site

_LEADING: Final = ("A", "AAAA", "CNAME")


@action("route53.put-alias", guide="6.3", fixes=("dns.alias",))
def put_alias(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment's host is an alias of the load balancer; a host that has no record yet becomes one too."""
    zone, balancer = aws.route53.zone(site), aws.elb.load_balancer(site.alb.name)
    changes = tuple(
        change
        for one in site.environments.values()
        if one.host and (one.name == env.name or not _leading(aws, zone, one))
        for change in _changes(aws, zone, balancer, one)
    )
    replaces = any(one.before for one in changes)
    call = batch("put-alias", zone, f"the hosts lead to {site.alb.name}", changes, "the records are as they were")
    return complete(
        Plan(
            action="route53.put-alias",
            title=f"Lead {env.host} to {site.alb.name}",
            environment=env.name,
            resource=env.host,
            effect="Route 53 knows it within a minute; whoever has asked before, when their answer has run out.",
            risk=Risk.DISRUPTIVE if replaces else Risk.CHANGE,
            calls=(call,) if changes else (),
            differences=tuple(difference(one) for one in changes),
            warnings=("visitors who were led elsewhere come to this load balancer",) if replaces else (),
        )
    )


def _leading(aws: Aws, zone: HostedZone, env: Environment) -> list[Set]:
    return [one for one in sets_of(aws, zone, env.host) if one["Type"] in _LEADING]


def _changes(aws: Aws, zone: HostedZone, balancer: LoadBalancer, env: Environment) -> Iterator[Replaced]:
    """A CNAME goes, and what leads elsewhere; IPv6 only where the load balancer speaks it."""
    there = _leading(aws, zone, env)
    by_type = {kind: [one for one in there if one["Type"] == kind] for kind in _LEADING}
    for kind in ("A", "AAAA") if balancer.ip_address_type.startswith("dualstack") else ("A",):
        yield from _of_type(by_type[kind], _wanted(balancer, env, kind), env)
    yield from (Replaced(before=one) for one in by_type["CNAME"])


def _of_type(there: list[Set], wanted: dict[str, Any], env: Environment) -> Iterator[Replaced]:
    routed = [one for one in there if any(name in one for name in ROUTED)]
    if any(_leads(one, wanted) for one in routed):
        yield from _watched(routed, wanted)
        return
    if routed:
        ways = ", ".join(one["SetIdentifier"] for one in routed)
        remedy = "the site says how in environments.*.routing; change the sets where they were made"
        raise CannotPlan(f"{env.host} is shared out between {ways}, none of them this load balancer", remedy)
    before = there[0] if there else None
    if before is None or not _leads(before, wanted):
        yield Replaced(before=before, after=wanted if env.routing != "weighted" else _weighted(wanted, before))


def _watched(routed: list[Set], wanted: dict[str, Any]) -> Iterator[Replaced]:
    """A set that shares requests is left out when none of its targets is healthy."""
    for one in routed:
        target = one.get("AliasTarget")
        if target and _leads(one, wanted) and not target["EvaluateTargetHealth"]:
            yield Replaced(before=one, after={**one, "AliasTarget": {**target, "EvaluateTargetHealth": True}})


def _weighted(wanted: dict[str, Any], before: Set | None) -> dict[str, Any]:
    """The first of the sets that are to share the host's requests: it has them all. One that is there already simply
    is corrected: how it becomes a weighted one is another change."""
    return wanted if before is not None else {**wanted, "SetIdentifier": FIRST_SET, "Weight": 100}


def _wanted(balancer: LoadBalancer, env: Environment, kind: str) -> dict[str, Any]:
    target = {
        "HostedZoneId": balancer.canonical_hosted_zone_id,
        "DNSName": f"dualstack.{balancer.dns_name}",
        "EvaluateTargetHealth": True,
    }
    return {"Name": env.host, "Type": kind, "AliasTarget": target}


def _leads(one: Set, wanted: Set) -> bool:
    has, needs = one.get("AliasTarget"), wanted["AliasTarget"]
    if not has or has["HostedZoneId"] != needs["HostedZoneId"]:
        return False
    return _bare(has["DNSName"]) == _bare(needs["DNSName"])


def _bare(name: str) -> str:
    return plain_name(name).removeprefix("dualstack.")
