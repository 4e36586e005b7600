"""What each change of a runbook would ask now: planned on the world as it is; nothing is made, nothing recorded."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from msgspec import Struct

from runbook_tui.core.change import Change, Stage
from runbook_tui.core.change_commands import ReportPlan
from runbook_tui.core.plan import Question
from runbook_tui.core.runbook import Step

Planner = Callable[[Change], ReportPlan]

_ROUNDS = 10  # an action asks for more when it has heard something; none asks for ever


class Draft(Struct, frozen=True, kw_only=True):
    """``questions`` in the order in which they were asked. ``report`` holds a plan, or why there is none."""

    step: Step
    questions: tuple[Question, ...]
    report: ReportPlan

    @property
    def possible(self) -> bool:
        """It can be planned now, or would be if somebody typed what nobody can guess."""
        return self.report.plan is not None or bool(self.report.questions)

    @property
    def optional(self) -> bool:
        """The step may be left without its change."""
        return self.step.action is not None and bool(self.step.action.unless)

    @property
    def changes(self) -> bool:
        """The world is another one afterwards."""
        return self.possible and not (self.report.plan is not None and self.report.plan.idle)


def drafts(steps: Iterable[Step], plan: Planner) -> dict[str, Draft]:
    """By step. A question is answered with its default, or else with its first choice."""
    return {step.id: _draft(step, plan) for step in steps if step.action is not None}


def _draft(step: Step, plan: Planner) -> Draft:
    assert step.action is not None, "only a step with an action has a draft"
    inputs = dict(step.action.inputs)
    asked: dict[str, Question] = {}
    for _ in range(_ROUNDS):
        change = Change(
            number=1, step=step.id, action=step.action.use, stage=Stage.ASKED, asked_at=datetime.now(UTC), inputs=inputs
        )
        report = plan(change)
        asked |= {question.name: question for question in report.questions}
        guessed = {question.name: _guess(question) for question in report.questions}
        if not guessed or not all(guessed.values()):
            break
        inputs |= guessed
    return Draft(step=step, questions=tuple(asked.values()), report=report)


def _guess(question: Question) -> str:
    if question.hidden:
        return ""
    return question.default or next((choice.value for choice in question.choices), "")
