"""Which part of a host's requests each of its weighted record sets gets (guide 6.3, 9.2)."""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.actions.ingress.records import Replaced, Set, batch, sets_of
from runbook_tui.actions.ingress.weighing import ALL, shared_out
from runbook_tui.actions.network.calls import complete
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.route53 import HostedZone
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Ready, Risk, answer
from runbook_tui.core.site import Environment, Site

_LEADING: Final = ("A", "AAAA", "CNAME")
_STEPS: Final = (10, 50, ALL)  # percent, as a release gets its traffic
_SHIFT: Final = "shift-weights"


class _Shared(Struct, frozen=True, kw_only=True):
    """The weighted sets of a host, of every type, and the weights by identifier."""

    sets: tuple[Set, ...]
    weights: Mapping[str, int]

    def part(self, name: str) -> str:
        """All weights 0 mean equal parts."""
        total = sum(self.weights.values())
        return f"{self.weights[name] / total:.0%}" if total else f"1 of {len(self.weights)} equal parts"


@action("route53.shift-weights", guide="6.3", fixes=("dns.routing-policy",))
def shift_weights(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """One of the weighted sets of the host gets the chosen part of the requests, the others the rest."""
    zone = aws.route53.zone(site)
    shared = _shared(aws, zone, env)
    chosen, percent = inputs.take(_whom(shared, env), _how_much(shared))
    after = shared_out(shared.weights, chosen, _percent(percent))
    changed = [
        Replaced(before=one, after={**one, "Weight": after[one["SetIdentifier"]]})
        for one in shared.sets
        if one["Weight"] != after[one["SetIdentifier"]]
    ]
    return complete(
        Plan(
            action="route53.shift-weights",
            title=f"Give {chosen} {percent} % of the requests for {env.host}",
            environment=env.name,
            resource=env.host,
            effect=(
                "All weights change at once. Route 53 knows it within a minute; a client follows when the answer that "
                "it holds has run out, 60 seconds for an alias, longer for one that keeps its connection."
            ),
            risk=Risk.DISRUPTIVE,
            calls=(_shift(zone, changed, env),) if changed else (),
            differences=tuple(_differences(shared, after, env)),
            warnings=("keep the stack that gets nothing now up for ten minutes more",) if 0 in after.values() else (),
        )
    )


def _shared(aws: Aws, zone: HostedZone, env: Environment) -> _Shared:
    """CannotPlan where nothing is shared out by weights."""
    leading = [one for one in sets_of(aws, zone, env.host) if one["Type"] in _LEADING]
    weighted = tuple(one for one in leading if "Weight" in one)
    weights = {one["SetIdentifier"]: int(one["Weight"]) for one in weighted}
    if len(weights) < 2:
        what = "has one weighted record" if weights else "has no weighted records" if leading else "has no record"
        raise CannotPlan(
            f"{env.host} {what}: there is nothing to share out", "go back by the release or by the service instead"
        )
    uneven = [one for one in weighted if int(one["Weight"]) != weights[one["SetIdentifier"]]]
    if uneven:
        names = ", ".join(sorted({one["SetIdentifier"] for one in uneven}))
        raise CannotPlan(f"{names} has other weights for IPv4 than for IPv6", "make them equal where they were made")
    return _Shared(sets=weighted, weights={name: weights[name] for name in sorted(weights)})


def _whom(shared: _Shared, env: Environment) -> Question:
    choices = tuple(Choice(value=name, label=f"{name}, which has {shared.part(name)}") for name in shared.weights)
    # no default: whether traffic is given or given back, only the operator knows
    return Question(name="to", text=f"To which record set of {env.host}?", choices=choices)


def _how_much(shared: _Shared) -> Question:
    """By default the step after the least part that any of them has."""
    total = sum(shared.weights.values())
    least = 100 * min(shared.weights.values()) / total if total else 0
    following = next((one for one in _STEPS if one > least), ALL)
    return Question(name="share", text="How much of the requests does it get, in percent?", default=str(following))


def _percent(text: str) -> int:
    if not text.strip().isdecimal() or int(text) > ALL:
        raise CannotPlan(f"{text or 'nothing'} is no share", "a whole number from 0 to 100")
    return int(text)


def _shift(zone: HostedZone, changed: Iterable[Replaced], env: Environment) -> ApiCall:
    call = batch(_SHIFT, zone, f"the requests for {env.host} are shared out anew", changed, "the weights are as before")
    (back,) = call.undo
    return replace(call, ready=_known(_SHIFT), undo=(replace(back, ready=_known(back.id)),))


def _known(call_id: str) -> Ready:
    """Every name server of Route 53's knows it."""
    return Ready(
        operation="get_change",
        parameters={"Id": answer(call_id, "ChangeInfo.Id")},
        path="ChangeInfo.Status",
        wanted=("INSYNC",),
        timeout=300.0,
        every=5.0,
    )


def _differences(shared: _Shared, after: Mapping[str, int], env: Environment) -> Iterable[Difference]:
    for name, weight in shared.weights.items():
        if weight != after[name]:
            yield Difference(
                what=f"{env.host}, {name}", before=f"weight {weight} ({shared.part(name)})", after=f"{after[name]} %"
            )
