"""What the simulator can do beyond moto, registered by functions: overlays, after-hooks, faults, scenarios.

Nothing here imports moto, so that ``list faults`` and a bad ``--fault`` are answered at once.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

Parameters = Mapping[str, Any]
Reply = Mapping[str, Any] | None
Operation = Callable[["World", Parameters], Reply]
Undo = Callable[[], None]
Setter = Callable[["World", str], Undo]
Scenario = Callable[["World"], None]

OVERLAYS: dict[tuple[str, str], Operation] = {}
AFTERS: dict[tuple[str, str], Operation] = {}
FAULTS: dict[str, "Fault"] = {}
SCENARIOS: dict[str, "Story"] = {}

_O = TypeVar("_O", bound=Operation)
_F = TypeVar("_F", bound=Setter)
_S = TypeVar("_S", bound=Scenario)


class Fault(Struct, frozen=True, kw_only=True):
    """``argument`` is how its argument is written (``service:Action``); empty when it takes none."""

    name: str
    description: str
    argument: str
    set: Setter

    @property
    def usage(self) -> str:
        return f"{self.name}:<{self.argument}>" if self.argument else self.name


class Story(Struct, frozen=True, kw_only=True):
    """``site`` gives what its site file says beyond that of every simulated world."""

    name: str
    description: str
    play: Scenario
    site: Callable[[], Mapping[str, Any]] = dict


def overlay(service: str, operation: str) -> Callable[[_O], _O]:
    """Answers instead of moto. It returns boto3's answer as a dict, None to let moto answer, or raises Refused."""

    def register(function: _O) -> _O:
        OVERLAYS[service, operation] = function
        return function

    return register


def after(service: str, operation: str) -> Callable[[_O], _O]:
    """Runs when moto has carried out the operation. What it returns, if anything, is the answer instead of moto's."""

    def register(function: _O) -> _O:
        AFTERS[service, operation] = function
        return function

    return register


def fault(name: str, description: str, argument: str = "") -> Callable[[_F], _F]:
    """One thing that is wrong. The function gets the world and the argument's text, and returns what undoes it."""

    def register(function: _F) -> _F:
        FAULTS[name] = Fault(name=name, description=description, argument=argument, set=function)
        return function

    return register


def scenario(name: str, description: str, site: Callable[[], Mapping[str, Any]] = dict) -> Callable[[_S], _S]:
    """A simulated world with a story. The function fills an empty world."""

    def register(function: _S) -> _S:
        SCENARIOS[name] = Story(name=name, description=description, play=function, site=site)
        return function

    return register


def supplied() -> set[tuple[str, str]]:
    """Service and operation of all that is registered so far."""
    return {*OVERLAYS, *AFTERS}


def load_operations() -> None:
    """Importing a file of ``operations`` registers what is in it: a new file needs no line anywhere else."""
    package = importlib.import_module("runbook_tui.simulator.operations")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
