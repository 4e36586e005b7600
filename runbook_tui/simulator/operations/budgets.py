"""Budgets: moto keeps them; what was spent comes from the bill."""

from datetime import timedelta
from typing import Any

from runbook_tui.simulator.cost.expression import matching
from runbook_tui.simulator.cost.ledger import Item, Ledger, items, whole_day
from runbook_tui.simulator.cost.lines import lines
from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.world import World


@after("budgets", "DescribeBudgets")
def describe_budgets(world: World, _parameters: Parameters) -> Reply:
    """Of all budgets at once, as moto answers them; the spend is of this month so far, and as it will end."""
    from moto.backends import get_backend

    kept: Any = get_backend("budgets")[world.account]["aws"]
    told = [budget.to_dict() for budget in kept.budgets[world.account].values()]
    return {"Budgets": [each | {"CalculatedSpend": _spend(world, each)} for each in told]}


def _spend(world: World, budget: Any) -> dict[str, Any]:
    """A budget that filters by tags counts what carries one of them (``user:Project$asharvi``)."""
    if world.store(Ledger).before is None:
        return {"ActualSpend": _usd(0.0), "ForecastedSpend": _usd(0.0)}
    meant = matching(world, _filter(budget))
    today = world.clock.now().date()
    first = today.replace(day=1)
    actual = sum(item.usd for item in items(world, first, today + timedelta(days=1)) if meant(item))
    cost = whole_day(world)
    present = [line for line in lines(world) if meant(Item(day=today, line=line, amount=0.0))]
    following = (first + timedelta(days=32)).replace(day=1)
    days = [first + timedelta(days=number) for number in range((following - first).days)]
    return {
        "ActualSpend": _usd(actual),
        "ForecastedSpend": _usd(sum(cost(line, day) for line in present for day in days)),
    }


def _filter(budget: Any) -> dict[str, Any] | None:
    tags = (budget.get("CostFilters") or {}).get("TagKeyValue") or []
    if not tags:
        return None
    pairs = [str(tag).removeprefix("user:").partition("$") for tag in tags]
    return {"Or": [{"Tags": {"Key": key, "Values": [value]}} for key, _, value in pairs]}


def _usd(amount: float) -> dict[str, str]:
    return {"Amount": f"{amount:.2f}", "Unit": "USD"}
