"""The VPC, its names and its gateway to the internet (guide 2.1, 7.1)."""

from typing import Any

from runbook_tui.actions.network.calls import complete, delete, ec2, made, named, state, tagged
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.security import overlapping
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site

_DNS = {"EnableDnsSupport": "enableDnsSupport", "EnableDnsHostnames": "enableDnsHostnames"}


@action("ec2.create-vpc", guide="2.1", fixes=("net.vpc.exists",))
def create_vpc(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """There is a VPC of the site's name and range, whose hosts have names."""
    calls = () if _is_there(aws, site) else _creation(site)
    return complete(
        Plan(
            action="ec2.create-vpc",
            title=f"Create the VPC {site.net.vpc_name}",
            environment=env.name,
            resource=site.net.vpc_name,
            effect=f"A network of its own with the addresses {site.net.cidr}; nothing leads in or out of it yet.",
            risk=Risk.CHANGE,
            calls=calls,
            differences=(Difference(what="VPC", before="", after=f"{site.net.vpc_name} ({site.net.cidr})"),),
        )
    )


@action("ec2.turn-dns-on", guide="2.3", fixes=("net.vpc.dns", "atlas.dns-peering"))
def turn_dns_on(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The VPC resolves names and gives names to its hosts, as private endpoints and peering need."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    off = [name for name, attribute in _DNS.items() if not aws.ec2.vpc_attribute(vpc_id, attribute)]
    return complete(
        Plan(
            action="ec2.turn-dns-on",
            title=f"Turn DNS on in {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="Names resolve in the VPC, those of private endpoints and of peered networks to private addresses.",
            risk=Risk.CHANGE,
            calls=tuple(_attribute(vpc_id, name, _attribute(vpc_id, name, value=False), value=True) for name in off),
            differences=tuple(Difference(what=_DNS[name], before="off", after="on") for name in off),
        )
    )


@action("ec2.attach-internet-gateway", guide="2.1", fixes=("net.igw",))
def attach_internet_gateway(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """An internet gateway is attached to the VPC."""
    vpc_id, name = aws.ec2.vpc(site).vpc_id, named(site, "igw")
    attached = aws.ec2.internet_gateways(vpc_id)
    loose = "" if attached else _loose_gateway(aws, name)
    return complete(
        Plan(
            action="ec2.attach-internet-gateway",
            title=f"Attach an internet gateway to {site.net.vpc_name}",
            environment=env.name,
            resource=vpc_id,
            effect="The VPC gets a door to the internet; only subnets with a route to it use it.",
            risk=Risk.CHANGE,
            calls=() if attached else _attachment(site, vpc_id, name, loose),
            differences=(Difference(what="internet gateway", before="", after=loose or name),),
        )
    )


def _is_there(aws: Aws, site: Site) -> bool:
    try:
        aws.ec2.vpc(site)
    except Missing as missing:
        if site.net.vpc_id:
            raise CannotPlan(missing.what, "correct net.vpc_id in the site, or take it out to have one made") from None
        return False
    return True


def _creation(site: Site) -> tuple[ApiCall, ...]:
    peered = (site.db.atlas.cidr,) if site.db.uses("mongodb_atlas") and site.db.atlas.connectivity == "peering" else ()
    clashes = overlapping((site.net.cidr,), (*site.net.peer_cidrs, *peered))
    if clashes:
        told = "; ".join(f"{one} overlaps {other}" for one, other in clashes)
        raise CannotPlan(f"{told}: no route could tell them apart", "choose another net.cidr")
    vpc_id = answer("create-vpc", "Vpc.VpcId")
    return (
        ec2(
            "create-vpc",
            "create_vpc",
            f"a VPC with {site.net.cidr}",
            delete("delete_vpc", "the VPC is gone", "InvalidVpcID.NotFound", VpcId=vpc_id),
            ready=state("describe_vpcs", "Vpcs.0.State", "available", VpcIds=[vpc_id]),
            CidrBlock=site.net.cidr,
            TagSpecifications=tagged(site, "vpc", site.net.vpc_name),
        ),
        *(_attribute(vpc_id, name, value=True) for name in _DNS),
    )


def _attribute(vpc_id: Any, name: str, *undo: ApiCall, value: bool) -> ApiCall:
    """EC2 takes one attribute a request. What was made with the VPC goes with it."""
    effect = f"{_DNS[name]} is {'on' if value else 'off'}"
    setting: dict[str, Any] = {name: {"Value": value}}
    return ec2(f"set-{_DNS[name]}", "modify_vpc_attribute", effect, *undo, VpcId=vpc_id, **setting)


def _loose_gateway(aws: Aws, name: str) -> str:
    """One of ours that is attached to nothing: routes that still name it come to life again."""
    filters = [{"Name": "tag:Name", "Values": [name]}]
    found = aws.reader.read("ec2", "describe_internet_gateways", Filters=filters)["InternetGateways"]
    return min((str(one["InternetGatewayId"]) for one in found if not one.get("Attachments")), default="")


def _attachment(site: Site, vpc_id: str, name: str, loose: str) -> tuple[ApiCall, ...]:
    gateway = made("create-gateway", "InternetGateway.InternetGatewayId", loose)
    create = ec2(
        "create-gateway",
        "create_internet_gateway",
        "an internet gateway",
        delete(
            "delete_internet_gateway",
            "the gateway is gone",
            "InvalidInternetGatewayID.NotFound",
            InternetGatewayId=gateway,
        ),
        TagSpecifications=tagged(site, "internet-gateway", name),
    )
    back = delete(
        "detach_internet_gateway",
        "the gateway is detached",
        "Gateway.NotAttached",
        InternetGatewayId=gateway,
        VpcId=vpc_id,
    )
    attach = ec2(
        "attach-gateway",
        "attach_internet_gateway",
        "it is attached to the VPC",
        back,
        InternetGatewayId=gateway,
        VpcId=vpc_id,
    )
    return (attach,) if loose else (create, attach)
