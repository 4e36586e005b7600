"""What is changed for a while only is taken back without anybody being asked: decided on events alone."""

from datetime import timedelta

from msgspec.structs import replace

from runbook_tui.core.change import Stage
from runbook_tui.core.change_commands import ConfirmPlan, PlanAction, ReportCall, ReportPlan, ReportReread, Restore
from runbook_tui.core.change_events import ActionAsked
from runbook_tui.core.commands import Abort, Continue, Pause, Proceed, Skip
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.plan import ApiCall, Plan
from runbook_tui.core.temporary import MOST_TRIES, due, given_up, owed, seconds_left, standing
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
MORE = replace(CUT, id="more")
TEN_MINUTES = 600.0


def for_a_while(*calls: ApiCall) -> Plan:
    return replace(plan(*calls), restore_within=TEN_MINUTES)


def cut(book: Book, *calls: ApiCall) -> Plan:
    made = for_a_while(*(calls or (CUT,)))
    book.running(made)
    assert book.do(ReportCall(change=1, call="cut")) is None
    return made


def back(book: Book) -> Plan:
    """The plan of the way back, as the worker would report it."""
    undo = plan(replace(CUT.undo[0], id="undo-1-lead"))
    report = ReportPlan(
        change=book.change.number, plan=undo, digest=undo.digest, confirmation=Confirmation(word="prod")
    )
    assert book.told(report) == ["ActionPlanned", "ActionConfirmed"]
    return undo


def failed_back(book: Book) -> None:
    undo = back(book)
    number = book.change.number
    assert book.do(ReportReread(change=number, digest=undo.digest)) is None
    assert book.do(ReportCall(change=number, call="undo-1-lead", code="Denied", message="no")) is None


def test_its_end_was_confirmed_with_its_beginning() -> None:
    """It stands from its first call on; the way back is planned, confirmed by nobody, and made."""
    book = Book()
    cut(book)
    found = standing(book.state)
    assert found is not None
    assert due(found) - book.state.last_at == timedelta(seconds=TEN_MINUTES - 2)  # type: ignore[operator]
    assert book.told(Restore(reason="its time is up")) == ["ActionAsked"]
    assert book.do(Restore(reason="once more")) is None
    assert len(book.state.changes) == 2
    undo = back(book)
    assert book.told(ReportReread(change=2, digest=undo.digest)) == ["CallStarted"]
    assert book.told(ReportCall(change=2, call="undo-1-lead")) == ["CallFinished", "ActionFinished"]
    assert book.state.changes[1].stage is Stage.UNDONE
    assert standing(book.state) is None


def test_it_is_due_when_its_time_is_up() -> None:
    """Seconds are counted from its first call; nothing is due while it is being made or taken back."""
    book = Book()
    made = for_a_while()
    book.running(replace(made, calls=(CUT,)))
    assert book.state.last_at is not None
    assert seconds_left(book.state, book.state.last_at) is None
    assert book.do(ReportCall(change=1, call="cut")) is None
    began = due(book.state.changes[1]) - timedelta(seconds=TEN_MINUTES)
    assert seconds_left(book.state, began + timedelta(seconds=590)) == 10
    assert seconds_left(book.state, began + timedelta(hours=1)) == 0
    assert book.do(Restore(reason="now")) is None
    assert seconds_left(book.state, began + timedelta(hours=1)) is None


def test_what_failed_half_way_is_taken_back_at_once() -> None:
    """So much of it as was done."""
    book = Book()
    cut(book, CUT, MORE)
    assert book.do(ReportCall(change=1, call="more", code="Denied", message="no")) is None
    assert book.state.last_at is not None
    assert seconds_left(book.state, book.state.last_at) == 0
    nothing = Book()
    nothing.running(for_a_while(CUT))
    assert nothing.do(ReportCall(change=1, call="cut", code="Denied", message="no")) is None
    assert standing(nothing.state) is None


def test_a_run_does_not_end_while_it_stands() -> None:
    """Neither aborted nor finished; but when it could not be taken back in five tries, nobody is held."""
    book = Book()
    cut(book)
    refused = book.do(Abort(reason="lunch"))
    assert refused is not None
    assert "still stands" in refused.reason
    assert book.do(Skip(reason="later")) is None
    assert book.do(Proceed()) is not None
    for number in range(MOST_TRIES):
        assert owed(book.state), number
        assert book.do(Restore(reason="now")) is None
        failed_back(book)
        assert book.state.last_at is not None
    assert given_up(book.state) is not None
    assert seconds_left(book.state, book.state.last_at + timedelta(days=1)) is None  # type: ignore[arg-type,operator]
    assert book.do(Proceed()) is None


def test_tries_are_further_and_further_apart() -> None:
    """2, 4, 8, 15 seconds; the program that takes the run up begins anew."""
    book = Book()
    cut(book)
    for pause in (2, 4, 8, 15):
        assert book.do(Restore(reason="now")) is None
        failed_back(book)
        assert seconds_left(book.state, book.change.asked_at) == pause
    assert book.do(Restore(reason="now")) is None
    failed_back(book)
    assert not owed(book.state)
    assert book.do(Continue(afresh=True)) is None
    assert owed(book.state)


def test_it_comes_before_everything_else() -> None:
    """A paused run restores; what is only planned is put aside, what is in doubt is left in doubt."""
    book = Book()
    cut(book)
    assert book.do(Pause()) is None
    assert book.told(Restore(reason="now")) == ["ActionAsked"]
    other = Book()
    cut(other)
    assert other.do(PlanAction(action="ecs.restart")) is None
    assert other.told(Restore(reason="now")) == ["ActionRefused", "ActionAsked"]
    doubtful = Book()
    doubtful.running(for_a_while(CUT))
    assert doubtful.do(ReportCall(change=1, call="cut", code="Timeout", message="?", in_doubt=True)) is None
    assert doubtful.told(Restore(reason="now")) == ["ActionFailed", "ActionAsked"]
    asked = doubtful.events[-1]
    assert isinstance(asked, ActionAsked)
    assert (asked.undoes, asked.reason) == (1, "now")


def test_whoever_takes_the_run_up_does_not_go_on_with_it() -> None:
    """A change for a while that was half made when the program ended has failed; the call that was under way is in
    doubt, and both stand."""
    book = Book()
    made = for_a_while(CUT, MORE)
    book.planned(made)
    assert book.do(ConfirmPlan(digest=made.digest)) is None
    assert book.do(ReportReread(change=1, digest=made.digest)) is None
    started = len(book.events) - 1
    assert book.do(ReportCall(change=1, call="cut")) is None
    between = book.at(len(book.events) - 2)
    assert between.told(Continue(afresh=True))[:2] == ["RunResumed", "ActionFailed"]
    assert standing(between.state) is not None
    doubtful = book.at(started)
    assert doubtful.told(Continue(afresh=True))[:2] == ["RunResumed", "ActionInterrupted"]
    assert doubtful.told(Restore(reason="the program had ended")) == ["ActionFailed", "ActionAsked"]
