"""Answers of AWS that went wrong somewhere: a member gone, cut, emptied or of another type."""

import copy
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

_STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(["\x1b[2J", "\u202e", "[red]", "a" * 10_000, datetime(2026, 1, 1)]),  # noqa: DTZ001 - naive on purpose
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        inner += _places(item, (*path, key))
    return inner


@st.composite
def mutated(draw: st.DrawFn, answer: Any) -> Any:
    """A copy of the answer with one to three places removed or replaced."""
    broken = copy.deepcopy(answer)
    for _ in range(draw(st.integers(1, 3))):
        places = _places(broken)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        holder = broken
        for key in way:
            holder = holder[key]
        if draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = draw(_STRANGE)
    return broken
