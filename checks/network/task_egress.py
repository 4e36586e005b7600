"""Guide 2.2: where the tasks may go: AWS's services, the database, the mail server."""

from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.atlas_way import atlas_endpoints, atlas_ports
from runbook_tui.aws.facts.endpoints import is_interface
from runbook_tui.aws.facts.needed_services import TO_START
from runbook_tui.aws.facts.network import VpcEndpoint
from runbook_tui.aws.facts.security import ANYWHERE_V4, Rules
from runbook_tui.aws.facts.way_out import way_out
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

RULE_READS: Final = ["ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"]
PATH_READS: Final = ["ec2:DescribeManagedPrefixLists", "ec2:DescribeVpcEndpoints", *RULE_READS]


class Way(Struct, frozen=True):
    """The tasks' egress rules, and the private ways to AWS's services that the VPC has."""

    rules: Rules
    vpc_cidrs: tuple[str, ...]
    endpoints: tuple[VpcEndpoint, ...]
    region: str

    def interface_endpoints(self, service: str) -> tuple[VpcEndpoint, ...]:
        """``service`` as the site names it (``ecr.api``), or a whole service name."""
        names = (service, f"com.amazonaws.{self.region}.{service}")
        return tuple(one for one in self.endpoints if one.usable and is_interface(one) and one.service_name in names)

    def reaches(self, endpoint: VpcEndpoint, rules: Rules) -> bool:
        """By its group, or by addresses that hold the whole VPC."""
        return bool(security.referring(rules, endpoint.group_ids)) or security.reach(rules, self.vpc_cidrs)


@check("sg.ecs.egress-443", guide="2.2", severity="critical", scope="shared", needs=PATH_READS)
def egress_443(aws: Aws, site: Site) -> Verdict:
    """The tasks reach Secrets Manager, ECR, its image layers and the logs on 443."""
    way, layers = together(lambda: _way(aws, site), lambda: aws.ec2.prefix_list("s3"))
    rules = security.covering(way.rules, 443)
    evidence = {
        "rules": {rule.security_group_rule_id: security.opening(rule) for rule in rules},
        "s3": layers or "none",
    }
    if security.reach(security.allow_all(way.rules), [ANYWHERE_V4]):
        because = "443 is let out because all traffic is let out everywhere"
        return warn(because, "allow 443 by a rule of its own; see sg.ecs.egress-minimal", **evidence)
    if security.reach(rules, [ANYWHERE_V4]):
        return passed("443 is let out to everywhere", **evidence)
    services = dict.fromkeys((*TO_START, *site.net.endpoint_services))
    shut = [service for service in services if not _service_reached(way, service, rules)]
    if not security.listing(rules, layers) and not _service_reached(way, "s3", rules):
        shut.append("s3 (image layers)")
    if shut:
        because = f"443 is not let out to {', '.join(shut)}: tasks cannot start"
        remedy = "allow tcp 443 to the endpoints' security group and to the S3 prefix list"
        return fail(because, remedy, **evidence)
    return passed("443 is let out to the endpoints and to S3", **evidence)


@check("sg.ecs.egress-db", guide="2.2", severity="critical", scope="shared", needs=PATH_READS)
def egress_db(aws: Aws, site: Site) -> Verdict:
    """The tasks reach the chosen database, and no other."""
    way, tables = together(lambda: _way(aws, site), lambda: aws.ec2.prefix_list("dynamodb"))
    atlas, dynamodb = site.db.uses("mongodb_atlas"), site.db.uses("dynamodb")
    shut = [
        why for why in (_atlas_shut(way, site) if atlas else "", _dynamodb_shut(way, tables) if dynamodb else "") if why
    ]
    ports = atlas_ports(site)
    mongo = tuple(rule for rule in way.rules if not security.is_all_traffic(rule) and security.covers(rule, ports.last))
    evidence = {"rules": {rule.security_group_rule_id: security.opening(rule) for rule in way.rules}}
    if shut:
        return fail("; ".join(shut), "open the port of the chosen database only", **evidence)
    if atlas and security.reach(security.covering(way.rules, ports.last), [ANYWHERE_V4]):
        return warn(f"{ports} is let out to everywhere", "let it out to the database's addresses only", **evidence)
    other = bool(security.listing(way.rules, tables)) if not dynamodb else bool(mongo) and not atlas
    if other:
        because = f"{'DynamoDB' if not dynamodb else f'MongoDB ({ports})'} is open too, and no migration is under way"
        return warn(because, "close the other database, or set db.migrating: true", **evidence)
    names = " and ".join(name for name, used in (("MongoDB Atlas", atlas), ("DynamoDB", dynamodb)) if used)
    return passed(f"let out to {names}", **evidence)


@check("sg.ecs.egress-minimal", guide="2.2", severity="medium", scope="shared", needs=RULE_READS)
def egress_minimal(aws: Aws, site: Site) -> Verdict:
    """No rule lets all traffic out everywhere."""
    rules = security.egress(aws.ec2.security_group_rules(aws.ec2.ecs_group(site).group_id))
    everything = security.allow_all(rules)
    if everything:
        remedy = "remove it once sg.ecs.egress-443, sg.ecs.egress-db and sg.ecs.egress-smtp pass without it"
        because = "the default rule that lets all traffic out is still there"
        return warn(because, remedy, rules=security.ids(everything))
    return passed(f"{len(rules)} rules, none lets all traffic out", rules=security.ids(rules))


@check(
    "sg.ecs.egress-smtp",
    guide="3.1",
    severity="medium",
    scope="shared",
    needs=[
        "ec2:DescribeNatGateways",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        *RULE_READS,
    ],
)
def egress_smtp(aws: Aws, site: Site) -> Verdict:
    """The tasks reach the mail server."""
    kind, port = site.app.smtp_host_kind, site.app.smtp_port
    if kind == "none":
        return skip("the app sends no mail (app.smtp_host_kind is none)")
    way, routed = together(lambda: _way(aws, site), lambda: _unrouted(aws, site))
    rules = security.covering(way.rules, port)
    mail = way.interface_endpoints("email-smtp")
    let_out = any(way.reaches(one, rules) for one in mail) if kind == "ses-endpoint" else _leaves_vpc(way, rules)
    evidence = {
        "rules": {rule.security_group_rule_id: security.opening(rule) for rule in rules},
        "without_route": routed,
        "endpoint": [one.vpc_endpoint_id for one in mail],
    }
    if port == 25:
        because = "mail goes out on port 25, which AWS blocks unless it lifts that on request"
        return warn(because, "use 587", **evidence)
    trouble = _mail_trouble(site, let_out=let_out, routed=not routed, has_endpoint=bool(mail))
    if trouble:
        because = f"{trouble}: mails will fail while health checks stay green"
        return warn(because, f"let tcp {port} out, and give it a way", **evidence)
    return passed(f"{port} is let out and has a way", **evidence)


def _way(aws: Aws, site: Site) -> Way:
    vpc = aws.ec2.vpc(site)
    rules, endpoints = together(
        lambda: aws.ec2.security_group_rules(aws.ec2.ecs_group(site).group_id),
        lambda: aws.ec2.vpc_endpoints(vpc.vpc_id),
    )
    return Way(security.egress(rules), vpc.cidrs, endpoints, site.aws.region)


def _service_reached(way: Way, service: str, rules: Rules) -> bool:
    return any(way.reaches(endpoint, rules) for endpoint in way.interface_endpoints(service))


def _atlas_shut(way: Way, site: Site) -> str:
    """Why MongoDB Atlas cannot be reached; empty when it can."""
    ports, atlas = atlas_ports(site), site.db.atlas
    match atlas.connectivity:
        case "peering":
            where = atlas.cidr
            gap = security.gap(way.rules, ports, lambda rules: security.reach(rules, [atlas.cidr]))
        case "privatelink":
            found = atlas_endpoints(way.endpoints, site)
            if not found:
                return "the VPC has no endpoint of the Atlas service"
            where = f"the Atlas endpoint ({', '.join(one.vpc_endpoint_id for one in found)})"
            gap = security.gap(way.rules, ports, lambda rules: any(way.reaches(one, rules) for one in found))
        case _:
            where = "any address"
            gap = security.gap(way.rules, ports, lambda rules: bool(security.addresses(rules)))
    return f"{gap} is not let out to {where}" if gap else ""


def _dynamodb_shut(way: Way, tables: str | None) -> str:
    rules = security.covering(way.rules, 443)
    if security.listing(rules, tables) or security.reach(rules, [ANYWHERE_V4]):
        return ""
    return "" if _service_reached(way, "dynamodb", rules) else "443 is not let out to DynamoDB"


def _leaves_vpc(way: Way, rules: Rules) -> bool:
    """At least one address outside the VPC: which address the mail server has is not in the site."""
    return bool(security.outside(rules, way.vpc_cidrs))


def _unrouted(aws: Aws, site: Site) -> list[str]:
    """Private subnets whose default route leads nowhere."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    gateways, tables, subnets = together(
        lambda: aws.ec2.nat_gateways(vpc_id),
        lambda: aws.ec2.route_tables(vpc_id),
        lambda: aws.ec2.private_subnets(site),
    )
    return [one.subnet_id for one in subnets if not way_out(one.subnet_id, tables, gateways).is_open]


def _mail_trouble(site: Site, *, let_out: bool, routed: bool, has_endpoint: bool) -> str:
    if site.app.smtp_host_kind == "ses-endpoint" and not has_endpoint:
        return "the VPC has no email-smtp endpoint"
    if not let_out:
        return f"nothing lets {site.app.smtp_port} out"
    if site.app.smtp_host_kind == "external" and not routed:
        return "the private subnets have no default route to a NAT or transit gateway"
    return ""
