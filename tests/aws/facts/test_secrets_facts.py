"""Facts of secrets: shapes of values, never values."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.secrets import Secret, SecretsFacts, shape_of
from tests.support.facts import answers
from tests.support.ground import ground, secret


def test_current_value_is_asked_for() -> None:
    """The value that tasks get is the one at AWSCURRENT."""
    reader = answers(ground())
    SecretsFacts(reader).shape("asharvi/backend/prod")
    assert reader.asked[-1][2] == {"SecretId": "asharvi/backend/prod", "VersionStage": "AWSCURRENT"}


@given(
    st.dictionaries(
        st.from_regex(r"[A-Z]{1,8}", fullmatch=True),
        st.text(st.characters(codec="ascii"), min_size=9).filter(lambda text: len(set(text)) > 6),
        max_size=4,
    )
)
def test_shape_holds_no_value(values: dict[str, str]) -> None:
    """Whatever the values are, none of them stands in the shape."""
    told = repr(shape_of(json.dumps(values)))
    assert not [value for value in values.values() if value in told or repr(value)[1:-1] in told]


@pytest.mark.parametrize(
    ("value", "attribute", "holds"),
    [
        ("x", "filled", True),
        ("", "filled", False),
        (" \t", "filled", False),
        (7, "filled", False),
        (None, "is_text", False),
        (["x"], "is_text", False),
        ("x ", "padded", True),
        ("x", "padded", False),
        ("ChangeMe!", "placeholder", True),
        ("<your key>", "placeholder", True),
        ("mongodb+srv://host/db", "scheme", True),
        ("mongodb://host/db", "scheme", True),
        ("http://host", "scheme", False),
        ("*", "wildcard", True),
        ("https://*.x.dev", "wildcard", False),
    ],
)
def test_shape_of_a_key(value: Any, attribute: str, holds: bool) -> None:
    """What is told of one key follows from its value."""
    keys = shape_of(json.dumps({"KEY": value})).keys
    assert keys is not None
    assert getattr(keys["KEY"], attribute) == holds


@pytest.mark.parametrize(("length", "bucket"), [(15, "<16"), (16, "16–31"), (31, "16–31"), (32, "≥32")])
def test_length_bucket(length: int, bucket: str) -> None:
    """Lengths are told in three buckets."""
    keys = shape_of(json.dumps({"KEY": "k" * length})).keys
    assert keys is not None
    assert keys["KEY"].length == bucket


@pytest.mark.parametrize("raw", ["", "text", "[]", '"text"', "7", "null", "{", b"\xff\xfe"])
def test_no_object(raw: str | bytes) -> None:
    """What is no JSON object has no keys, and is no crash."""
    shape = shape_of(None, raw) if isinstance(raw, bytes) else shape_of(raw)
    assert shape.keys is None


def test_no_value_at_all() -> None:
    """An answer without a value cannot be judged."""
    with pytest.raises(Malformed):
        shape_of(None)


def test_versions_by_stage() -> None:
    """A stage is found on the version that carries it."""
    found = Secret.from_api(secret())
    assert (found.versions_at("AWSCURRENT"), found.versions_at("AWSPENDING")) == (("v-2",), ())
