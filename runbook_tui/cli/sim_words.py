"""What can be said to a simulator that runs: set and clear faults, ask and move its clock."""

import argparse
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from runbook_tui import options
from runbook_tui.cli.output import data
from runbook_tui.core.problems import UsageProblem

_LOCAL: Final = ("127.0.0.1", "localhost", "::1")


def say(args: argparse.Namespace) -> int:
    """UsageProblem when nobody answers, or when the simulator says no."""
    _WORDS[args.word](args)
    return 0


def _fault(args: argparse.Namespace) -> None:
    name = _needed(args, "the name of a fault", "see: runbook-tui list faults")
    if args.clear and args.at:
        raise UsageProblem("--clear and --at exclude each other", "clear it at once, or set it later")
    answer = _ask(args, "DELETE" if args.clear else "POST", "fault", {"name": f"{name}@{args.at}" if args.at else name})
    _tell(answer)


def _faults(args: argparse.Namespace) -> None:
    _tell(_ask(args, "GET", "faults"))


def _advance(args: argparse.Namespace) -> None:
    from runbook_tui.simulator.spans import seconds

    by = seconds(_needed(args, "how far", "write runbook-tui sim advance 10m"))
    _time(_ask(args, "POST", "clock", {"advance": by}))


def _clock(args: argparse.Namespace) -> None:
    _time(_ask(args, "GET", "clock"))


_WORDS: Final[Mapping[str, Callable[[argparse.Namespace], None]]] = {
    "fault": _fault,
    "faults": _faults,
    "advance": _advance,
    "clock": _clock,
}


def _needed(args: argparse.Namespace, what: str, remedy: str) -> str:
    if not args.what:
        raise UsageProblem(f"sim {args.word} needs {what}", remedy)
    word: str = args.what
    return word


def _tell(answer: Mapping[str, Any]) -> None:
    """A line a fault, with what is the matter with it before its name."""
    lines = [f"set      {name}" for name in answer["set"]]
    lines += [f"planned  {name}  {at}" for name, at in answer.get("planned", {}).items()]
    lines += [f"trouble  {trouble}" for trouble in answer.get("troubles", ())]
    for line in lines or ["no fault is set"]:
        data(line)


def _time(answer: Mapping[str, Any]) -> None:
    data(f"{answer['now']}  speed {answer['speed']:g}")


def _ask(args: argparse.Namespace, method: str, route: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    endpoint = _endpoint(args)
    request = urllib.request.Request(  # noqa: S310 - http on loopback, as _endpoint sees to
        f"{endpoint}/_sim/{route}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy stands before loopback
    try:
        with opener.open(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error.read(), endpoint) from None
    except (OSError, ValueError) as error:
        raise UsageProblem(f"no simulator answers at {endpoint}", "start one: runbook-tui sim") from error
    return found


def _refused(body: bytes, endpoint: str) -> UsageProblem:
    try:
        said = json.loads(body)
        return UsageProblem(str(said["error"]), str(said.get("remedy", "")))
    except (ValueError, KeyError, TypeError):
        return UsageProblem(f"what answers at {endpoint} is no simulator", "give --endpoint-url as sim printed it")


def _endpoint(args: argparse.Namespace) -> str:
    """Loopback only: nothing here may ever reach AWS."""
    given = args.endpoint_url or os.environ.get("AWS_ENDPOINT_URL") or _of_the_site(args)
    if not given:
        raise UsageProblem("which simulator?", "give --endpoint-url URL, or set AWS_ENDPOINT_URL")
    parts = urlsplit(given)
    if parts.scheme != "http" or parts.hostname not in _LOCAL:
        raise UsageProblem(f"{given} is not on this machine", "a simulator answers on http://127.0.0.1:PORT")
    return str(given).rstrip("/")


def _of_the_site(args: argparse.Namespace) -> str:
    site = options.site_if_any(args)
    return (site.aws.endpoint_url or "") if site is not None and site.simulated else ""
