"""Below which load tasks are taken away (guide 5.3)."""

from collections.abc import Sequence

from runbook_tui.actions.ecs.scaling_calls import (
    arn_of,
    delete_policy,
    drop_alarm,
    load_alarm,
    put_alarm,
    put_policy,
    step_configuration,
)
from runbook_tui.actions.ecs.scaling_inputs import STEP, kind_asked, percent_asked, plan_of
from runbook_tui.actions.ecs.scaling_state import BOTH, Scaling, Settings, scaling_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.scaling_rule import CPU, MEMORY, Rule
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Plan
from runbook_tui.core.site import Environment, Site


@action("ecs.set-scale-in", guide="5.3", fixes=("ecs.scaling.in",))
def set_scale_in(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Little use of both CPU and memory takes away tasks that are not needed, by one alarm."""
    state = scaling_of(aws, site, env)
    if kind_asked(env, inputs) == STEP:
        text = f"Below what use of both CPU and memory? {_present(state)} now."
        percent = percent_asked(inputs, text, env.scaling.in_percent)
        calls, after = _stepped(site, env, state, percent), f"below {percent:g} % of both, by one alarm"
    else:
        percent = float(env.scaling.in_percent)
        calls, after = _tracked(site, env, state), "below nine tenths of the target that is tracked"
    off = calls and percent != env.scaling.in_percent
    return plan_of(
        env,
        action="ecs.set-scale-in",
        title=f"Scale {env.service} in {after}",
        effect="A task is taken away when the load does not need it; never below the lower bound.",
        calls=calls,
        turned=(_present(state), after),
        warnings=[
            *([f"the site file says {env.scaling.in_percent} %: ecs.scaling.in speaks of it"] if off else []),
            *state.rules.unread,
        ],
    )


def _present(state: Scaling) -> str:
    told = [f"{rule.policy} below {rule.threshold:g} %" for rule in state.rules.inward]
    return ", ".join([*told, *(f"{name} by tracking" for name in state.rules.tracked_in)]) or "never"


def _stepped(site: Site, env: Environment, state: Scaling, percent: float) -> tuple[ApiCall, ...]:
    _refuse_to_flap(state, percent)
    kept = _kept(state)
    name, alarm = (kept.policy, kept.alarm) if kept else _made(state)
    going = [one for one in state.stepping(upward=False) if one != name]
    calls = [_without_scaling_in(state, one) for one in _tracking_in(state)]
    if name not in state.policies or not state.calling(name):
        calls.append(put_policy(state, name, "StepScaling", step_configuration(env, upward=False)))
    wanted = _alarm(site, env, state, kept, alarm, arn_of(state, name), percent)
    if wanted != state.alarms.get(alarm):
        calls.append(put_alarm(site, env, state, wanted, going))
    leftover = {one for policy in [name, *going] if policy in state.arns for one in state.calling(policy)} - {alarm}
    calls += [drop_alarm(site, env, state, one, [name, *going]) for one in sorted(leftover)]
    return (*calls, *(delete_policy(state, one) for one in going))


def _refuse_to_flap(state: Scaling, percent: float) -> None:
    starts = [at for metric in (CPU, MEMORY) if (at := state.rules.out_at(metric)) is not None]
    if starts and percent >= min(starts):
        raise CannotPlan(
            f"at {min(starts):g} % it scales out already: below {percent:g} % it would scale in at once",
            "choose a lower threshold, or let it scale out later",
        )


def _kept(state: Scaling) -> Rule | None:
    """What scales in already, best what looks at both: its policy and alarm keep their names."""
    usual = state.usual(upward=False)
    order = sorted(state.rules.inward, key=lambda one: (one.metrics != BOTH, one.policy != usual, one.policy))
    return order[0] if order else None


def _made(state: Scaling) -> tuple[str, str]:
    """Policy and alarm where nothing scales in: a policy that nothing calls is taken before a new one is made."""
    usual = state.usual(upward=False)
    return next(iter(state.stepping(upward=False)), state.free(usual, "StepScaling")), usual


def _alarm(
    site: Site, env: Environment, state: Scaling, kept: Rule | None, name: str, policy: object, percent: float
) -> Settings:
    there = state.alarms.get(name, {})
    if kept is not None and kept.metrics == BOTH:
        threshold = percent - (kept.threshold - float(there["Threshold"]))
        return {**there, "Threshold": threshold, "ActionsEnabled": True}
    told = {field: value for field, value in there.items() if field in ("OKActions", "InsufficientDataActions")}
    others = [one for one in there.get("AlarmActions", ()) if ":scalingPolicy:" not in one]
    wanted = load_alarm(site, env, name, percent, upward=False)
    return {**wanted, **told, "AlarmActions": [policy, *others]}


def _tracking_in(state: Scaling) -> Sequence[str]:
    return [name for name in state.tracking().values() if name in state.rules.tracked_in]


def _without_scaling_in(state: Scaling, name: str) -> ApiCall:
    known = state.policies[name]["TargetTrackingScalingPolicyConfiguration"]
    return put_policy(state, name, "TargetTrackingScaling", {**known, "DisableScaleIn": True})


def _tracked(site: Site, env: Environment, state: Scaling) -> tuple[ApiCall, ...]:
    """What tracks scales in again, and nothing else does."""
    there = state.tracking()
    if not there:
        raise CannotPlan("nothing tracks CPU or memory", "let it scale out by target tracking first: ecs.set-scale-out")
    held = [name for name in there.values() if name not in state.rules.tracked_in]
    calls = []
    for name in held:
        known = state.policies[name]["TargetTrackingScalingPolicyConfiguration"]
        calls.append(put_policy(state, name, "TargetTrackingScaling", {**known, "DisableScaleIn": False}))
    going = state.stepping(upward=False)
    alarms = sorted({alarm for name in going for alarm in state.calling(name)})
    calls += [drop_alarm(site, env, state, alarm, going) for alarm in alarms]
    return (*calls, *(delete_policy(state, name) for name in going))
