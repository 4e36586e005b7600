"""Faults of the wire: AWS says no, is slow, or talks nonsense. For one action or for all."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import wire_errors
from runbook_tui.simulator.actions import resolve
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Fault, Undo, fault
from runbook_tui.simulator.wire import Answer, Call, dated
from runbook_tui.simulator.world import Rule, World

_ACTION = "service:Action"
_TIMED_ACTION = "service:Action:seconds"
_SLOW = timedelta(hours=1)
_GLOBAL = ("iam", "sts", "route53", "cloudfront", "account")


@fault("denied", "AWS denies one action to the operator", _ACTION)
def denied(world: World, argument: str) -> Undo:
    prefix = argument.partition(":")[0]

    def refusal(call: Call) -> Refused:
        action = f"{prefix}:{call.operation}" if argument.endswith(":*") else argument
        return wire_errors.denied(call.protocol, world.on_call_arn, action)

    undo = _refuse(world, argument, refusal)
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


@fault("half-denied", "AWS denies the operator what belongs to logs, metrics, the registry and IAM")
def half_denied(world: World, _argument: str) -> Undo:
    return _all([denied(world, f"{prefix}:*") for prefix in ("logs", "cloudwatch", "ecr", "iam")])


@fault("clock-skew", "the operator's machine is an hour slow: every signature has expired")
def clock_skew(world: World, _argument: str) -> Undo:
    """The machine's time is the world's own: AWS says in each answer that it is an hour later."""

    def refuse(call: Call) -> None:
        raise wire_errors.clock_skew(call.service, call.protocol, world.clock.now() + _SLOW)

    def late(answer: Answer) -> Answer:
        return dated(answer, world.clock.now() + _SLOW)

    return _add(world, Rule(service="*", operation="*", before=refuse, spoil=late))


@fault("region-down", "no regional service answers with anything but 503")
def region_down(world: World, _argument: str) -> Undo:
    def refuse(call: Call) -> None:
        if call.service not in _GLOBAL:
            raise wire_errors.unavailable(call.service, call.protocol)

    return _add(world, Rule(service="*", operation="*", before=refuse))


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


def _all(undos: Sequence[Undo]) -> Undo:
    def undo() -> None:
        for each in undos:
            each()

    return undo


def _refuse(world: World, action: str, refusal: Callable[[Call], Refused]) -> Undo:
    def refuse(call: Call) -> None:
        raise refusal(call)

    service, operation = resolve(action)
    return _add(world, Rule(service=service, operation=operation, before=refuse))


def _add(world: World, rule: Rule) -> Undo:
    world.rules.append(rule)
    return lambda: world.rules.remove(rule)
