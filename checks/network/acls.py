"""Guide 2.1: network ACLs, the blocker that nobody looks at, where a drill may have left one."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from checks.network.acl_flows import Plan
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.network import Subnet
from runbook_tui.aws.facts.network_acl import Flow, NetworkAcl, Outcome, Passage, allows_everything, judge
from runbook_tui.aws.facts.private_way import WAY_READS, private_of
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail

SHOWN: Final = 3  # flows that a verdict names; the evidence has them all


class Judged(Struct, frozen=True):
    subnet: str
    acl: NetworkAcl
    flow: Flow
    outcome: Outcome

    def __str__(self) -> str:
        numbers = self.outcome.denying or self.outcome.allowing
        rules = f" by rule {', '.join(map(str, numbers))}" if numbers else ", no rule allows it"
        return f"{self.subnet}: {self.flow.what} is {self.outcome.passage}{rules} of {self.acl.network_acl_id}"


@check("net.nacl", guide="2.1", severity="medium", scope="shared", needs=["ec2:DescribeNetworkAcls", *WAY_READS])
def network_acls(aws: Aws, site: Site) -> Verdict:
    """The network ACLs let pass all that the backend needs, there and back."""
    vpc = aws.ec2.vpc(site)
    private, public, subnets, acls = together(
        lambda: private_of(aws, site),
        lambda: aws.ec2.public_subnets(site),
        lambda: aws.ec2.subnets(vpc.vpc_id),
        lambda: aws.ec2.network_acls(vpc.vpc_id),
    )
    plan = Plan(site=site, public=public, private=private, subnets=subnets, vpc_cidrs=vpc.cidrs)
    judged = [
        *(one for subnet in public for one in _judged(acls, subnet, plan.of_public(subnet))),
        *(one for subnet in private.subnets for one in _judged(acls, subnet, plan.of_private(subnet))),
    ]
    used = {one.subnet: one.acl for one in judged}
    shut = [one for one in judged if one.outcome.passage is Passage.SHUT]
    partly = [one for one in judged if one.outcome.passage is Passage.PARTLY]
    evidence = {
        "acls": {subnet: acl.network_acl_id for subnet, acl in used.items()},
        "closed": [str(one) for one in (*shut, *partly)],
    }
    remedy = "restore the allow rules, answers on 1024-65535 included, or go back to the default network ACL"
    if shut:
        return fail(_told(shut), remedy, **evidence)
    custom = {acl.network_acl_id: acl for acl in used.values() if not acl.is_default}
    idle = [name for name, acl in custom.items() if allows_everything(acl)]
    concerns = [_told(partly)] if partly else []
    concerns += [f"{', '.join(sorted(idle))} allows everything, as the default network ACL does"] if idle else []
    return warn_or_pass(concerns, f"{len(judged)} flows pass the borders of {len(used)} subnets", remedy, **evidence)


def _judged(acls: Iterable[NetworkAcl], subnet: Subnet, flows: Iterable[Flow]) -> list[Judged]:
    acl = next((one for one in acls if any(each.subnet_id == subnet.subnet_id for each in one.associations)), None)
    if acl is None:  # every subnet has one
        raise Malformed(f"AWS answered no network ACL for {subnet.subnet_id}", remedy="re-check")
    return [Judged(subnet.subnet_id, acl, flow, judge(acl, flow)) for flow in dict.fromkeys(flows)]


def _told(judged: list[Judged]) -> str:
    more = f" and {len(judged) - SHOWN} more" if len(judged) > SHOWN else ""
    return "; ".join(str(one) for one in judged[:SHOWN]) + more
