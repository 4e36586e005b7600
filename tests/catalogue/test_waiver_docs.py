"""The page about waivers says what the program does."""

import re
from datetime import date
from pathlib import Path

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.waiver_shape import WAIVERS
from runbook_tui.catalogue.waivers import inspect

PAGE = (Path(__file__).parents[2] / "docs" / "waivers.md").read_text(encoding="utf-8")


def test_every_key_is_documented() -> None:
    """Each key of the description stands in the table of the page, and no other."""
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == {field.key for field in WAIVERS.item.fields}


def test_the_example_is_sound() -> None:
    """What the page shows can be copied as it stands."""
    example = PAGE.partition("```yaml\n")[2].partition("```")[0]
    found, findings = inspect(example, "example", all_checks(), date(2026, 11, 23))
    assert (len(found), findings) == (1, ())
