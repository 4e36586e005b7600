"""Which target group a host reaches (guide 6.2, 6.3)."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.endpoint import no_host
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import ListenerAction, ListenerRule
from runbook_tui.aws.facts.host_rules import Route, route, shares
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

LISTENERS: Final = ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"]


@check(
    "alb.rules.host",
    guide="6.2",
    severity="critical",
    scope="environment",
    needs=["elasticloadbalancing:DescribeRules", *LISTENERS],
)
def rules_host(aws: Aws, site: Site, env: Environment) -> Verdict:
    """All requests for the environment's host go to the environment's own target group."""
    if not env.host:
        return no_host(env)
    listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    found = route(aws.elb.rules(listener), env.host)
    remedy = f"add a rule for {env.host} that forwards to {env.target_group}, before all others that match it"
    if found.opaque:
        numbers = ", ".join(rule.priority for rule in found.opaque)
        because = f"rule {numbers} matches hosts by a regular expression before {env.host} is decided"
        return unknown(Cause.UNDECIDED, because, "look at the expression, or name the hosts", rules=numbers)
    if found.deciding is None:
        return fail(f"no rule of port 443 matches {env.host}, nor is there a default", remedy)
    evidence: dict[str, Any] = {
        "priority": found.deciding.priority,
        "hosts": _hosts(found.deciding),
        "groups": {name: round(part, 3) for name, part in shares(found.deciding.actions).items()},
        "shadows": [rule.priority for rule in found.shadows],
    }
    wrong = _astray(found.deciding, site, env)
    if wrong:
        return fail(wrong, remedy, **evidence)
    good = f"rule {found.deciding.priority} forwards {env.host} to {env.target_group}"
    return warn_or_pass(_concerns(found, site, env), good, remedy, **evidence)


def _astray(rule: ListenerRule, site: Site, env: Environment) -> str:
    """Where the host goes instead; empty when its own target group is among those it reaches, and no other's."""
    parts = shares(rule.actions)
    others = {one.target_group: one.name for one in site.environments.values() if one.name != env.name}
    foreign = [f"{name} of {others[name]}" for name in parts if name in others]
    if foreign:
        return f"{env.host} reaches {', '.join(foreign)}"
    if env.target_group in parts:
        return ""
    instead = ", ".join(parts) or ", ".join(action.type for action in rule.actions) or "nothing"
    return f"{env.host} reaches {instead}, not {env.target_group} (rule {rule.priority})"


def _concerns(found: Route, site: Site, env: Environment) -> list[str]:
    assert found.deciding is not None, "a host that no rule decides has failed before"
    concerns = []
    part = shares(found.deciding.actions)[env.target_group]
    if part < 1:
        concerns.append(f"only {part:.0%} of the requests for {env.host} reach {env.target_group}")
    if found.deciding.is_default and not (env.is_prod and site.alb.default_action == "prod"):
        concerns.append(f"{env.host} is reached by the default action only")
    astray = [rule.priority for rule in found.shadows if set(shares(rule.actions)) != {env.target_group}]
    if astray:
        concerns.append(f"rule {', '.join(astray)} takes some requests before, and sends them elsewhere")
    return concerns


def _hosts(rule: ListenerRule) -> list[str]:
    names = (name for one in rule.conditions for name in (*one.values, *one.host_header_config.values))
    return list(dict.fromkeys(names))


@check("alb.default-action", guide="6.2", severity="medium", scope="shared", needs=LISTENERS)
def default_action(aws: Aws, site: Site) -> Verdict:
    """What no rule matches is answered as the site says."""
    listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    parts = shares(listener.default_actions)
    told = ", ".join(_described(one) for one in listener.default_actions) or "nothing"
    evidence = {"action": told, "wanted": site.alb.default_action}
    remedy = f"make the default action of port 443 what alb.default_action says: {site.alb.default_action}"
    prod = {one.target_group for one in site.environments.values() if one.is_prod}
    others = {one.target_group: one.name for one in site.environments.values() if not one.is_prod}
    foreign = [others[name] for name in parts if name in others]
    if foreign:
        because = f"the default action forwards to {', '.join(foreign)}: any unknown host reaches it"
        return fail(because, remedy, **evidence)
    if _as_wanted(site.alb.default_action, listener.default_actions, set(parts), prod):
        return passed(f"the default action is {told}", **evidence)
    return warn(f"the default action is {told}, the site says {site.alb.default_action}", remedy, **evidence)


def _as_wanted(wanted: str, actions: tuple[ListenerAction, ...], groups: set[str], prod: set[str]) -> bool:
    if wanted == "prod":
        return bool(groups) and groups == prod
    fixed = [one.fixed_response_config for one in actions]
    return [one.status_code for one in fixed if one] == ["404"] and len(fixed) == 1


def _described(action: ListenerAction) -> str:
    if action.fixed_response_config:
        return f"{action.type} {action.fixed_response_config.status_code}"
    return f"{action.type} {', '.join(group.name for group in action.groups)}".strip()
