"""Guide 1.3: access keys that grow old, and where they are kept."""

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam_types import AccessKey, KeyUse
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.site import Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Status, Verdict, fail, passed, skip, unknown, warn

ROTATION: Final = timedelta(days=7)  # both keys of a user at once, while the pipeline changes over
UNUSED: Final = timedelta(days=45)
DOCUMENTED: Final = "iam.keys.documented"


class _Held(Struct, frozen=True, kw_only=True):
    """A key with its user; ``of_pipeline``: the site names the user as CI/CD's."""

    user: str
    key: AccessKey
    use: KeyUse
    of_pipeline: bool

    @property
    def label(self) -> str:
        return f"{self.key.label} of {self.user}"

    @property
    def idle_since(self) -> datetime:
        return self.use.last_used_date or self.key.create_date


@check(
    "iam.keys.age",
    guide="1.3",
    severity="high",
    scope="account",
    needs=["iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "iam:ListUsers"],
)
def age(aws: Aws, site: Site) -> Verdict:
    """No access key of the pipeline is older than the site allows."""
    users = [one.user_name for one in aws.iam.users()]
    gone = [name for name in site.iam.cicd_users if name not in users]
    if gone:
        raise Missing("iam:user", gone[0], remedy="correct iam.cicd_users in the site file")
    keys = dict(zip(users, each(aws.iam.access_keys, users), strict=True))
    active = [(name, key) for name, its in keys.items() for key in its if key.active]
    uses = each(aws.iam.key_use, (key for _, key in active))
    held = [
        _Held(user=name, key=key, use=use, of_pipeline=name in site.iam.cicd_users)
        for (name, key), use in zip(active, uses, strict=True)
    ]
    if site.cicd.auth == "access_keys" and not site.iam.cicd_users:
        because = "the pipeline signs in with access keys, and the site does not name its users"
        return unknown(Cause.UNDECIDED, because, "name them in iam.cicd_users", keys=len(held))
    if not any(keys.values()):
        return skip("the account has no access keys; a role has none")
    return _judged_by_age(held, site, aws.now())


def _judged_by_age(held: list[_Held], site: Site, now: datetime) -> Verdict:
    limit = timedelta(days=site.iam.key_max_age_days)
    evidence = {"keys": [_told(one, now) for one in held], "max_age_days": limit.days}
    remedy = "rotate it: a new key into the pipeline's secret store, the old one inactive, then deleted"
    old = [one for one in held if now - one.key.create_date > limit]
    failing = [f"{one.label} is {_days(one, now)} days old" for one in old if one.of_pipeline]
    if failing:
        return fail(f"{'; '.join(failing)}, allowed {limit.days}", remedy, **evidence)
    concerns = [f"{one.label} is {_days(one, now)} days old" for one in old]
    soon = limit * 5 / 6  # from the 76th of 90 days on
    concerns += [
        f"{one.label} is {_days(one, now)} days old, {limit.days} are allowed"
        for one in held
        if one.of_pipeline and soon < now - one.key.create_date <= limit
    ]
    concerns += _unfinished(held, now)
    concerns += [f"{one.label} is active and unused for 45 days" for one in held if now - one.idle_since > UNUSED]
    return warn_or_pass(concerns, f"no active key is older than {limit.days} days ({len(held)})", remedy, **evidence)


def _unfinished(held: list[_Held], now: datetime) -> list[str]:
    by_user: dict[str, list[_Held]] = {}
    for one in held:
        by_user.setdefault(one.user, []).append(one)
    return [
        f"{user} has two active keys for more than 7 days: a rotation that was not finished"
        for user, its in by_user.items()
        if len(its) > 1 and now - max(one.key.create_date for one in its) > ROTATION
    ]


def _days(one: _Held, now: datetime) -> int:
    return (now - one.key.create_date).days


def _told(one: _Held, now: datetime) -> dict[str, Any]:
    used = one.use.last_used_date
    return {
        "user": one.user,
        "key": one.key.label,
        "age_days": _days(one, now),
        "status": one.key.status,
        "last_used": used.isoformat() if used else "never",
        "service": one.use.service_name,
    }


@check("iam.keys.documented", guide="1.3", severity="medium", scope="shared", needs=["iam:ListAccessKeys"])
def documented(aws: Aws, site: Site) -> Verdict:
    """An operator has stated where the pipeline's newest access key is kept."""
    keys = [(user, key) for user in site.iam.cicd_users for key in aws.iam.access_keys(user)]
    if not keys:
        return skip("the pipeline has no access keys")
    user, newest = max(keys, key=lambda held: held[1].create_date)
    what = f"{newest.label} of {user}, made on {newest.create_date:%Y-%m-%d}"
    verb = f"runbook-tui attest add {DOCUMENTED} --text 'key {newest.label}, in the store …' --expires 90d"
    try:
        found = aws.attested(DOCUMENTED, "")
    except JournalProblem as problem:
        return unknown(Cause.UNDECIDED, str(problem), problem.remedy)
    evidence: dict[str, Any] = {"keys": [f"{key.label} of {name}" for name, key in keys]}
    if found is None:
        return warn(f"nobody has stated where {what} is kept", f"put it into the store, then: {verb}", **evidence)
    evidence |= {"by": found.by, "at": found.at.isoformat(), "store": clean(found.text), "attested": True}
    if found.at < newest.create_date or not found.holds(aws.now().date()):
        why = "is older than the key" if found.at < newest.create_date else "has expired"
        because = f"what {found.name} stated on {found.at:%Y-%m-%d} {why}: {what}"
        return warn(because, f"put it into the store, then: {verb}", **evidence)
    because = f"attested by {found.name} on {found.at:%Y-%m-%d}: {clean(found.text)}"
    return Verdict(status=Status.PASS, because=because, evidence=evidence, attested=True)


@check("iam.cicd.no-static-keys", guide="1.2", severity="medium", scope="shared", needs=["iam:ListAccessKeys"])
def no_static_keys(aws: Aws, site: Site) -> Verdict:
    """The pipeline assumes a role and has no active access key."""
    active = {user: [key.label for key in aws.iam.access_keys(user) if key.active] for user in site.iam.cicd_users}
    holding = {user: keys for user, keys in active.items() if keys}
    remedy = "let the workflow assume the role, then deactivate the keys"
    if site.cicd.auth == "access_keys":
        return warn("the pipeline signs in with access keys (cicd.auth)", remedy, keys=holding)
    if holding:
        return warn(f"a role is chosen, yet active keys are left: {', '.join(holding)}", remedy, keys=holding)
    return passed("the pipeline assumes a role and has no active key", users=list(site.iam.cicd_users))
