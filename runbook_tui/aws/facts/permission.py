"""Whether a role or a user may do something: by IAM's own simulation, else by its policies read and evaluated here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed, Missing, Unsupported
from runbook_tui.aws.facts.border import Fact, missing_is, parse, parse_all
from runbook_tui.aws.facts.iam import IamFacts
from runbook_tui.aws.facts.iam_types import Role
from runbook_tui.aws.facts.moment import Moment
from runbook_tui.aws.facts.policy import Decision, Request, evaluate
from runbook_tui.aws.facts.policy_condition import Context
from runbook_tui.aws.facts.policy_document import Document, read_document

SECRET: Final = "secretsmanager:secret"  # noqa: S105 - a kind of thing, not a secret
_KINDS: Final = {one.value: one for one in Decision}


class Principal(Struct, frozen=True, kw_only=True):
    """``kind`` is what is Missing when a role is not there; empty for a user."""

    name: str
    arn: str
    kind: str = ""
    boundary: str = ""

    @property
    def account(self) -> str:
        return self.arn.split(":")[4] if self.arn.count(":") >= 5 else ""

    @classmethod
    def of_role(cls, role: Role, kind: str) -> "Principal":
        return cls(name=role.role_name, arn=role.arn, kind=kind, boundary=role.permissions_boundary.arn)


class Matched(Fact, frozen=True, kw_only=True):
    """A policy of which a statement decided."""

    source_policy_id: str = ""
    source_policy_type: str = ""

    @property
    def is_of_aws(self) -> bool:
        """The types that IAM documents do not all come over the wire: the name of the usual policy tells as well."""
        return self.source_policy_type == "aws-managed" or self.source_policy_id == "AmazonECSTaskExecutionRolePolicy"


class Answer(Struct, frozen=True, kw_only=True):
    """``keys``: what it depends on when CONDITIONAL. ``static``: not IAM's own simulation, which knows more."""

    action: str
    resource: str
    decision: Decision
    keys: tuple[str, ...] = ()
    matched: tuple[Matched, ...] = ()
    static: bool = False

    @property
    def allowed(self) -> bool:
        return self.decision is Decision.ALLOWED


class Key(Fact, frozen=True, kw_only=True):
    """``key_state`` is KMS's word: Enabled, Disabled, PendingDeletion …"""

    arn: str
    key_manager: str = "CUSTOMER"
    key_state: str = ""
    deletion_date: Moment | None = None

    @property
    def is_of_customer(self) -> bool:
        return self.key_manager != "AWS"


class _OnResource(Fact, frozen=True, kw_only=True):
    eval_resource_name: str
    eval_resource_decision: str
    matched_statements: tuple[Matched, ...] = ()
    missing_context_values: tuple[str, ...] = ()


class _Evaluation(Fact, frozen=True, kw_only=True):
    eval_action_name: str
    eval_decision: str
    matched_statements: tuple[Matched, ...] = ()
    missing_context_values: tuple[str, ...] = ()
    resource_specific_results: tuple[_OnResource, ...] = ()


class _ValidationError(Fact, frozen=True, kw_only=True):
    check_name: str = ""


class PermissionFacts:
    def __init__(self, reader: Reader, iam: IamFacts) -> None:
        self._reader = reader
        self._iam = iam

    def ask(
        self, principal: Principal, actions: Sequence[str], resources: Sequence[str], context: Context | None = None
    ) -> tuple[Answer, ...]:
        """One answer an action and resource. Policies of resources and of sessions are not part of it.

        An endpoint that cannot simulate is asked for the policies instead; AWS itself always can.
        """
        keys = dict(context or {})
        try:
            found = self._simulated(principal, actions, resources, keys)
        except Unsupported:
            return self._static(principal, actions, resources, keys)
        return tuple(_answer(found, action, resource) for action in actions for resource in resources)

    def _simulated(
        self, principal: Principal, actions: Sequence[str], resources: Sequence[str], context: Context
    ) -> Mapping[str, _Evaluation]:
        entries = [
            {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": list(values)}
            for key, values in context.items()
        ]
        with missing_is(principal.kind or "iam:user", principal.name):
            answer = self._reader.read(
                "iam",
                "simulate_principal_policy",
                PolicySourceArn=principal.arn,
                ActionNames=list(actions),
                ResourceArns=list(resources),
                **({"ContextEntries": entries} if entries else {}),
            )
        return {one.eval_action_name.lower(): one for one in parse_all(answer, "EvaluationResults", _Evaluation)}

    def _static(
        self, principal: Principal, actions: Iterable[str], resources: Sequence[str], context: Context
    ) -> tuple[Answer, ...]:
        policies = [one.document for one in self._policies_of(principal)]
        boundary = [self._iam.policy(principal.boundary).document] if principal.boundary else None
        judged = [
            (action, resource, evaluate(policies, Request(action=action, resource=resource, context=context), boundary))
            for action in actions
            for resource in resources
        ]
        return tuple(
            Answer(action=action, resource=resource, decision=one.decision, keys=tuple(sorted(one.keys)), static=True)
            for action, resource, one in judged
        )

    def _policies_of(self, principal: Principal) -> tuple[Any, ...]:
        if principal.kind:
            return self._iam.role_policies(principal.name, principal.kind)
        user = self._iam.account().user(principal.name)
        if user is None:
            raise Missing("iam:user", principal.name)
        return user.policies

    def secret_policy(self, name: str) -> Document | None:
        """The secret's own policy; None when it has none."""
        text = self._secret_policy_text(name)
        return read_document(text) if text else None

    def _secret_policy_text(self, name: str) -> Any:
        with missing_is(SECRET, name):
            answer = self._reader.read("secretsmanager", "get_resource_policy", SecretId=name)
        if not {"ARN", "Name"} & answer.keys():
            raise Malformed("Secrets Manager did not say whose policy it is", remedy="re-check")
        return answer.get("ResourcePolicy")

    def secret_policy_problems(self, name: str) -> tuple[str, ...]:
        """The checks of Secrets Manager that the secret's own policy, which there must be, does not pass."""
        text = self._secret_policy_text(name)
        with missing_is(SECRET, name):
            answer = self._reader.read("secretsmanager", "validate_resource_policy", SecretId=name, ResourcePolicy=text)
        found = tuple(one.check_name for one in parse_all(answer, "ValidationErrors", _ValidationError))
        return found or (() if answer.get("PolicyValidationPassed") is True else ("PolicyValidationPassed",))

    def key(self, name: str) -> Key:
        """By id, ARN or alias. Missing ``kms:key``."""
        with missing_is("kms:key", name):
            return parse(self._reader.read("kms", "describe_key", KeyId=name).get("KeyMetadata"), Key)

    def key_policy(self, arn: str) -> Document:
        with missing_is("kms:key", arn):
            answer = self._reader.read("kms", "get_key_policy", KeyId=arn, PolicyName="default")
        return read_document(answer.get("Policy"))


def _answer(found: Mapping[str, _Evaluation], action: str, resource: str) -> Answer:
    """Malformed when IAM left the question open: silence is no denial."""
    whole = found.get(action.lower())
    if whole is None:
        raise Malformed(f"IAM did not judge {action}", remedy="re-check")
    specific = whole.resource_specific_results
    one = next((each for each in specific if each.eval_resource_name == resource), None)
    if one is None and specific:
        raise Malformed(f"IAM did not judge {action} on {resource}", remedy="re-check")
    word = one.eval_resource_decision if one else whole.eval_decision
    if word not in _KINDS:
        raise Malformed(f"IAM judged {action} {word!r}", remedy="update runbook-tui")
    keys = (one.missing_context_values if one else ()) or whole.missing_context_values
    decision = _KINDS[word]
    if decision is not Decision.ALLOWED and keys:
        decision = Decision.CONDITIONAL
    return Answer(
        action=action,
        resource=resource,
        decision=decision,
        keys=keys if decision is Decision.CONDITIONAL else (),
        matched=one.matched_statements if one else whole.matched_statements,
    )
