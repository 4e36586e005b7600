"""Preamble of the guide: is this the right account, region, operator and site to begin with?"""

from datetime import timedelta
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.endpoint import is_loopback
from runbook_tui.aws.errors import Denied
from runbook_tui.aws.facts.identity import Caller, Credentials, PrincipalKind
from runbook_tui.aws.facts.network import AvailabilityZone
from runbook_tui.catalogue.registry import check
from runbook_tui.core.limits import is_placeholder
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.site import Site
from runbook_tui.core.site_values import values
from runbook_tui.core.verdict import Verdict, fail, passed, warn

GUIDE_REGION: Final = "ap-south-1"
ENABLED: Final = ("ENABLED", "ENABLED_BY_DEFAULT")
USABLE: Final = ("available", "information")  # information: AWS has a note about the zone, which works
SHORTEST_SESSION: Final = timedelta(minutes=15)
SIGNING_FAILS_S: Final = 300  # AWS refuses signatures that are about five minutes off
# Values that may wait: nothing of the backend depends on them.
OPTIONAL: Final = ("frontend.", "cicd.github_repo", "cicd.workflow_path", "cost.", "obs.metric_namespace")


@check("pre.credentials", guide="P", severity="critical", scope="account")
def credentials(aws: Aws, _site: Site) -> Verdict:
    """Somebody is signed in, as a role, for more than another 15 minutes."""
    try:
        caller = aws.identity.caller()
        signed_in = aws.identity.credentials()
    except SignInExpired as refusal:
        return fail(refusal.what, refusal.remedy or "sign in again: `aws sso login`, or assume the operator's role")
    left = signed_in.expires - aws.now() if signed_in and signed_in.expires else None
    evidence = {
        "account": caller.account,
        "arn": caller.arn,
        "kind": caller.kind.value,
        "minutes_left": int(left.total_seconds() // 60) if left is not None else "not known",
    }
    if caller.kind is PrincipalKind.ROOT:
        return warn("signed in as the root user", "sign in with the operator's role instead", **evidence)
    if caller.kind is PrincipalKind.USER:
        because = f"signed in as the IAM user {_last(caller)}, whose access keys live long"
        return warn(because, "sign in with a role: `aws sso login`, or assume the operator's role", **evidence)
    if left is not None and left <= SHORTEST_SESSION and not _renews(signed_in):
        because = f"the sign-in ends in {evidence['minutes_left']} minutes"
        return warn(because, "sign in again before the walk begins", **evidence)
    return passed(f"signed in as {caller.kind.value} {_last(caller)}{_time_left(left, signed_in)}", **evidence)


@check("pre.account-match", guide="P", severity="critical", scope="account")
def account_match(aws: Aws, site: Site) -> Verdict:
    """The signed-in account is the one that the site is for."""
    actual, expected, endpoint = aws.identity.caller().account, site.aws.account_id, site.aws.endpoint_url
    evidence = {"expected": expected, "actual": actual, "endpoint": endpoint or "AWS"}
    if not expected:
        remedy = f'set aws.account_id: "{actual}" in the site, if that is the account you mean'
        return fail("the site names no account", remedy, **evidence)
    if actual != expected:
        remedy = "choose the credentials of the right account (--profile), or the right site (--site)"
        return fail(f"signed in to {actual}, the site is for {expected}", remedy, **evidence)
    if endpoint and not is_loopback(endpoint):
        return warn(
            f"requests go to {endpoint}, which is not this machine", "remove aws.endpoint_url from the site", **evidence
        )
    return passed(f"account {actual}", **evidence)


@check(
    "pre.region",
    guide="P",
    severity="critical",
    scope="account",
    needs=["account:GetRegionOptStatus", "ec2:DescribeAvailabilityZones"],
)
def region(aws: Aws, site: Site) -> Verdict:
    """The guide's region is enabled and has at least two zones available."""
    name = site.aws.region
    status = _region_status(aws, name)
    if status in ("DISABLED", "DISABLING"):
        return fail(f"{name} is {status.lower()} in this account", "enable it in the account's settings", status=status)
    zones = aws.ec2.availability_zones(name)
    usable = [zone for zone in zones if zone.state in USABLE]
    evidence = {
        "region": name,
        "status": status or "not readable",
        "zones": {zone.zone_id: zone.state for zone in zones},
    }
    if len(usable) < 2:
        return fail(f"{len(usable)} of {len(zones)} zones available, 2 are needed", "choose another region", **evidence)
    because = _region_doubt(name, status, zones)
    if because:
        remedy = f"set aws.region: {GUIDE_REGION}" if name != GUIDE_REGION else "wait until AWS says it is settled"
        return warn(because, remedy, **evidence)
    unread = "" if status else "; account:GetRegionOptStatus is denied, so EC2 alone says so"
    return passed(f"{name}: {len(usable)} zones available{unread}", **evidence)


@check("pre.clock", guide="P", severity="medium", scope="account")
def clock(aws: Aws, site: Site) -> Verdict:
    """This machine's clock agrees with AWS."""
    skew = aws.identity.clock_skew(aws.now())
    off, limit = abs(skew), site.clock.max_skew_s
    because = f"the clock is {off:.0f} s {'ahead of' if skew > 0 else 'behind'} AWS"
    remedy = "put the time right: enable NTP on this machine"
    if off > SIGNING_FAILS_S:
        return fail(f"{because}: AWS refuses requests that are 5 minutes off", remedy, skew_s=round(skew))
    if off > limit:
        return warn(because, remedy, skew_s=round(skew), limit_s=limit)
    return passed(f"within {limit} s of AWS", skew_s=round(skew), limit_s=limit)


@check("pre.site-placeholders", guide="P", severity="high", scope="shared")
def site_placeholders(_aws: Aws, site: Site) -> Verdict:
    """Every name in the site is a real one."""
    left = [one.key for one in values(site) if is_placeholder(one.value)]
    required = [key for key in left if not key.startswith(OPTIONAL)]
    remedy = "run `runbook-tui setup` and give real names"
    if required:
        return fail(f"{_number(required)} in the site still to be given: {_some(required)}", remedy, keys=left)
    if left:
        return warn(f"{_number(left)} that may wait: {_some(left)}", remedy, keys=left)
    return passed("no placeholder is left")


def _renews(signed_in: Credentials | None) -> bool:
    return signed_in is not None and signed_in.renews_itself


def _time_left(left: timedelta | None, signed_in: Credentials | None) -> str:
    if _renews(signed_in):
        return ", a sign-in that renews itself"
    return "; when the sign-in ends is not known" if left is None else ""


def _last(caller: Caller) -> str:
    return caller.role or caller.arn.rsplit("/", 1)[-1]


def _region_status(aws: Aws, name: str) -> str:
    """Empty where it may not be read: zones that answer show well enough that the region is enabled."""
    try:
        return aws.identity.region_status(name)
    except Denied:
        return ""


def _region_doubt(name: str, status: str, zones: tuple[AvailabilityZone, ...]) -> str:
    if status and status not in ENABLED:
        return f"{name} is {status.lower()}"
    troubled = [zone for zone in zones if zone.state not in USABLE]
    if troubled:
        return ", ".join(f"zone {zone.zone_id} is {zone.state}" for zone in troubled)
    return "" if name == GUIDE_REGION else f"the site is for {name}, the guide for {GUIDE_REGION}"


def _number(keys: list[str]) -> str:
    return f"{len(keys)} value{'s' if len(keys) != 1 else ''}"


def _some(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (" …" if len(keys) > 5 else "")
