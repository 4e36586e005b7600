"""Who asks the endpoints: private DNS leads the whole VPC to them at once, whoever they let in."""

from collections.abc import Iterable
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.security import Rules
from runbook_tui.core.site import Site

# Interfaces of AWS's own that ask no service of AWS through the VPC.
_SERVANTS: Final = frozenset({"nat_gateway", "vpc_endpoint", "network_load_balancer", "gateway_load_balancer"})
_BALANCER: Final = "ELB "


def admitted(aws: Aws, site: Site, groups: Iterable[str]) -> bool:
    """The groups of an endpoint let the tasks in on 443."""
    rules, tasks = https(aws, groups), aws.ec2.ecs_group(site).group_id
    ranges = tuple(one.cidr_block for one in aws.ec2.private_subnets(site))
    known = (aws.ec2.vpc(site).cidrs, ranges)
    return bool(security.referring(rules, [tasks])) or any(security.reach(rules, one) for one in known)


def shut_out(aws: Aws, vpc_id: str, groups: Iterable[str]) -> tuple[str, ...]:
    """Interfaces in the VPC whose groups are not let in on 443 by those of an endpoint, in words."""
    rules = https(aws, groups)
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    found = aws.reader.read("ec2", "describe_network_interfaces", Filters=filters)["NetworkInterfaces"]
    return tuple(sorted(_told(one) for one in found if _asks(one) and not _is_let_in(one, rules)))


def https(aws: Aws, groups: Iterable[str]) -> Rules:
    """What the groups together let in on 443."""
    found = (rule for name in sorted(set(groups)) for rule in aws.ec2.security_group_rules(name))
    return security.covering(security.ingress(found), 443)


def _asks(interface: Any) -> bool:
    ours = interface.get("InterfaceType") in _SERVANTS
    return not ours and not str(interface.get("Description", "")).startswith(_BALANCER)


def _is_let_in(interface: Any, rules: Rules) -> bool:
    names = [one["GroupId"] for one in interface.get("Groups", ())]
    address = interface.get("PrivateIpAddress")
    return bool(security.referring(rules, names)) or (bool(address) and security.reach(rules, [f"{address}/32"]))


def _told(interface: Any) -> str:
    return f"{interface['NetworkInterfaceId']} in {interface.get('SubnetId', 'the VPC')}"
