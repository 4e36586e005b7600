"""What is still to come in a story, and what of it could not happen."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from runbook_tui.core.problems import Problem
from runbook_tui.simulator.agenda import Appointment
from runbook_tui.simulator.refusal import Refused

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World


class Course:
    """``planned`` are appointments by what they are called. ``troubles``: a plan that fails spoils nobody's request."""

    def __init__(self) -> None:
        self.planned: dict[str, Appointment] = {}
        self.troubles: list[str] = []


def plan(world: "World", name: str, seconds: float, work: Callable[[], object]) -> None:
    """Let it happen so many simulated seconds from now. What is planned under the same name already is replaced."""
    course = world.store(Course)
    cancel(world, name)

    def happen() -> None:
        course.planned.pop(name, None)
        try:
            work()
        except Problem as problem:
            course.troubles.append(f"{name}: {problem.what}")
        except Refused as refused:
            course.troubles.append(f"{name}: {refused.code}: {refused.message}")

    course.planned[name] = world.agenda.after(seconds, happen)


def cancel(world: "World", name: str) -> bool:
    """Whether there was anything to cancel."""
    appointment = world.store(Course).planned.pop(name, None)
    if appointment is not None:
        appointment.cancel()
    return appointment is not None
