"""Worlds of people and keys, and what their checks must say in them."""

from typing import Any

from runbook_tui.aws.errors import Missing
from runbook_tui.core.site import PasswordPolicy, Site
from runbook_tui.core.verdict import Status
from tests.support.backend import Case
from tests.support.backend_site import SITE
from tests.support.facts import NOON, Answers
from tests.support.iam_ground import (
    PIPELINE,
    WITH_KEYS,
    WITH_MFA,
    WITHOUT_MFA,
    allow,
    attached,
    but,
    deny,
    details,
    group_detail,
    inline,
    key,
    keys,
    managed,
    password_policy,
    people,
    report,
    site_of,
    summary,
    used,
    user_detail,
    users,
)

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECKS = (
    "iam.users.mfa",
    "iam.users.mfa-enforced",
    "iam.root.secure",
    "iam.password-policy.exists",
    "iam.password-policy.strength",
    "iam.keys.age",
    "iam.keys.documented",
    "iam.cicd.no-static-keys",
)
NO_POLICY = Missing("iam:password-policy", "x")
DEVICE = {"MFADevices": [{"SerialNumber": "arn:aws:iam::1:mfa/asha"}]}
AWS_READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
OWN_KEY = "arn:aws:iam::*:user/${aws:username}"


def case(check: str, status: Status, given: Answers, *says: str, site: Site = WITH_KEYS) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


def world(**changed: Any) -> Answers:
    return but(people(), **changed)


def reported(*rows: tuple[str, bool, bool], **more: Any) -> Answers:
    listed = users(*(name for name, _, _ in rows))
    return world(get_credential_report=report(*rows, **more), list_users=listed)


def passwords(**changes: Any) -> Answers:
    return world(get_account_password_policy=password_policy(**changes))


def group(*policies: Any, **more: Any) -> Answers:
    return world(get_account_authorization_details=details(groups=(group_detail(*policies, **more),)))


READ = inline("read", allow("ecs:Describe*"))
MFA, ENFORCED, ROOT = "iam.users.mfa", "iam.users.mfa-enforced", "iam.root.secure"
EXISTS, STRENGTH = "iam.password-policy.exists", "iam.password-policy.strength"
AGE, DOCUMENTED, STATIC = "iam.keys.age", "iam.keys.documented", "iam.cicd.no-static-keys"
OIDC = site_of(SITE, cicd_users=(PIPELINE,))

CASES = [
    case(MFA, PASS, people(), "all 2 console users"),
    case(MFA, FAIL, reported(("asha", True, False)), "1 console user without", "asha"),
    case(MFA, PASS, but(reported(("asha", True, False)), list_mfa_devices=DEVICE), "all 1 console users"),
    case(MFA, WARN, reported(("asha", True, False)), "exempt", site=site_of(mfa_exempt_users=("asha",))),
    case(MFA, WARN, reported(("asha", True, True), age_hours=5), "report is of 2026-11-23 07:00"),
    case(MFA, PASS, reported(("asha", True, True), age_hours=4), "all 1"),
    case(MFA, SKIP, reported(("bot", False, False)), "no IAM user has a console password"),
    case(MFA, SKIP, reported(), "no IAM user"),
    case(MFA, UNKNOWN, world(list_users=users("asha", "dev", PIPELINE, "newcomer")), "does not know newcomer"),
    case(MFA, UNKNOWN, world(get_credential_report={"Content": b"x", "GeneratedTime": NOON}), "lacks columns"),
    case(MFA, UNKNOWN, world(generate_credential_report={"State": "FAILED"}), "not ready"),
    case(ENFORCED, PASS, people(), "2 human users can do nothing"),
    case(ENFORCED, FAIL, group(READ), "asha (read, statement 0)"),
    case(ENFORCED, PASS, group(inline("read", allow("ecs:*", Condition=WITH_MFA))), "2 human users"),
    case(ENFORCED, PASS, group(inline("own", allow("iam:EnableMFADevice"), allow("sts:AssumeRole"))), "2 human"),
    case(ENFORCED, PASS, group(inline("own", allow("iam:CreateAccessKey", OWN_KEY))), "2 human"),
    case(ENFORCED, FAIL, group(inline("keys", allow("iam:CreateAccessKey"))), "asha (keys"),
    case(ENFORCED, PASS, group(), "2 human users"),
    case(
        ENFORCED,
        WARN,
        group(
            READ, inline("m", deny(NotAction="sts:GetSessionToken", Condition={"Bool": WITHOUT_MFA["BoolIfExists"]}))
        ),
        "asha: Bool instead of BoolIfExists",
    ),
    case(ENFORCED, PASS, group(READ, inline("m", deny(Action="*", Condition=WITHOUT_MFA))), "2 human users"),
    case(ENFORCED, FAIL, group(READ, inline("m", deny(Action="s3:*", Condition=WITHOUT_MFA))), "read, statement 0"),
    case(ENFORCED, FAIL, group(READ, inline("m", deny(NotAction="ecs:*", Condition=WITHOUT_MFA))), "read, statement 0"),
    case(
        ENFORCED,
        FAIL,
        group(READ, inline("m", deny(Action="*", Resource="arn:aws:s3:::x", Condition=WITHOUT_MFA))),
        "read, statement 0",
    ),
    case(
        ENFORCED,
        FAIL,
        group(READ, inline("m", deny(Action="*", Condition={**WITHOUT_MFA, "Null": {"aws:ViaAWSService": "true"}}))),
        "read, statement 0",
    ),
    case(
        ENFORCED,
        FAIL,
        world(
            get_account_authorization_details=details(
                groups=(group_detail(AttachedManagedPolicies=attached(AWS_READ)),),
                policies=(managed(AWS_READ, allow(["s3:Get*", "ecs:*"])),),
            )
        ),
        "asha (ReadOnlyAccess, statement 0)",
    ),
    case(ENFORCED, FAIL, group(READ), "dev", site=site_of(mfa_exempt_users=("asha",))),
    case(ENFORCED, SKIP, group(READ), "no IAM user", site=site_of(machine_users=("asha", "dev"))),
    case(ENFORCED, SKIP, reported(("bot", False, False)), "no IAM user"),
    case(ENFORCED, UNKNOWN, reported(("ghost", True, True)), "does not describe ghost"),
    case(ENFORCED, UNKNOWN, group(AttachedManagedPolicies=attached(AWS_READ)), "names the policy"),
    case(
        ENFORCED,
        UNKNOWN,
        world(get_account_authorization_details=details(user_detail("asha", groups=("gone",)))),
        "names the group gone",
    ),
    case(ROOT, PASS, people(), "no access key, and a second factor"),
    case(ROOT, PASS, world(get_account_summary=summary(mfa=0, password=0)), "no credentials"),
    case(ROOT, FAIL, world(get_account_summary=summary(mfa=0)), "no second factor"),
    case(ROOT, FAIL, world(get_account_summary=summary(access_keys=1)), "has an access key"),
    case(ROOT, FAIL, world(get_account_summary=summary(mfa=0, access_keys=1, password=0)), "has an access key"),
    case(ROOT, UNKNOWN, world(get_account_summary={"SummaryMap": {"Users": 1}}), "AccountMFAEnabled"),
    case(EXISTS, PASS, people(), "has a password policy"),
    case(EXISTS, FAIL, world(get_account_password_policy=NO_POLICY), "password policy of the account not found"),
    case(STRENGTH, PASS, people(), "14 characters and more"),
    case(STRENGTH, PASS, passwords(MaxPasswordAge=None), "14 characters"),
    case(STRENGTH, SKIP, world(get_account_password_policy=NO_POLICY), "blocked by iam.password-policy.exists"),
    case(STRENGTH, FAIL, passwords(MinimumPasswordLength=7), "7 characters is enough"),
    case(STRENGTH, WARN, passwords(MinimumPasswordLength=8), "length 8, expected 14"),
    case(STRENGTH, WARN, passwords(RequireSymbols=False, RequireNumbers=None), "no symbols", "no numbers"),
    case(STRENGTH, WARN, passwords(RequireLowercaseCharacters=False), "no small letters"),
    case(STRENGTH, WARN, passwords(PasswordReusePrevention=None), "0 former passwords", "expected 24"),
    case(STRENGTH, WARN, passwords(HardExpiry=True), "locked out"),
    case(
        STRENGTH, WARN, passwords(), "passwords last 90, expected 60", site=site_of(password=PasswordPolicy(max_age=60))
    ),
    case(
        STRENGTH,
        WARN,
        passwords(MaxPasswordAge=None),
        "last for ever",
        site=site_of(password=PasswordPolicy(max_age=60)),
    ),
    case(STRENGTH, PASS, passwords(), site=site_of(password=PasswordPolicy(max_age=90))),
    case(AGE, PASS, people(), "no active key is older than 90 days (1)"),
    case(AGE, FAIL, world(list_access_keys=keys(key(days=90.5))), "…0001 of asharvi-ci", "90 days old"),
    case(AGE, WARN, world(list_access_keys=keys(key(days=75.1))), "75 days old, 90 are allowed"),
    case(AGE, PASS, world(list_access_keys=keys(key(days=75))), "no active key"),
    case(AGE, PASS, world(list_access_keys=keys(key(days=400, status="Inactive"))), "(0)"),
    case(AGE, WARN, world(list_access_keys=keys(asha=[key(days=91)])), "of asha is 91 days old"),
    case(AGE, PASS, world(list_access_keys=keys(asha=[key(days=80)])), "(1)"),
    case(AGE, WARN, world(list_access_keys=keys(key(1, days=60), key(2, days=7.5))), "two active keys"),
    case(AGE, PASS, world(list_access_keys=keys(key(1, days=60), key(2, days=6.5))), "(2)"),
    case(AGE, WARN, world(get_access_key_last_used=used(46)), "unused for 45 days"),
    case(
        AGE,
        WARN,
        world(get_access_key_last_used=used(None), list_access_keys=keys(key(days=46))),
        "unused for 45 days",
    ),
    case(AGE, PASS, world(get_access_key_last_used=used(None)), "no active key"),
    case(AGE, SKIP, world(list_access_keys=keys()), "no access keys"),
    case(AGE, UNKNOWN, people(), "does not name its users", site=site_of(WITH_KEYS, cicd_users=())),
    case(AGE, FAIL, people(), "user gone not found", site=site_of(cicd_users=("gone",))),
    case(DOCUMENTED, WARN, people(), "nobody has stated where"),
    case(DOCUMENTED, SKIP, world(list_access_keys=keys()), "no access keys"),
    case(DOCUMENTED, SKIP, people(), "no access keys", site=SITE),
    case(STATIC, PASS, people(), "assumes a role", site=SITE),
    case(STATIC, PASS, world(list_access_keys=keys(key(status="Inactive"))), "assumes a role", site=OIDC),
    case(STATIC, WARN, people(), "active keys are left: asharvi-ci", site=OIDC),
    case(STATIC, WARN, people(), "signs in with access keys"),
]
