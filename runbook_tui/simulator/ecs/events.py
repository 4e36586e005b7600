"""Service events: newest first, 100 kept, repeated ones suppressed until the matter is resolved or for six hours."""

from datetime import timedelta
from typing import Any

from runbook_tui.simulator.ecs.ids import identifier
from runbook_tui.simulator.ecs.state import Life, Plan
from runbook_tui.simulator.world import World

_KEPT = 100
_REPEATED_AFTER = timedelta(hours=6)
_STEADY = "has reached a steady state."


def add(world: World, service: Any, text: str) -> None:
    """Without suppression, and with the whole text as the API shows it."""
    event = {"id": identifier(world.random), "createdAt": world.clock.now(), "message": text}
    service.events = [event, *service.events][:_KEPT]


def say(world: World, plan: Plan, message: str) -> None:
    add(world, plan.service, f"(service {plan.service.name}) {message}")


def complain(world: World, plan: Plan, message: str) -> None:
    """Something is the matter: said once."""
    _unless_repeated(world, plan, f"(service {plan.service.name}) {message}")


def warn(world: World, plan: Plan, message: str) -> None:
    """The same, as ECS writes its older texts."""
    _unless_repeated(world, plan, f"service ({plan.service.name}) {message}")


def say_steady(world: World, plan: Plan) -> None:
    """Whatever was the matter is resolved: it would be news again."""
    plan.said.clear()
    add(world, plan.service, f"(service {plan.service.name}) {_STEADY}")


def named(lives: list[Life]) -> str:
    return " ".join(f"(task {each.task.id})" for each in lives)


def _unless_repeated(world: World, plan: Plan, text: str) -> None:
    now, before = world.clock.now(), plan.said.get(text)
    if before is not None and now - before < _REPEATED_AFTER:
        return
    plan.said[text] = now
    add(world, plan.service, text)
