"""What a CloudWatch dashboard shows, out of its JSON body. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.core.text import clean


class Shown(Struct, frozen=True, kw_only=True):
    """A metric in a widget. ``region`` is empty where the widget names none."""

    namespace: str
    metric: str
    where: Mapping[str, str]
    stat: str
    region: str = ""


class Search(Struct, frozen=True, kw_only=True):
    """An expression in a widget, metric math or a search: it finds its metrics only when it is drawn."""

    text: str
    region: str = ""


class Dashboard(Struct, frozen=True, kw_only=True):
    widgets: int
    metrics: tuple[Shown, ...] = ()
    searches: tuple[Search, ...] = ()


class BrokenBody(Exception):
    """No dashboard could be drawn from it; the text says why."""


def read_dashboard(body: str) -> Dashboard:
    """Raises BrokenBody. A widget that cannot be read counts as a widget and shows nothing."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise BrokenBody("the body is no JSON") from None
    widgets = raw.get("widgets") if isinstance(raw, dict) else None
    if not isinstance(widgets, list):
        raise BrokenBody("the body has no list of widgets")
    shown: list[Shown] = []
    searches: list[Search] = []
    for properties in map(_properties, widgets):
        region = _text(properties.get("region"))
        stat = _text(properties.get("stat")) or "Average"
        for one in _entries(properties.get("metrics"), region, stat):
            (shown if isinstance(one, Shown) else searches).append(one)  # type: ignore[arg-type]
    return Dashboard(widgets=len(widgets), metrics=tuple(shown), searches=tuple(searches))


def _properties(widget: Any) -> Mapping[str, Any]:
    properties = widget.get("properties") if isinstance(widget, dict) else None
    return properties if isinstance(properties, dict) else {}


def _entries(metrics: Any, region: str, stat: str) -> Iterator[Shown | Search]:
    """Each metric is ``[namespace, metric, name, value, …, {options}]``: ``.`` repeats one place of the metric
    before it, ``...`` all that are not said."""
    former: Sequence[str] = ()
    for entry in metrics if isinstance(metrics, list) else ():
        if not isinstance(entry, list) or not entry:
            continue
        *parts, options = entry if isinstance(entry[-1], dict) else [*entry, {}]
        if "expression" in options:
            yield Search(text=_text(options["expression"]), region=_text(options.get("region")) or region)
            continue
        if not parts or not all(isinstance(one, str) for one in parts):
            continue
        former = _repeated(parts, former)
        if len(former) >= 2:
            pairs = dict(zip(former[2::2], former[3::2], strict=False))
            yield Shown(
                namespace=former[0],
                metric=former[1],
                where=pairs,
                stat=_text(options.get("stat")) or stat,
                region=_text(options.get("region")) or region,
            )


def _repeated(parts: Sequence[str], former: Sequence[str]) -> Sequence[str]:
    if "..." in parts:
        said = [clean(one, 2048) for one in parts[parts.index("...") + 1 :]]
        return [*former[: max(0, len(former) - len(said))], *said]
    return [
        former[place] if one == "." and place < len(former) else clean(one, 2048) for place, one in enumerate(parts)
    ]


def _text(value: Any) -> str:
    return clean(value, 2048) if isinstance(value, str) else ""
