"""The registry of actions. An action is one decorated function in ``runbook_tui/actions/``: it reads, and returns a
plan. It never changes anything."""

import importlib
import pkgutil
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.core.plan import Plan, Question
from runbook_tui.core.problems import RefusedProblem
from runbook_tui.core.site import Environment, Site


class CannotPlan(RefusedProblem):
    """The change makes no sense now, or would do harm."""


class InputsNeeded(Exception):
    def __init__(self, questions: tuple[Question, ...]) -> None:
        super().__init__(", ".join(question.name for question in questions))
        self.questions = questions


class Inputs:
    """What the runbook and the operator have answered so far. ``hidden`` are the names of the secrets that were typed:
    their values are not here."""

    def __init__(self, given: Mapping[str, str], hidden: Collection[str] = ()) -> None:
        self._given = given
        self._hidden = hidden

    def take(self, *questions: Question) -> tuple[str, ...]:
        """The answers in order; a hidden one reads as its name. InputsNeeded when one is missing, CannotPlan when one
        is not among its choices."""
        missing = tuple(question for question in questions if not self._answered(question))
        if missing:
            raise InputsNeeded(missing)
        return tuple(question.name if question.hidden else self._checked(question) for question in questions)

    def _answered(self, question: Question) -> bool:
        return question.name in (self._hidden if question.hidden else self._given)

    def _checked(self, question: Question) -> str:
        value = self._given[question.name]
        choices = [choice.value for choice in question.choices]
        if choices and value not in choices:
            raise CannotPlan(f"{question.name}: {value or 'nothing'} cannot be chosen", f"one of: {', '.join(choices)}")
        return value


Planner = Callable[[Aws, Site, Environment, Inputs], Plan]


class Action(Struct, frozen=True, kw_only=True):
    """``title`` is the first line of the function's docstring: what is so when it was carried out. ``fixes`` are the
    checks that fail without it."""

    id: str
    guide: str
    title: str
    fixes: tuple[str, ...]
    plan: Planner


_ACTIONS: Final[dict[str, Action]] = {}


def action(action_id: str, *, guide: str, fixes: tuple[str, ...] = ()) -> Callable[[Planner], Planner]:
    """Register an action."""

    def register(function: Planner) -> Planner:
        if action_id in _ACTIONS:
            raise ValueError(f"two actions are called {action_id}")
        title = (function.__doc__ or "").strip().splitlines()[0]
        _ACTIONS[action_id] = Action(id=action_id, guide=guide, title=title, fixes=fixes, plan=function)
        return function

    return register


@cache
def all_actions() -> Mapping[str, Action]:
    """Every action by id, in the order of the alphabet. Imports ``runbook_tui.actions`` the first time."""
    package: Any = importlib.import_module("runbook_tui.actions")
    for module in pkgutil.walk_packages(package.__path__, "runbook_tui.actions."):
        importlib.import_module(module.name)
    return dict(sorted(_ACTIONS.items()))


def fixes_of(check: str) -> tuple[Action, ...]:
    return tuple(found for found in all_actions().values() if check in found.fixes)
