from threading import Barrier

import pytest

from runbook_tui.aws.errors import Denied, Missing
from runbook_tui.aws.together import each, together


def test_answers_stand_in_the_order_of_the_questions() -> None:
    """Whoever answers first, each question finds its own answer."""
    assert together(lambda: "one", lambda: 2, lambda: None, lambda: (4,)) == ("one", 2, None, (4,))
    assert each(str, range(9)) == tuple("012345678")
    assert each(str, ()) == ()


def test_questions_are_asked_side_by_side() -> None:
    """No question waits for another's answer: these can only be answered while all of them are asked."""
    meeting = Barrier(3, timeout=10)
    assert sorted(together(meeting.wait, meeting.wait, meeting.wait)) == [0, 1, 2]
    assert sorted(each(lambda _: meeting.wait(), range(3))) == [0, 1, 2]


def refused(kind: str) -> str:
    raise Missing(kind, "it")


def denied() -> str:
    raise Denied("not allowed", action="iam:GetRole")


def test_first_error_in_the_order_of_the_questions() -> None:
    """Of several errors the one is told that would have been met by asking one after the other."""
    with pytest.raises(Missing):
        together(lambda: "one", lambda: refused("a"), denied)
    with pytest.raises(Denied):
        together(denied, lambda: refused("a"))
    with pytest.raises(Missing) as caught:
        each(refused, ("b", "c"))
    assert caught.value.kind == "b"


def test_all_are_asked_to_the_end() -> None:
    """An error of one question does not leave another under way behind it."""
    heard: list[str] = []
    meeting = Barrier(2, timeout=10)

    def slow() -> None:
        meeting.wait()
        heard.append("slow")

    def failing() -> None:
        meeting.wait()
        raise Missing("a", "it")

    with pytest.raises(Missing):
        together(failing, slow)
    assert heard == ["slow"]
