"""Which calls an action may make, and which it reads with: found in its source, so that nobody has to declare them.

From the planner everything is followed that it names: helpers, constants, and the facts that it asks. A text is an
operation when a service has one of that name, and the module that says it, or one that it imports, names the service.
It may find too much, never too little: an action that reads a name from elsewhere would have no operation at all.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from runbook_tui.aws.vocabulary import operations, services
from runbook_tui.catalogue.actions import all_actions
from runbook_tui.catalogue.source_code import Module, attributes, module, names, texts

Call = tuple[str, str]  # boto3's names of service and operation
Place = tuple[str, str]  # module, and what is defined there
ACCESS: Final = "runbook_tui.aws.access"
# What every action may name and none calls because of it.
_NOT_FOLLOWED: Final = (
    "runbook_tui.core.",
    "runbook_tui.catalogue.",
    "runbook_tui.actions.permissions",
    "runbook_tui.aws.operations",
    ACCESS,
)


@cache
def calls_of(action: str) -> frozenset[Call]:
    """Of its planning, its calls and their undo. KeyError for an action that there is not."""
    planner = all_actions()[action].plan
    return reachable(planner.__module__, planner.__name__)


@cache
def reachable(where: str, name: str) -> frozenset[Call]:
    seen: dict[Place, None] = {}
    waiting = [(where, name)]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen[place] = None
            waiting += _named(*place)
    return frozenset(call for place in seen for call in _said(*place))


def _named(where: str, name: str) -> Iterator[Place]:
    found = module(where)
    node = found.defined.get(name) if found is not None else None
    if found is None or node is None:
        return
    for one in names(node):
        place = found.imported.get(one, (where, one))
        if not place[0].startswith(_NOT_FOLLOWED):
            yield place
    facts = _facts()
    owner = name.partition(".")[0]
    for before, attribute in attributes(node):
        if before in facts:
            home, kind = facts[before]
            yield home, f"{kind}.{attribute}"
        elif f"{owner}.{attribute}" in found.defined:
            yield where, f"{owner}.{attribute}"


@cache
def _facts() -> Mapping[str, Place]:
    """What ``aws.ecs`` and its sisters are, by name."""
    access = module(ACCESS)
    assert access is not None, "its source lies beside this one"
    node = access.defined["Aws"]
    homes = {kind: home for kind, (home, _) in access.imported.items()}
    found = {}
    for one in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(one, ast.FunctionDef) and isinstance(one.returns, ast.Constant):
            kind = str(one.returns.value).partition(" ")[0]
            if kind in homes:
                found[one.name] = (homes[kind], kind)
    return found


def _said(where: str, name: str) -> Iterator[Call]:
    found = module(where)
    node = found.defined.get(name) if found is not None else None
    if found is None or node is None or isinstance(node, ast.ClassDef):
        return
    spoken = [text for text in texts(node) if text.isidentifier() and text.islower()]
    for service in _services(found) if spoken else ():
        yield from ((service, text) for text in spoken if text in operations(service))


@cache
def _services(found: Module) -> frozenset[str]:
    """Those that the module names; where it names none, those of the modules that it imports."""
    own = services() & found.texts
    if own:
        return own
    near = [module(home) for home, _ in found.imported.values() if not home.startswith(_NOT_FOLLOWED)]
    return frozenset(name for one in near if one is not None for name in services() & one.texts)
