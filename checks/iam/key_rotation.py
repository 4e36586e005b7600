"""Guide 1.3: where the rotation of an access key stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam_types import AccessKey, KeyUse
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.change import Stage
from runbook_tui.core.records import History
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, skip, unknown, warn

OBSERVED: Final = timedelta(hours=24)
DEACTIVATE: Final = "iam.deactivate-key"
_NEEDS: Final = ["iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "iam:ListUsers"]


class _Pair(Struct, frozen=True, kw_only=True):
    """A user's older and newer key, and when each was used last."""

    user: str
    old: AccessKey
    new: AccessKey
    old_use: KeyUse
    new_use: KeyUse

    @property
    def evidence(self) -> dict[str, Any]:
        return {
            "user": self.user,
            "old": f"{self.old.label}, {self.old.status}, used {_when(self.old_use)}",
            "new": f"{self.new.label}, {self.new.status}, used {_when(self.new_use)}",
        }


@check(
    "rotation.room",
    guide="1.3",
    severity="low",
    scope="account",
    needs=["iam:ListAccessKeys", "iam:ListUsers"],
    on_request=True,
)
def room(aws: Aws, site: Site) -> Verdict:
    """Whoever of the pipeline has an access key may have another one: two are IAM's limit."""
    meant = [(user, keys) for user, keys in _keys(aws) if user in site.iam.cicd_users or not site.iam.cicd_users]
    full = [f"{user} ({' and '.join(key.label for key in keys)})" for user, keys in meant if len(keys) > 1]
    evidence = {"keys": {user: [key.label for key in keys] for user, keys in meant if keys}}
    if full:
        return fail(f"two keys already: {', '.join(full)}", "deactivate and delete the older one first", **evidence)
    return passed(f"nobody has more than one key ({len(meant)} users)", **evidence)


@check("rotation.new-key-used", guide="1.3", severity="high", scope="account", needs=_NEEDS, on_request=True)
def new_key_used(aws: Aws, _site: Site) -> Verdict:
    """Whoever has two access keys has signed in with the newer one."""
    pairs = _pairs(aws)
    if not pairs:
        return _none()
    unused = [f"{pair.new.label} of {pair.user}" for pair in pairs if pair.new_use.last_used_date is None]
    evidence = {"keys": [pair.evidence for pair in pairs]}
    if unused:
        remedy = "run the staging pipeline with it; when it stays unused, see which key the store holds"
        return fail(f"never used: {', '.join(unused)}", remedy, **evidence)
    return passed(f"the newer key is in use ({len(pairs)})", **evidence)


@check("rotation.old-key-unused", guide="1.3", severity="high", scope="account", needs=_NEEDS, on_request=True)
def old_key_unused(aws: Aws, _site: Site) -> Verdict:
    """Nobody signs in any more with the older of two access keys."""
    pairs = _pairs(aws)
    if not pairs:
        return _none()
    evidence = {"keys": [pair.evidence for pair in pairs]}
    still = [pair for pair in pairs if _later(pair.old_use, pair.new_use.last_used_date or pair.new.create_date)]
    if still:
        named = ", ".join(f"{pair.old.label} of {pair.user} ({_told(pair.old_use)})" for pair in still)
        remedy = "find who uses it (CloudTrail, by the key's id), and give them the new one first"
        return fail(f"used after the newer one: {named}", remedy, **evidence)
    lately = [pair for pair in pairs if _later(pair.old_use, pair.new.create_date)]
    if lately:
        named = ", ".join(f"{pair.old.label} of {pair.user} ({_told(pair.old_use)})" for pair in lately)
        remedy = "see that this was before the new key was in its store"
        return warn(f"used since the newer one was made: {named}", remedy, **evidence)
    return passed(f"the older key was not used since the newer one was made ({len(pairs)})", **evidence)


@check(
    "rotation.observed",
    guide="1.3",
    severity="high",
    scope="account",
    needs=["iam:ListAccessKeys", "iam:ListUsers"],
    on_request=True,
)
def observed(aws: Aws, _site: Site) -> Verdict:
    """Access keys that this program deactivated have been so for a day."""
    idle = [(user, key) for user, keys in _keys(aws) for key in keys if not key.active]
    if not idle:
        return skip("no access key is inactive")
    history, now = aws.records.history(), aws.now()
    since = {f"{user} {key.label}": _deactivated(history, f"{user} {key.label}") for user, key in idle}
    evidence = {"inactive_since": {name: at.isoformat() if at else "not told" for name, at in since.items()}}
    known = {name: at for name, at in since.items() if at is not None}
    if not known:
        because = f"when {', '.join(since)} was deactivated is in no journal"
        return unknown(
            Cause.UNDECIDED, because, "wait a day from when it was done, then skip with the reason", **evidence
        )
    left = {name: OBSERVED - (now - at) for name, at in known.items() if now - at < OBSERVED}
    if left:
        named = ", ".join(f"{name} for another {_spelt(time)}" for name, time in left.items())
        return fail(f"to be watched: {named}", "wait: the run may be paused and taken up again", **evidence)
    return passed(f"inactive for a day and more: {', '.join(known)}", **evidence)


def _none() -> Verdict:
    return unknown(Cause.UNDECIDED, "nobody has two access keys", "make the new key first")


def _keys(aws: Aws) -> list[tuple[str, Sequence[AccessKey]]]:
    users = sorted(one.user_name for one in aws.iam.users())
    return list(zip(users, each(aws.iam.access_keys, users), strict=True))


def _pairs(aws: Aws) -> list[_Pair]:
    held = [(user, sorted(keys, key=lambda key: key.create_date)) for user, keys in _keys(aws) if len(keys) > 1]
    uses = each(aws.iam.key_use, (key for _, keys in held for key in (keys[0], keys[-1])))
    return [
        _Pair(user=user, old=keys[0], new=keys[-1], old_use=uses[2 * place], new_use=uses[2 * place + 1])
        for place, (user, keys) in enumerate(held)
    ]


def _deactivated(history: History, label: str) -> datetime | None:
    """When the last change that deactivated it was made, and still stands."""
    times = [
        called.started_at
        for run in history.runs
        for change in run.changes.values()
        if change.action == DEACTIVATE and change.stage is Stage.DONE and change.undoes is None
        if change.inputs.get("key") == label
        for called in change.calls.values()
        if called.started_at is not None
    ]
    return max(times, default=None)


def _later(use: KeyUse, than: datetime) -> bool:
    return use.last_used_date is not None and use.last_used_date > than


def _told(use: KeyUse) -> str:
    return f"{_when(use)} for {use.service_name} in {use.region}"


def _when(use: KeyUse) -> str:
    return f"{use.last_used_date:%Y-%m-%d %H:%M}" if use.last_used_date is not None else "never"


def _spelt(time: timedelta) -> str:
    minutes = round(time / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
