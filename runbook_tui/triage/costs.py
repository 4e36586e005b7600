"""What costs more than it did: a week against the one three weeks before. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from runbook_tui.aws.facts.cost import Spend
from runbook_tui.triage.snapshot import Growth

DAYS: Final = 28
WEEK: Final = 7
LEAST_USD: Final = 1.0  # a day: what grows by less is no anomaly
LEAST_SHARE: Final = 0.25  # of all that was spent before


def growth(spend: Spend) -> Growth:
    """``spend`` is by ``SERVICE/USAGE_TYPE``."""
    days = sorted(spend.days)
    before, now = days[:WEEK], days[-WEEK:]
    names = sorted({name for day in spend.days.values() for name in day})
    usages = {name: (_daily(spend, before, name), _daily(spend, now, name)) for name in names}
    services: dict[str, tuple[float, float]] = {}
    for name, (was, is_now) in usages.items():
        service = name.partition("/")[0]
        known = services.get(service, (0.0, 0.0))
        services[service] = (known[0] + was, known[1] + is_now)
    return Growth(services=services, usages=usages)


def top(found: Mapping[str, tuple[float, float]]) -> str | None:
    """What grew most, when it is worth a word."""
    grown = {name: now - before for name, (before, now) in found.items()}
    name = max(grown, key=lambda one: grown[one], default=None)
    least = max(LEAST_USD, LEAST_SHARE * sum(before for before, _ in found.values()))
    return name if name is not None and grown[name] >= least else None


def _daily(spend: Spend, days: Iterable[date], name: str) -> float:
    told = [spend.days[day].get(name, 0.0) for day in days]
    return sum(told) / len(told) if told else 0.0
