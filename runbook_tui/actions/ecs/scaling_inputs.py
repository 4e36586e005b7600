"""What both directions of scaling ask, and how their plans look."""

from collections.abc import Sequence
from typing import Final

from runbook_tui.actions.permissions import needed
from runbook_tui.catalogue.actions import CannotPlan, Inputs
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment

STEP: Final = "step"
TRACKING: Final = "target_tracking"
_KINDS: Final = (
    Choice(value=STEP, label="Steps: alarms that you see, at the thresholds that you name"),
    Choice(value=TRACKING, label="Target tracking: AWS keeps CPU and memory near a value, with alarms of its own"),
)


def kind_asked(env: Environment, inputs: Inputs) -> str:
    (kind,) = inputs.take(Question(name="kind", text="How does it scale?", choices=_KINDS, default=env.scaling.mode))
    return kind


def percent_asked(inputs: Inputs, text: str, usual: int) -> float:
    """CannotPlan for what is no percentage between 1 and 99."""
    (given,) = inputs.take(Question(name="percent", text=text, default=str(usual)))
    if not given.strip().isdecimal() or not 1 <= int(given) <= 99:
        raise CannotPlan(f"{given} is no percentage", "choose 1 to 99")
    return float(given)


def plan_of(
    env: Environment,
    *,
    action: str,
    title: str,
    effect: str,
    calls: tuple[ApiCall, ...],
    turned: tuple[str, str],
    warnings: Sequence[str],
) -> Plan:
    """``turned`` is how it scaled and how it will. Each call is a line of its own: policies and alarms come and go."""
    parts = [Difference(what=call.effect.split(" is ")[0], before="", after=call.effect) for call in calls]
    whole = Difference(what=title.partition(" at ")[0], before=turned[0], after=turned[1])
    return Plan(
        action=action,
        title=title,
        environment=env.name,
        resource=env.service,
        effect=effect,
        risk=Risk.CHANGE,
        calls=calls,
        differences=(whole, *parts) if calls else (),
        warnings=tuple(warnings),
        permissions=needed(calls),
    )
