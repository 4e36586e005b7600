"""Untrusted text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.core.text import clean, middle, strip

# Any code point, lone surrogates included, with the dangerous ones often.
HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from("\x1b\x9b\x9d\x07[];?m0\\\u202e\u2066\u200b\u061c\n\r\t\u2028\ud800\ufeff\u3164"),
    )
)


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("plain", "plain"),
        ("Zürich ✔ 日本 🙂", "Zürich ✔ 日本 🙂"),
        ("a\x1b[31;1mred\x1b[0m", "ared"),
        ("a\x9b31mred", "ared"),
        ("\x1b]0;owned\x07title", "title"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("\x1b]0;never ended", "0;never ended"),
        ("\x1bcreset", "reset"),
        ("one\ntwo\r\nthree\tfour", "one two three four"),
        ("user\u202egnp.exe\u202c", "usergnp.exe"),
        ("a\u2066b\u2069c\u200ed\u200fe\u061cf", "abcdef"),
        ("ze\u200bro\u200dwid\u2060th\ufeff", "zerowidth"),
        ("nul\x00bel\x07del\x7f", "nulbeldel"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("fill\u3164er", "filler"),
    ],
)
def test_known_tricks_are_harmless(hostile: str, harmless: str) -> None:
    """Escape sequences go whole, controls and invisible characters go, breaks become spaces."""
    assert clean(hostile) == harmless


@given(HOSTILE, st.integers(0, 40))
def test_cleaning_twice_changes_nothing(text: str, limit: int) -> None:
    """What is clean stays as it is."""
    once = clean(text, limit)
    assert clean(once, limit) == once


@given(HOSTILE)
def test_no_harmful_character_is_left(text: str) -> None:
    """Nothing of Unicode's control, format and surrogate categories passes, nor any line break."""
    line = clean(text)
    assert {unicodedata.category(char) for char in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    line.encode()


@given(HOSTILE, st.integers(0, 40))
def test_the_limit_holds(text: str, limit: int) -> None:
    """A line is never longer than asked, and one that was cut says so."""
    line = clean(text, limit)
    assert len(line) <= limit
    assert line == clean(text, 10**6) or line.endswith("…") or limit == 0


def test_line_breaks_survive_stripping() -> None:
    """A text of several lines keeps them while it loses what is harmful."""
    assert strip("a\x1b[1m\n\tb\u202e\r\n") == "a\n\tb\r\n"


def test_two_megabytes_of_openers_are_cleaned_in_one_go() -> None:
    """Sequences that never end do not make the search quadratic: the test's time limit would strike."""
    assert clean("\x1b]0\x9d" * 500_000, 10) == "000000000…"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("abcdef", 6, "abcdef"), ("abcdefgh", 5, "ab…gh"), ("abcdefgh", 4, "ab…h"), ("abc", 1, "…"), ("abc", 0, "")],
)
def test_cut_in_the_middle(text: str, width: int, expected: str) -> None:
    """Both ends stay, the heart goes."""
    assert middle(text, width) == expected


@given(st.text(), st.integers(-2, 30))
def test_middle_never_exceeds_the_width(text: str, width: int) -> None:
    """Whatever the width, the result fits."""
    assert len(middle(text, width)) <= max(width, 0)
