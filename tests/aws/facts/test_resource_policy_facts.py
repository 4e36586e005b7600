"""To whom a resource's own policy opens it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.policy import Decision, Request
from runbook_tui.aws.facts.policy_document import read_document
from runbook_tui.aws.facts.resource_policy import Reach, account_of, denied_to, openings, principals

OWN, OTHER = "123456789012", "999999999999"
ROLE = f"arn:aws:iam::{OWN}:role/app"
READ = Request(action="secretsmanager:GetSecretValue", resource="arn:aws:secretsmanager:x:y:secret:z")


def document(principal: Any, effect: str = "Allow", **more: Any) -> Any:
    one = {"Effect": effect, "Principal": principal, "Action": "*", "Resource": "*", **more}
    return read_document({"Version": "2012-10-17", "Statement": [one]})


@pytest.mark.parametrize(
    ("principal", "reaches"),
    [
        ("*", [Reach.EVERYONE]),
        ({"AWS": "*"}, [Reach.EVERYONE]),
        ({"AWS": OTHER}, [Reach.FOREIGN]),
        ({"AWS": [ROLE, f"arn:aws:iam::{OTHER}:root"]}, [Reach.FOREIGN]),
        ({"AWS": OWN}, []),
        ({"AWS": "AROAEXAMPLEID"}, []),
        ({"Service": "ecs-tasks.amazonaws.com"}, []),
        ({"Federated": "*"}, [Reach.EVERYONE]),
    ],
)
def test_reach(principal: Any, reaches: list[Reach]) -> None:
    """Everybody and other accounts come from outside; services and the own account do not."""
    assert [one.reach for one in openings(document(principal), OWN)] == reaches


def test_everybody_but_somebody() -> None:
    """An Allow for all but one is for everybody."""
    raw = {"Effect": "Allow", "NotPrincipal": {"AWS": ROLE}, "Action": "*", "Resource": "*"}
    (one,) = openings(read_document({"Statement": [raw]}), OWN)
    assert (one.reach, one.who) == (Reach.EVERYONE, f"all but {ROLE}")


PRINCIPALS = st.lists(st.sampled_from(["*", OWN, OTHER, ROLE, f"arn:aws:iam::{OTHER}:role/x"]), min_size=1, unique=True)


@given(PRINCIPALS)
def test_openings_are_what_is_not_ours(names: list[str]) -> None:
    """One opening for each principal that is neither the account nor in it; a Deny opens nothing."""
    outside = [name for name in names if name == "*" or account_of(name) != OWN]
    assert [one.who for one in openings(document({"AWS": names}), OWN)] == outside
    assert openings(document({"AWS": names}, "Deny"), OWN) == ()
    assert list(principals(document({"AWS": names}))) == names


@given(PRINCIPALS)
def test_a_deny_hits_whom_it_names(names: list[str]) -> None:
    """The role itself, everybody, and the account by a Deny; nobody else."""
    hits = bool({"*", OWN, ROLE} & set(names))
    expected = Decision.EXPLICIT_DENY if hits else Decision.ALLOWED
    assert denied_to(document({"AWS": names}, "Deny"), ROLE, READ).decision is expected


def test_an_open_condition_leaves_it_open() -> None:
    """Whether a Deny applies may depend on what only the request tells."""
    found = denied_to(document("*", "Deny", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), ROLE, READ)
    assert (found.decision, found.keys) == (Decision.CONDITIONAL, frozenset({"aws:SourceVpc"}))
