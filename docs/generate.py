"""Writes docs/reference/ from the program itself: checks, actions, runbooks, commands, keys, permissions, and more.

``python docs/generate.py`` writes; ``--check`` writes nothing and exits 1 when a page is out of date.
"""

import argparse
import ast
import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import groupby
from pathlib import Path

from docs import actions_page, guide_coverage, triage_page
from runbook_tui.catalogue.loader import load_all
from runbook_tui.catalogue.permissions import policy
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import complete
from runbook_tui.entry import VERBS, parser_of

FOLDER = Path(__file__).parent / "reference"
SCREENS = {
    "Everywhere": ("runbook_tui.tui.screens.base", "Glass"),
    "Home": ("runbook_tui.tui.screens.home", "HomeScreen"),
    "Run": ("runbook_tui.tui.screens.run", "RunScreen"),
    "Health": ("runbook_tui.tui.screens.health", "HealthScreen"),
    "Audit log": ("runbook_tui.tui.screens.audit", "AuditScreen"),
    "Journal": ("runbook_tui.tui.screens.journal", "JournalScreen"),
    "Lists": ("runbook_tui.tui.widgets.lines", "Lines"),
}
SECTIONS = {
    "P": "Before everything",
    "1": "Identity and access",
    "2": "Network",
    "3": "Secrets",
    "4": "Registry and pipeline",
    "5": "ECS Fargate",
    "6": "Load balancer and routing",
    "7": "Database",
    "8": "Logs, metrics, alarms",
    "9": "Deployment and validation",
    "10": "Maintenance",
}


def checks() -> Iterator[str]:
    yield "# Checks\n"
    yield "`runbook-tui check ID` asks one; a glob (`tg.*`) or `section:5` asks several.\n"

    def section(check: object) -> str:
        return str(getattr(check, "guide", "")).partition(".")[0]

    found = sorted(all_checks().values(), key=lambda check: list(SECTIONS).index(section(check)))
    for name, group in groupby(found, key=section):
        yield f"\n## {SECTIONS[name]}\n"
        yield "| Check | Guide | Severity | Scope | PASS means | Needs |"
        yield "|---|---|---|---|---|---|"
        for check in group:
            needs = ", ".join(f"`{action}`" for action in check.needs) or "–"
            about = f"{check.guide} | {check.severity.value} | {check.scope.value} | {check.title}"
            yield f"| `{check.id}` | {about} | {needs} |"


def runbooks() -> Iterator[str]:
    yield "# Runbooks\n"
    for book in load_all().values():
        yield f"\n## {book.title}\n"
        yield f"`{book.id}` · {book.family.value} · guide {', '.join(book.guide)} · {', '.join(book.environments)}\n"
        yield f"{book.outcome}\n"
        yield "| Step | Title | Checks | Where it leads |"
        yield "|---|---|---|---|"
        for step in book.steps:
            ways = dict.fromkeys(way or "the end" for way, _ in book.ways_out(step))
            yield f"| `{step.id}` | {step.title} | {len(step.all_checks) or '–'} | {', '.join(ways)} |"


def commands() -> Iterator[str]:
    yield "# Commands\n"
    yield "`runbook-tui` without a verb opens the terminal program.\n"
    for verb, about in VERBS.items():
        yield f"\n## {verb}\n\n{about[0].upper()}{about[1:]}.\n\n| Argument | What it means |\n|---|---|"
        for action in parser_of(verb)._actions[1:]:  # noqa: SLF001 - argparse shows its options nowhere else
            if action.help == argparse.SUPPRESS:
                continue
            name = ", ".join(action.option_strings) or str(action.metavar or action.dest)
            value = action.metavar or "" if action.option_strings and action.nargs != 0 else ""
            choices = f"one of {', '.join(map(str, action.choices))}" if action.choices else ""
            help_text = "; ".join(part for part in (action.help or "", choices) if part)
            shown = f"{name} {value}".strip().replace("|", "\\|")
            yield f"| `{shown}` | {help_text} |"


def keys() -> Iterator[str]:
    yield "# Keys\n"
    yield "The footer of each screen names the keys that matter there; `?` names all of them.\n"
    for title, (module, name) in SCREENS.items():
        yield f"\n## {title}\n\n| Key | What it does |\n|---|---|"
        for binding in vars(getattr(import_module(module), name)).get("BINDINGS", ()):
            shown = (binding.key_display or binding.key).replace("|", "\\|")
            yield f"| `{shown}` | {binding.tooltip or binding.description} |"


def permissions() -> Iterator[str]:
    yield "# Permissions\n"
    yield "What the checks of this release read, and nothing else: the guide's names stand for yours. "
    yield "`runbook-tui permissions` prints it with the names and the account of your site.\n"
    site = complete({})
    for document in policy(all_checks().values(), site):
        yield f"```json\n{json.dumps(document, indent=2)}\n```"


def simulator() -> Iterator[str]:
    from runbook_tui.simulator import faults, scenarios

    yield "# The simulated AWS: what it knows\n"
    yield "How it is used: [simulator.md](../simulator.md).\n"
    yield "\n## Scenarios\n\n| Scenario | What happens |\n|---|---|"
    yield from (f"| `{name}` | {about} |" for name, about in scenarios.described())
    yield "\n## Faults\n\n| Fault | What is wrong |\n|---|---|"
    yield from (f"| `{name}` | {about} |" for name, about in faults.described())
    yield "\n## Operations\n"
    yield "A change is carried out when the simulator supplies it, or when moto keeps it and the world follows it "
    yield "(*followed*), or when it is remembered and shown, and its effects lie outside of this world (*recorded*). "
    yield "Every other change, of these and of all other services, answers `NotSimulated`. Readings show what is kept."
    yield from simulated_operations()
    yield "\n## Refused in part\n"
    yield "An operation that is simulated answers `NotSimulated` when it is asked for one of these:\n"
    yield from (f"- {text}" for text in partly_refused())


def simulated_operations() -> Iterator[str]:
    """Service by service, those that the layer knows or trusts moto with."""
    from runbook_tui.simulator import kept, registry

    registry.load_operations()
    services = {service for service, _ in registry.supplied()} | {*kept.FOLLOWED, *kept.RECORDED}
    for service in sorted(services):
        found = operations_of(service)
        yield f"\n### {service}\n"
        yield from (f"{kind}: {', '.join(sorted(names))}.\n" for kind, names in found.items() if names)


def operations_of(service: str) -> dict[str, set[str]]:
    """What becomes of each operation: every one that botocore knows, in exactly one place."""
    from runbook_tui.simulator import kept, registry
    from runbook_tui.simulator.models import service_model

    known = set(service_model(service).operation_names)
    supplied = {name for of, name in registry.supplied() if of == service}
    motos = {name for name in known - supplied if _snake(name) in _in_moto(service)}
    followed = set(kept.FOLLOWED.get(service, ())) - supplied
    recorded = set(kept.RECORDED.get(service, ())) - supplied
    read = {name for name in motos - followed - recorded if kept.may_change(service, name)}
    return {
        "Supplied": supplied,
        "Followed": followed,
        "Recorded": recorded,
        "Read": read,
        "Not simulated": known - supplied - followed - recorded - read,
    }


@cache
def _in_moto(service: str) -> set[str]:
    """The methods of moto's responses; none when moto has no such service, or lacks what it needs."""
    name = {"application-autoscaling": "applicationautoscaling"}.get(service, service)
    try:
        module = import_module(f"moto.{name}.responses")
    except ModuleNotFoundError:
        return set()
    return {method for each in vars(module).values() if isinstance(each, type) for method in dir(each)}


def _snake(operation: str) -> str:
    from botocore import xform_name

    return str(xform_name(operation))


def partly_refused() -> list[str]:
    """The words of every refusal in the simulator's source, with … for what is known only when it happens."""
    folder = Path(__file__).parents[1] / "runbook_tui" / "simulator"
    calls = [
        node
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "not_simulated"
    ]
    texts = {_words(call.args[0]) for call in calls if call.args}
    return sorted(text for text in texts if text.strip("… :()"))


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(each) for each in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "…"


def actions() -> Iterator[str]:
    yield from actions_page.page(SECTIONS)


def coverage() -> Iterator[str]:
    yield from guide_coverage.page(list(all_checks()), load_all())


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "checks.md": checks,
    "actions.md": actions,
    "coverage.md": coverage,
    "runbooks.md": runbooks,
    "commands.md": commands,
    "keys.md": keys,
    "permissions.md": permissions,
    "simulator.md": simulator,
    "triage.md": triage_page.page,
}


def main() -> int:
    stale: list[str] = []
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        text = "\n".join(page()) + "\n"
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv and stale:
        sys.stderr.write(f"out of date: {', '.join(stale)}\n  → make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
