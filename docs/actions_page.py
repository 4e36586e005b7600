"""The page of the actions: each, and for each check what puts it right."""

from collections.abc import Iterator
from itertools import groupby

from runbook_tui.catalogue.actions import Action, all_actions, fixes_of
from runbook_tui.catalogue.registry import all_checks


def page(sections: dict[str, str]) -> Iterator[str]:
    """``sections`` of the guide by their number."""
    yield "# Actions\n"
    yield "`runbook-tui plan ACTION --env E` shows what one would do; `f` on a check that did not pass plans what puts"
    yield "it right. How a change is planned, confirmed and taken back: [CONTRIBUTING](../../CONTRIBUTING.md).\n"
    order = list(sections)
    found = sorted(all_actions().values(), key=lambda one: order.index(_section(one)))
    for number, group in groupby(found, key=_section):
        yield f"\n## {sections[number]}\n"
        yield "| Action | Guide | What is so afterwards | Puts right |"
        yield "|---|---|---|---|"
        for one in group:
            puts = ", ".join(f"`{check}`" for check in one.fixes) or "–"
            yield f"| `{one.id}` | {one.guide} | {one.title} | {puts} |"
    yield "\n## Checks that no request puts right\n"
    yield "What they find is judged, waited for, or done where no request of AWS reaches; their remedy says how.\n"
    yield from (f"- `{one.id}`: {one.title}" for one in all_checks().values() if not fixes_of(one.id))


def _section(action: Action) -> str:
    return action.guide.partition(".")[0]
