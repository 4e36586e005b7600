"""When the service scales out and in (guide 5.3)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.scaling_rule import CPU, MEMORY, Rule, Rules, names, read_rules
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

WORDS: Final = {CPU: "CPU", MEMORY: "memory"}
BOTH: Final = frozenset(WORDS)
SLACK: Final = 0.9  # of its target: below that target tracking scales in

_NEEDS: Final = ["application-autoscaling:DescribeScalingPolicies", "cloudwatch:DescribeAlarms"]


def _rules(aws: Aws, site: Site, env: Environment) -> tuple[Rules, dict[str, Any]]:
    policies, alarms = together(lambda: aws.autoscaling.policies(site.ecs.cluster, env.service), aws.cloudwatch.alarms)
    found = read_rules(policies, alarms.metric, site.ecs.cluster, env.service)
    evidence = {
        "policies": [policy.policy_name for policy in policies],
        "out": names(found.out),
        "in": names(found.inward),
        "tracking_scales_in": list(found.tracked_in),
        "silent": [*found.silent_out, *found.silent_in],
    }
    return found, evidence


@check("ecs.scaling.out", guide="5.3", severity="high", scope="environment", needs=_NEEDS)
def out(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Much use of CPU, and much of memory, each start more tasks at the site's threshold."""
    rules, evidence = _rules(aws, site, env)
    wanted = env.scaling.out_percent
    remedy = f"create the policy that is missing, with an alarm at {wanted} %"
    at = {metric: rules.out_at(metric) for metric in WORDS}
    missing = [WORDS[metric] for metric, threshold in at.items() if threshold is None]
    why = "".join(f"; {text}" for text in rules.silent_out)
    if missing and rules.unread:
        because = f"whether {' or '.join(missing)} scales out is not known: {'; '.join(rules.unread)}"
        return unknown(Cause.UNDECIDED, because, "look at the policy in the console", **evidence)
    if len(missing) == len(at) or (missing and env.is_prod):
        return fail(f"nothing scales out on {' or '.join(missing)}{why}", remedy, **evidence)
    concerns = [f"nothing scales out on {name}" for name in missing]
    for metric, threshold in at.items():
        if threshold is not None and threshold != wanted:
            concerns.append(f"{WORDS[metric]} scales out at {threshold:g} %, expected {wanted} %")
    concerns += [*rules.silent_out, *rules.unread]
    return warn_or_pass(concerns, f"CPU and memory scale out at {wanted} %", remedy, **evidence)


@check("ecs.scaling.in", guide="5.3", severity="medium", scope="environment", needs=_NEEDS)
def inward(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Little use of both CPU and memory stops tasks that are not needed."""
    rules, evidence = _rules(aws, site, env)
    remedy = f"use one scale-in alarm, on MAX([cpu, memory]) < {env.scaling.in_percent}"
    if not rules.inward and not rules.tracked_in:
        if rules.unread:
            because = f"whether anything scales in is not known: {'; '.join(rules.unread)}"
            return unknown(Cause.UNDECIDED, because, "look at the policy in the console", **evidence)
        if env.scaling.mode == "target_tracking" and rules.out:
            return warn("target tracking is kept from scaling in", "set DisableScaleIn to false", **evidence)
        why = "".join(f"; {text}" for text in rules.silent_in)
        return fail(f"nothing scales in: every peak is paid for for ever{why}", remedy, **evidence)
    if env.scaling.mode == "target_tracking" and rules.tracked_in:
        lowest = min((rule.threshold for rule in rules.out if not rule.alarm), default=0.0)
        below = f"below about {SLACK * lowest:g} %, not {env.scaling.in_percent} %"
        return warn_or_pass(rules.silent_in, f"target tracking scales in {below}", "put the policy again", **evidence)
    return _stepping(rules, env, remedy, evidence)


def _stepping(rules: Rules, env: Environment, remedy: str, evidence: dict[str, Any]) -> Verdict:
    for rule in rules.inward:
        starts = [at for metric in rule.metrics if (at := rules.out_at(metric)) is not None]
        if starts and rule.threshold >= min(starts):
            because = f"{rule.policy} scales in at {rule.threshold:g} %, where {min(starts):g} % scale out already"
            return fail(f"{because}: tasks come and go for ever", remedy, **evidence)
    concerns = [f"{name} scales in as well, by target tracking" for name in rules.tracked_in]
    concerns += [text for rule in rules.inward for text in _concerns(rule, env.scaling.in_percent)]
    concerns += [*rules.silent_in, *rules.unread]
    if concerns or not rules.inward:
        return warn_or_pass(concerns, "", remedy, **evidence)
    return passed(f"less than {env.scaling.in_percent} % of both scale in", **evidence)


def _concerns(rule: Rule, wanted: int) -> list[str]:
    found = []
    if rule.metrics != BOTH:
        what = " and ".join(WORDS.get(metric, metric) for metric in sorted(rule.metrics)) or "another metric"
        found.append(f"{rule.policy} looks at {what} alone: it may fight with what scales out")
    if rule.threshold != wanted:
        found.append(f"{rule.policy} scales in at {rule.threshold:g} %, expected {wanted} %")
    return found
