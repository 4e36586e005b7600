"""Faults of the wire: AWS says no, is slow, or talks nonsense. For one action or for all."""

from collections.abc import Callable

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import wire_errors
from runbook_tui.simulator.actions import resolve
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Fault, Undo, fault
from runbook_tui.simulator.wire import Answer, Call
from runbook_tui.simulator.world import Rule, World

_ACTION = "service:Action"
_TIMED_ACTION = "service:Action:seconds"


@fault("denied", "AWS denies one action to the operator", _ACTION)
def denied(world: World, argument: str) -> Undo:
    undo = _refuse(world, argument, lambda call: wire_errors.denied(call.protocol, world.on_call_arn, argument))
    world.denied.add(argument)

    def allow() -> None:
        undo()
        world.denied.discard(argument)

    return allow


@fault("throttled", "AWS throttles one action for ever", _ACTION)
def throttled(world: World, argument: str) -> Undo:
    return _refuse(world, argument, lambda call: wire_errors.throttled(call.service, call.protocol))


@fault("expired", "the operator's credentials have expired: every call fails")
def expired(world: World, _argument: str) -> Undo:
    return _refuse(world, "*:*", lambda call: wire_errors.expired(call.protocol))


@fault("server-error", "one action fails inside AWS for ever", _ACTION)
def server_error(world: World, argument: str) -> Undo:
    return _refuse(world, argument, lambda call: wire_errors.server_error(call.protocol))


@fault("malformed", "one action is answered with half of its answer", _ACTION)
def malformed(world: World, argument: str) -> Undo:
    def halve(answer: Answer) -> Answer:
        return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])

    service, operation = resolve(argument)
    return _add(world, Rule(service=service, operation=operation, spoil=halve))


@fault("slow", "one action takes its time", _TIMED_ACTION)
def slow(world: World, argument: str) -> Undo:
    action, _, seconds = argument.rpartition(":")
    service, operation = resolve(action)

    def wait(_call: Call) -> None:
        world.stopping.wait(float(seconds))

    return _add(world, Rule(service=service, operation=operation, before=wait))


def check_argument(fault: Fault, argument: str) -> None:
    """Raises UsageProblem when an argument names no action, or no time."""
    if fault.argument == _ACTION:
        resolve(argument)
    if fault.argument == _TIMED_ACTION:
        action, _, seconds = argument.rpartition(":")
        if not seconds.replace(".", "", 1).isdecimal():
            raise UsageProblem(
                f"{argument} ends in no number of seconds", f"write {fault.usage}, such as slow:ecs:ListTasks:2"
            )
        resolve(action)


def _refuse(world: World, action: str, refusal: Callable[[Call], Refused]) -> Undo:
    def refuse(call: Call) -> None:
        raise refusal(call)

    service, operation = resolve(action)
    return _add(world, Rule(service=service, operation=operation, before=refuse))


def _add(world: World, rule: Rule) -> Undo:
    world.rules.append(rule)
    return lambda: world.rules.remove(rule)
