"""What a runbook's parts say about each other: every reference must lead somewhere, and every way must end."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.nodes import Node, locate
from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.core.limits import shown
from runbook_tui.core.runbook import Runbook

_GLOB: Final = frozenset("*?[")


class References:
    """Judges one runbook that has been read; ``root`` tells where each part stands."""

    def __init__(self, root: Node, findings: Findings) -> None:
        self._root = root
        self._findings = findings

    def add(self, path: Sequence[str], what: str, remedy: str) -> None:
        self._findings.add(locate(self._root, path), what, remedy)

    def expand(self, patterns: Sequence[str], path: Sequence[str], check_ids: Collection[str]) -> tuple[str, ...]:
        """Whole ids in the registry's order for each pattern, each once."""
        found: dict[str, None] = {}
        for place, pattern in enumerate(patterns):
            several = not _GLOB.isdisjoint(pattern)
            if several:
                ids = [check for check in check_ids if fnmatchcase(check, pattern)]
            else:
                ids = [pattern] if pattern in check_ids else []
            if not ids:
                what = f"no check {'matches' if several else 'is called'} {shown(pattern)}"
                remedy = did_you_mean(pattern, check_ids) or "runbook-tui list checks shows them all"
                self.add((*path, str(place)), what, remedy)
            found.update(dict.fromkeys(ids))
        return tuple(found)

    def action(self, step: Mapping[str, Any], path: Sequence[str]) -> None:
        """The action must be one that there is."""
        if "action" not in step:
            return
        from runbook_tui.catalogue.action_ids import action_ids

        use = step["action"]["use"]
        if use not in action_ids():
            remedy = did_you_mean(use, action_ids()) or "runbook-tui list actions shows them all"
            self.add((*path, "action", "use"), f"no action is called {shown(use)}", remedy)

    def sources(self, step: Mapping[str, Any], path: Sequence[str]) -> None:
        """What tells how far a wait has come must be there."""
        for place, source in enumerate(step.get("wait", {}).get("progress", ())):
            from runbook_tui.catalogue.progress import source_ids

            if source not in source_ids():
                remedy = did_you_mean(source, source_ids()) or f"one of: {', '.join(source_ids())}"
                where = (*path, "wait", "progress", str(place))
                self.add(where, f"no source of progress is called {shown(source)}", remedy)

    def signs(self, step: Mapping[str, Any], path: Sequence[str]) -> None:
        """What makes an answer likely is seen by a check that the step asks."""
        asked = [*step.get("checks", ()), *step.get("wait", {}).get("until", ())]
        for name, option in step.get("ask", {}).get("options", {}).items():
            for place, sign in enumerate(option.get("when", ())):
                if "check" in sign and sign["check"] not in asked:
                    where = (*path, "ask", "options", name, "when", str(place), "check")
                    remedy = did_you_mean(sign["check"], asked) or "name one of the step's own checks"
                    self.add(where, f"this step does not ask {shown(sign['check'])}", remedy)

    def templates(self, step: Mapping[str, Any], path: Sequence[str]) -> None:
        texts: list[tuple[tuple[str, ...], str, bool]] = [
            ((key,), step.get(key, ""), False) for key in ("text", "console")
        ]
        texts += [(("by_hand", str(place)), text, True) for place, text in enumerate(step.get("by_hand", ()))]
        given = step.get("action", {}).get("with", {})
        texts += [(("action", "with", name), text, False) for name, text in given.items()]
        for where, text, command in texts:
            for what, known in _template_problems(text, command=command):
                wanted = what.rpartition(".")[2] if known else ""
                remedy = did_you_mean(wanted, known) if known else "write {{ site.aws.region }} or {{ env.service }}"
                self.add((*path, *where), what, remedy)

    def steps(self, steps: Sequence[Mapping[str, Any]]) -> bool:
        """Whether every step has a name of its own and every ``go`` leads to one."""
        known: dict[str, int] = {}
        sound = True
        for place, step in enumerate(steps):
            first = known.setdefault(step["id"], place)
            if first != place:
                what = f"two steps are called {shown(step['id'])} (numbers {first + 1} and {place + 1})"
                self.add(("steps", str(place), "id"), what, "give one of them another id")
                sound = False
        for place, step in enumerate(steps):
            for path, target in _targets(step):
                if target not in known:
                    remedy = did_you_mean(target, known) or "name a step of this runbook"
                    self.add(("steps", str(place), *path), f"no step is called {shown(target)}", remedy)
                    sound = False
        return sound

    def ways(self, runbook: Runbook) -> None:
        """Steps that nothing leads to, and ways round that no answer of the operator can leave."""
        place = {step.id: str(number) for number, step in enumerate(runbook.steps)}
        ways = {step.id: tuple(runbook.ways_out(step)) for step in runbook.steps}
        reached = _reached(runbook.steps[0].id, {name: [to for to, _ in out] for name, out in ways.items()})
        for name, number in place.items():
            if name not in reached:
                remedy = "lead to it with go or next, or take it away"
                self.add(("steps", number, "id"), f"nothing leads to step {shown(name)}", remedy)
        unasked = {name: [to for to, decided in out if not decided] for name, out in ways.items()}
        for loop in _loops(unasked):
            what = f"a way round that no question breaks: {' → '.join((*loop, loop[0]))}"
            self.add(("steps", place[loop[-1]], "id"), what, "let an ask step decide whether to go back")


def _template_problems(text: str, *, command: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    if "{{" in text:
        from runbook_tui.core.fill import template_problems  # with the site's types: a tenth of lint's imports

        yield from template_problems(text, command=command)


def _targets(step: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    if "next" in step:
        yield ("next",), step["next"]
    if "go" in step.get("otherwise", {}):
        yield ("otherwise", "go"), step["otherwise"]["go"]
    for name, option in step.get("ask", {}).get("options", {}).items():
        if "go" in option:
            yield ("ask", "options", name, "go"), option["go"]


def _reached(start: str, ways: Mapping[str, Sequence[str | None]]) -> set[str]:
    reached: set[str] = set()
    waiting: list[str] = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [to for to in ways[name] if to is not None]
    return reached


def _loops(ways: Mapping[str, Sequence[str | None]]) -> Iterator[list[str]]:
    """One way round for each group of steps that lead back to themselves, without recursion."""
    done: set[str] = set()
    for start in ways:
        path: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, depth = stack.pop()
            del path[depth:]
            if name in path:
                yield path[path.index(name) :]
            elif name not in done:
                path.append(name)
                done.add(name)
                stack += [(to, depth + 1) for to in ways[name] if to is not None]
