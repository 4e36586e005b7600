"""Setting and clearing faults by name, and what they are called.

``names()`` needs neither moto nor botocore.
"""

import difflib
from collections.abc import Iterable, Iterator

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import fault_environment, fault_rules
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import FAULTS, Fault
from runbook_tui.simulator.world import World

_REGISTERING = (fault_environment, fault_rules)


def names() -> dict[str, str]:
    """How each fault is written, and what it does."""
    return {each.usage: each.description for each in FAULTS.values()}


def described() -> Iterator[tuple[str, str]]:
    """The same, row by row."""
    yield from names().items()


def set_fault(world: World, name: str) -> None:
    """Setting a fault that is set already changes nothing. Raises UsageProblem; nothing is then changed."""
    fault, argument = parse(name)
    with world.lock:
        if name in world.undo:
            return
        try:
            world.undo[name] = fault.set(world, argument)
            world.changed()
        except Refused as refused:
            raise UsageProblem(
                f"this world has nothing that {name} could break ({refused.message})", "use the scenario healthy"
            ) from refused


def clear_fault(world: World, name: str) -> None:
    """Raises UsageProblem when it is not set."""
    with world.lock:
        if name not in world.undo:
            raise UsageProblem(f"the fault {name} is not set", _did_you_mean(name, world.undo))
        world.undo.pop(name)()
        world.changed()


def parse(name: str) -> tuple[Fault, str]:
    """The fault and its argument. Raises UsageProblem."""
    word, _, argument = name.partition(":")
    fault = FAULTS.get(word)
    if fault is None:
        raise UsageProblem(f"there is no fault {name}", _did_you_mean(word, FAULTS))
    if fault.argument and not argument:
        raise UsageProblem(f"the fault {word} needs an argument", f"write {fault.usage}")
    if argument and not fault.argument:
        raise UsageProblem(f"the fault {word} takes no argument", f"write {word}")
    fault_rules.check_argument(fault, argument)
    return fault, argument


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    if near:
        return f"did you mean {near[0]}?"
    return "runbook-tui list faults shows them all"
