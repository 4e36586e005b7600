"""Guide 2.1: the VPC and its way to the internet."""

from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ec2 import FRONT_END_VPC, INTERNET_GATEWAY, VPC
from runbook_tui.aws.facts.network import NetworkInterface
from runbook_tui.aws.facts.security import network, overlapping
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

SMALLEST_VPC: Final = 20
VPC_READS: Final = ["ec2:DescribeVpcs"]
SUBNET_READS: Final = ["ec2:DescribeSubnets", *VPC_READS]


@check(
    "net.vpc.exists", guide="2.1", severity="critical", scope="shared", needs=["ec2:DescribeVpcs"], establishes=[VPC]
)
def vpc_exists(aws: Aws, site: Site) -> Verdict:
    """There is exactly one VPC of the site's name, and it is available."""
    vpc = aws.ec2.vpc(site)
    evidence = {"id": vpc.vpc_id, "cidrs": list(vpc.cidrs), "tags": {tag.key: tag.value for tag in vpc.tags}}
    if vpc.state != "available":
        return fail(f"{vpc.vpc_id} is {vpc.state}", "wait until it is available, or create another", **evidence)
    if vpc.is_default:
        return warn(f"{vpc.vpc_id} is the default VPC", "create a VPC for the backend alone", **evidence)
    return passed(f"{vpc.vpc_id} is available: {', '.join(vpc.cidrs)}", **evidence)


@check("net.vpc.cidr", guide="2.1", severity="medium", scope="shared", needs=["ec2:DescribeVpcs"])
def vpc_cidr(aws: Aws, site: Site) -> Verdict:
    """The VPC has the site's range of addresses, and shares none with a network it talks to."""
    cidrs = aws.ec2.vpc(site).cidrs
    evidence = {"cidrs": list(cidrs), "wanted": site.net.cidr, "peers": list(_peers(site))}
    clashes = overlapping(cidrs, _peers(site))
    remedy = "use another range: a VPC's primary range cannot be changed, a secondary one can be added"
    if clashes:
        return fail(f"{_pairs(clashes)}: no route can tell them apart", remedy, overlaps=_listed(clashes), **evidence)
    beside = overlapping(cidrs, _front_end_cidrs(aws, site))
    if beside:
        because = f"{_pairs(beside)}, the front end's VPC: they can never be peered"
        return warn(because, remedy, overlaps=_listed(beside), **evidence)
    if network(site.net.cidr) not in [network(cidr) for cidr in cidrs]:
        kind = "" if all(network(cidr).is_private for cidr in cidrs) else ", which is not private"
        because = f"the VPC has {', '.join(cidrs)}{kind}; the site says {site.net.cidr}"
        return warn(because, "correct net.cidr in the site, or add the range to the VPC", **evidence)
    if network(site.net.cidr).prefixlen > SMALLEST_VPC:
        return warn(
            f"{site.net.cidr} is smaller than /{SMALLEST_VPC}", "add a secondary range before it fills", **evidence
        )
    return passed(f"{site.net.cidr}, and no overlap with {len(_peers(site))} peered networks", **evidence)


@check(
    "net.vpc.separation",
    guide="2.1",
    severity="medium",
    scope="shared",
    needs=["ec2:DescribeNetworkInterfaces", "lambda:ListFunctions", *SUBNET_READS],
)
def vpc_separation(aws: Aws, site: Site) -> Verdict:
    """Nothing of the front end lives in the backend's subnets."""
    if not site.frontend.enabled:
        return skip("the site has no front end (frontend.enabled is false)")
    (own, interfaces), all_functions = together(lambda: _own_interfaces(aws, site), aws.frontend.functions)
    named = sorted(set(own) & set(site.frontend.subnet_ids))
    functions = [one.function_name for one in all_functions if set(own) & set(one.vpc_config.subnet_ids)]
    strangers = [one for one in interfaces if _is_foreign(one, site)]
    evidence = {
        "subnets": list(own),
        "functions": functions,
        "interfaces": {one.network_interface_id: one.description or one.interface_type for one in strangers},
    }
    found = [
        *(f"{one} is a front-end subnet" for one in named),
        *(f"function {one}" for one in functions),
        *(f"{one.description or one.interface_type} in {one.subnet_id}" for one in strangers),
    ]
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        remedy = "move it to subnets with their own route tables and security groups"
        return warn(f"in the backend's subnets: {'; '.join(found[:3])}{more}", remedy, **evidence)
    return passed(f"{len(own)} subnets hold the backend alone", **evidence)


@check("net.vpc.dns", guide="2.3", severity="high", scope="shared", needs=["ec2:DescribeVpcAttribute", *VPC_READS])
def vpc_dns(aws: Aws, site: Site) -> Verdict:
    """The VPC resolves names, and gives names to its hosts, as private endpoints need."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    support, hostnames = each(
        lambda attribute: aws.ec2.vpc_attribute(vpc_id, attribute), ("enableDnsSupport", "enableDnsHostnames")
    )
    evidence = {"enableDnsSupport": support, "enableDnsHostnames": hostnames}
    remedy = f"enable both: aws ec2 modify-vpc-attribute --vpc-id {vpc_id} --enable-dns-hostnames Value=true"
    if not support:
        return fail("enableDnsSupport is off: no name resolves in the VPC", remedy, **evidence)
    needed = _private_dns(site)
    if not hostnames and needed:
        because = f"enableDnsHostnames is off: the private names of {' and '.join(needed)} do not resolve"
        return fail(because, remedy, **evidence)
    if not hostnames:
        return warn("enableDnsHostnames is off, and nothing needs it yet", remedy, **evidence)
    return passed("enableDnsSupport and enableDnsHostnames are on", **evidence)


@check(
    "net.igw",
    guide="2.1",
    severity="critical",
    scope="shared",
    needs=["ec2:DescribeInternetGateways", *SUBNET_READS],
    establishes=[INTERNET_GATEWAY],
)
def internet_gateway(aws: Aws, site: Site) -> Verdict:
    """An internet gateway is attached to the VPC, and nothing blocks it."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    gateways, public = together(lambda: aws.ec2.internet_gateways(vpc_id), lambda: aws.ec2.public_subnets(site))
    states = {one.internet_gateway_id: [a.state for a in one.attachments if a.vpc_id == vpc_id] for one in gateways}
    attached = [gateway for gateway, its in states.items() if any(state in ("available", "attached") for state in its)]
    if not attached:
        because = f"no internet gateway is attached to {vpc_id}"
        return fail(because, "create an internet gateway and attach it to the VPC", gateways=states)
    modes = {one.subnet_id: one.block_public_access_states.internet_gateway_block_mode for one in public}
    blocked = [
        f"{subnet} ({mode})" for subnet, mode in modes.items() if mode in ("block-bidirectional", "block-ingress")
    ]
    if blocked:
        because = f"VPC Block Public Access shuts {', '.join(blocked)}: the load balancer is not reachable"
        return warn(
            because, "add an exclusion for the public subnets, unless one covers them", gateways=states, modes=modes
        )
    return passed(f"{attached[0]} is attached", gateways=states)


def _own_interfaces(aws: Aws, site: Site) -> tuple[tuple[str, ...], tuple[NetworkInterface, ...]]:
    """The backend's subnets, and what is plugged in there."""
    own = tuple(subnet.subnet_id for subnet in (*aws.ec2.public_subnets(site), *aws.ec2.private_subnets(site)))
    return own, aws.ec2.network_interfaces(own)


def _peers(site: Site) -> tuple[str, ...]:
    atlas = site.db.kind == "mongodb_atlas" or site.db.migrating
    peered = (site.db.atlas.cidr,) if atlas and site.db.atlas.connectivity == "peering" else ()
    return (*site.net.peer_cidrs, *peered)


def _front_end_cidrs(aws: Aws, site: Site) -> tuple[str, ...]:
    front_end = site.frontend.vpc_id
    if not site.frontend.enabled or not front_end or front_end == aws.ec2.vpc(site).vpc_id:
        return ()
    return aws.ec2.vpc_by_id(front_end, FRONT_END_VPC).cidrs


def _pairs(clashes: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(f"{one} overlaps {other}" for one, other in clashes)


def _listed(clashes: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [list(pair) for pair in clashes]


def _is_foreign(interface: NetworkInterface, site: Site) -> bool:
    """Functions are asked of Lambda itself; here: servers, and load balancers and services of somebody else."""
    if interface.attachment.instance_id:
        return True
    own = (
        f"ELB app/{site.alb.name}/",
        "arn:aws:ecs:",
        "Interface for NAT Gateway",
        "VPC Endpoint Interface",
        "AWS Lambda",
    )
    ours = interface.interface_type in ("nat_gateway", "vpc_endpoint", "lambda")
    return not ours and bool(interface.description) and not interface.description.startswith(own)


def _private_dns(site: Site) -> list[str]:
    atlas = site.db.kind == "mongodb_atlas" or site.db.migrating
    endpoints = ["interface endpoints"] if site.net.endpoints != "off" else []
    return [*endpoints, f"Atlas {site.db.atlas.connectivity}"] if atlas and _is_private(site) else endpoints


def _is_private(site: Site) -> bool:
    return site.db.atlas.connectivity in ("peering", "privatelink")
