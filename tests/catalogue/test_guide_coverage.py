"""Every sentence of the guide has a check or a reason, and every check a sentence."""

from pathlib import Path

from docs.guide_coverage import Sentence, page, rows, sentences, troubles
from runbook_tui.catalogue.loader import load_all
from runbook_tui.catalogue.registry import all_checks


def test_nothing_of_the_guide_is_forgotten() -> None:
    """No sentence stands without check and reason, and no check is named by none."""
    assert troubles(sentences(), list(all_checks())) == []


def test_every_section_of_a_check_has_sentences() -> None:
    """The guide's sections that checks name are sections of the list."""
    known = {one.guide.partition(".")[0] for one in sentences()}
    assert {check.guide.partition(".")[0] for check in all_checks().values()} - known == set()


def test_a_bare_sentence_is_found() -> None:
    """One whose checks do not exist, and that gives no reason."""
    bare = Sentence(guide="1.1", says="x", checks=("no.such", "none.*"))
    assert troubles([bare], []) == ["1.1, x: neither a check nor a reason"]
    assert troubles([Sentence(guide="1.1", says="x", why="nobody can tell")], []) == []


def test_an_unnamed_check_is_found() -> None:
    """A glob names every check that it matches, and no other."""
    told = [Sentence(guide="1", says="x", checks=("a.*",))]
    assert troubles(told, ["a.one", "b.two"]) == ["b.two is named by no sentence of the guide"]


def test_the_changes_of_the_mutation_tests_are_read() -> None:
    """From their source, by check."""
    found = rows()
    assert "the trail is stopped" in found["review.trail"]
    assert set(found) <= set(all_checks())


def test_the_page_names_every_check() -> None:
    """As does the one that is written to the reference."""
    text = "\n".join(page(list(all_checks()), load_all()))
    assert [check for check in all_checks() if f"`{check}`" not in text] == []
    written = Path(__file__).parents[2] / "docs" / "reference" / "coverage.md"
    assert written.exists()
