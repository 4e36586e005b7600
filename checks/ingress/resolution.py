"""Whether the names are found by everybody (guide 6.3)."""

from typing import Any

from checks.concerns import warn_or_pass
from checks.endpoint import no_host
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.records import plain_name
from runbook_tui.aws.facts.route53 import ZONE, DnsAnswer
from runbook_tui.aws.probe import Failure, Resolved
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn


@check(
    "dns.zone",
    guide="6.3",
    severity="high",
    scope="shared",
    needs=["route53:GetHostedZone", "route53:ListHostedZonesByName"],
    establishes=[ZONE],
)
def zone(aws: Aws, site: Site) -> Verdict:
    """The domain has one public hosted zone, and it is the one that everybody asks."""
    zones, wanted = aws.route53.zones(site), site.domain.hosted_zone_id
    public = [one for one in zones if one.is_public]
    evidence: dict[str, Any] = {"zones": {one.zone_id: "public" if one.is_public else "private" for one in zones}}
    if zones and not public:
        because = f"{site.domain.zone} has private zones only: nobody outside the VPC sees them"
        return fail(because, "create the public zone", **evidence)
    if len(public) > 1 and not wanted:
        because = (
            f"{len(public)} public zones are called {site.domain.zone}: {', '.join(one.zone_id for one in public)}"
        )
        return warn(because, "set domain.hosted_zone_id to the one that the registrar delegates to", **evidence)
    found = aws.route53.zone(site)
    own = {plain_name(one) for one in aws.route53.name_servers(found)}
    heard = aws.probe.resolve(site.domain.zone, "NS")
    evidence |= {"id": found.zone_id, "name_servers": sorted(own)}
    if heard is None:
        return passed(f"{found.zone_id} is the public zone (in the simulator nobody outside is asked)", **evidence)
    if isinstance(heard, Failure):
        return _unheard(heard, evidence)
    public_names = {plain_name(one) for one in heard.data}
    evidence["public"] = sorted(public_names)
    remedy = "let the registrar delegate to the zone's name servers, or correct domain.hosted_zone_id"
    if not own & public_names:
        told = ", ".join(sorted(public_names)) or heard.code
        because = f"{site.domain.zone} is delegated to {told}: nobody sees the records of {found.zone_id}"
        return fail(because, remedy, **evidence)
    differing = sorted(own ^ public_names)
    concerns = [f"{', '.join(differing)} stands on one side only"] if differing else []
    return warn_or_pass(concerns, f"{found.zone_id} is public and delegated to", remedy, **evidence)


@check(
    "dns.resolves",
    guide="6.3",
    severity="high",
    scope="environment",
    needs=["elasticloadbalancing:DescribeLoadBalancers", "route53:ListHostedZonesByName", "route53:TestDNSAnswer"],
)
def resolves(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The host leads to addresses of the load balancer, for Route 53 and for everybody else."""
    if not env.host:
        return no_host(env)
    answer, balancer = together(
        lambda: aws.route53.answer(aws.route53.zone(site), env.host),
        lambda: aws.elb.load_balancer(site.alb.name),
    )
    evidence: dict[str, Any] = {"route53": answer.response_code, "addresses": len(answer.record_data)}
    shut = _shut(answer)
    if shut:
        return fail(f"Route 53 answers {shut} for {env.host}", "see dns.alias", **evidence)
    # at the same moment: a load balancer changes its addresses
    public, direct = together(
        lambda: aws.probe.resolve(env.host, "A"), lambda: aws.probe.resolve(balancer.dns_name, "A")
    )
    if public is None or direct is None:
        because = f"Route 53 answers {len(answer.record_data)} addresses (in the simulator nobody outside is asked)"
        return passed(because, **evidence)
    if isinstance(public, Failure):
        return _unheard(public, evidence)
    return _compared(env, public, direct, evidence)


def _compared(env: Environment, public: Resolved, direct: Resolved | Failure, evidence: dict[str, Any]) -> Verdict:
    evidence |= {"public": public.code, "public_addresses": len(public.data)}
    if public.code != "NOERROR" or not public.data:
        told = public.code if public.code != "NOERROR" else "no address"
        because = f"the resolver of this machine answers {told} for {env.host}"
        return fail(because, "see dns.zone; after a change wait for the TTL, then re-check", **evidence)
    if isinstance(direct, Failure):
        return _unheard(direct, evidence)
    if not set(public.data) & set(direct.data):
        because = f"{env.host} leads to none of the load balancer's addresses here: an old answer, or a split horizon"
        return warn(because, "wait for the TTL, then re-check from another network", **evidence)
    return passed(f"{len(public.data)} addresses, those of the load balancer", **evidence)


def _shut(answer: DnsAnswer) -> str:
    if answer.response_code != "NOERROR":
        return answer.response_code
    return "" if answer.record_data else "no address"


def _unheard(failure: Failure, evidence: dict[str, Any]) -> Verdict:
    cause = Cause.TIMEOUT if failure.kind == "timeout" else Cause.UNDECIDED
    because = f"the resolver of this machine did not answer: {clean(failure.text)}"
    return unknown(cause, because, "check this machine's own name resolution, then re-check", **evidence)
