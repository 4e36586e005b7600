"""Guide 7.1: Atlas lets in the tasks, and nobody else."""

from typing import Any, Final

from checks.concerns import named, warn_or_pass
from checks.database.access_list import Judged, Wanted, judge
from checks.database.chosen import ATLAS, unchosen
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.atlas import AccessEntry, AtlasFacts
from runbook_tui.aws.together import together
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, skip

REMEDY: Final = (
    "a security group has no CIDR: list its id (peering), the private subnets' CIDRs, or the NAT gateways' addresses"
)


@check(
    "atlas.access-list",
    guide="7.1",
    severity="high",
    scope="shared",
    needs=[
        "ec2:DescribeNatGateways",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ],
)
def access_list(aws: Aws, site: Site) -> Verdict:
    """Atlas lets in the tasks' addresses or their security group, and nothing wider."""
    elsewhere = unchosen(site, ATLAS)
    if elsewhere:
        return elsewhere
    if site.db.atlas.connectivity == "privatelink":
        return skip("what comes through PrivateLink needs no entry in the access list")
    if aws.atlas is None:
        what = "the access list of Atlas holds the tasks' addresses and nothing wider"
        return attested(aws, "atlas.access-list", "", what, row_says_pass=False)
    return _compared(aws, site, aws.atlas)


def _compared(aws: Aws, site: Site, atlas: AtlasFacts) -> Verdict:
    vpc = aws.ec2.vpc(site)
    entries, subnets, gateways, group = together(
        atlas.access_list,
        lambda: aws.ec2.private_subnets(site),
        lambda: aws.ec2.nat_gateways(vpc.vpc_id),
        lambda: aws.ec2.ecs_group(site).group_id,
    )
    addresses = tuple(f"{ip}/32" for one in gateways if one.state == "available" for ip in one.public_ips)
    private = tuple(one.cidr_block for one in subnets)
    peered = site.db.atlas.connectivity == "peering"
    wanted = Wanted(cidrs=private, group=group) if peered else Wanted(cidrs=addresses)
    found = judge(entries, wanted)
    expected = [*wanted.cidrs, *([wanted.group] if wanted.group else [])]
    evidence: dict[str, Any] = {"entries": [_told(one) for one in entries], "expected": expected}
    if found.everywhere:
        return fail("the access list lets in every address of the internet", REMEDY, **evidence)
    if not wanted.cidrs:
        return fail("the VPC has no NAT gateway that works: no address of the tasks can be listed", REMEDY, **evidence)
    if found.uncovered:
        return fail(f"the access list does not let in {', '.join(found.uncovered)}", REMEDY, **evidence)
    good = f"the tasks are let in and nobody else, by {named(len(entries), 'rule')}"
    return warn_or_pass(_concerns(found, vpc.cidrs, peered=peered), good, REMEDY, **evidence)


def _concerns(found: Judged, vpc_cidrs: tuple[str, ...], *, peered: bool) -> list[str]:
    whole = [one for one in found.wider if one in vpc_cidrs]
    others = [one for one in found.wider if one not in vpc_cidrs]
    stale = [] if peered else [one for one in others if "/" not in one or one.endswith("/32")]
    wider = [one for one in others if one not in stale]
    return [
        *([f"the whole VPC is let in ({', '.join(whole)})"] if whole else []),
        *([f"no NAT gateway has {', '.join(stale)} any more"] if stale else []),
        *([f"more than the tasks is let in: {', '.join(wider)}"] if wider else []),
        *([f"Atlas will remove {', '.join(found.passing)} by itself"] if found.passing else []),
    ]


def _told(entry: AccessEntry) -> str:
    until = f" until {entry.delete_after_date:%Y-%m-%d}" if entry.delete_after_date else ""
    return f"{entry.cidr or entry.aws_security_group}{until}"
