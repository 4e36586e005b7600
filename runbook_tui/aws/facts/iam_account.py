"""``get_account_authorization_details``: everybody of the account with their policies, from one request."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, parse
from runbook_tui.aws.facts.iam_types import AccountDetails, AttachedPolicy, Boundary, Owner, Policy
from runbook_tui.aws.facts.policy_document import read_document
from runbook_tui.core.text import clean

Managed = Mapping[str, Policy]


class _Named(Fact, frozen=True, kw_only=True):
    user_name: str = ""
    role_name: str = ""
    group_name: str = ""
    path: str = "/"
    group_list: tuple[str, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: Boundary = Boundary()

    @property
    def name(self) -> str:
        return self.user_name or self.role_name or self.group_name


class _Version(Fact, frozen=True, kw_only=True):
    is_default_version: bool = False


class _ManagedPolicy(Fact, frozen=True, kw_only=True):
    arn: str
    policy_name: str = ""
    attachment_count: int = 0


def read_details(answer: Mapping[str, Any]) -> AccountDetails:
    """Malformed when a policy that is attached is not described: what it grants is not known then."""
    described = {policy.arn: (policy, count) for policy, count in map(_managed, _list(answer, "Policies"))}
    managed = {arn: policy for arn, (policy, _) in described.items()}
    groups = {one.name: _policies(raw, "GroupPolicyList", managed) for one, raw in _named(answer, "GroupDetailList")}
    return AccountDetails(
        users=tuple(
            _owner(one, (*_policies(raw, "UserPolicyList", managed), *_of_groups(one, groups)))
            for one, raw in _named(answer, "UserDetailList")
        ),
        roles=tuple(
            _owner(one, _policies(raw, "RolePolicyList", managed)) for one, raw in _named(answer, "RoleDetailList")
        ),
        managed=managed,
        unattached=tuple(policy for policy, count in described.values() if not count and not policy.is_of_aws),
    )


def _owner(named: _Named, policies: tuple[Policy, ...]) -> Owner:
    return Owner(name=named.name, path=named.path, boundary=named.permissions_boundary.arn, policies=policies)


def _of_groups(user: _Named, groups: Mapping[str, tuple[Policy, ...]]) -> tuple[Policy, ...]:
    absent = [name for name in user.group_list if name not in groups]
    if absent:
        raise _malformed(f"names the group {absent[0]} and does not describe it")
    return tuple(policy for name in user.group_list for policy in groups[name])


def _policies(raw: Mapping[str, Any], member: str, managed: Managed) -> tuple[Policy, ...]:
    inline = tuple(_inline(one) for one in _list(raw, member, needed=False))
    attached = parse(raw, _Named).attached_managed_policies
    absent = [one.policy_arn for one in attached if one.policy_arn not in managed]
    if absent:
        raise _malformed(f"names the policy {absent[0]} and does not describe it")
    return (*inline, *(managed[one.policy_arn] for one in attached))


def _inline(raw: Any) -> Policy:
    if not isinstance(raw, Mapping):
        raise _malformed("holds a policy that cannot be read")
    return Policy(name=clean(str(raw.get("PolicyName", "")), 128), document=read_document(raw.get("PolicyDocument")))


def _managed(raw: Any) -> tuple[Policy, int]:
    known = parse(raw, _ManagedPolicy)
    versions = _list(raw, "PolicyVersionList")
    default = next((one for one in versions if parse(one, _Version).is_default_version), None)
    if default is None:
        raise _malformed(f"does not say what {known.arn} grants")
    policy = Policy(
        name=known.policy_name or known.arn.rpartition("/")[2],
        arn=known.arn,
        document=read_document(default.get("Document")),
    )
    return policy, known.attachment_count


def _named(answer: Mapping[str, Any], member: str) -> list[tuple[_Named, Mapping[str, Any]]]:
    found = [(parse(raw, _Named), raw) for raw in _list(answer, member)]
    if any(not named.name for named, _ in found):
        raise _malformed("describes somebody without a name")
    return found


def _list(raw: Any, member: str, *, needed: bool = True) -> list[Any]:
    given = raw.get(member, None if needed else []) if isinstance(raw, Mapping) else None
    if not isinstance(given, list | tuple):
        raise _malformed(f"came without {member}")
    return list(given)


def _malformed(what: str) -> Malformed:
    return Malformed(f"IAM's description of the account {what}", remedy="re-check; if it stays, update runbook-tui")
