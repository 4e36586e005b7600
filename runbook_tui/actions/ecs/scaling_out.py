"""From which load on more tasks are started (guide 5.3)."""

from typing import Final

from runbook_tui.actions.ecs.scaling_calls import (
    arn_of,
    delete_policy,
    drop_alarm,
    load_alarm,
    put_alarm,
    put_policy,
    step_configuration,
    tracking_configuration,
)
from runbook_tui.actions.ecs.scaling_inputs import STEP, kind_asked, percent_asked, plan_of
from runbook_tui.actions.ecs.scaling_state import BOTH, Scaling, scaling_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.scaling_rule import CPU, MEMORY
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Plan
from runbook_tui.core.site import Environment, Site

_WORDS: Final = {CPU: "cpu", MEMORY: "memory"}


@action("ecs.set-scale-out", guide="5.3", fixes=("ecs.scaling.out",))
def set_scale_out(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Much use of CPU, and much of memory, each start more tasks from a threshold on."""
    state = scaling_of(aws, site, env)
    kind = kind_asked(env, inputs)
    percent = percent_asked(inputs, f"From what use of CPU or memory on? {_present(state)}", env.scaling.out_percent)
    calls = _stepped(site, env, state, percent) if kind == STEP else _tracked(site, env, state, percent)
    return plan_of(
        env,
        action="ecs.set-scale-out",
        title=f"Scale {env.service} out at {percent:g} %",
        effect="More tasks are started while the service's CPU or its memory, on the average of its tasks, is above.",
        calls=calls,
        turned=(_present(state), f"{percent:g} %, {kind}"),
        warnings=_warnings(env, state, kind, percent, calls),
    )


def _present(state: Scaling) -> str:
    at = {_WORDS[metric]: state.rules.out_at(metric) for metric in (CPU, MEMORY)}
    return ", ".join(f"{word} at {value:g} %" if value is not None else f"{word} never" for word, value in at.items())


def _stepped(site: Site, env: Environment, state: Scaling, percent: float) -> tuple[ApiCall, ...]:
    """What is there keeps its name; what lacks is made; then goes what tracked before, and what nothing calls."""
    _refuse_to_flap(state, percent)
    tracked = list(state.tracking().values())
    rules = [rule for rule in state.rules.out if rule.alarm]
    covered = frozenset(metric for rule in rules for metric in rule.metrics)
    idle = [name for name in state.stepping(upward=True) if not state.calling(name)]
    new = [] if covered >= BOTH else [*idle[:1], state.free(state.usual(upward=True), "StepScaling")][:1]
    going = [*tracked, *(name for name in idle if name not in new)]
    calls = [put_policy(state, name, "StepScaling", step_configuration(env, upward=True)) for name in new]
    for rule in rules:
        there = state.alarms[rule.alarm]
        threshold = percent - (rule.threshold - float(there["Threshold"]))
        wanted = {**there, "Threshold": threshold, "ActionsEnabled": True}
        if wanted != there:
            calls.append(put_alarm(site, env, state, wanted, going))
    for name in new:
        alarm = load_alarm(site, env, state.usual(upward=True), percent, upward=True)
        calls.append(put_alarm(site, env, state, {**alarm, "AlarmActions": [arn_of(state, name)]}, going))
    return (*calls, *(delete_policy(state, name) for name in going))


def _refuse_to_flap(state: Scaling, percent: float) -> None:
    highest = max((rule.threshold for rule in state.rules.inward), default=0.0)
    if highest >= percent:
        raise CannotPlan(
            f"below {highest:g} % it scales in: from {percent:g} % on it would scale out at once",
            "choose a higher threshold, or let it scale in later first: ecs.set-scale-in",
        )


def _tracked(site: Site, env: Environment, state: Scaling, percent: float) -> tuple[ApiCall, ...]:
    there, calls = state.tracking(), list[ApiCall]()
    for metric in (CPU, MEMORY):
        name = there.get(metric) or state.free(f"{env.service}-{_WORDS[metric]}", "TargetTrackingScaling")
        known = state.policies.get(name, {}).get("TargetTrackingScalingPolicyConfiguration")
        wanted = {**known, "TargetValue": percent} if known else tracking_configuration(env, metric, percent)
        if wanted != known:
            calls.append(put_policy(state, name, "TargetTrackingScaling", wanted))
    going = state.stepping(upward=True)
    alarms = sorted({alarm for name in going for alarm in state.calling(name)})
    calls += [drop_alarm(site, env, state, alarm, going) for alarm in alarms]
    return (*calls, *(delete_policy(state, name) for name in going))


def _warnings(env: Environment, state: Scaling, kind: str, percent: float, calls: tuple[ApiCall, ...]) -> list[str]:
    found = []
    if calls and percent != env.scaling.out_percent:
        found.append(f"the site file says {env.scaling.out_percent} %: change it too, or ecs.scaling.out speaks of it")
    if calls and kind == STEP and state.rules.tracked_in and not state.rules.inward:
        found.append("what tracked CPU and memory also scaled in: set that next (ecs.set-scale-in)")
    return [*found, *state.rules.unread]
