"""Guide 2.3: whether the interface endpoints are really used, from every zone, by the tasks."""

from typing import Final

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.endpoints import is_gateway, is_interface, is_there, of_aws, service_of
from runbook_tui.aws.facts.network import VpcEndpoint
from runbook_tui.aws.facts.security import Rules
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip

ENDPOINT_READS: Final = ["ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs"]
NONE: Final = "the VPC has no interface endpoints"


@check("vpce.private-dns", guide="2.3", severity="high", scope="shared", needs=ENDPOINT_READS)
def private_dns(aws: Aws, site: Site) -> Verdict:
    """The usual name of each service that has an interface endpoint leads to that endpoint."""
    endpoints = [one for one in aws.ec2.vpc_endpoints(aws.ec2.vpc(site).vpc_id) if is_there(one)]
    region = site.aws.region
    beside = {service_of(one, region) for one in endpoints if is_gateway(one)}
    judged = [one for one in of_aws(endpoints, region) if service_of(one, region) not in beside]
    if not judged:
        return skip(NONE)
    evidence = {"private_dns": {one.vpc_endpoint_id: one.private_dns_enabled for one in judged}}
    led = {service_of(one, region) for one in judged if one.private_dns_enabled}
    passed_by = sorted({service_of(one, region) for one in judged} - led)
    if passed_by:
        because = f"{', '.join(passed_by)}: private DNS is off, so the tasks go on using public addresses"
        remedy = "enable private DNS, once the endpoint's groups admit 443 from all who use the service in the VPC"
        return fail(because, remedy, **evidence)
    return passed(f"private DNS is on for {', '.join(sorted(led))}", **evidence)


@check("vpce.subnets", guide="2.3", severity="medium", scope="shared", needs=["ec2:DescribeSubnets", *ENDPOINT_READS])
def subnets(aws: Aws, site: Site) -> Verdict:
    """Each interface endpoint has an address in every zone of the private subnets."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    endpoints, private, known = together(
        lambda: aws.ec2.vpc_endpoints(vpc_id),
        lambda: aws.ec2.private_subnets(site),
        lambda: aws.ec2.subnets(vpc_id),
    )
    judged = [one for one in endpoints if is_interface(one) and is_there(one)]
    if not judged:
        return skip(NONE)
    zone_of = {subnet.subnet_id: subnet.zone for subnet in known}
    zones = {one.vpc_endpoint_id: sorted({zone_of.get(name, "?") for name in one.subnet_ids}) for one in judged}
    wanted = {subnet.zone for subnet in private}
    missing = {name: sorted(wanted - set(its)) for name, its in zones.items()}
    concerns = [f"{name} has no address in {', '.join(gap)}" for name, gap in missing.items() if gap]
    good = f"{named(len(judged), 'endpoint')} in each of {', '.join(sorted(wanted))}"
    return warn_or_pass(concerns, good, "add a subnet of the missing zone to the endpoint", zones=zones)


@check(
    "vpce.sg",
    guide="2.3",
    severity="high",
    scope="shared",
    needs=["ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", *ENDPOINT_READS],
)
def groups(aws: Aws, site: Site) -> Verdict:
    """Each interface endpoint lets the tasks in on 443."""
    vpc = aws.ec2.vpc(site)
    endpoints, tasks, private = together(
        lambda: aws.ec2.vpc_endpoints(vpc.vpc_id),
        lambda: aws.ec2.ecs_group(site).group_id,
        lambda: aws.ec2.private_subnets(site),
    )
    judged = of_aws(endpoints, site.aws.region)
    if not judged:
        return skip(NONE)
    names = sorted({name for one in judged for name in one.group_ids})
    rules = dict(zip(names, each(aws.ec2.security_group_rules, names), strict=True))
    opened = {one.vpc_endpoint_id: _https(one, rules) for one in judged}
    ranges = tuple(subnet.cidr_block for subnet in private)
    evidence = {"rules": {name: security.ids(its) for name, its in opened.items()}}
    closed = [name for name, its in opened.items() if not _admits(its, tasks, vpc.cidrs, ranges)]
    if closed:
        because = f"{', '.join(closed)} do not let the tasks in on 443: requests time out"
        return fail(because, f"allow tcp 443 from {tasks} in a group of the endpoint", **evidence)
    wide = [name for name, its in opened.items() if security.reach_everywhere(its)]
    concerns = [f"443 is open to everywhere at {', '.join(wide)}"] if wide else []
    good = f"{named(len(judged), 'endpoint')} let the tasks in on 443"
    return warn_or_pass(concerns, good, f"allow tcp 443 from {tasks} instead", **evidence)


def _https(endpoint: VpcEndpoint, rules: dict[str, Rules]) -> Rules:
    """What the endpoint's groups together let in on 443."""
    return security.covering(security.ingress(rule for name in endpoint.group_ids for rule in rules[name]), 443)


def _admits(rules: Rules, tasks: str, vpc: tuple[str, ...], private: tuple[str, ...]) -> bool:
    by_name = security.referring(rules, [tasks])
    return bool(by_name) or security.reach(rules, vpc) or security.reach(rules, private)
