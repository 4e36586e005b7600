"""What puts a check right: each that a request can is offered one."""

import pytest

from runbook_tui.catalogue.actions import all_actions, fixes_of
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.tui import library
from tests.support.fixable import FIXABLE


@pytest.mark.parametrize("check", FIXABLE)
def test_it_is_put_right_by_a_change(check: str) -> None:
    """The screen offers the same ones beside the check."""
    assert check in all_checks()
    offered = [name for read in library.fixes(check) for name, _ in read.actions]
    assert offered
    assert offered == [one.id for one in fixes_of(check)]


def test_a_change_puts_right_what_there_is() -> None:
    """No action names a check that nobody asks, and every title is a sentence."""
    checks = all_checks()
    for action in all_actions().values():
        assert [name for name in action.fixes if name not in checks] == []
        assert action.title.endswith("."), action.id
