"""The names under which the environments are reached (guide 6.3)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.endpoint import no_host
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.balancing import LoadBalancer
from runbook_tui.aws.facts.records import RecordSet, leads_to, parts, plain_name, receives
from runbook_tui.aws.facts.route53 import RECORD
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, skip, warn

RECORD_READS: Final = ["route53:ListHostedZonesByName", "route53:ListResourceRecordSets"]
LEADING: Final = ("A", "AAAA", "CNAME")


@check(
    "dns.alias",
    guide="6.3",
    severity="critical",
    scope="environment",
    needs=["elasticloadbalancing:DescribeLoadBalancers", *RECORD_READS],
    establishes=[RECORD],
)
def alias(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The environment's host is an alias of the load balancer."""
    if not env.host:
        return no_host(env)
    sets, balancer = together(lambda: records_of(aws, site, env), lambda: aws.elb.load_balancer(site.alb.name))
    evidence: dict[str, Any] = {
        "records": [_described(one) for one in sets],
        "load_balancer": balancer.dns_name,
        "zone": balancer.canonical_hosted_zone_id,
    }
    remedy = f"make {env.host} an A record, alias of {balancer.dns_name}"
    if _of_type(sets, "CNAME"):
        return _by_cname(env, sets, balancer, evidence)
    leading = _leading(sets, "A", balancer)
    if not leading:
        told = ", ".join(_target(one) for one in _of_type(sets, "A")) or "nothing over IPv4"
        return fail(f"{env.host} leads to {told}, not to the load balancer", remedy, **evidence)
    concerns = []
    routed = [one for one in leading if one.policy in ("weighted", "latency", "failover")]
    blind = [one.set_identifier for one in routed if one.alias_target and not one.alias_target.evaluate_target_health]
    if blind:
        concerns.append(f"{', '.join(blind)} is answered even when no target is healthy (EvaluateTargetHealth)")
    if balancer.ip_address_type.startswith("dualstack") and not _leading(sets, "AAAA", balancer):
        concerns.append("the load balancer speaks IPv6, and no AAAA alias leads to it")
    return warn_or_pass(concerns, f"{env.host} is an alias of {balancer.load_balancer_name}", remedy, **evidence)


def records_of(aws: Aws, site: Site, env: Environment) -> tuple[RecordSet, ...]:
    """The sets that answer for the environment's host. Missing ``route53:record``."""
    found = aws.route53.records(aws.route53.zone(site), env.host)
    leading = tuple(one for one in found if one.type in LEADING)
    if not leading:
        raise Missing(RECORD, env.host, remedy=f"create the alias of {env.host} in {site.domain.zone}")
    return leading


def _by_cname(
    env: Environment, sets: tuple[RecordSet, ...], balancer: LoadBalancer, evidence: dict[str, Any]
) -> Verdict:
    values = [plain_name(value) for one in _of_type(sets, "CNAME") for value in one.values]
    own = [value for value in values if value.removeprefix("dualstack.") == plain_name(balancer.dns_name)]
    remedy = f"replace it by an alias of {balancer.dns_name}, in one change"
    if not own:
        return fail(f"{env.host} is a CNAME of {', '.join(values)}, not of the load balancer", remedy, **evidence)
    return warn(f"{env.host} is a CNAME, not an alias: one more look-up for every client", remedy, **evidence)


def _of_type(sets: tuple[RecordSet, ...], kind: str) -> list[RecordSet]:
    return [one for one in sets if one.type == kind]


def _leading(sets: tuple[RecordSet, ...], kind: str, balancer: LoadBalancer) -> list[RecordSet]:
    """Sets by which requests come to the load balancer."""
    fitting = _of_type(sets, kind)
    zone_id = balancer.canonical_hosted_zone_id
    own = [one for one in fitting if one.alias_target and leads_to(one.alias_target, balancer.dns_name, zone_id)]
    return [one for one in own if receives(one, fitting)]


def _target(one: RecordSet) -> str:
    if one.alias_target is None:
        return ", ".join(one.values)
    return f"{plain_name(one.alias_target.dns_name)} ({one.alias_target.hosted_zone_id})"


def _described(one: RecordSet) -> str:
    routing = f" {one.policy} {one.set_identifier}".rstrip() if one.set_identifier else ""
    return f"{plain_name(one.name)} {one.type}{routing} -> {_target(one)}"


@check("dns.routing-policy", guide="6.3", severity="medium", scope="environment", needs=RECORD_READS)
def routing_policy(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The host's requests are shared out as the site says, and no shift was left half done."""
    if not env.host:
        return no_host(env)
    sets = records_of(aws, site, env)
    policies = sorted({one.policy for one in sets})
    evidence: dict[str, Any] = {"records": [_routing(one) for one in sets], "wanted": env.routing}
    if env.routing == "simple" and policies == ["simple"]:
        return skip(f"{env.host} has one simple record, as the site wants", **evidence)
    remedy = "finish or undo the shift, or correct the environment's routing in the site"
    by_type = {kind: _of_type(sets, kind) for kind in LEADING}
    unweighted = [kind for kind, own in by_type.items() if len(own) > 1 and _all_zero(own)]
    if unweighted:
        because = f"all weights of {env.host} {'/'.join(unweighted)} are 0: each set gets an equal part"
        return fail(because, remedy, **evidence)
    concerns = []
    if policies != [env.routing]:
        concerns.append(f"{env.host} is routed {' and '.join(policies)}, the site says {env.routing}")
    concerns += [f"{kind}: {_told(own)}" for kind, own in by_type.items() if _is_partial(own)]
    regions = [one.region for one in sets if one.region and one.type == "A"]
    if len(regions) != len(set(regions)):
        concerns.append(f"a region stands twice: {', '.join(regions)}")
    return warn_or_pass(concerns, f"{env.host} is routed {env.routing}", remedy, **evidence)


def _all_zero(sets: list[RecordSet]) -> bool:
    return all(one.weight == 0 for one in sets)


def _is_partial(sets: list[RecordSet]) -> bool:
    """Whether more than one weighted set gets requests: outside of a rollout one has all."""
    return len([part for part in parts(sets).values() if part]) > 1


def _told(sets: list[RecordSet]) -> str:
    return ", ".join(f"{name} has {part:.0%}" for name, part in parts(sets).items())


def _routing(one: RecordSet) -> dict[str, str | int]:
    members = {
        "type": one.type,
        "policy": one.policy,
        "set": one.set_identifier,
        "region": one.region,
        "failover": one.failover,
        "health_check": one.health_check_id,
    }
    found: dict[str, str | int] = {name: value for name, value in members.items() if value}
    return found if one.weight is None else {**found, "weight": one.weight}
