"""Whatever AWS sends, text that has passed the border is harmless."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import field

from runbook_tui.aws.facts.border import LONGEST_TEXT, Fact, Tag, parse, parse_all
from runbook_tui.core.text import clean


class Thing(Fact, frozen=True, kw_only=True):
    name: str
    tags: tuple[Tag, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    more: Any = None


HARMFUL = [
    "\x1b[31mred",
    "bell\x07",
    "\x7f",
    "\x9b2J",
    "two\nlines",
    "tab\there",
    "\u202eabc",
    "half \ud800",
    "x" * 4000,
]


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_comes_out_as_cleaning_it_leaves_it(name: str, label: str) -> None:
    """Wherever it stands: a member, an item of a list, a key of a map, or what no type describes."""
    raw = {"Name": name, "Tags": [{"Key": name, "Value": label}], "Labels": {label: name}, "More": {name: [label]}}
    key, value = clean(label), clean(name, LONGEST_TEXT)
    assert parse(raw, Thing) == Thing(
        name=value,
        tags=(Tag(key=value, value=clean(label, LONGEST_TEXT)),),
        labels={key: value},
        more={clean(name): [clean(label, LONGEST_TEXT)]},
    )


@pytest.mark.parametrize("text", HARMFUL, ids=[repr(text[:12]) for text in HARMFUL])
def test_harmful_text_is_made_harmless(text: str) -> None:
    """Escapes, controls, breaks, half characters and walls of text."""
    (thing,) = parse_all({"Things": [{"Name": text}]}, "Things", Thing)
    assert thing.name == clean(text, LONGEST_TEXT) != text
    assert thing.name.isprintable()


def test_plain_text_is_left_as_it_is() -> None:
    """An ARN of the greatest length among it."""
    arn = "arn:aws:iam::123456789012:role/" + "a" * 480
    assert parse({"Name": arn}, Thing).name == arn
