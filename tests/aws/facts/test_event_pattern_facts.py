"""EventBridge's patterns."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.event_pattern import matches, read_pattern

EVENT = {
    "source": "aws.secretsmanager",
    "detail": {"eventName": "RotationFailed", "data": {"SecretId": "arn:x:secret:app/prod-AbCdEf"}, "tags": ["a", "b"]},
    "count": 3,
    "flag": True,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({}, True),
        ({"source": ["aws.secretsmanager"]}, True),
        ({"source": ["aws.ec2", "aws.secretsmanager"]}, True),
        ({"source": ["aws.ec2"]}, False),
        ({"source": "aws.secretsmanager"}, False),
        ({"source": ["aws.secretsmanager"], "region": ["x"]}, False),
        ({"detail": {"eventName": ["RotationFailed"]}}, True),
        ({"detail": {"data": {"SecretId": [{"prefix": "arn:x:secret:app/prod"}]}}}, True),
        ({"detail": {"data": {"SecretId": [{"suffix": "-zzz"}]}}}, False),
        ({"detail": {"data": {"SecretId": [{"wildcard": "*secret:app/*-AbCdEf"}]}}}, True),
        ({"detail": {"tags": ["b"]}}, True),
        ({"detail": {"tags": ["c"]}}, False),
        ({"detail": {"gone": [{"exists": False}]}}, True),
        ({"detail": {"gone": [{"exists": True}]}}, False),
        ({"detail": {"eventName": [{"exists": True}]}}, True),
        ({"detail": {"eventName": [{"anything-but": ["RotationFailed"]}]}}, False),
        ({"detail": {"eventName": [{"anything-but": "Other"}]}}, True),
        ({"detail": {"eventName": [{"anything-but": {"prefix": "Rot"}}]}}, False),
        ({"detail": {"eventName": [{"equals-ignore-case": "rotationfailed"}]}}, True),
        ({"count": [3]}, True),
        ({"count": [{"numeric": [">", 0]}]}, False),
        ({"flag": [1]}, False),
        ({"$or": [{"source": ["aws.ec2"]}, {"count": [3]}]}, True),
        ({"$or": [{"source": ["aws.ec2"]}]}, False),
        ({"detail": ["RotationFailed"]}, False),
    ],
)
def test_a_pattern_means_an_event(pattern: Any, expected: bool) -> None:
    """As EventBridge documents it; what is not known here means nothing."""
    assert matches(pattern, EVENT) is expected


@given(JSON, JSON)
def test_any_pattern_can_be_asked(pattern: Any, event: Any) -> None:
    """Whatever stands in a rule, there is an answer."""
    assert matches(pattern, event) in (True, False)


@given(st.dictionaries(st.text(min_size=1, max_size=5).filter(lambda name: name != "$or"), st.text(max_size=5)))
def test_an_event_s_own_values_mean_it(event: dict[str, str]) -> None:
    """A pattern of an event's members matches it, and not once one of them differs."""
    pattern = {name: [value] for name, value in event.items()}
    assert matches(pattern, event)
    for name, value in event.items():
        assert not matches({**pattern, name: [value + "x"]}, event)


def test_a_pattern_is_a_json_object() -> None:
    """Anything else cannot be read."""
    assert read_pattern(json.dumps({"source": ["a"]})) == {"source": ["a"]}
    for text in ("", "[]", "{", "7"):
        with pytest.raises(Malformed):
            read_pattern(text)
