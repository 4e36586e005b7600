"""Simulated time inside moto: whatever it creates is created when the simulated clock says.

moto's modules import ``utcnow`` by name, so it is replaced wherever it stands; modules that are imported later find it
replaced already. Three of its models read the time in other ways and get a stand-in of their own.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from types import SimpleNamespace
from typing import Any

from runbook_tui.simulator.clock import Clock

_TIME_MODULES = ("moto.secretsmanager.models", "moto.applicationautoscaling.models")
_followed: list[Clock] = []


@contextmanager
def followed(clock: Clock) -> Iterator[None]:
    """Within, moto's time is the clock's; afterwards it is the machine's again."""
    _replace()
    _followed.append(clock)
    try:
        yield
    finally:
        _followed.remove(clock)


def _now() -> datetime:
    return _followed[-1].now() if _followed else datetime.now(UTC)


def simulated_utcnow() -> datetime:
    """Naive, as moto's own."""
    return _now().replace(tzinfo=None)


class _Instances(type):
    """So that moto's ``isinstance(…, datetime)`` still holds for every real one."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _SimulatedDatetime(datetime, metaclass=_Instances):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return _now().astimezone(tz) if tz is not None else simulated_utcnow()

    @classmethod
    def today(cls) -> Any:
        return simulated_utcnow()


def _replace() -> None:
    utils: Any = importlib.import_module("moto.core.utils")
    former = utils.utcnow
    if former is not simulated_utcnow:
        for name, module in list(sys.modules.items()):
            if name.startswith("moto.") and vars(module).get("utcnow") is former:
                vars(module)["utcnow"] = simulated_utcnow
    for name in _TIME_MODULES:
        vars(importlib.import_module(name))["time"] = SimpleNamespace(time=lambda: _now().timestamp())
    vars(importlib.import_module("moto.ecr.models"))["datetime"] = _SimulatedDatetime
