"""The pages about the two files say what the program does."""

import re
from pathlib import Path

from runbook_tui.catalogue import loader
from runbook_tui.catalogue.runbook_shape import RUNBOOK
from runbook_tui.catalogue.shapes import Many
from tests.support.check_ids import CHECK_IDS
from tests.support.site_table import table

DOCS = Path(__file__).parents[2] / "docs"


def test_every_key_of_the_site_is_documented() -> None:
    """The table is made from the types and limits; ``python -m tests.support.site_table`` prints the new one."""
    text = (DOCS / "site-file.md").read_text(encoding="utf-8")
    assert text.partition("<!-- keys -->\n")[2].partition("\n<!-- /keys -->")[0] == table()


def test_every_key_of_a_runbook_is_documented() -> None:
    """Each key of the description stands in a table of the page."""
    text = (DOCS / "runbook-file.md").read_text(encoding="utf-8")
    steps = next(field.shape for field in RUNBOOK.fields if field.key == "steps")
    assert isinstance(steps, Many)
    known = {field.key for field in (*RUNBOOK.fields, *steps.item.fields)}
    named = {key for row in re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert named == known


def test_the_example_is_a_runbook() -> None:
    """What the page shows can be loaded as it stands."""
    text = (DOCS / "runbook-file.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert [str(one) for one in loader.inspect(example, "example", CHECK_IDS)[1]] == []
