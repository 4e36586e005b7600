"""Cost Explorer: what was spent, and what will be."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.cost.expression import grouping, invalid, matching
from runbook_tui.simulator.cost.ledger import Item, Ledger, items, shown, whole_day
from runbook_tui.simulator.cost.lines import lines
from runbook_tui.simulator.cost.spans import Span, period, spans, told
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_COSTS = (
    "UnblendedCost",
    "BlendedCost",
    "AmortizedCost",
    "NetUnblendedCost",
    "NetAmortizedCost",
)  # the same here: no discounts, nothing reserved
_UNAVAILABLE = (
    "Data is not available. Please try to adjust the time period. If just enabled Cost Explorer, data might not be "
    "ingested yet"
)
_SPREAD = {80: 0.06, 95: 0.1}


def opened(world: World) -> Ledger:
    """DataUnavailableException where nobody has enabled Cost Explorer."""
    ledger = world.store(Ledger)
    if ledger.before is None:
        raise Refused("DataUnavailableException", _UNAVAILABLE)
    return ledger


@overlay("ce", "GetCostAndUsage")
def get_cost_and_usage(world: World, parameters: Parameters) -> Reply:
    opened(world)
    start, end = period(parameters["TimePeriod"])
    metrics = _metrics(parameters.get("Metrics") or ())
    groups = parameters.get("GroupBy") or []
    keys, meant = grouping(world, groups), matching(world, parameters.get("Filter"))
    found = [item for item in items(world, start, end) if meant(item)]
    results = []
    for span in spans(start, end, parameters["Granularity"]):
        within = [item for item in found if span[0] <= item.day < span[1]]
        by_key: dict[tuple[str, ...], list[Item]] = {}
        for item in within if groups else ():
            by_key.setdefault(keys(item), []).append(item)
        results.append(
            {
                "TimePeriod": told(span),
                "Total": {} if groups else {name: _sum(within, name) for name in metrics},
                "Groups": [
                    {"Keys": list(key), "Metrics": {name: _sum(its, name) for name in metrics}}
                    for key, its in sorted(by_key.items())
                ],
                "Estimated": _estimated(world, span),
            }
        )
    answer: dict[str, Any] = {"ResultsByTime": results, "DimensionValueAttributes": []}
    return answer | ({"GroupDefinitions": groups} if groups else {})


def _metrics(wanted: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in wanted if name not in (*_COSTS, "UsageQuantity")]
    if unknown:
        raise not_simulated(f"ce metric {unknown[0]}")
    if not wanted:
        raise invalid("Metrics must not be empty.")
    return tuple(wanted)


def _sum(found: Sequence[Item], metric: str) -> dict[str, str]:
    if metric == "UsageQuantity":
        units = {item.line.price.unit for item in found}
        return {
            "Amount": f"{sum(item.amount for item in found):.10f}",
            "Unit": units.pop() if len(units) == 1 else "N/A",
        }
    return {"Amount": f"{sum(item.usd for item in found):.10f}", "Unit": "USD"}


def _estimated(world: World, span: Span) -> bool:
    """Until the month's invoice is made, in the first days of the next one."""
    now = world.clock.now().date()
    return span[1] > now.replace(day=1) or shown(span[1] - timedelta(days=1), world.clock.now()) < 1


@overlay("ce", "GetCostForecast")
def get_cost_forecast(world: World, parameters: Parameters) -> Reply:
    opened(world)
    start, end = period(parameters["TimePeriod"])
    if start < world.clock.now().date():
        raise invalid("Start date of the time period cannot be in the past.")
    if parameters["Metric"] not in ("UNBLENDED_COST", "BLENDED_COST", "AMORTIZED_COST", "NET_UNBLENDED_COST"):
        raise not_simulated(f"ce forecast of {parameters['Metric']}")
    meant, cost = matching(world, parameters.get("Filter")), whole_day(world)
    present = [line for line in lines(world) if meant(Item(day=start, line=line, amount=0.0))]
    spread = _SPREAD.get(int(parameters.get("PredictionIntervalLevel") or 80), _SPREAD[80])

    def mean(span: Span) -> float:
        days = [span[0] + timedelta(days=number) for number in range((span[1] - span[0]).days)]
        return sum(cost(line, day) for line in present for day in days)

    found = [(span, mean(span)) for span in spans(start, end, parameters["Granularity"])]
    return {
        "Total": {"Amount": f"{sum(usd for _, usd in found):.10f}", "Unit": "USD"},
        "ForecastResultsByTime": [
            {
                "TimePeriod": told(span),
                "MeanValue": f"{usd:.10f}",
                "PredictionIntervalLowerBound": f"{usd * (1 - spread):.10f}",
                "PredictionIntervalUpperBound": f"{usd * (1 + spread):.10f}",
            }
            for span, usd in found
        ],
    }


@overlay("ce", "GetDimensionValues")
def get_dimension_values(world: World, parameters: Parameters) -> Reply:
    from runbook_tui.simulator.cost.expression import dimension

    opened(world)
    value, meant = dimension(world, parameters["Dimension"]), matching(world, parameters.get("Filter"))
    values = sorted({value(item) for item in items(world, *period(parameters["TimePeriod"])) if meant(item)})
    return _listed("DimensionValues", [{"Value": one, "Attributes": {}} for one in values], parameters)


@overlay("ce", "GetTags")
def get_tags(world: World, parameters: Parameters) -> Reply:
    """Keys of active cost allocation tags, or the values of one."""
    from runbook_tui.simulator.cost.expression import tag

    ledger = opened(world)
    key = parameters.get("TagKey")
    if not key:
        return _listed(
            "Tags", sorted(name for name, its in ledger.tags.items() if its["Status"] == "Active"), parameters
        )
    value = tag(world, key)
    return _listed(
        "Tags", sorted({value(item) for item in items(world, *period(parameters["TimePeriod"]))}), parameters
    )


def _listed(member: str, found: list[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    wanted = str(parameters.get("SearchString") or "")
    kept = [one for one in found if wanted in (one["Value"] if isinstance(one, dict) else one)]
    part, token = page(kept, parameters, size="MaxResults", token="NextPageToken", limit=1000)  # noqa: S106
    answer = {member: part, "ReturnSize": len(part), "TotalSize": len(kept)}
    return answer | ({"NextPageToken": token} if token else {})
