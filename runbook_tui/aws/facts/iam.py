"""What ``iam`` says. Each method asks with the same parameters always, so a sweep asks once."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed, ServerFault
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.credential_report import CredentialReport, read_report
from runbook_tui.aws.facts.iam_account import read_details
from runbook_tui.aws.facts.iam_types import (
    AccessKey,
    AccountDetails,
    AccountSummary,
    AttachedPolicy,
    KeyUse,
    MfaDevice,
    OidcProvider,
    PasswordPolicy,
    Policy,
    Role,
    ServiceUse,
    User,
)
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.policy_document import as_text, read_document
from runbook_tui.aws.together import each, together

TASK_ROLE: Final = "iam:task-role"
EXECUTION_ROLE: Final = "iam:execution-role"
CICD_ROLE: Final = "iam:cicd-role"
FRONTEND_ROLE: Final = "iam:front-end-role"
PASSWORD_POLICY: Final = "iam:password-policy"  # noqa: S105 - a kind of thing, not a password
EVERYTHING: Final = ("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")
PATIENCE_S: Final = 60.0  # catalogue, iam.users.mfa and iam.frontend-role.unused
PAUSE_S: Final = (0.5, 2.0)  # in the first seconds, in which most reports are made, and after them
FIRST_S: Final = 5.0


class _PolicyVersion(Fact, frozen=True, kw_only=True):
    default_version_id: str


class _Job(Fact, frozen=True, kw_only=True):
    job_status: str


class IamFacts:
    """``sleep`` passes between two looks at a report that IAM is still making."""

    def __init__(self, reader: Reader, sleep: Callable[[float], None] = time.sleep) -> None:
        self._reader = reader
        self._sleep = sleep

    def role(self, name: str, kind: str) -> Role:
        """``kind`` says which of the site's roles it is: what is Missing when there is none."""
        with missing_is(kind, name, "create the role, or correct its name in the site file"):
            answer = self._reader.read("iam", "get_role", RoleName=name)
        return Role.from_api(answer.get("Role"))

    def attached(self, name: str, kind: str) -> tuple[AttachedPolicy, ...]:
        with missing_is(kind, name):
            answer = self._reader.read("iam", "list_attached_role_policies", RoleName=name)
        return listed(answer, "AttachedPolicies", AttachedPolicy)

    def role_policies(self, name: str, kind: str) -> tuple[Policy, ...]:
        """Attached and inline, in their default versions; without the boundary, which grants nothing."""
        attached, inline = together(
            lambda: each(lambda one: self.policy(one.policy_arn), self.attached(name, kind)),
            lambda: self.inline_policies(name, kind),
        )
        return (*attached, *inline)

    def inline_policies(self, name: str, kind: str) -> tuple[Policy, ...]:
        return each(lambda one: self._inline(name, one), self.inline_names(name, kind))

    def inline_names(self, name: str, kind: str) -> tuple[str, ...]:
        """Of the role's inline policies, without their documents."""
        with missing_is(kind, name):
            return listed(self._reader.read("iam", "list_role_policies", RoleName=name), "PolicyNames", str)

    def _inline(self, role: str, name: str) -> Policy:
        answer = self._reader.read("iam", "get_role_policy", RoleName=role, PolicyName=name)
        raw = answer.get("PolicyDocument")
        return Policy(name=name, document=read_document(raw), text=as_text(raw))

    def policy(self, arn: str) -> Policy:
        with missing_is("iam:policy", arn):
            answer = self._reader.read("iam", "get_policy", PolicyArn=arn)
            version = parse(answer.get("Policy"), _PolicyVersion).default_version_id
            found = self._reader.read("iam", "get_policy_version", PolicyArn=arn, VersionId=version)
        raw = found.get("PolicyVersion")
        if not isinstance(raw, Mapping):
            raise Malformed(f"IAM did not say what {arn} grants", remedy="re-check")
        document = raw.get("Document")
        return Policy(name=arn.rpartition("/")[2], arn=arn, document=read_document(document), text=as_text(document))

    def account(self) -> AccountDetails:
        return read_details(self._reader.read("iam", "get_account_authorization_details", Filter=list(EVERYTHING)))

    def summary(self) -> AccountSummary:
        return parse(self._reader.read("iam", "get_account_summary").get("SummaryMap"), AccountSummary)

    def password_policy(self) -> PasswordPolicy:
        """Missing ``iam:password-policy`` where the account has none of its own."""
        with missing_is(PASSWORD_POLICY, "of the account", "set an account password policy"):
            answer = self._reader.read("iam", "get_account_password_policy")
        return parse(answer.get("PasswordPolicy"), PasswordPolicy)

    def users(self) -> tuple[User, ...]:
        return listed(self._reader.read("iam", "list_users"), "Users", User)

    def mfa_devices(self, user: str) -> tuple[MfaDevice, ...]:
        with missing_is("iam:user", user):
            return listed(self._reader.read("iam", "list_mfa_devices", UserName=user), "MFADevices", MfaDevice)

    def access_keys(self, user: str) -> tuple[AccessKey, ...]:
        """Oldest first. Missing ``iam:user``."""
        with missing_is("iam:user", user, "correct the name in the site's lists of users"):
            answer = self._reader.read("iam", "list_access_keys", UserName=user)
        return tuple(sorted(listed(answer, "AccessKeyMetadata", AccessKey), key=lambda one: one.create_date))

    def key_use(self, key: AccessKey) -> KeyUse:
        answer = self._reader.read("iam", "get_access_key_last_used", AccessKeyId=key.access_key_id)
        return parse(answer.get("AccessKeyLastUsed"), KeyUse)

    def credential_report(self) -> CredentialReport:
        """Has it made when there is none, which takes seconds. ServerFault when it is not ready after a minute."""
        self._await(lambda: self._reader.read("iam", "generate_credential_report").get("State"), "COMPLETE")
        answer = self._reader.read("iam", "get_credential_report")
        return read_report(answer.get("Content"), answer.get("GeneratedTime"))

    def last_accessed(self, arn: str) -> tuple[ServiceUse, ...]:
        """Services that the role or user may use, with their last use. ServerFault when not ready after a minute."""
        job = self._reader.read("iam", "generate_service_last_accessed_details", Arn=arn).get("JobId")
        if not isinstance(job, str):
            raise Malformed("IAM named no job for the services last accessed", remedy="re-check")
        answer: Mapping[str, Any] = {}

        def status() -> str:
            nonlocal answer
            answer = self._reader.read("iam", "get_service_last_accessed_details", JobId=job)
            return parse(answer, _Job).job_status

        self._await(status, "COMPLETED")
        return listed(answer, "ServicesLastAccessed", ServiceUse)

    def _await(self, status: Callable[[], Any], done: str) -> None:
        waited = 0.0
        while (found := status()) != done:
            if found == "FAILED" or waited >= PATIENCE_S:
                raise ServerFault(f"IAM's report is not ready: {found}", remedy="re-check in some minutes")
            pause = PAUSE_S[waited >= FIRST_S]
            self._sleep(pause)
            waited += pause

    def oidc_provider(self, host: str) -> OidcProvider | None:
        """The one whose ARN ends with this host; None when the account has none."""
        answer = self._reader.read("iam", "list_open_id_connect_providers")
        arns = [one.arn for one in listed(answer, "OpenIDConnectProviderList", _Provider)]
        arn = next((one for one in arns if one.endswith(f":oidc-provider/{host}")), None)
        if arn is None:
            return None
        found = self._reader.read("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn)
        return parse(found, OidcProvider)


class _Provider(Fact, frozen=True, kw_only=True):
    arn: str
