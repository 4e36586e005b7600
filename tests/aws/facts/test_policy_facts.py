"""Policies, read and evaluated."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.policy import Decision, Request, evaluate, gives_everything, gives_service, grants_to
from runbook_tui.aws.facts.policy_condition import conditions_hold, is_restricted
from runbook_tui.aws.facts.policy_document import Document, Effect, covers, glob, read_document

ALLOWED, CONDITIONAL = Decision.ALLOWED, Decision.CONDITIONAL
EXPLICIT, IMPLICIT = Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY
SECRET = "arn:aws:secretsmanager:ap-south-1:123456789012:secret:asharvi/backend/prod-AbC123"
ROLE = "arn:aws:iam::123456789012:role/task"
READ = "secretsmanager:GetSecretValue"


def statement(effect: str = "Allow", action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def doc(*statements: dict[str, Any]) -> Document:
    return read_document({"Version": "2012-10-17", "Statement": list(statements)})


def decided(*statements: dict[str, Any], action: str = READ, resource: str = SECRET, **context: list[str]) -> Decision:
    keys = {key.replace("__", ":"): values for key, values in context.items()}
    return evaluate([doc(*statements)], Request(action=action, resource=resource, context=keys)).decision


PLAIN = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


@pytest.mark.parametrize("raw", [PLAIN, json.dumps(PLAIN), quote(json.dumps(PLAIN))])
def test_wrappings_of_a_document(raw: Any) -> None:
    """A mapping, JSON and quoted JSON are the same; one statement and one action need no list."""
    (one,) = read_document(raw).statements
    assert (one.effect, one.actions, one.resources) == (Effect.ALLOW, ("s3:Get*",), ("*",))


BROKEN: list[Any] = [
    *(None, "", "{", "[]", {}, {"Statement": [3]}, {"Statement": [{"Action": "*"}]}, "[" * 100_000),
    {"Statement": statement(Condition="x")},
    {"Statement": statement(Condition={"Bool": "x"})},
    {"Statement": statement(Condition={"Bool": {"k": {}}})},
    {"Statement": statement(Principal=3)},
    {"Statement": statement(action={"a": 1})},
]


@pytest.mark.parametrize("raw", BROKEN)
def test_what_is_no_policy(raw: Any) -> None:
    """Anything else cannot be read, and is not taken for a policy that grants nothing."""
    with pytest.raises(Malformed):
        read_document(raw)


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ([statement()], ALLOWED),
        ([], IMPLICIT),
        ([statement(action="SECRETSMANAGER:getsecret*")], ALLOWED),
        ([statement(action="secretsmanager:GetSecretValu?")], ALLOWED),
        ([statement(action="ssm:*")], IMPLICIT),
        ([statement(resource=f"{SECRET[:-6]}??????")], ALLOWED),
        ([statement(resource=SECRET.upper())], IMPLICIT),
        ([statement(), statement("Deny", READ)], EXPLICIT),
        ([statement("Deny", "ecs:*"), statement()], ALLOWED),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], ALLOWED),
        ([{"Effect": "Allow", "NotAction": "secretsmanager:*", "Resource": "*"}], IMPLICIT),
        ([{"Effect": "Allow", "Action": "*", "NotResource": SECRET}], IMPLICIT),
        ([{"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::x"}, statement()], EXPLICIT),
        ([statement(Condition={"Bool": {"aws:SecureTransport": "true"}})], CONDITIONAL),
        ([statement(), statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})], CONDITIONAL),
        ([statement(Condition={"Bool": {"aws:SecureTransport": "true"}}), statement()], ALLOWED),
        ([statement(resource="arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/env}-*")], CONDITIONAL),
    ],
)
def test_decision(statements: list[dict[str, Any]], decision: Decision) -> None:
    """Deny wins, actions have no case, resources have, and what depends on an unknown key is conditional."""
    assert decided(*statements) is decision


@pytest.mark.parametrize(
    ("operator", "wanted", "decision"),
    [
        ("StringEquals", "ecs-tasks.amazonaws.com", ALLOWED),
        ("StringEquals", "ec2.amazonaws.com", IMPLICIT),
        ("StringLike", "ecs-*", ALLOWED),
        ("StringNotEquals", "ecs-tasks.amazonaws.com", IMPLICIT),
        ("StringEqualsIfExists", ["x", "ecs-tasks.amazonaws.com"], ALLOWED),
        ("ForAnyValue:StringLike", "ecs-*", ALLOWED),
        ("Null", "false", ALLOWED),
        ("Null", "true", IMPLICIT),
        ("NumericEquals", "1", CONDITIONAL),
        ("StringEquals", "${aws:x}", CONDITIONAL),
    ],
)
def test_condition_with_a_given_key(operator: str, wanted: Any, decision: Decision) -> None:
    """A condition on a key of the request is evaluated, whatever the key's case; an operator unknown here is not."""
    passing = statement(action="iam:PassRole", Condition={operator: {"IAM:PassedToService": wanted}})
    assert decided(passing, action="iam:PassRole", iam__passedtoservice=["ecs-tasks.amazonaws.com"]) is decision


def test_condition_names_its_key() -> None:
    """What a conditional answer depends on is named."""
    found = evaluate([doc(statement(Condition={"Bool": {"aws:ViaAWSService": "true"}}))], Request(action=READ))
    assert found.keys == {"aws:ViaAWSService"}


BOUNDARIES = [
    ([statement(action=READ)], ALLOWED),
    ([statement(action="ecs:*")], IMPLICIT),
    ([statement(), statement("Deny", READ)], EXPLICIT),
    ([statement(Condition={"Bool": {"aws:SecureTransport": "true"}})], CONDITIONAL),
]


@pytest.mark.parametrize(("limits", "decision"), BOUNDARIES)
def test_boundary_limits(limits: list[dict[str, Any]], decision: Decision) -> None:
    """A boundary takes away what it does not allow itself."""
    assert evaluate([doc(statement())], Request(action=READ, resource=SECRET), [doc(*limits)]).decision is decision


def test_boundary_never_grants() -> None:
    """A boundary that allows everything gives nothing."""
    assert evaluate([], Request(action=READ), [doc(statement())]).decision is IMPLICIT


@pytest.mark.parametrize(
    ("principal", "effect", "decision"),
    [
        ({"AWS": ROLE}, "Allow", ALLOWED),
        ("*", "Allow", ALLOWED),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "Allow", IMPLICIT),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "Deny", EXPLICIT),
        ({"AWS": f"{ROLE}2"}, "Allow", IMPLICIT),
        ({"Service": "*"}, "Allow", IMPLICIT),
    ],
)
def test_policy_of_a_resource(principal: Any, effect: str, decision: Decision) -> None:
    """It grants to whom it names; an account that it names may only delegate."""
    held = doc({"Effect": effect, "Principal": principal, "Action": READ, "Resource": "*"})
    assert grants_to(held, ROLE, Request(action=READ, resource=SECRET)).decision is decision


@pytest.mark.parametrize(
    ("raw", "everything", "service"),
    [
        (statement(), True, True),
        (statement(action="**"), True, True),
        (statement(action="*:*"), True, True),
        (statement(action="i*"), False, True),
        (statement(action="iam:Get*"), False, False),
        (statement(action="IAM:*", resource="arn:x"), False, True),
        (statement(resource="arn:aws:s3:::x"), False, True),
        (statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), False, False),
        (statement(Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), True, True),
        (statement(Condition={"Bool": {"aws:SecureTransport": "true"}}), True, True),
        (statement("Deny"), False, False),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, False, False),
    ],
)
def test_breadth(raw: dict[str, Any], everything: bool, service: bool) -> None:
    """Every way to write all actions counts; a condition narrows only by principal, source or resource."""
    (one,) = doc(raw).statements
    assert (gives_everything(one), gives_service(one, "iam")) == (everything, service)


NAMES = st.text("ab:*?", max_size=6)
WORDS = st.text("ab:", max_size=8)


@given(NAMES, NAMES, WORDS)
def test_covering_is_sound(wide: str, narrow: str, word: str) -> None:
    """What the narrow pattern matches is matched by every pattern that covers it, but for an empty wildcard."""
    if covers(wide, narrow) and glob(narrow.replace("*", "?*"), word):
        assert glob(wide, word)


@given(NAMES)
def test_everything_covers(narrow: str) -> None:
    """A star covers every pattern, and every pattern covers itself."""
    assert covers("*", narrow)
    assert covers(narrow, narrow)


EFFECTS = st.sampled_from(["Allow", "Deny"])
CONDITIONS = st.sampled_from(
    [{}, {"Bool": {"aws:SecureTransport": "true"}}, {"StringEquals": {"k": "v"}}, {"StringNotEquals": {"k": "v"}}]
)
STATEMENTS = st.builds(
    lambda effect, action, resource, condition: statement(effect, action, resource, Condition=condition),
    EFFECTS,
    st.sampled_from(["*", "s3:*", "s3:Get*", READ]),
    st.sampled_from(["*", SECRET, "arn:aws:s3:::x", "arn:${aws:username}"]),
    CONDITIONS,
)
REQUESTS = st.builds(
    lambda action, resource: Request(action=action, resource=resource, context={"k": ["v"]}),
    st.sampled_from(["s3:GetObject", READ]),
    st.sampled_from(["*", SECRET, "arn:aws:s3:::x"]),
)
LISTS = st.lists(STATEMENTS, max_size=4)


@given(LISTS, REQUESTS, STATEMENTS)
def test_a_deny_never_gives(held: list[dict[str, Any]], request: Request, more: dict[str, Any]) -> None:
    """One more Deny allows nothing that was not allowed before."""
    before = evaluate([doc(*held)], request).decision
    after = evaluate([doc(*held, {**more, "Effect": "Deny"})], request).decision
    assert after is not ALLOWED or before is ALLOWED


@given(LISTS, LISTS, REQUESTS)
def test_a_boundary_only_takes(held: list[dict[str, Any]], limits: list[dict[str, Any]], request: Request) -> None:
    """Within a boundary nothing is allowed that would not be allowed without one."""
    within = evaluate([doc(*held)], request, [doc(*limits)])
    assert not within.allowed or evaluate([doc(*held)], request).allowed


@given(LISTS, REQUESTS)
def test_order_does_not_matter(held: list[dict[str, Any]], request: Request) -> None:
    """Statements decide together, in whatever order and in how many documents they come."""
    together = evaluate([doc(*held)], request)
    assert evaluate([doc(one) for one in reversed(held)], request) == together


def test_no_condition_holds() -> None:
    """Nothing is wanted, so nothing is missing."""
    assert conditions_hold((), {}).holds is True
    assert not is_restricted(doc(statement()).statements[0])
