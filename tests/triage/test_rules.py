"""Rules: what they name exists, and their order is the catalogue's."""

import pytest

from runbook_tui.catalogue.action_ids import action_ids
from runbook_tui.catalogue.loader import load
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.triage.looked_at import CHECKS
from runbook_tui.triage.order import PRECEDENCE
from runbook_tui.triage.rule import Rule, all_rules
from runbook_tui.triage.snapshot import PARTS

RULES = all_rules()
CHECK_IDS = all_checks()


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_what_a_rule_names_is_there(rule: Rule) -> None:
    """Parts and checks that it looks at, checks that confirm it, its runbook with those answers, its action."""
    assert {*rule.sees} <= {*PARTS, *CHECKS}
    assert {*rule.confirm} <= {*CHECK_IDS}
    assert not rule.action or rule.action in action_ids()
    assert rule.runbook or not rule.answers
    if rule.runbook:
        book = load(rule.runbook)
        for step, answer in rule.answers.items():
            ask = book.step(step).ask
            assert ask
            assert answer in ask.options


def test_a_rule_points_to_rules_or_families_that_exist() -> None:
    """Else it would come first although it explains nothing."""
    known = {*RULES, *(rule.family for rule in RULES.values())}
    assert {name for rule in RULES.values() for name in rule.points_to} <= known


def test_every_family_has_its_place() -> None:
    """Without one a cause could not be ranked."""
    assert {rule.id if rule.id in PRECEDENCE else rule.family for rule in RULES.values()} <= {*PRECEDENCE}


def test_a_snapshot_asks_checks_that_exist() -> None:
    """An id that nobody registers would be missed in every world."""
    assert {*CHECKS} <= {*CHECK_IDS}


def test_every_rule_of_the_catalogue_is_there() -> None:
    """T3k is none: it takes stops out of the evidence. T0 is what is said when none fits."""
    letters = {
        "T1": "abcdefghi",
        "T2": "abcdefgh",
        "T3": "abcdefghijlmno",
        "T4": "abcde",
        "T5": "abcde",
        "T6": "abcdefghij",
        "T7": "abc",
        "T9": "abcde",
    }
    wanted = {f"{family}{letter}" for family, its in letters.items() for letter in its} | {"T8", "T10"}
    assert {*RULES} == wanted
