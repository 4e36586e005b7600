"""Setting and clearing faults by name, now or later, and what they are called.

``names()`` needs neither moto nor botocore.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import course, fault_rules, faults_of, spans
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import FAULTS, Fault
from runbook_tui.simulator.world import World

# Importing a file registers what is in it: a new file needs no line here.
for _module in pkgutil.iter_modules(faults_of.__path__):
    importlib.import_module(f"{faults_of.__name__}.{_module.name}")


def names() -> dict[str, str]:
    """How each fault is written, and what it does; in the order of the alphabet."""
    return {each.usage: each.description for _, each in sorted(FAULTS.items())}


def described() -> Iterator[tuple[str, str]]:
    """The same, row by row."""
    yield from names().items()


def set_fault(world: World, name: str) -> None:
    """``NAME@5m`` sets it in five simulated minutes. Setting a fault that is set already changes nothing.

    Raises UsageProblem; nothing is then changed.
    """
    fault, argument = parse(name)
    bare, _, later = name.partition("@")
    with world.lock:
        if later:
            course.plan(world, name, spans.seconds(later), lambda: set_fault(world, bare))
            return
        if name in world.undo:
            return
        try:
            world.undo[name] = fault.set(world, argument)
        except Refused as refused:
            raise UsageProblem(
                f"this world has nothing that {name} could break ({refused.message})", "use the scenario healthy"
            ) from refused
        world.changed()


def clear_fault(world: World, name: str) -> None:
    """What stands in the way, such as a remedy by hand, is noted among the troubles. A fault that was only planned
    does not come. Raises UsageProblem when it is not set."""
    with world.lock:
        if course.cancel(world, name):
            return
        if name not in world.undo:
            known = [*world.undo, *world.store(course.Course).planned]
            raise UsageProblem(f"the fault {name} is not set", _did_you_mean(name, known))
        try:
            world.undo.pop(name)()
        except Refused as refused:
            world.store(course.Course).troubles.append(f"clearing {name}: {refused.code}: {refused.message}")
        world.changed()


def parse(name: str) -> tuple[Fault, str]:
    """The fault and its argument; ``@5m`` at the end is only judged. Raises UsageProblem."""
    bare, at, later = name.partition("@")
    word, _, argument = bare.partition(":")
    fault = FAULTS.get(word)
    if fault is None:
        raise UsageProblem(f"there is no fault {bare}", _did_you_mean(word, FAULTS))
    if fault.argument and not argument:
        raise UsageProblem(f"the fault {word} needs an argument", f"write {fault.usage}")
    if argument and not fault.argument:
        raise UsageProblem(f"the fault {word} takes no argument", f"write {word}")
    fault_rules.check_argument(fault, argument)
    if at:
        spans.seconds(later)
    return fault, argument


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    if near:
        return f"did you mean {near[0]}?"
    return "runbook-tui list faults shows them all"
