"""Guide 1.1: a second factor for everybody who signs in with a password."""

from datetime import timedelta
from typing import Any, Final

from checks.concerns import named, warn_or_pass
from checks.iam.second_factor import Enforced, enforced
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.credential_report import CredentialReport
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, skip, unknown

REPORT_IS_FRESH: Final = timedelta(hours=4)  # IAM makes no new one before
NOBODY: Final = "no IAM user has a console password; people sign in elsewhere, where their second factor is"


@check(
    "iam.users.mfa",
    guide="1.1",
    severity="critical",
    scope="account",
    needs=["iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListMFADevices", "iam:ListUsers"],
)
def mfa(aws: Aws, site: Site) -> Verdict:
    """Every user with a console password has a second factor."""
    report, users = together(aws.iam.credential_report, aws.iam.users)
    strangers = sorted({one.user_name for one in users} - {one.name for one in report.users})
    people = report.with_password
    bare = [one.name for one in people if not one.mfa and not aws.iam.mfa_devices(one.name)]
    exempt = [name for name in bare if name in site.iam.mfa_exempt_users]
    without = [name for name in bare if name not in exempt]
    evidence: dict[str, Any] = {
        "users": {one.name: one.name not in bare for one in people},
        "report_made": report.made.isoformat(),
    }
    if without:
        because = f"{named(len(without), 'console user')} without a second factor: {', '.join(without)}"
        return fail(because, "let them register an MFA device, or take their login profile away", **evidence)
    if strangers:
        because = f"IAM's credential report does not know {', '.join(strangers)} yet"
        return unknown(Cause.UNDECIDED, because, "re-check when the report is four hours old", **evidence)
    if not people:
        return skip(NOBODY, **evidence)
    concerns = [f"{name} has none and is exempt by the site" for name in exempt]
    if aws.now() - report.made > REPORT_IS_FRESH:
        concerns.append(f"IAM's credential report is of {report.made:%Y-%m-%d %H:%M} UTC")
    good = f"all {len(people)} console users have a second factor"
    return warn_or_pass(concerns, good, "register the devices, and re-check with a new report", **evidence)


@check(
    "iam.users.mfa-enforced",
    guide="1.1",
    severity="high",
    scope="account",
    needs=["iam:GenerateCredentialReport", "iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport"],
)
def mfa_enforced(aws: Aws, site: Site) -> Verdict:
    """No human user may do anything but sign in and look after itself without a second factor."""
    humans = _humans(aws.iam.credential_report(), site)
    if not humans:
        return skip(NOBODY)
    account = aws.iam.account()
    found = {name: enforced(user.statements) for name in humans if (user := account.user(name)) is not None}
    absent = sorted(set(humans) - set(found))
    evidence = {"users": {name: one.by or one.open for name, one in found.items()}}
    remedy = "attach a policy that denies all but self-service without MFA (BoolIfExists) to the people's group"
    free = [f"{name} ({one.open[0]})" for name, one in found.items() if one.how is Enforced.NO]
    if free:
        return fail(f"may act without a second factor: {', '.join(free)}", remedy, **evidence)
    if absent:
        because = f"IAM does not describe {', '.join(absent)}, whom its report names"
        return unknown(Cause.UNDECIDED, because, "re-check in some minutes", **evidence)
    weak = [name for name, one in found.items() if one.how is Enforced.WITH_A_GAP]
    concerns = [f"{name}: Bool instead of BoolIfExists, so long-lived keys slip through" for name in weak]
    return warn_or_pass(concerns, f"{named(len(found), 'human user')} can do nothing without it", remedy, **evidence)


def _humans(report: CredentialReport, site: Site) -> list[str]:
    others = {*site.iam.machine_users, *site.iam.mfa_exempt_users}
    return [one.name for one in report.with_password if one.name not in others]


@check("iam.root.secure", guide="1.1", severity="critical", scope="account", needs=["iam:GetAccountSummary"])
def root_secure(aws: Aws, _site: Site) -> Verdict:
    """The root user has no access key, and a second factor or no password."""
    found = aws.iam.summary()
    evidence = {"mfa": found.mfa, "access_keys": found.keys, "password": found.password}
    troubles = []
    if found.keys:
        troubles.append("the root user has an access key")
    if not found.mfa and found.password:
        troubles.append("the root user has a password and no second factor")
    if troubles:
        return fail("; ".join(troubles), "add MFA to the root user, delete its access keys", **evidence)
    return passed("root has no access key, and a second factor" if found.mfa else "root has no credentials", **evidence)
