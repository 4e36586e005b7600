"""``MetricDataQueries``, as GetMetricData and alarms ask them: metrics, expressions over them, and searches."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from runbook_tui.simulator.metrics.arithmetic import Line, Sources, Value, evaluate
from runbook_tui.simulator.metrics.published import Name
from runbook_tui.simulator.metrics.sample import known
from runbook_tui.simulator.metrics.series import index, values
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.world import World

_ID = re.compile(r"[a-z][a-zA-Z0-9_]*$")
_SCHEMA = re.compile(r"\s*\{\s*([^}]*)\}\s*(.*)$", re.DOTALL)
_QUOTED = re.compile(r'"([^"]*)"')
_TERM = re.compile(r'(?:([A-Za-z]+)\s*=\s*)?(?:"([^"]*)"|([^\s"]+))')
_DEFAULT_PERIOD = 300


def name_of(metric: Mapping[str, Any]) -> Name:
    dimensions = tuple(sorted((each["Name"], each["Value"]) for each in metric.get("Dimensions") or ()))
    return Name(metric.get("Namespace") or "", metric.get("MetricName") or "", dimensions)


def check_period(period: int) -> int:
    if period < 60 and period in (1, 5, 10, 20, 30):
        raise not_simulated(f"a period of {period} seconds: high resolution")
    if period < 60 or period % 60:
        raise Refused("ValidationError", f"The parameter Period must be a multiple of 60, not {period}")
    return period


def check_statistic(statistic: str) -> str:
    if not known(statistic):
        raise Refused("ValidationError", f"The value {statistic} for parameter Stat is not supported.")
    return statistic


class Queries:
    """Of one request: what is asked twice is computed once. Raises Refused for ids that are wrong or missing."""

    def __init__(self, world: World, queries: Sequence[Mapping[str, Any]], start: datetime, end: datetime) -> None:
        self._world = world
        self._queries = {str(each["Id"]): each for each in queries}
        self._start, self._end = start, end
        self._done: dict[str, Value] = {}
        self._open: list[str] = []
        for name in self._queries:
            if not _ID.match(name):
                raise Refused(
                    "ValidationError", f"The value {name} for parameter Id is not matching the expected pattern"
                )
        if len(self._queries) < len(queries):
            raise Refused("ValidationError", "The values for parameter id in MetricDataQueries are not unique.")

    def value(self, name: str) -> Value:
        """A series, several of them, or a number."""
        if name not in self._queries:
            raise Refused("ValidationError", f"Error in expression: Unrecognized identifier: {name}")
        if name in self._open:
            raise Refused("ValidationError", f"Error in expression '{name}': it refers to itself")
        if name not in self._done:
            self._open.append(name)
            self._done[name] = self._found(self._queries[name])
            self._open.pop()
        return self._done[name]

    def _found(self, query: Mapping[str, Any]) -> Value:
        if query.get("MetricStat") and query.get("Expression"):
            raise Refused("ValidationError", "A query has a MetricStat or an Expression, not both")
        if query.get("MetricStat"):
            return self._metric(query)
        text = str(query.get("Expression") or "")
        if not text:
            raise Refused("ValidationError", "The parameter MetricDataQueries.member.1.MetricStat is required.\n")
        if text.lstrip().upper().startswith("SELECT"):
            raise not_simulated("a Metrics Insights query")
        return evaluate(text, self._sources(query))

    def _metric(self, query: Mapping[str, Any]) -> Line:
        wanted = query["MetricStat"]
        name = name_of(wanted["Metric"])
        statistic, period = check_statistic(str(wanted["Stat"])), check_period(int(wanted["Period"]))
        points = values(self._world, name, self._start, self._end, period, statistic)
        return Line(str(query.get("Label") or name.metric), period, dict(points))

    def _sources(self, query: Mapping[str, Any]) -> Sources:
        return Sources(self.value, self._metrics, lambda *search: self._search(query, *search), self._times)

    def _metrics(self) -> Mapping[str, Line]:
        found: dict[str, Line] = {}
        for name, query in self._queries.items():
            value = self.value(name) if query.get("MetricStat") else None
            if isinstance(value, Line):
                found[name] = value
        return found

    def _times(self, period: int) -> Sequence[datetime]:
        end = min(self._end, self._world.clock.now())
        count = max(0, -int((self._start - end) // timedelta(seconds=period)))
        return [self._start + timedelta(seconds=period * number) for number in range(count)]

    def _search(self, query: Mapping[str, Any], text: str, statistic: str, period: int | None) -> tuple[Line, ...]:
        wanted = check_period(int(period or query.get("Period") or _DEFAULT_PERIOD))
        check_statistic(statistic)
        found = []
        for name in searched(self._world, text):
            points = values(self._world, name, self._start, self._end, wanted, statistic)
            if points:
                found.append(Line(_label(name), wanted, dict(points)))
        return tuple(found)


def _label(name: Name) -> str:
    return " ".join((name.metric, *(value for _, value in name.dimensions)))


def searched(world: World, text: str) -> list[Name]:
    """``{namespace,dimension,…} term "whole" MetricName="x"``: a metric's names and values must hold all terms."""
    found = _SCHEMA.match(text)
    if found is None:
        raise not_simulated("SEARCH without a namespace in braces")
    schema = [each.strip().strip('"') for each in found[1].split(",")]
    terms = _terms(found[2])
    names = (*index(world), *(name for name in world.monitoring.custom.names() if name not in index(world)))
    return [
        name
        for name in names
        if name.namespace == schema[0]
        and sorted(dimension for dimension, _ in name.dimensions) == sorted(schema[1:])
        and all(_holds(name, *term) for term in terms)
    ]


def _terms(text: str) -> list[tuple[str, str, bool]]:
    """What is searched, in which field (empty for any), and whether it must be the whole of it."""
    if re.search(r"[()]|\b(OR|NOT)\b", _QUOTED.sub("", text)):
        raise not_simulated("SEARCH with OR, NOT or parentheses")
    found = []
    for field, whole, part in _TERM.findall(text):
        if (whole or part) != "AND" or field:
            found.append((field, whole or part, bool(whole)))
    return found


def _holds(name: Name, field: str, wanted: str, whole: bool) -> bool:  # noqa: FBT001 - a term's third part
    fields = {"MetricName": name.metric, "Namespace": name.namespace, **dict(name.dimensions)}
    values = [fields.get(field, "")] if field else list(fields.values())
    if whole:
        return wanted in values
    return any(wanted.lower() in each.lower() for each in values)
