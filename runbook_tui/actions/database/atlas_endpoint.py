"""The private way to Atlas by an endpoint (guide 7.1)."""

from typing import Final

from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.network.endpoint_creation import USABLE, created, one_a_zone
from runbook_tui.actions.network.groups import endpoints_group
from runbook_tui.actions.network.rules import Peer, Wanted, added, opened
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.atlas_way import atlas_ports, of_atlas
from runbook_tui.aws.facts.endpoints import is_there
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_COSTS: Final = "an endpoint costs money by the hour in each zone, and by the gigabyte"
_THEN: Final = (
    "afterwards enter its id in Atlas (Network Access, Private Endpoint), and store the connection string that Atlas "
    "then shows"
)
# Until Atlas was told its id: nothing here can bring it further.
_HALF_DONE: Final = ("pendingAcceptance", "PendingAcceptance")


@action("ec2.create-atlas-endpoint", guide="7.1", fixes=("atlas.connectivity.privatelink",))
def create_atlas_endpoint(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The private subnets have an endpoint of Atlas's service, which the tasks may use."""
    _check_site(site)
    vpc_id = aws.ec2.vpc(site).vpc_id
    found = [one for one in of_atlas(aws.ec2.vpc_endpoints(vpc_id), site) if is_there(one)]
    groups = sorted(found[0].group_ids) if found else [endpoints_group(aws, vpc_id)]
    wanted = Wanted(
        ports=atlas_ports(site), peer=Peer(group=aws.ec2.ecs_group(site).group_id), description="The tasks to Atlas"
    )
    shut = _shut(aws, site, groups, wanted)
    opening = (opened(groups[0], wanted, egress=False),) if shut else ()
    creation = () if found else (_creation(aws, site, vpc_id, groups[0]),)
    return complete(
        Plan(
            action="ec2.create-atlas-endpoint",
            title=f"Private endpoint of Atlas in {site.net.vpc_name}",
            environment=env.name,
            resource=found[0].vpc_endpoint_id if found else vpc_id,
            effect="The tasks reach Atlas by private addresses, once Atlas has been told the endpoint's id.",
            risk=Risk.CHANGE,
            calls=(*opening, *creation),
            differences=(
                *((added(groups[0], wanted, egress=False),) if shut else ()),
                *((Difference(what="endpoint of Atlas", before="", after="new"),) if creation else ()),
            ),
            warnings=(_COSTS, _THEN) if creation else (),
        )
    )


def _check_site(site: Site) -> None:
    if not site.db.uses("mongodb_atlas") or site.db.atlas.connectivity != "privatelink":
        raise CannotPlan("the site does not reach Atlas by PrivateLink", "set db.atlas.connectivity in the site file")
    if not site.db.atlas.endpoint_service:
        remedy = "Atlas shows it (Network Access, Private Endpoint): set db.atlas.endpoint_service in the site file"
        raise CannotPlan("the site does not name Atlas's endpoint service", remedy)


def _shut(aws: Aws, site: Site, groups: list[str], wanted: Wanted) -> bool:
    """Whether the groups together keep the tasks from any of the ports."""
    rules = security.ingress(rule for name in groups for rule in aws.ec2.security_group_rules(name))
    cidrs = [one.cidr_block for one in aws.ec2.private_subnets(site)]

    def admitted(covering: security.Rules) -> bool:
        return bool(security.referring(covering, [wanted.peer.group])) or security.reach(covering, cidrs)

    return security.gap(rules, wanted.ports, admitted) is not None


def _creation(aws: Aws, site: Site, vpc_id: str, group: str) -> ApiCall:
    return created(
        site,
        vpc_id,
        "atlas",
        until=(*USABLE, *_HALF_DONE),
        VpcEndpointType="Interface",
        ServiceName=site.db.atlas.endpoint_service,
        SubnetIds=one_a_zone(aws.ec2.private_subnets(site)),
        SecurityGroupIds=[group],
        PrivateDnsEnabled=False,
    )
