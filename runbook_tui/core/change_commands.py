"""What can be asked of a run about its changes. Operators send the first group, the engine's workers the second."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.plan import Plan, Question


class _Wish(Struct, frozen=True, kw_only=True, tag=True):
    pass


class PlanAction(_Wish, frozen=True, kw_only=True):
    """Plan the step's action, or the one named. Secret inputs are never among ``inputs``."""

    action: str = ""
    inputs: Mapping[str, str] = {}
    reason: str = ""


class ConfirmPlan(_Wish, frozen=True, kw_only=True):
    """``digest`` is of the plan that was looked at."""

    digest: str
    typed: str = ""
    break_glass: str = ""


class Withdraw(_Wish, frozen=True, kw_only=True):
    """Put the plan aside: nothing is changed."""


class Undo(_Wish, frozen=True, kw_only=True):
    """Plan the way back of a change: the last one when none is named."""

    change: int | None = None
    out_of_order: bool = False


class Restore(_Wish, frozen=True, kw_only=True):
    """Take back what was changed for a while only; whatever else is planned or in doubt is set aside."""

    reason: str


class SettleDoubt(_Wish, frozen=True, kw_only=True):
    """Say whether the call in doubt was carried out."""

    happened: bool


class ReportPlan(_Wish, frozen=True, kw_only=True):
    """A plan; or questions that must be answered first; or the reason why there is none.

    ``plan`` is as it may be written down, without secret values; ``digest`` is of the plan that is carried out.
    """

    change: int
    plan: Plan | None = None
    digest: str = ""
    confirmation: Confirmation = Confirmation()
    questions: tuple[Question, ...] = ()
    reason: str = ""
    remedy: str = ""


class ReportApproval(_Wish, frozen=True, kw_only=True):
    digest: str
    approver: str


class ReportReread(_Wish, frozen=True, kw_only=True):
    """The digest of the plan as it would be now; empty when it cannot be told any more."""

    change: int
    digest: str = ""
    reason: str = ""
    remedy: str = ""


class ReportCall(_Wish, frozen=True, kw_only=True):
    """``code`` is empty when AWS did it."""

    change: int
    call: str
    request_id: str = ""
    outputs: Mapping[str, Any] = {}
    duration_ms: int = 0
    code: str = ""
    message: str = ""
    remedy: str = ""
    in_doubt: bool = False


class ReportReady(_Wish, frozen=True, kw_only=True):
    """``reason`` is empty when what the call made is usable."""

    change: int
    call: str
    reason: str = ""


ChangeWish = PlanAction | ConfirmPlan | Withdraw | Undo | SettleDoubt
ChangeReport = ReportPlan | ReportApproval | ReportReread | ReportCall | ReportReady
ChangeCommand = ChangeWish | ChangeReport
