"""``runbook-tui list``: what the product knows."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from runbook_tui.cli.output import data


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=sorted(_LISTS))


def run(args: argparse.Namespace) -> int:
    rows = list(_LISTS[args.what]())
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        data("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _checks() -> Iterator[tuple[str, ...]]:
    from runbook_tui.catalogue.actions import all_actions
    from runbook_tui.catalogue.registry import all_checks

    fixes: dict[str, list[str]] = {}
    for action in all_actions().values():
        for name in action.fixes:
            fixes.setdefault(name, []).append(action.id)
    for check in all_checks().values():
        fix = ",".join(fixes.get(check.id, ())) or "-"
        needs = ",".join(check.needs) or "-"
        yield check.id, check.guide, check.severity.value, check.scope.value, fix, check.title, needs


def _actions() -> Iterator[tuple[str, ...]]:
    from runbook_tui.catalogue.actions import all_actions

    for action in all_actions().values():
        yield action.id, action.guide, ",".join(action.fixes) or "-", action.title


def _runbooks() -> Iterator[tuple[str, ...]]:
    from runbook_tui.catalogue.loader import load_all

    for runbook in load_all().values():
        yield runbook.id, runbook.family.value, f"{len(runbook.steps)} steps", runbook.title


def _faults() -> Iterator[tuple[str, ...]]:
    from runbook_tui.simulator.faults import described

    yield from described()


def _scenarios() -> Iterator[tuple[str, ...]]:
    from runbook_tui.simulator.scenarios import described

    yield from described()


_LISTS: Final[Mapping[str, Callable[[], Iterator[tuple[str, ...]]]]] = {
    "actions": _actions,
    "checks": _checks,
    "runbooks": _runbooks,
    "faults": _faults,
    "scenarios": _scenarios,
}
