"""People, keys and reports of a healthy account, as IAM would describe them."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.site import Site
from tests.support.backend_site import ACCOUNT, SITE, Raw, ago
from tests.support.facts import Answer, Answers

SELF_SERVICE = ["iam:ListMFADevices", "iam:EnableMFADevice", "sts:GetSessionToken"]
WITHOUT_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
PEOPLE = ("asha", "dev")
PIPELINE = "asharvi-ci"
WITH_KEYS = replace(SITE, iam=replace(SITE.iam, cicd_users=(PIPELINE,)), cicd=replace(SITE.cicd, auth="access_keys"))


def allow(action: Any, resource: Any = "*", **more: Any) -> Raw:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(**members: Any) -> Raw:
    return {"Effect": "Deny", "Resource": "*", **members}


def document(*statements: Raw) -> Raw:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def inline(name: str, *statements: Raw) -> Raw:
    return {"PolicyName": name, "PolicyDocument": document(*statements)}


def iam_arn(resource: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{resource}"


def report(*rows: tuple[str, bool, bool], age_hours: float = 1) -> Raw:
    """Rows are (name, has a password, has MFA); the root user's stands before them."""
    head = "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active"
    told = [f"{name},{iam_arn(f'user/{name}')},x,{str(pw).lower()},x,{str(mfa).lower()}" for name, pw, mfa in rows]
    root = f"<root_account>,{iam_arn('root')},x,not_supported,x,true"
    return {"Content": "\n".join([head, root, *told]).encode(), "GeneratedTime": ago(hours=age_hours)}


def users(*names: str) -> Raw:
    return {"Users": [{"UserName": name, "Arn": iam_arn(f"user/{name}")} for name in names]}


def user_detail(name: str, *policies: Raw, groups: tuple[str, ...] = ("people",), **more: Any) -> Raw:
    return {
        "UserName": name,
        "Path": "/",
        "GroupList": list(groups),
        "UserPolicyList": list(policies),
        "AttachedManagedPolicies": [],
        **more,
    }


def role_detail(name: str, *policies: Raw, **more: Any) -> Raw:
    return {"RoleName": name, "Path": "/", "RolePolicyList": list(policies), "AttachedManagedPolicies": [], **more}


def group_detail(*policies: Raw, name: str = "people", **more: Any) -> Raw:
    return {"GroupName": name, "Path": "/", "GroupPolicyList": list(policies), "AttachedManagedPolicies": [], **more}


def managed(arn: str, *statements: Raw, attached: int = 1) -> Raw:
    versions = [
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": document(allow("*"))},
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": document(*statements)},
    ]
    name = arn.rpartition("/")[2]
    return {"Arn": arn, "PolicyName": name, "AttachmentCount": attached, "PolicyVersionList": versions}


def attached(*arns: str) -> list[Raw]:
    return [{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in arns]


GUARD = inline("mfa", deny(NotAction=SELF_SERVICE, Condition=WITHOUT_MFA, Sid="DenyWithoutMfa"))


def details(
    *people: Raw, groups: tuple[Raw, ...] = (), roles: tuple[Raw, ...] = (), policies: tuple[Raw, ...] = ()
) -> Raw:
    usual = (user_detail(PEOPLE[0]), user_detail(PEOPLE[1]), user_detail(PIPELINE, groups=()))
    return {
        "UserDetailList": list(people or usual),
        "GroupDetailList": list(groups or (group_detail(inline("read", allow("ecs:Describe*")), GUARD),)),
        "RoleDetailList": list(roles),
        "Policies": list(policies),
    }


def key(number: int = 1, *, days: float = 30, status: str = "Active") -> Raw:
    return {"AccessKeyId": f"AKIAPLANTEDKEY00000{number}", "Status": status, "CreateDate": ago(days=days)}


def keys(*of_pipeline: Raw, **of_others: list[Raw]) -> Answer:
    """Access keys by user; the pipeline's first."""

    def listing(**asked: Any) -> Mapping[str, Any]:
        name = asked["UserName"]
        return {"AccessKeyMetadata": list(of_pipeline) if name == PIPELINE else of_others.get(name, [])}

    return listing


def used(days: float | None = 1) -> Raw:
    told: Raw = {"ServiceName": "N/A", "Region": "N/A"}
    if days is not None:
        told = {"ServiceName": "ecr", "Region": "ap-south-1", "LastUsedDate": ago(days=days)}
    return {"UserName": PIPELINE, "AccessKeyLastUsed": told}


def password_policy(**changes: Any) -> Raw:
    usual = {
        "MinimumPasswordLength": 14,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "PasswordReusePrevention": 24,
        "MaxPasswordAge": 90,
    }
    return {"PasswordPolicy": {name: value for name, value in {**usual, **changes}.items() if value is not None}}


def summary(mfa: int = 1, access_keys: int = 0, password: int = 1) -> Raw:
    told = {"AccountMFAEnabled": mfa, "AccountAccessKeysPresent": access_keys, "AccountPasswordPresent": password}
    return {"SummaryMap": {**told, "Users": 3}}


def people() -> Answers:
    """Two people with a second factor, a pipeline with a young key, a root user that is locked away."""
    return {
        ("iam", "generate_credential_report"): {"State": "COMPLETE"},
        ("iam", "get_credential_report"): report(
            (PEOPLE[0], True, True), (PEOPLE[1], True, True), (PIPELINE, False, False)
        ),
        ("iam", "list_users"): users(*PEOPLE, PIPELINE),
        ("iam", "list_mfa_devices"): {"MFADevices": []},
        ("iam", "get_account_authorization_details"): details(),
        ("iam", "get_account_summary"): summary(),
        ("iam", "get_account_password_policy"): password_policy(),
        ("iam", "list_access_keys"): keys(key()),
        ("iam", "get_access_key_last_used"): used(),
    }


def but(given: Answers, **changed: Answer) -> Answers:
    """The same world with the answers of some operations of IAM changed."""
    services = {operation: service for service, operation in given}
    return {**given, **{(services[operation], operation): answer for operation, answer in changed.items()}}


def site_of(site: Site = SITE, **keys_of_iam: Any) -> Site:
    return replace(site, iam=replace(site.iam, **keys_of_iam))
