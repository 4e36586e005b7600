"""What can happen to a change: asked for, planned, confirmed, made call by call. ``change`` numbers them from 1."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.fact import Fact
from runbook_tui.core.plan import Plan, Question


class ActionAsked(Fact, frozen=True, kw_only=True):
    """``undoes`` is the change that this one takes back; then ``action`` is that change's. ``reason`` is why it goes
    on over a check that did not pass."""

    step: str
    change: int
    action: str
    inputs: Mapping[str, str] = {}
    undoes: int | None = None
    reason: str = ""


class InputsWanted(Fact, frozen=True, kw_only=True):
    """The action cannot be planned before the operator answers these."""

    change: int
    questions: tuple[Question, ...]


class ActionPlanned(Fact, frozen=True, kw_only=True):
    """``plan`` is without secret values; ``digest`` is of the plan as it is carried out."""

    change: int
    plan: Plan
    digest: str
    confirmation: Confirmation


class ActionRefused(Fact, frozen=True, kw_only=True):
    """Nothing was changed: it cannot be planned, the world moved since the plan, or it was withdrawn."""

    change: int
    reason: str
    remedy: str = ""


class ActionApproved(Fact, frozen=True, kw_only=True):
    """A second person agreed. ``approver`` is the ARN that STS gave for the proof."""

    change: int
    digest: str
    approver: str


class ActionConfirmed(Fact, frozen=True, kw_only=True):
    """``break_glass`` is why no second person was waited for, where one was needed."""

    change: int
    digest: str
    typed: str = ""
    break_glass: str = ""


class CallStarted(Fact, frozen=True, kw_only=True):
    """On disk before the request leaves. ``parameters`` are as they are sent, but for secrets, which keep their
    place-holders."""

    change: int
    call: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    idempotency: str = ""


class CallFinished(Fact, frozen=True, kw_only=True):
    """``outputs`` holds the parts of the answer that the plan or its undo needs, by path."""

    change: int
    call: str
    request_id: str = ""
    outputs: Mapping[str, Any] = {}
    duration_ms: int = 0


class CallReady(Fact, frozen=True, kw_only=True):
    """What the call made is there and usable."""

    change: int
    call: str


class CallFailed(Fact, frozen=True, kw_only=True):
    """``in_doubt``: nobody knows whether AWS carried it out (no answer, or a server's fault)."""

    change: int
    call: str
    code: str
    message: str
    request_id: str = ""
    in_doubt: bool = False


class ActionFinished(Fact, frozen=True, kw_only=True):
    change: int


class ActionFailed(Fact, frozen=True, kw_only=True):
    """Not all of it was done; what was done can be undone."""

    change: int
    reason: str
    remedy: str = ""


class ActionInterrupted(Fact, frozen=True, kw_only=True):
    """The program ended while ``call`` was under way: it is in doubt."""

    change: int
    call: str


class DoubtSettled(Fact, frozen=True, kw_only=True):
    """The operator looked: the call in doubt was carried out, or it was not."""

    change: int
    call: str
    happened: bool


ChangeEvent = (
    ActionAsked
    | InputsWanted
    | ActionPlanned
    | ActionRefused
    | ActionApproved
    | ActionConfirmed
    | CallStarted
    | CallFinished
    | CallReady
    | CallFailed
    | ActionFinished
    | ActionFailed
    | ActionInterrupted
    | DoubtSettled
)
