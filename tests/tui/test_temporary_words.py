"""What a screen says of a change that is for a while only."""

from msgspec.structs import replace

from runbook_tui.core.change_commands import ReportCall, ReportPlan, Restore
from runbook_tui.core.plan import ApiCall
from runbook_tui.core.temporary import MOST_TRIES, owed
from runbook_tui.tui.advice import advise
from tests.support.folded import Book, plan

CUT = ApiCall(
    id="cut",
    service="ec2",
    operation="delete_route",
    parameters={"RouteTableId": "rtb-1"},
    effect="nothing leads there",
    undo=(
        ApiCall(
            id="lead",
            service="ec2",
            operation="create_route",
            parameters={"RouteTableId": "rtb-1"},
            effect="it leads there",
        ),
    ),
)


def cut() -> Book:
    book = Book()
    book.running(replace(plan(CUT), restore_within=600.0))
    assert book.do(ReportCall(change=1, call="cut")) is None
    return book


def test_while_it_stands_its_end_is_told() -> None:
    """With the time, and the key that ends it."""
    book = cut()
    assert "ends by itself at 03:10:05 UTC; u ends it now." in advise(book.state, book.runbook).more


def test_what_could_not_be_taken_back_is_critical() -> None:
    """With the very commands, before anything else is advised."""
    book = cut()
    for _ in range(MOST_TRIES):
        assert owed(book.state)
        assert book.do(Restore(reason="now")) is None
        number = book.change.number
        report = ReportPlan(change=number, reason="AWS does not answer", remedy="try again")
        assert book.do(report) is None
    advice = advise(book.state, book.runbook)
    assert advice.text.startswith("CRITICAL: change 1")
    assert "aws ec2" in advice.more
    assert advice.urgent
