"""Scenarios as YAML timelines: read and validated, then played on the simulated clock."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct

from runbook_tui.catalogue.findings import Findings, told
from runbook_tui.catalogue.nodes import Node, Pairs, locate
from runbook_tui.catalogue.positions import parse, read_text
from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.core.limits import shown
from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import course, faults
from runbook_tui.simulator.actions import resolve_operation
from runbook_tui.simulator.registry import FAULTS
from runbook_tui.simulator.story_shape import STORY
from runbook_tui.simulator.world import World


class CallOf(Struct, frozen=True, kw_only=True):
    service: str
    operation: str
    parameters: Mapping[str, Any] = {}

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


class Event(Struct, frozen=True, kw_only=True):
    """One of ``fault``, ``clear`` and ``call``. ``at`` is in seconds after the start."""

    at: float = 0.0
    fault: str = ""
    clear: str = ""
    call: CallOf | None = None
    says: str = ""


class Truth(Struct, frozen=True, kw_only=True):
    """``query`` is JMESPath into the answer; ``error`` is the code of the refusal, where that is the answer."""

    says: str
    call: CallOf
    query: str = ""
    equals: Any = None
    error: str = ""


class Tale(Struct, frozen=True, kw_only=True):
    """``world`` is the name of the scenario that it begins with; ``ends_at`` is in seconds."""

    name: str
    description: str
    world: str = "healthy"
    timeline: tuple[Event, ...]
    ends_at: float
    truths: tuple[Truth, ...]


def load(path: Path) -> Tale:
    """Raises UsageProblem that tells all that is wrong, each with its line."""
    findings = Findings(str(path))
    text = read_text(path, findings)
    tale = None if text is None else _tale(parse(text, findings), findings, path.stem)
    if tale is None or findings.errors:
        what, remedy = told(findings.all)
        raise UsageProblem(what, remedy)
    return tale


def _tale(root: Node | None, findings: Findings, stem: str) -> Tale | None:
    if root is None:
        if not findings.errors:
            findings.add((1, 1), "the file is empty", "a scenario needs name, description, timeline and ends")
        return None
    values = STORY.read(root, findings)
    if values is UNSET or not isinstance(root, Pairs):
        return None
    if values.get("name", stem) != stem:
        findings.add(locate(root, ("name",)), f"the file is called {stem}", "name and file's name are the same")
    for number, event in enumerate(values.get("timeline", ())):
        _judge(event, locate(root, ("timeline", str(number))), findings)
    if findings.errors:
        return None
    ends = values["ends"]
    return Tale(
        name=values["name"],
        description=values["description"],
        world=values.get("world", "healthy"),
        timeline=tuple(sorted((_with_call(Event, each) for each in values["timeline"]), key=lambda each: each.at)),
        ends_at=ends["at"],
        truths=tuple(_with_call(Truth, each) for each in ends["truths"]),
    )


def _judge(event: Mapping[str, Any], place: tuple[int, int], findings: Findings) -> None:
    """A fault's word is known at once; its argument is judged when the story is played, as botocore must be asked."""
    if not any(event.get(key) for key in ("fault", "clear", "call")):
        findings.add(place, "nothing happens here", "add fault: NAME, clear: NAME or call: {service, operation}")
    for key in ("fault", "clear"):
        word = event.get(key, "").partition(":")[0]
        if word and word not in FAULTS:
            findings.add(place, f"there is no fault {shown(word)}", did_you_mean(word, FAULTS))


def _with_call(kind: type[Any], values: Mapping[str, Any]) -> Any:
    ready = dict(values)
    if "call" in ready:
        ready["call"] = CallOf(**ready["call"])
    return kind(**ready)


def check(tale: Tale) -> None:
    """What only botocore knows: arguments of faults, services, operations, parameters. Raises UsageProblem."""
    for event in tale.timeline:
        for name in (event.fault, event.clear):
            if name:
                faults.parse(name)
        if event.call is not None:
            resolve_operation(event.call.service, event.call.operation, event.call.parameters)
    for truth in tale.truths:
        resolve_operation(truth.call.service, truth.call.operation, truth.call.parameters)


def play(world: World, tale: Tale) -> None:
    """What happens at the start happens now; the rest is planned. The world is built already."""
    for number, event in enumerate(tale.timeline, start=1):
        name = f"{tale.name} {number}"
        if event.at:
            course.plan(world, name, event.at, lambda event=event: _happen(world, event))  # type: ignore[misc]
        else:
            _happen(world, event)


def _happen(world: World, event: Event) -> None:
    if event.fault:
        faults.set_fault(world, event.fault)
    if event.clear:
        faults.clear_fault(world, event.clear)
    if event.call is not None:
        world.call(event.call.service, event.call.operation, **event.call.parameters)
