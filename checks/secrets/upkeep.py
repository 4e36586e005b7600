"""Guide 3.1 and 10: secrets are rotated, described and owned."""

from datetime import datetime, timedelta
from typing import Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.secrets import CURRENT, Secret, Version
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, blocked, fail

PENDING: Final = "AWSPENDING"
PATIENCE: Final = timedelta(hours=1)  # a rotation ends within minutes
REMEDY: Final = "runbook secret-rotation"


@check(
    "secret.rotation-age",
    guide="10",
    severity="medium",
    scope="environment",
    needs=["secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"],
)
def rotation_age(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The secret's value is younger than the site's limit, and no rotation is stuck."""
    secret, versions = together(
        lambda: aws.secrets.secret(env.secret_name), lambda: aws.secrets.versions(env.secret_name)
    )
    current = next((one for one in versions if CURRENT in one.version_stages), None)
    if current is None or current.created_date is None:
        return blocked("secret.exists", f"{secret.name} has no version at {CURRENT}")
    now, limit = aws.now(), site.secrets.rotation_max_days
    days = (now - current.created_date).days
    evidence = {
        "current": current.created_date.isoformat(),
        "age_days": days,
        "limit_days": limit,
        "stages": sorted({stage for one in versions for stage in one.version_stages}),
        "rotation": secret.rotation_enabled,
        "last_rotated": secret.last_rotated_date.isoformat() if secret.last_rotated_date else "never",
        "next_rotation": secret.next_rotation_date.isoformat() if secret.next_rotation_date else "none",
    }
    because = f"the value is {days} days old, the limit is {limit}"
    if days > 2 * limit:
        return fail(because, REMEDY, **evidence)
    concerns = [because] if days > limit else []
    concerns += [*_stuck(versions, now), *_overdue(secret, now)]
    return warn_or_pass(concerns, f"the value is {days} days old, within {limit}", REMEDY, **evidence)


def _stuck(versions: tuple[Version, ...], now: datetime) -> list[str]:
    pending = [one for one in versions if PENDING in one.version_stages and CURRENT not in one.version_stages]
    old = [one for one in pending if one.created_date is not None and now - one.created_date > PATIENCE]
    return [f"a rotation has been under way since {one.created_date:%Y-%m-%d %H:%M} UTC" for one in old]


def _overdue(secret: Secret, now: datetime) -> list[str]:
    """By the date that AWS has set, else by the schedule."""
    if not secret.rotation_enabled:
        return []
    due = secret.next_rotation_date
    if due is None and secret.last_rotated_date and secret.rotation_rules.automatically_after_days:
        due = secret.last_rotated_date + timedelta(days=secret.rotation_rules.automatically_after_days)
    if due is None or due >= now:
        return []
    return [f"automatic rotation is on, and was due on {due:%Y-%m-%d}"]


@check(
    "secret.tags-owner",
    guide="3.1",
    severity="low",
    scope="environment",
    needs=["secretsmanager:DescribeSecret"],
)
def tags_owner(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The secret carries the site's tags and says what it is for."""
    secret = aws.secrets.secret(env.secret_name)
    tags = sorted(tag.key for tag in secret.tags)
    absent = [key for key in site.tags.required if key not in tags]
    remedy = f"aws secretsmanager tag-resource --secret-id {env.secret_name}; describe it with update-secret"
    concerns = [f"no tag {', '.join(absent)}"] if absent else []
    concerns += [] if secret.description.strip() else ["no description"]
    evidence = {"tags": tags, "described": bool(secret.description.strip())}
    return warn_or_pass(concerns, "it is tagged and described", remedy, **evidence)
