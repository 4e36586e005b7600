"""Where the tasks must be let out to, by rules of their own: a rule for all traffic does not count."""

from msgspec import Struct

from runbook_tui.actions.network.groups import endpoints_group
from runbook_tui.actions.network.rules import Peer, Wanted, port
from runbook_tui.actions.network.wanted_endpoints import interface_services
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.atlas_way import atlas_endpoints, atlas_ports
from runbook_tui.aws.facts.endpoints import is_interface, service_of
from runbook_tui.aws.facts.needed_services import TO_START
from runbook_tui.aws.facts.network import VpcEndpoint
from runbook_tui.aws.facts.security import ANYWHERE_V4, Ports, Rules
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.site import Site


class Tasks(Struct, frozen=True, kw_only=True):
    """The tasks' group; ``rules`` are what it lets out, ``own`` those of them that are not for all traffic."""

    vpc_id: str
    vpc_cidrs: tuple[str, ...]
    group: str
    rules: Rules
    endpoints: tuple[VpcEndpoint, ...]

    @property
    def own(self) -> Rules:
        return tuple(rule for rule in self.rules if not security.is_all_traffic(rule))

    def reaches(self, endpoint: VpcEndpoint, number: int) -> bool:
        rules = security.covering(self.own, number)
        return bool(security.referring(rules, endpoint.group_ids)) or security.reach(rules, self.vpc_cidrs)

    def missing(self, wanted: Wanted) -> bool:
        """Any port of it is closed to its peer."""
        return security.gap(self.own, wanted.ports, lambda rules: _covers(rules, wanted.peer)) is not None


def tasks_of(aws: Aws, site: Site) -> Tasks:
    vpc, group = aws.ec2.vpc(site), aws.ec2.ecs_group(site).group_id
    rules = security.egress(aws.ec2.security_group_rules(group))
    usable = tuple(one for one in aws.ec2.vpc_endpoints(vpc.vpc_id) if one.usable and is_interface(one))
    return Tasks(vpc_id=vpc.vpc_id, vpc_cidrs=vpc.cidrs, group=group, rules=rules, endpoints=usable)


def to_aws(aws: Aws, site: Site, tasks: Tasks) -> list[Wanted]:
    """443 to the endpoints and to S3, where the layers of images are; to everywhere where the site wants no
    endpoint for a service without which no task starts."""
    if not set(TO_START) <= set(interface_services(site)):
        return [Wanted(ports=port(443), peer=Peer(cidr=ANYWHERE_V4), description="AWS")]
    wanted: dict[str, Wanted] = {}
    for service in interface_services(site):
        found = [one for one in tasks.endpoints if service_of(one, site.aws.region) == service]
        if not any(tasks.reaches(one, 443) for one in found):
            wanted.update(_named(aws, tasks, found, port(443), "Endpoints of AWS"))
    layers = [one for one in tasks.endpoints if service_of(one, site.aws.region) == "s3"]
    if not any(tasks.reaches(one, 443) for one in layers):
        wanted["s3"] = _listed(aws, "s3", "Layers of images")
    return list(wanted.values())


def to_database(aws: Aws, site: Site, tasks: Tasks) -> list[Wanted]:
    """The chosen one; both during a migration."""
    atlas = _to_atlas(site, tasks) if site.db.uses("mongodb_atlas") else []
    return [*atlas, *([_listed(aws, "dynamodb", "DynamoDB")] if site.db.uses("dynamodb") else [])]


def to_mail(aws: Aws, site: Site, tasks: Tasks) -> list[Wanted]:
    """Which address the mail server has is not in the site."""
    ports = port(site.app.smtp_port)
    match site.app.smtp_host_kind:
        case "external":
            reached = security.outside(security.covering(tasks.own, ports.first), tasks.vpc_cidrs)
            wanted = Wanted(ports=ports, peer=Peer(cidr=ANYWHERE_V4), description="Mail")
            return [] if reached else [wanted]
        case "ses-endpoint":
            found = [one for one in tasks.endpoints if service_of(one, site.aws.region) == "email-smtp"]
            if any(tasks.reaches(one, ports.first) for one in found):
                return []
            return list(_named(aws, tasks, found, ports, "Mail").values())
        case _:
            return []


def _to_atlas(site: Site, tasks: Tasks) -> list[Wanted]:
    ports, text = atlas_ports(site), "MongoDB Atlas"
    if site.db.atlas.connectivity == "peering":
        return [Wanted(ports=ports, peer=Peer(cidr=site.db.atlas.cidr), description=text)]
    if site.db.atlas.connectivity == "public":
        return [Wanted(ports=ports, peer=Peer(cidr=ANYWHERE_V4), description=text)]
    found = atlas_endpoints(tasks.endpoints, site)
    if not found or not found[0].group_ids:
        raise CannotPlan("the VPC has no endpoint of the Atlas service", "create the private endpoint in Atlas first")
    peers = sorted(found[0].group_ids)
    meant = [Wanted(ports=ports, peer=Peer(group=one), description=text) for one in peers]
    return [] if any(not tasks.missing(one) for one in meant) else meant[:1]


def _named(aws: Aws, tasks: Tasks, found: list[VpcEndpoint], ports: Ports, text: str) -> dict[str, Wanted]:
    """By the group of the endpoint that is there, else by the one that it will get."""
    groups = sorted({name for one in found for name in one.group_ids})
    group = groups[0] if groups else endpoints_group(aws, tasks.vpc_id)
    return {group: Wanted(ports=ports, peer=Peer(group=group), description=text)}


def _listed(aws: Aws, service: str, text: str) -> Wanted:
    found = aws.ec2.prefix_list(service)
    if found is None:
        raise CannotPlan(f"the region has no prefix list of {service}", "look at aws.region in the site")
    return Wanted(ports=port(443), peer=Peer(prefix_list=found), description=text)


def _covers(rules: Rules, peer: Peer) -> bool:
    if peer.group:
        return bool(security.referring(rules, [peer.group]))
    everywhere = security.reach(rules, [ANYWHERE_V4])
    if peer.prefix_list:
        return bool(security.listing(rules, peer.prefix_list)) or everywhere
    return security.reach(rules, [peer.cidr])
