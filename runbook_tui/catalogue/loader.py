"""From a runbook's YAML to frozen types, with everything that is wrong said at once."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import UNSET, structs

from runbook_tui.catalogue.check_ids import check_ids as known_ids
from runbook_tui.catalogue.findings import Finding, Findings, told
from runbook_tui.catalogue.nodes import Node
from runbook_tui.catalogue.positions import parse, read_text
from runbook_tui.catalogue.references import References
from runbook_tui.catalogue.runbook_shape import RUNBOOK
from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.core.limits import shown
from runbook_tui.core.problems import RunbookProblem
from runbook_tui.core.runbook import Ask, Family, Offer, Option, Runbook, Sign, Step, Wait


def load_text(text: str, name: str, check_ids: Collection[str]) -> Runbook:
    """The runbook that a text holds; ``name`` stands for its file in messages. RunbookProblem tells all findings."""
    return _loaded(text, name, tuple(check_ids))


@lru_cache(64)  # every sweep looks at all bundled ones, 4 ms each
def _loaded(text: str, name: str, check_ids: tuple[str, ...]) -> Runbook:
    runbook, findings = inspect(text, name, check_ids)
    if runbook is None:
        what, remedy = told(findings)
        raise RunbookProblem(what, remedy)
    from hashlib import sha256  # OpenSSL behind it costs 3 ms, which lint saves

    return structs.replace(runbook, sha256=sha256(text.encode()).hexdigest())


def inspect(text: str, name: str, check_ids: Collection[str]) -> tuple[Runbook | None, tuple[Finding, ...]]:
    """The runbook, or None when a finding is an error. Its ``sha256`` is left empty."""
    findings = Findings(name)
    root = parse(text, findings)
    if root is None:
        if not findings.errors:
            findings.add((1, 1), "the file is empty", "a runbook needs id, title, family, outcome and steps")
        return None, findings.all
    runbook = _runbook(root, text, check_ids, findings)
    return (None if findings.errors else runbook), findings.all


def load(runbook: str, check_ids: Collection[str] | None = None) -> Runbook:
    """A bundled runbook by its id, or any other by its path (what ends in ``.yaml`` or holds a ``/``)."""
    return load_file(_path_of(runbook), check_ids)


def load_file(path: Path, check_ids: Collection[str] | None = None) -> Runbook:
    findings = Findings(str(path))
    text = read_text(path, findings)
    if text is None:
        what, remedy = told(findings.all)
        raise RunbookProblem(what, remedy)
    return load_text(text, str(path), known_ids() if check_ids is None else check_ids)


def load_all(check_ids: Collection[str] | None = None) -> dict[str, Runbook]:
    """Every bundled runbook by id, in the order of the alphabet."""
    ids = known_ids() if check_ids is None else check_ids
    return {name: load_file(path, ids) for name, path in shelf().items()}


def shelf() -> dict[str, Path]:
    """Files of the bundled runbooks by id, in the order of the alphabet."""
    import runbooks  # its folder, not importlib.resources: that alone costs as much as the whole of lint

    folder = Path(runbooks.__file__ or "").parent
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def _path_of(runbook: str) -> Path:
    bundled = shelf()
    if runbook in bundled:
        return bundled[runbook]
    if runbook.endswith((".yaml", ".yml")) or "/" in runbook:
        return Path(runbook)
    raise RunbookProblem(
        f"there is no runbook {shown(runbook)}",
        did_you_mean(runbook, bundled) or "runbook-tui list runbooks shows them all",
    )


def _runbook(root: Node, text: str, check_ids: Collection[str], findings: Findings) -> Runbook | None:
    values = RUNBOOK.read(root, findings)
    if values is UNSET or "steps" not in values:
        return None
    references = References(root, findings)
    for place, step in enumerate(values["steps"]):
        references.templates(step, ("steps", str(place)))
        references.action(step, ("steps", str(place)))
        for path in (("checks",), ("before",), ("action", "unless"), ("wait", "until"), ("after",)):
            patterns = _at(step, path)
            ids = references.expand(patterns, ("steps", str(place), *path), check_ids)
            _replace(step, path, ids)
        references.signs(step, ("steps", str(place)))
        references.sources(step, ("steps", str(place)))
    if not all("id" in step for step in values["steps"]) or not references.steps(values["steps"]) or findings.errors:
        return None
    runbook = Runbook(
        **{**values, "family": Family(values["family"]), "steps": tuple(map(_step, values["steps"]))},
        text=text,
    )
    references.ways(runbook)
    return runbook


def _at(step: Mapping[str, Any], path: Sequence[str]) -> tuple[str, ...]:
    value: Any = step
    for name in path:
        value = value.get(name, {})
    return tuple(value)


def _replace(step: dict[str, Any], path: Sequence[str], ids: tuple[str, ...]) -> None:
    owner = step if len(path) == 1 else step.get(path[0])
    if owner is not None and path[-1] in owner:
        owner[path[-1]] = ids


def _step(values: Mapping[str, Any]) -> Step:
    ready = dict(values)
    if "ask" in ready:
        options = {name: _option(option) for name, option in ready["ask"]["options"].items()}
        ready["ask"] = Ask(question=ready["ask"]["question"], options=options)
    if "action" in ready:
        ready["action"] = Offer(
            use=ready["action"]["use"],
            inputs=ready["action"].get("with", {}),
            unless=ready["action"].get("unless", ()),
            at_once=ready["action"].get("at_once", False),
        )
    if "wait" in ready:
        ready["wait"] = Wait(**ready["wait"])
    if "otherwise" in ready:
        ready["otherwise"] = ready["otherwise"]["go"]
    return Step(**ready)


def _option(values: Mapping[str, Any]) -> Option:
    signs = tuple(Sign(**{**sign, "among": tuple(sign["among"])}) for sign in values.get("when", ()))
    return Option(label=values["label"], go=values.get("go"), why=values.get("why", ""), when=signs)
