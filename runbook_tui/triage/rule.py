"""The registry of rules. A rule is one decorated function in ``triage/rules/``; there is nothing else to register."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from runbook_tui.core.text import clean
from runbook_tui.triage.changes import Kind

if TYPE_CHECKING:
    from runbook_tui.triage.scene import Scene


class Evidence(Struct, frozen=True, kw_only=True):
    """``part`` of the snapshot that it stands in (a check by its id), and when it was so."""

    text: str
    part: str = ""
    at: datetime | None = None


class Found(Struct, frozen=True, kw_only=True):
    """What a signal has found. ``confidence``, ``cause`` and ``action`` are given where this case differs from its
    rule's; ``since`` is when its first sign was seen, where no series tells."""

    signs: tuple[Evidence, ...]
    against: tuple[Evidence, ...] = ()
    confidence: float | None = None
    cause: str = ""
    action: str = ""
    since: datetime | None = None


Signal = Callable[["Scene"], Found | None]


class Rule(Struct, frozen=True, kw_only=True):
    """``sees`` are the parts that it looks at: each that could not be seen lowers its confidence. ``confirm`` are
    checks that would confirm it. ``runbook`` with ``answers`` to its first questions, or the ``action``, put it right.
    ``boosted_by`` are kinds of changes that make it likelier; ``points_to`` rules, or families of them (``T6``), that
    explain it and come before it.
    """

    id: str
    confidence: float
    cause: str
    signal: Signal
    sees: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    runbook: str = ""
    answers: Mapping[str, str] = {}
    action: str = ""
    boosted_by: tuple[Kind, ...] = ()
    points_to: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """``T3`` of ``T3a``."""
        return self.id.rstrip("abcdefghijklmno")


_RULES: Final[dict[str, Rule]] = {}


def rule(  # noqa: PLR0913 - a rule is this many facts
    rule_id: str,
    *,
    confidence: float,
    sees: Sequence[str] = (),
    confirm: Sequence[str] = (),
    runbook: str = "",
    answers: Mapping[str, str] | None = None,
    action: str = "",
    boosted_by: Sequence[Kind] = (),
    points_to: Sequence[str] = (),
) -> Callable[[Signal], Signal]:
    """Register a rule. The function's docstring is the likely cause, in one sentence."""

    def register(signal: Signal) -> Signal:
        if rule_id in _RULES:
            raise ValueError(f"two rules are called {rule_id}")
        _RULES[rule_id] = Rule(
            id=rule_id,
            confidence=confidence,
            cause=(signal.__doc__ or "").strip().splitlines()[0].rstrip("."),
            signal=signal,
            sees=tuple(sees),
            confirm=tuple(confirm),
            runbook=runbook,
            answers=answers or {},
            action=action,
            boosted_by=tuple(boosted_by),
            points_to=tuple(points_to),
        )
        return signal

    return register


def all_rules() -> dict[str, Rule]:
    """By id, in the alphabet's order. Imports ``triage/rules/`` the first time."""
    package: Any = importlib.import_module("runbook_tui.triage.rules")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_RULES.items()))


def sign(text: str, part: str = "", at: datetime | None = None) -> Evidence:
    return Evidence(text=clean(text, 300), part=part, at=at)
