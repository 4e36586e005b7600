"""How a change goes from a wish to a deed and back: decided on events alone."""

import re

import pytest
from msgspec.structs import replace

from runbook_tui.core.change import Stage
from runbook_tui.core.change_commands import (
    ConfirmPlan,
    PlanAction,
    ReportApproval,
    ReportCall,
    ReportPlan,
    ReportReady,
    ReportReread,
    SettleDoubt,
    Undo,
    Withdraw,
)
from runbook_tui.core.change_events import CallStarted
from runbook_tui.core.commands import Abort, Continue, Proceed, Skip
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.events import ChecksStarted, WaitStarted
from runbook_tui.core.plan import ApiCall, Plan, Question, Ready, answer, token
from runbook_tui.core.runbook import Offer, Wait
from runbook_tui.core.state import Phase, WaitPhase
from runbook_tui.core.verdict import fail, passed
from tests.support.folded import Book, plan

MAKE = ApiCall(
    id="make",
    service="ec2",
    operation="create_vpc",
    parameters={"CidrBlock": "10.0.0.0/16", "ClientToken": token()},
    effect="a VPC is made",
    undo=(
        ApiCall(
            id="delete",
            service="ec2",
            operation="delete_vpc",
            parameters={"VpcId": answer("make", "Vpc.VpcId")},
            effect="the VPC is deleted",
        ),
    ),
)
NAME = ApiCall(
    id="name",
    service="ec2",
    operation="create_tags",
    parameters={"Resources": [answer("make", "Vpc.VpcId")]},
    effect="it gets a name",
)

ALONE = ApiCall(id="alone", service="ecs", operation="update_service", parameters={"service": "s"}, effect="e")


def test_a_change_goes_call_by_call() -> None:
    """Each call is written down before it leaves, with the answers of those before it; then it is on the undo stack."""
    book = Book()
    book.running(plan(MAKE, NAME))
    done = ReportCall(change=1, call="make", outputs={"Vpc.VpcId": "vpc-1"})
    assert book.told(done) == ["CallFinished", "CallStarted"]
    begun = book.events[-1]
    assert isinstance(begun, CallStarted)
    assert begun.parameters == {"Resources": ["vpc-1"]}
    assert book.told(ReportCall(change=1, call="name")) == ["CallFinished", "ActionFinished"]
    assert book.change.stage is Stage.DONE
    assert book.state.undo_stack == (1,)
    assert [back.operation for back in book.change.takes_back] == ["delete_vpc"]


def test_a_token_is_the_same_for_the_same_call() -> None:
    """The idempotency token comes from the run, the change and the call, so that a repeated request is recognised."""
    book = Book()
    book.running(plan(MAKE))
    begun = book.events[-1]
    assert isinstance(begun, CallStarted)
    assert begun.parameters["ClientToken"] == begun.idempotency
    again = Book()
    again.running(plan(MAKE))
    assert again.events[-1] == begun
    assert re.fullmatch(r"\w{32}", begun.idempotency), "as much as ACM takes, and as Secrets Manager wants"


def test_a_moved_world_refuses_the_change() -> None:
    """The plan would be another one now: no call is made."""
    book = Book()
    book.planned(plan(MAKE))
    assert book.do(ConfirmPlan(digest=plan(MAKE).digest)) is None
    assert book.told(ReportReread(change=1, digest="another")) == ["ActionRefused"]
    assert book.change.stage is Stage.REFUSED
    assert book.state.undo_stack == ()


@pytest.mark.parametrize(
    ("confirmation", "confirm", "says"),
    [
        (Confirmation(), ConfirmPlan(digest="other"), "another plan"),
        (Confirmation(word="prod"), ConfirmPlan(digest=plan(MAKE).digest, typed="staging"), "type prod"),
        (Confirmation(word="prod"), ConfirmPlan(digest=plan(MAKE).digest), "type prod"),
        (Confirmation(approver=True), ConfirmPlan(digest=plan(MAKE).digest), "second person"),
        (Confirmation(forbidden=True), ConfirmPlan(digest=plan(MAKE).digest), "read-only"),
    ],
)
def test_what_is_not_confirmed_as_asked_is_refused(confirmation: Confirmation, confirm: ConfirmPlan, says: str) -> None:
    """Another digest, another word, no second person, a read-only site."""
    book = Book()
    book.planned(plan(MAKE), confirmation)
    refused = book.do(confirm)
    assert refused is not None
    assert says in refused.reason
    assert book.change.stage is Stage.PLANNED


def test_a_second_person_or_a_broken_glass_opens_the_way() -> None:
    """An approval of this very plan, or a reason why nobody was waited for."""
    made = plan(MAKE)
    approved = Book()
    approved.planned(made, Confirmation(approver=True))
    assert approved.do(ReportApproval(digest="another", approver="arn:b")) is not None
    assert approved.do(ReportApproval(digest=made.digest, approver="arn:b")) is None
    assert approved.told(ConfirmPlan(digest=made.digest)) == ["ActionConfirmed"]
    alone = Book()
    alone.planned(made, Confirmation(approver=True))
    assert alone.told(ConfirmPlan(digest=made.digest, break_glass="nobody answers")) == ["ActionConfirmed"]
    assert alone.change.break_glass == "nobody answers"


def test_a_failed_call_ends_the_change_and_keeps_its_undo() -> None:
    """What was made before it can be taken back; what failed cannot."""
    book = Book()
    book.running(plan(MAKE, NAME))
    book.do(ReportCall(change=1, call="make", outputs={"Vpc.VpcId": "vpc-1"}))
    failed = ReportCall(change=1, call="name", code="AccessDenied", message="no")
    assert book.told(failed) == ["CallFailed", "ActionFailed"]
    assert book.change.stage is Stage.FAILED
    assert book.state.undo_stack == (1,)


def test_an_unheard_answer_is_a_doubt_until_it_is_settled() -> None:
    """Nothing else can be changed, left or skipped before the operator says what happened."""
    book = Book()
    book.running(plan(MAKE))
    assert book.told(ReportCall(change=1, call="make", code="ReadTimeoutError", in_doubt=True)) == ["CallFailed"]
    assert book.change.stage is Stage.IN_DOUBT
    for command in (PlanAction(), Undo(), Proceed(), Skip(reason="later"), Withdraw()):
        assert book.do(command) is not None
    assert book.told(SettleDoubt(happened=False)) == ["DoubtSettled", "ActionFailed"]
    assert book.state.undo_stack == ()


def test_a_doubt_about_the_last_call_may_end_well() -> None:
    """It was carried out and nothing was left to do."""
    book = Book()
    book.running(plan(MAKE))
    book.do(ReportCall(change=1, call="make", code="ReadTimeoutError", in_doubt=True))
    assert book.told(SettleDoubt(happened=True)) == ["DoubtSettled", "ActionFinished"]


def test_the_end_of_the_program_leaves_a_doubt() -> None:
    """A call that was started and not heard of is in doubt for whoever takes the run up; after a pause it is not."""
    book = Book()
    book.running(plan(MAKE))
    assert "ActionInterrupted" not in book.told(Continue())
    assert "ActionInterrupted" in book.told(Continue(afresh=True))
    assert book.change.stage is Stage.IN_DOUBT


def test_a_plan_that_was_never_made_is_put_aside_after_a_crash() -> None:
    """Confirmed, but the program ended before its first call: nothing was changed."""
    book = Book()
    book.planned(plan(MAKE))
    book.do(ConfirmPlan(digest=plan(MAKE).digest))
    assert "ActionRefused" in book.told(Continue(afresh=True))


def test_the_next_call_waits_until_what_was_made_is_usable() -> None:
    """``ready`` holds the next call back; when it never comes, the change has failed."""
    slow = ApiCall(
        id="make",
        service="ec2",
        operation="create_nat_gateway",
        parameters={},
        effect="a gateway is made",
        ready=Ready(operation="describe_nat_gateways", parameters={}, path="State", wanted=("available",)),
    )
    book = Book()
    book.running(plan(slow, ALONE))
    assert book.told(ReportCall(change=1, call="make")) == ["CallFinished"]
    assert book.told(ReportReady(change=1, call="make")) == ["CallReady", "CallStarted"]
    late = Book()
    late.running(plan(slow))
    late.do(ReportCall(change=1, call="make"))
    assert late.told(ReportReady(change=1, call="make", reason="it is failed")) == ["ActionFailed"]


def test_inputs_are_asked_before_a_plan() -> None:
    """An action that needs an answer has no plan yet; asking again with the answer replaces the first wish."""
    book = Book()
    book.do(PlanAction())
    assert book.told(ReportPlan(change=1, questions=(Question(name="n", text="Which?"),))) == ["InputsWanted"]
    assert book.told(PlanAction(inputs={"n": "1"})) == ["ActionRefused", "ActionAsked"]
    assert book.change.inputs == {"n": "1"}


def test_an_undo_takes_the_last_change_first() -> None:
    """Another order must be meant; an undone change leaves the stack."""
    book = Book()
    for number in (1, 2):
        book.running(plan(MAKE))
        book.do(ReportCall(change=number, call="make", outputs={"Vpc.VpcId": f"vpc-{number}"}))
    assert list(book.state.undo_stack) == [2, 1]
    assert book.do(Undo(change=1)) is not None
    assert book.told(Undo()) == ["ActionAsked"]
    back = plan(ALONE)
    book.do(ReportPlan(change=3, plan=back, digest=back.digest))
    book.do(ConfirmPlan(digest=back.digest))
    book.do(ReportReread(change=3, digest=back.digest))
    book.do(ReportCall(change=3, call="alone"))
    assert book.state.changes[2].stage is Stage.UNDONE
    assert list(book.state.undo_stack) == [1]


def test_a_failing_check_holds_the_change_up() -> None:
    """``before`` must pass, or the change needs a reason that is recorded."""
    book = Book(before=("a.ready",))
    assert book.do(PlanAction()) is not None
    book.checked("a.ready", fail("not ready", "wait"))
    assert book.do(PlanAction()) is not None
    assert book.told(PlanAction(reason="it burns")) == ["ActionAsked"]


def test_the_wait_begins_when_the_change_has_ended() -> None:
    """Not before: then it would watch what is still as it was. The checks are asked anew."""
    book = Book(wait=Wait(until=("a.steady",), timeout=60.0), after=("a.good",))
    assert not any(isinstance(event, WaitStarted) for event in book.events)
    book.checked("a.steady", passed("yes"))
    book.checked("a.good", fail("no", "change it"))
    book.running(plan(ALONE))
    assert book.told(ReportCall(change=1, call="alone")) == [
        "CallFinished",
        "ActionFinished",
        "WaitStarted",
        "ChecksStarted",
    ]
    asked = book.events[-1]
    assert isinstance(asked, ChecksStarted)
    assert set(asked.checks) == {"a.steady", "a.good"}


def test_what_held_the_change_up_does_not_hold_the_step_up() -> None:
    """Once the change is made, only what it was made for must pass."""
    book = Book(before=("a.broken",))
    book.checked("a.broken", fail("broken", "change it"))
    book.do(PlanAction(reason="that is why"))
    made = plan(ALONE)
    book.do(ReportPlan(change=1, plan=made, digest=made.digest))
    book.do(ConfirmPlan(digest=made.digest))
    book.do(ReportReread(change=1, digest=made.digest))
    book.do(ReportCall(change=1, call="alone"))
    book.checked("a.broken", fail("broken", "change it"))
    assert book.told(Proceed())[0] == "StepLeft"


def test_a_run_is_not_aborted_under_a_call() -> None:
    """A call that is under way cannot be called back: the run ends when its end is known."""
    book = Book()
    book.running(plan(MAKE))
    refused = book.do(Abort(reason="enough"))
    assert refused is not None
    assert "under way" in refused.reason


def test_leaving_the_step_puts_the_plan_aside() -> None:
    """A plan of another step cannot be confirmed by accident."""
    book = Book()
    book.planned(plan(MAKE))
    assert book.told(Skip(reason="not now"))[:2] == ["ActionRefused", "StepLeft"]
    assert book.state.open_change is None


def test_a_change_that_was_not_made_holds_the_step() -> None:
    """Going on without it is a skipped step with a reason; a plan that finds nothing to do is as good as made."""
    book = Book()
    refused = book.do(Proceed())
    assert refused is not None
    assert "not made" in refused.reason
    book.planned(plan())
    assert book.told(Proceed())[-2:] == ["StepLeft", "StepEntered"]


def test_what_is_so_already_needs_no_change() -> None:
    """When all checks of ``unless`` pass, the step is left without its action."""
    book = Book(action=Offer(use="net.make", unless=("a.there",)))
    book.checked("a.there", passed("it is there"))
    assert "StepLeft" in book.told(Proceed())
    lacking = Book(action=Offer(use="net.make", unless=("a.there",)))
    lacking.checked("a.there", fail("it is not there", "make it"))
    assert lacking.do(Proceed(reason="never mind")) is not None


def test_a_doubt_that_ended_well_begins_the_wait() -> None:
    """The step goes on as if the call had been heard of."""
    book = Book(wait=Wait(until=("a.steady",), timeout=60.0))
    book.running(plan(ALONE))
    book.do(ReportCall(change=1, call="alone", code="ReadTimeoutError", in_doubt=True))
    assert book.told(SettleDoubt(happened=True))[1:] == ["ActionFinished", "WaitStarted", "ChecksStarted"]


def test_a_torn_end_of_a_change_is_written_again() -> None:
    """Its last call was heard of, so it is done; its wait begins and the checks are asked."""
    book = Book(wait=Wait(until=("a.steady",), timeout=60.0))
    book.running(plan(ALONE))
    book.do(ReportCall(change=1, call="alone"))
    whole = [type(event).__name__ for event in book.events]
    torn = book.at(whole.index("CallFinished"))
    assert torn.told(Continue(afresh=True))[1:] == ["ActionFinished", "WaitStarted", "ChecksStarted"]
    begun = book.at(whole.index("ActionFinished"))
    assert begun.told(Continue(afresh=True))[1:] == ["WaitStarted", "ChecksStarted"]


def ended() -> Book:
    """A run that is over, whose one change stands."""
    book = Book()
    book.running(plan(MAKE))
    book.do(ReportCall(change=1, call="make", outputs={"Vpc.VpcId": "vpc-1"}))
    assert book.do(Abort(reason="enough")) is None
    return book


def undoing(book: Book, back: Plan) -> None:
    assert book.do(Undo()) is None
    number = book.change.number
    book.do(ReportPlan(change=number, plan=back, digest=back.digest))
    assert book.do(ConfirmPlan(digest=back.digest)) is None
    assert book.do(ReportReread(change=number, digest=back.digest)) is None


def test_a_run_that_is_over_can_still_be_taken_back() -> None:
    """The undo is planned, confirmed and made as any; nothing else begins, and no check is asked any more."""
    book = ended()
    undoing(book, plan(ALONE))
    assert book.told(ReportCall(change=2, call="alone")) == ["CallFinished", "ActionFinished"]
    assert book.state.undo_stack == ()
    assert book.do(PlanAction()) is not None
    assert book.state.phase is Phase.ABORTED


def test_a_plan_of_a_run_that_is_over_cannot_be_confirmed() -> None:
    """What was planned before the end is no undo."""
    book = Book()
    made = plan(MAKE)
    book.planned(made)
    assert book.do(Abort(reason="enough")) is None
    assert book.do(ConfirmPlan(digest=made.digest)) is not None


def test_an_undo_that_was_cut_off_is_begun_anew() -> None:
    """After the end of the program: a call nobody heard of is in doubt, and what was not usable yet is not awaited."""
    book = ended()
    undoing(book, plan(ALONE))
    assert book.told(Continue(afresh=True)) == ["ActionInterrupted"]
    assert book.told(SettleDoubt(happened=False)) == ["DoubtSettled", "ActionFailed"]
    gone = replace(ALONE, ready=Ready(operation="describe_services", parameters={}, path="x", wanted=("gone",)))
    undoing(book, plan(gone))
    assert book.do(ReportCall(change=3, call="alone")) is None
    assert book.told(Continue(afresh=True)) == ["ActionFailed"]
    assert book.state.undo_stack == (1,)
    assert book.told(Continue(afresh=True)) == []


def test_after_a_change_that_failed_the_checks_are_asked_again() -> None:
    """Half of it may have been made, and what was known of the world is of before."""
    book = Book(checks=("net.vpc.exists",))
    book.checked("net.vpc.exists", fail("not found", "make it"))
    book.running(plan(MAKE, NAME))
    book.do(ReportCall(change=1, call="make", outputs={"Vpc.VpcId": "vpc-1"}))
    told = book.told(ReportCall(change=1, call="name", code="AccessDenied", message="no"))
    assert told == ["CallFailed", "ActionFailed", "ChecksStarted"]
    assert book.state.step.wait is WaitPhase.NONE
