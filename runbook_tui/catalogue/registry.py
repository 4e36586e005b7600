"""The registry of checks. A check is one decorated function in ``checks/``; there is nothing else to register."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, TypeVar

from msgspec import Struct

from runbook_tui.core.verdict import Scope, Severity, Verdict

Function = TypeVar("Function", bound=Callable[..., Verdict])


class Check(Struct, frozen=True, kw_only=True):
    """``ask(aws, site)`` for account and shared scope, ``ask(aws, site, environment)`` for the others.

    ``needs`` are the IAM actions that it calls, exactly. ``establishes`` names the kind of thing whose absence
    this check reports as FAIL; every other check that misses such a thing is SKIP, blocked by this one.
    ``on_request``: only who names it is answered, no sweep asks it. It looks far back, or says what could be done
    rather than what is wrong.
    """

    id: str
    guide: str
    severity: Severity
    scope: Scope
    needs: tuple[str, ...]
    title: str
    establishes: tuple[str, ...]
    ask: Callable[..., Verdict]
    on_request: bool = False

    @property
    def per_environment(self) -> bool:
        return self.scope in (Scope.ENVIRONMENT, Scope.PROD)


_CHECKS: Final[dict[str, Check]] = {}


def check(
    check_id: str,
    *,
    guide: str,
    severity: str,
    scope: str,
    needs: Sequence[str] = (),
    establishes: Sequence[str] = (),
    on_request: bool = False,
) -> Callable[[Function], Function]:
    """Register a check. The function's docstring is its title: one sentence that says what PASS means."""

    def register(function: Function) -> Function:
        if check_id in _CHECKS:
            raise ValueError(f"two checks are called {check_id}")
        title = (function.__doc__ or "").strip().splitlines()[0]
        _CHECKS[check_id] = Check(
            id=check_id,
            guide=guide,
            severity=Severity(severity),
            scope=Scope(scope),
            needs=tuple(needs),
            title=title,
            establishes=tuple(establishes),
            ask=function,
            on_request=on_request,
        )
        return function

    return register


def all_checks() -> dict[str, Check]:
    """Every check by id, in the order of the guide's sections. Imports ``checks/`` the first time."""
    package: Any = importlib.import_module("checks")
    for module in pkgutil.walk_packages(package.__path__, "checks."):
        importlib.import_module(module.name)
    return dict(sorted(_CHECKS.items(), key=lambda item: _guide_order(item[1])))


def matching(pattern: str, checks: dict[str, Check]) -> tuple[str, ...]:
    """Ids that a pattern means: an id, a glob (``tg.*``), or ``section:5`` for a section of the guide."""
    if pattern.startswith("section:"):
        section = pattern.removeprefix("section:")
        return tuple(
            name for name, found in checks.items() if found.guide == section or found.guide.startswith(f"{section}.")
        )
    return tuple(name for name in checks if fnmatchcase(name, pattern))


def _guide_order(found: Check) -> tuple[Any, ...]:
    numbers = tuple(int(part) for part in found.guide.split(".") if part.isdigit())
    return (numbers, found.id)
