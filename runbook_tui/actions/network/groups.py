"""The security groups of load balancer, tasks and endpoints, still without rules of their own (guide 2.2)."""

from typing import Final

from runbook_tui.actions.network.calls import complete, delete, ec2, tagged
from runbook_tui.actions.network.wanted_endpoints import interface_services
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site

ENDPOINTS: Final = "vpce-backend-sg"  # the site names those of the load balancer and of the tasks alone


@action("ec2.create-security-groups", guide="2.2", fixes=("sg.alb.exists", "sg.ecs.exists"))
def create_security_groups(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The security groups of the load balancer, the tasks and the endpoints are there."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    wanted = {site.net.sg_alb: "Load balancer of the backend", site.net.sg_ecs: "Tasks of the backend"}
    if interface_services(site) or site.db.atlas.connectivity == "privatelink":
        wanted[ENDPOINTS] = "Interface endpoints of the backend"
    absent = [name for name in wanted if not known_group(aws, vpc_id, name)]
    return complete(
        Plan(
            action="ec2.create-security-groups",
            title=f"Security groups of {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="Groups that rules can name: they let nothing in, and, as every new group does, all traffic out.",
            risk=Risk.CHANGE,
            calls=tuple(_creation(site, vpc_id, name, wanted[name]) for name in absent),
            differences=tuple(Difference(what="security group", before="", after=name) for name in absent),
        )
    )


def known_group(aws: Aws, vpc_id: str, name: str) -> str:
    """Its id; empty when the VPC has none of that name."""
    try:
        return aws.ec2.security_group(name, vpc_id).group_id
    except Missing:
        return ""


def endpoints_group(aws: Aws, vpc_id: str) -> str:
    """CannotPlan without one."""
    found = known_group(aws, vpc_id, ENDPOINTS)
    if not found:
        raise CannotPlan(f"the VPC has no security group {ENDPOINTS}", "create it first: ec2.create-security-groups")
    return found


def _creation(site: Site, vpc_id: str, name: str, description: str) -> ApiCall:
    call_id = f"create-{name}"
    back = delete(
        "delete_security_group", f"{name} is gone", "InvalidGroup.NotFound", GroupId=answer(call_id, "GroupId")
    )
    return ec2(
        call_id,
        "create_security_group",
        f"the group {name}",
        back,
        GroupName=name,
        Description=description,
        VpcId=vpc_id,
        TagSpecifications=tagged(site, "security-group", name),
    )
