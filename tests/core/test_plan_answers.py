"""What an earlier call answers, and what stands there when there was no such call."""

from runbook_tui.core.plan import answer, fillable, filled, references

KNOWN = {"make": {"Arn": "new"}}


def test_an_answer_is_filled_in() -> None:
    """Wherever it stands in the parameters."""
    assert filled({"Actions": [answer("make", "Arn"), "told"]}, KNOWN, "") == {"Actions": ["new", "told"]}


def test_what_stands_in_for_a_call_that_was_not_made() -> None:
    """Its answer comes first where there is one."""
    spare = {"Action": answer("make", "Arn", otherwise="old")}
    assert filled(spare, {}, "") == {"Action": "old"}
    assert filled(spare, KNOWN, "") == {"Action": "new"}
    assert fillable(spare, {})
    assert not fillable({"Action": answer("make", "Arn")}, {})


def test_references_are_found() -> None:
    """Each with the call and the path that it means."""
    assert list(references([{"a": answer("make", "Arn")}])) == [answer("make", "Arn")]
