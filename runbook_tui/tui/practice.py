"""What the practice screen says to the simulator: which faults there are, set one, clear one, let time pass."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from runbook_tui.tui.messages import FaultsTold, Told

_PATIENCE: Final = 30.0  # seconds; letting an hour pass takes the simulator one of them


def told(endpoint_url: str) -> Iterator[FaultsTold | Told]:
    """Blocking. Every fault with what it does, and which are set."""
    from runbook_tui.simulator.faults import names

    try:
        found = _ask(endpoint_url, "GET", "faults")
    except OSError as error:
        yield Told(f"the simulator does not answer: {error}", bad=True, remedy="go back and try again")
        return
    yield FaultsTold(names(), tuple(found.get("set", ())), tuple(str(each) for each in found.get("planned", ())))


def changed(endpoint_url: str, method: str, route: str, body: Mapping[str, Any]) -> Iterator[FaultsTold | Told]:
    """Blocking. Say it, then tell how things stand; a refusal is told in the simulator's own words."""
    try:
        _ask(endpoint_url, method, route, body)
    except HTTPError as refused:
        words = json.loads(refused.read() or b"{}")
        yield Told(str(words.get("error", refused)), bad=True, remedy=str(words.get("remedy", "")))
    except OSError as error:
        yield Told(f"the simulator does not answer: {error}", bad=True, remedy="go back and try again")
    yield from told(endpoint_url)


def _ask(endpoint_url: str, method: str, route: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    opener = build_opener(ProxyHandler({}))  # loopback is never asked through a proxy
    request = Request(f"{endpoint_url}/_sim/{route}", data=data, method=method)  # noqa: S310 - the site's loopback URL
    with opener.open(request, timeout=_PATIENCE) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
