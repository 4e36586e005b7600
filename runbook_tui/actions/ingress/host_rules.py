"""Which target group a host reaches (guide 6.2, 6.3)."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from runbook_tui.actions.ingress.calls import delete, elb
from runbook_tui.actions.ingress.listener_actions import described, forward
from runbook_tui.actions.ingress.rule_places import Place, leads_well, place
from runbook_tui.actions.ingress.target_groups import known_group
from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import ListenerRule
from runbook_tui.aws.facts.host_rules import Route, priority, route
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site


class _Lead(Struct, frozen=True, kw_only=True):
    """One environment's host, how it is led now, and where its rule has to be."""

    env: Environment
    found: Route
    place: Place
    group: str

    @property
    def takes_from_another(self) -> bool:
        return self.found.deciding is not None and not self.found.deciding.is_default


@action("elbv2.create-host-rules", guide="6.2", fixes=("alb.rules.host", "tg.exists"))
def create_host_rules(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """All requests for the environment's host go to its target group; a host that no rule names gets one too."""
    listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name)).listener_arn
    leads = tuple(_leads(aws, site, env))
    asked = aws.reader.read("elbv2", "describe_rules", ListenerArn=listener)["Rules"]
    recorded = {one["RuleArn"]: one["Actions"] for one in asked}
    return complete(
        Plan(
            action="elbv2.create-host-rules",
            title=f"Lead hosts to their target groups on {site.alb.name}",
            environment=env.name,
            resource=site.alb.name,
            effect="Requests go there at once; a group without healthy targets answers 503.",
            risk=Risk.DISRUPTIVE if any(one.takes_from_another for one in leads) else Risk.CHANGE,
            calls=tuple(call for one in leads for call in _calls(site, listener, one, recorded)),
            differences=tuple(_difference(one) for one in leads),
        )
    )


def _leads(aws: Aws, site: Site, env: Environment) -> Iterator[_Lead]:
    """The environment's own host where it is led astray, and the others' where nothing names them yet."""
    rules = aws.elb.rules(aws.elb.https_listener(aws.elb.load_balancer(site.alb.name)))
    taken = {priority(one) for one in rules}
    for one in site.environments.values():
        found = route(rules, one.host)
        by_default = one.is_prod and site.alb.default_action == "prod"
        if not one.host or leads_well(found, one, by_default=by_default):
            continue
        is_own, unnamed = one.name == env.name, found.deciding is None or found.deciding.is_default
        group = aws.elb.target_group(one.target_group) if is_own else known_group(aws, one)
        if group is None or not (is_own or unnamed):
            continue
        where = place(rules, found, one, taken)
        taken.add(where.number)
        yield _Lead(env=one, found=found, place=where, group=group.target_group_arn)


def _calls(site: Site, listener: str, lead: _Lead, recorded: dict[str, Any]) -> Iterator[ApiCall]:
    own = lead.place.own
    if own is None:
        yield _creation(site, listener, lead)
        return
    if lead.place.moves:
        yield _moved(lead, own, lead.place.number, _moved(lead, own, priority(own)))
    if not lead.place.actions_right:
        back = _led(lead, own, recorded[own.rule_arn])
        yield _led(lead, own, [forward(lead.group)], back)


def _creation(site: Site, listener: str, lead: _Lead) -> ApiCall:
    call_id, name = f"create-rule-{lead.env.name}", lead.env.host
    arn = answer(call_id, "Rules.0.RuleArn")
    return elb(
        call_id,
        "create_rule",
        f"rule {lead.place.number}: {name} goes to {lead.env.target_group}",
        delete(f"delete-rule-{lead.env.name}", "elbv2", "delete_rule", f"no rule names {name}", RuleArn=arn),
        ListenerArn=listener,
        Priority=lead.place.number,
        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": [name]}}],
        Actions=[forward(lead.group)],
        Tags=listed(tags_of(site, lead.env)),
    )


def _moved(lead: _Lead, rule: ListenerRule, number: int, *undo: ApiCall) -> ApiCall:
    wanted = [{"RuleArn": rule.rule_arn, "Priority": number}]
    effect = f"the rule of {lead.env.host} is number {number}"
    return elb(f"move-rule-{lead.env.name}", "set_rule_priorities", effect, *undo, RulePriorities=wanted)


def _led(lead: _Lead, rule: ListenerRule, actions: list[Any], *undo: ApiCall) -> ApiCall:
    effect = f"{lead.env.host}: {', '.join(described(one) for one in actions)}"
    return elb(f"lead-{lead.env.name}", "modify_rule", effect, *undo, RuleArn=rule.rule_arn, Actions=actions)


def _difference(lead: _Lead) -> Difference:
    deciding = lead.found.deciding
    before = f"rule {deciding.priority}: {_goal(deciding)}" if deciding else ""
    after = f"rule {lead.place.number}: {lead.env.target_group}"
    return Difference(what=lead.env.host, before=before, after=after)


def _goal(rule: ListenerRule) -> str:
    groups = [group.name for one in rule.actions for group in one.groups]
    return ", ".join(groups) or ", ".join(one.type for one in rule.actions)
