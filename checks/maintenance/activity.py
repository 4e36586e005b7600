"""Guide 9.3: the account's trail is written, and somebody looks at what is in it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from checks.maintenance.unusual import SIGN_IN, Expected, alarming, odd
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.account_trail import Coverage, Trail, TrailStatus
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Verdict, fail

KEPT: Final = timedelta(days=90)  # how long CloudTrail shows events without any trail
SHOWN: Final = 10


class _Seen(Struct, frozen=True, kw_only=True):
    trail: Trail
    status: TrailStatus
    coverage: Coverage

    @property
    def concerns(self) -> list[str]:
        found = {
            f"{self.trail.name} records one region alone": not self.trail.is_multi_region_trail,
            f"{self.trail.name} has no log file validation": not self.trail.log_file_validation_enabled,
            f"{self.trail.name} records no management events": not self.coverage.management,
            f"{self.trail.name} records part of the management events": self.coverage.management
            and not self.coverage.whole,
            f"{self.trail.name} cannot deliver: {clean(self.status.latest_delivery_error)}": bool(
                self.status.latest_delivery_error
            ),
        }
        return [text for text, holds in found.items() if holds]


@check(
    "review.trail",
    guide="9.3",
    severity="high",
    scope="account",
    needs=["cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"],
)
def trail(aws: Aws, site: Site) -> Verdict:
    """A trail of every region records what is done in the account, and delivers it."""
    trails = aws.account_trail.trails()
    own = [one for one in trails if not site.aws.account_id or one.account in ("", site.aws.account_id)]
    seen = _seen(aws, own)
    if not any(one.status.is_logging and not one.concerns for one in seen):
        # an organisation's trail may not be asked about: only when no trail of one's own is good
        seen += _seen(aws, [one for one in trails if one not in own])
    logging = [one for one in seen if one.status.is_logging]
    evidence: dict[str, Any] = {"trails": {one.trail.name: _told(one) for one in seen}}
    remedy = "create a trail of all regions with log file validation, or start it; without one only 90 days are kept"
    if not logging:
        because = "no trail is logging" if seen else "the account has no trail"
        return fail(because, remedy, **evidence)
    best = min(logging, key=lambda one: len(one.concerns))
    return warn_or_pass(best.concerns, f"{best.trail.name} records every region", remedy, **evidence)


def _seen(aws: Aws, trails: list[Trail]) -> list[_Seen]:
    def look(one: Trail) -> _Seen:
        status, coverage = together(lambda: aws.account_trail.status(one), lambda: aws.account_trail.coverage(one))
        return _Seen(trail=one, status=status, coverage=coverage)

    return list(each(look, trails))


def _told(seen: _Seen) -> dict[str, Any]:
    delivered = seen.status.latest_delivery_time
    return {
        "logging": seen.status.is_logging,
        "multi_region": seen.trail.is_multi_region_trail,
        "validated": seen.trail.log_file_validation_enabled,
        "delivered": delivered.isoformat() if delivered is not None else "not told",
    }


@check("review.iam-activity", guide="9.3", severity="high", scope="account", needs=["cloudtrail:LookupEvents"])
def iam_activity(aws: Aws, site: Site) -> Verdict:
    """Nothing unusual was done in the account since the last review."""
    now = aws.now()
    start, before = now - timedelta(days=site.review.days), now - KEPT
    look = aws.account_trail.events
    # CloudTrail takes one attribute a question, and two questions a second: what changes something, who reads
    # secrets, and root, whatever it does. Reads that were denied to others are not among them.
    written, secrets, root, sign_ins = together(
        lambda: look("ReadOnly", "false", start, now),
        lambda: look("EventName", "GetSecretValue", start, now),
        lambda: look("Username", "root", start, now),
        lambda: look("EventName", SIGN_IN, before, start),
    )
    events = list({event.id: event for event in (*written, *secrets, *root)}.values())
    expected = Expected(
        principals=frozenset(_principals(aws, site)),
        roles=frozenset({*_task_roles(site), site.iam.execution_role, site.iam.cicd_role}),
        secrets=tuple(env.secret_name for env in site.environments.values()),
        sign_ins=sign_ins,
    )
    failures, concerns = list(alarming(events, expected)), list(odd(events, expected))
    evidence: dict[str, Any] = {
        "events": len(events),
        "since": f"{start:%Y-%m-%dT%H:%MZ}",
        "findings": [*failures, *concerns][:50],
        "known": sorted(expected.principals),
    }
    remedy = "ask whoever it was; what nobody knows: deactivate the key and walk the incident runbook"
    if failures:
        return fail(_few(failures), remedy, **evidence)
    return warn_or_pass(
        [_few(concerns)] if concerns else [], f"{len(events)} events, none of them unusual", remedy, **evidence
    )


def _few(findings: list[str]) -> str:
    rest = len(findings) - SHOWN
    return "; ".join(findings[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def _principals(aws: Aws, site: Site) -> Iterator[str]:
    """Whom the site names, and who is asking."""
    yield from _task_roles(site)
    yield from (site.iam.execution_role, site.iam.cicd_role, site.frontend.role)
    yield from (*site.iam.admin_allowlist, *site.iam.cicd_users, *site.iam.machine_users)
    caller = aws.identity.caller()
    yield caller.role or caller.arn.rpartition("/")[2]


def _task_roles(site: Site) -> list[str]:
    return list(dict.fromkeys(site.iam.task_role_of(name) for name in site.environments))
