"""Whether a host's requests are shared out between several record sets (guide 6.3)."""

from typing import Any, Final

from runbook_tui.actions.ingress.records import ROUTED, Replaced, Set, batch, difference, sets_of
from runbook_tui.actions.network.calls import complete
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Choice, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_KINDS: Final = ("A", "AAAA")
FIRST_SET: Final = "backend"  # the set that is there before there is another stack to share with


@action("route53.set-routing", guide="6.3", fixes=("dns.routing-policy",))
def set_routing(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The host's records are of the kind that the site says: one simple record, or weighted ones."""
    zone = aws.route53.zone(site)
    there = [one for one in sets_of(aws, zone, env.host) if one["Type"] in _KINDS]
    if not there:
        raise CannotPlan(f"{env.host} has no record", "make the alias first: route53.put-alias")
    match env.routing:
        case "simple":
            changes = _simple(there, env, inputs)
        case "weighted":
            changes = _weighted(there, env)
        case kind:
            because = f"sets routed by {kind} need a stack in each region: one load balancer has nothing to choose from"
            raise CannotPlan(because, "make them where the stacks are made, or correct environments.*.routing")
    call = batch("set-routing", zone, f"{env.host} is routed {env.routing}", changes, "the records are as they were")
    return complete(
        Plan(
            action="route53.set-routing",
            title=f"Route {env.host} {env.routing}",
            environment=env.name,
            resource=env.host,
            effect="All in one change: at no moment the host has no record.",
            risk=Risk.DISRUPTIVE if any(one.after is None for one in changes) else Risk.CHANGE,
            calls=(call,) if changes else (),
            differences=tuple(difference(one) for one in changes),
        )
    )


def _simple(there: list[Set], env: Environment, inputs: Inputs) -> list[Replaced]:
    """The set that has all requests stays, as a simple one; where several share them the operator chooses."""
    routed = [one for one in there if _is_routed(one)]
    if not routed:
        return []
    kept = _kept(routed, env, inputs)
    goes = [Replaced(before=one) for one in routed if one["SetIdentifier"] != kept]
    stays = [one for one in routed if one["SetIdentifier"] == kept]
    return [*goes, *(Replaced(before=one, after=_bare(one)) for one in stays)]


def _kept(routed: list[Set], env: Environment, inputs: Inputs) -> str:
    names = sorted({str(one["SetIdentifier"]) for one in routed})
    weighing = sorted({str(one["SetIdentifier"]) for one in routed if one.get("Weight", 1)})
    if len(weighing) == 1:
        return weighing[0]
    choices = tuple(Choice(value=name, label=name) for name in names)
    question = Question(name="keep", text=f"Which record set gets all requests for {env.host}?", choices=choices)
    return inputs.take(question)[0]


def _weighted(there: list[Set], env: Environment) -> list[Replaced]:
    others = [one["SetIdentifier"] for one in there if _is_routed(one) and "Weight" not in one]
    if others:
        because = f"{', '.join(others)} of {env.host} is routed in another way than by weights"
        raise CannotPlan(because, "change it where it was made, or correct environments.*.routing in the site")
    simple = [one for one in there if not _is_routed(one)]
    return [Replaced(before=one, after={**one, "SetIdentifier": FIRST_SET, "Weight": 100}) for one in simple]


def _is_routed(one: Set) -> bool:
    return any(name in one for name in ROUTED)


def _bare(one: Set) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in (*ROUTED, "SetIdentifier")}
