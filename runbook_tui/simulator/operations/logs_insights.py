"""Logs Insights: queries that take their time on the simulated clock."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct, field

from runbook_tui.simulator.logs.insights.commands import MOST
from runbook_tui.simulator.logs.insights.query import read_query
from runbook_tui.simulator.logs.insights.values import row_of
from runbook_tui.simulator.logs.reading import events_of, group_named
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_STARTS_AFTER = 0.5
_TAKES = 1.5
_KEPT = 1000
_LANGUAGES = ("", "CWLI")


class _Running(Struct, kw_only=True):
    """``start`` and ``end`` are in seconds since 1970, both included, as the API has them."""

    identifier: str
    text: str
    groups: list[str]
    start: int
    end: int
    limit: int
    created: datetime
    status: str = "Scheduled"
    results: list[list[dict[str, str]]] = []
    statistics: Mapping[str, float] = field(default_factory=lambda: _counted(0, 0, 0))


class _Queries:
    """By identifier, oldest first."""

    def __init__(self) -> None:
        self.all: dict[str, _Running] = {}


@overlay("logs", "StartQuery")
def start_query(world: World, parameters: Parameters) -> Reply:
    if (parameters.get("queryLanguage") or "") not in _LANGUAGES:
        raise not_simulated(f"logs:StartQuery in {parameters['queryLanguage']}")
    read_query(parameters["queryString"])
    if int(parameters["endTime"]) < int(parameters["startTime"]):
        raise Refused("InvalidParameterException", "End time should not be before start time.")
    limit = int(parameters.get("limit") or MOST)
    if not 1 <= limit <= MOST:
        raise Refused("InvalidParameterException", f"limit must be between 1 and {MOST}.")
    query = _Running(
        identifier=str(uuid.UUID(int=world.random.getrandbits(128), version=4)),
        text=parameters["queryString"],
        groups=[group_named(world, name).name for name in _named(parameters)],
        start=int(parameters["startTime"]),
        end=int(parameters["endTime"]),
        limit=limit,
        created=world.clock.now(),
    )
    kept = world.store(_Queries).all
    kept[query.identifier] = query
    if len(kept) > _KEPT:
        del kept[next(iter(kept))]
    world.agenda.after(world.clock.waited_for(_STARTS_AFTER), partial(_run, query))
    world.agenda.after(world.clock.waited_for(_TAKES), partial(_complete, world, query))
    return {"queryId": query.identifier}


@overlay("logs", "GetQueryResults")
def get_query_results(world: World, parameters: Parameters) -> Reply:
    query = _query(world, parameters["queryId"])
    items, token = page(query.results, parameters, size="maxItems", token="nextToken", limit=MOST)  # noqa: S106
    return {
        "queryLanguage": "CWLI",
        "results": items,
        "statistics": query.statistics,
        "status": query.status,
        "nextToken": token,
    }


@overlay("logs", "StopQuery")
def stop_query(world: World, parameters: Parameters) -> Reply:
    query = _query(world, parameters["queryId"])
    if query.status not in ("Scheduled", "Running"):
        text = f"Query {query.identifier} has already ended and cannot be stopped."
        raise Refused("InvalidParameterException", text)
    query.status = "Cancelled"
    return {"success": True}


@overlay("logs", "DescribeQueries")
def describe_queries(world: World, parameters: Parameters) -> Reply:
    group, status = parameters.get("logGroupName"), parameters.get("status")
    if group:
        group = group_named(world, group).name
    found = [
        _described(each)
        for each in reversed(world.store(_Queries).all.values())
        if status in (None, "", each.status) and (not group or group in each.groups)
    ]
    items, token = page(found, parameters, size="maxResults", token="nextToken", limit=1000)  # noqa: S106
    return {"queries": items, "nextToken": token}


def _named(parameters: Parameters) -> list[str]:
    ways = [list(parameters[member]) for member in ("logGroupNames", "logGroupIdentifiers") if parameters.get(member)]
    if parameters.get("logGroupName"):
        ways.append([parameters["logGroupName"]])
    if len(ways) != 1:
        text = "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be given."
        raise Refused("InvalidParameterException", text)
    names: list[str] = ways[0]
    if len(names) > 50:
        raise Refused("InvalidParameterException", "At most 50 log groups can be queried.")
    return names


def _query(world: World, identifier: str) -> _Running:
    query = world.store(_Queries).all.get(identifier)
    if query is None:
        raise Refused("ResourceNotFoundException", f"No query with id {identifier} exists.")
    return query


def _described(query: _Running) -> dict[str, Any]:
    return {
        "queryId": query.identifier,
        "queryString": query.text,
        "status": query.status,
        "createTime": int(query.created.timestamp() * 1000),
        "logGroupName": query.groups[0],
        "queryLanguage": "CWLI",
    }


def _run(query: _Running) -> None:
    if query.status == "Scheduled":
        query.status = "Running"


def _complete(world: World, query: _Running) -> None:
    if query.status != "Running":
        return
    rows, scanned = [], 0
    for name in query.groups:
        group = world.backend("logs").groups.get(name)
        if group is None:  # deleted in the meantime
            continue
        for event in events_of(world, group, group.streams.values(), query.start * 1000, query.end * 1000 + 999):
            rows.append(row_of(event, name, world.account))
            scanned += len(event.message)
    rows.sort(key=lambda row: (row["@timestamp"], row["@ptr"]))
    query.results, matched = read_query(query.text).rows(rows, query.limit)
    query.statistics = _counted(matched, len(rows), scanned)
    query.status = "Complete"


def _counted(matched: int, lines: int, size: int) -> dict[str, float]:
    return {"recordsMatched": float(matched), "recordsScanned": float(lines), "bytesScanned": float(size)}
