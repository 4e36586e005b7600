"""Where among a listener's rules the one of a host belongs, pure."""

from collections.abc import Collection, Iterable
from itertools import chain

from msgspec import Struct

from runbook_tui.aws.facts.balancing import ListenerRule
from runbook_tui.aws.facts.host_rules import Route, priority, shares
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.site import Environment

_STEP = 10  # between the numbers of rules: room for those of somebody else
_LAST = 50_000


def leads_well(found: Route, env: Environment, *, by_default: bool) -> bool:
    """Every request for the host reaches its own group. ``by_default``: the default rule may decide that."""
    deciding = found.deciding
    if deciding is None or (deciding.is_default and not by_default):
        return False
    return all(_to_own(one, env) for one in (deciding, *found.shadows))


def _to_own(rule: ListenerRule, env: Environment) -> bool:
    return shares(rule.actions) == {env.target_group: 1.0}


class Place(Struct, frozen=True, kw_only=True):
    """``own`` is the rule that is there for this host alone, if there is one. ``number`` is where it has to be."""

    own: ListenerRule | None
    number: int
    actions_right: bool

    @property
    def moves(self) -> bool:
        return self.own is not None and self.number != priority(self.own)


def place(rules: Iterable[ListenerRule], found: Route, env: Environment, taken: Collection[int]) -> Place:
    """CannotPlan when there is no room for it, or nobody can tell."""
    if found.opaque:
        numbers = ", ".join(rule.priority for rule in found.opaque)
        because = f"rule {numbers} matches hosts by a regular expression, perhaps {env.host} too"
        raise CannotPlan(because, "look at the expression, and order the rules by hand")
    own = next((one for one in rules if _is_for(one, env.host)), None)
    before = [one for one in (*found.shadows, found.deciding) if one and not one.is_default and one is not own]
    limit = min((priority(one) for one in before if not _to_own(one, env)), default=_LAST + 1)
    number = priority(own) if own is not None and priority(own) < limit else _free(limit, taken, env)
    return Place(own=own, number=number, actions_right=own is not None and _to_own(own, env))


def _is_for(rule: ListenerRule, host: str) -> bool:
    if len(rule.conditions) != 1 or rule.conditions[0].field != "host-header":
        return False
    condition = rule.conditions[0]
    names = {name.lower() for name in (*condition.values, *condition.host_header_config.values)}
    return names == {host.lower()} and not condition.host_header_config.regex_values


def _free(limit: int, taken: Collection[int], env: Environment) -> int:
    """A round number where one is left, else the highest that comes before."""
    free = (one for one in chain(range(_STEP, limit, _STEP), range(limit - 1, 0, -1)) if one not in taken)
    number = next(free, None)
    if number is not None:
        return number
    raise CannotPlan(f"there is no room for a rule of {env.host} before number {limit}", "renumber the rules by hand")
