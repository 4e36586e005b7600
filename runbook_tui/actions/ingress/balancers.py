"""The load balancer (guide 6.1)."""

from runbook_tui.actions.ingress.calls import delete, elb
from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.balancing import LoadBalancer
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site

PROTECTION = "deletion_protection.enabled"
DROPS = "routing.http.drop_invalid_header_fields.enabled"
_CREATE = "create-balancer"


@action("elbv2.create-load-balancer", guide="6.1", fixes=("alb.exists",))
def create_load_balancer(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer faces the internet from the public subnets."""
    subnets, group = aws.ec2.public_subnets(site), aws.ec2.alb_group(site).group_id
    found = known_balancer(aws, site)
    if found is not None:
        _check(found, site)
    zones = ", ".join(one.zone for one in subnets)
    return complete(
        Plan(
            action="elbv2.create-load-balancer",
            title=f"Create the load balancer {site.alb.name}",
            environment=env.name,
            resource=site.alb.name,
            effect="It answers nobody before it has listeners. AWS takes some minutes until it is active.",
            risk=Risk.CHANGE,
            calls=() if found else _creation(site, subnets, group),
            differences=(Difference(what=f"load balancer {site.alb.name}", before="", after=f"in {zones}"),),
            warnings=() if found else ("it costs money by the hour, and by what goes through it",),
        )
    )


def known_balancer(aws: Aws, site: Site) -> LoadBalancer | None:
    try:
        return aws.elb.load_balancer(site.alb.name)
    except Missing:
        return None


def _check(found: LoadBalancer, site: Site) -> None:
    remedy = "delete it when nobody uses it any more, or give alb.name another name"
    if found.type != "application":
        raise CannotPlan(f"{site.alb.name} is there, as a {found.type} load balancer", remedy)
    if found.scheme != "internet-facing":
        raise CannotPlan(f"{site.alb.name} is there, and {found.scheme}: its scheme cannot be changed", remedy)
    if found.state.code == "failed":
        raise CannotPlan(f"{site.alb.name} is failed: {found.state.reason or 'AWS gives no reason'}", remedy)


def _creation(site: Site, subnets: tuple[Subnet, ...], group: str) -> tuple[ApiCall, ApiCall]:
    name = site.alb.name
    if len({one.zone for one in subnets}) < 2:
        raise CannotPlan("a load balancer needs subnets of two zones", "give net.public_subnets one of another zone")
    arn = answer(_CREATE, "LoadBalancers.0.LoadBalancerArn")
    create = elb(
        _CREATE,
        "create_load_balancer",
        f"the load balancer {name}",
        delete("delete-balancer", "elbv2", "delete_load_balancer", f"{name} is gone", LoadBalancerArn=arn),
        Name=name,
        Type="application",
        Scheme="internet-facing",
        IpAddressType="ipv4",
        Subnets=[one.subnet_id for one in subnets],
        SecurityGroups=[group],
        Tags=listed(tags_of(site, None)),
    )
    unprotected = elb(
        "unprotect-balancer",
        "modify_load_balancer_attributes",
        f"{name} may be deleted",
        LoadBalancerArn=arn,
        Attributes=listed({PROTECTION: "false"}),
    )
    protect = elb(
        "settle-balancer",
        "modify_load_balancer_attributes",
        "it drops headers that are none" + (", and is not deleted by mistake" if site.alb.deletion_protection else ""),
        unprotected,
        LoadBalancerArn=arn,
        Attributes=listed({PROTECTION: str(site.alb.deletion_protection).lower(), DROPS: "true"}),
    )
    return create, protect
