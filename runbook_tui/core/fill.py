"""Fills ``{{ site.… }}`` and ``{{ env.… }}`` in texts of a runbook with the site's values."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, get_args, get_origin

from msgspec import Struct

from runbook_tui.core.site import Environment, Site
from runbook_tui.core.site_values import keys_of, section_of

_BRACES: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"^(site|env)((?:\.[A-Za-z0-9_]+)+)$")
_ROOTS: Final[Mapping[str, type[Struct]]] = {"site": Site, "env": Environment}
# no keys of the site file: what follows from several of them
_DERIVED: Final[Mapping[str, Callable[[Site, str], Any]]] = {
    "env.task_role": lambda site, environment: site.iam.task_role_of(environment)
}


def fill(template: str, site: Site, environment_name: str) -> str:
    """The text with every value in its place; lists are joined by commas, a missing value reads ``<key>``."""
    return _fill(template, site, environment_name, _plain)


def fill_command(template: str, site: Site, environment_name: str) -> str:
    """A shell command with every value quoted for a POSIX shell; a list becomes several words.

    Safe only outside quotes: ``template_problems(…, command=True)`` refuses the others at load.
    """
    return _fill(template, site, environment_name, _quoted)


def template_problems(template: str, *, command: bool = False) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is wrong with each ``{{ … }}``, and the names that could be meant. Nothing when all can be filled."""
    for found in _BRACES.finditer(template):
        wanted = found[1].strip()
        name = _NAME.match(wanted)
        if name is None:
            yield f"{{{{ {wanted} }}}} is neither site.… nor env.…", ()
            continue
        yield from _unknown(wanted, name[1], name[2][1:].split("."))
        if command and _inside_quotes(template[: found.start()]):
            yield f"{{{{ {wanted} }}}} stands inside quotes, where its value could not be quoted safely", ()


def _fill(template: str, site: Site, environment_name: str, write: Callable[[Any], str]) -> str:
    roots = {"site": site, "env": site.environment(environment_name)}

    def replace(found: re.Match[str]) -> str:
        name = _NAME.match(found[1].strip())
        if name is None:
            return found[0]
        derived = _DERIVED.get(found[1].strip())
        value = derived(site, environment_name) if derived else _value(roots[name[1]], name[2][1:].split("."))
        return write(f"<{found[1].strip()}>" if value is None or value == "" else value)

    return _BRACES.sub(replace, template)


def _value(value: Any, path: list[str]) -> Any:
    for name in path:
        if isinstance(value, Struct):
            value = getattr(value, _attributes(type(value)).get(name, name), None)
        elif isinstance(value, Mapping):
            value = value.get(name)
        else:
            return None
    return value


def _attributes(section: type[Struct]) -> dict[str, str]:
    keys = keys_of(section)
    if section is Environment:
        keys = {"name": "name", **keys}
    return {**keys, **{attribute: attribute for attribute in keys.values()}}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(_plain, value)) if isinstance(value, tuple) else str(value)


def _quoted(value: Any) -> str:
    import shlex

    if isinstance(value, tuple):
        return " ".join(shlex.quote(_plain(item)) for item in value)
    return shlex.quote(_plain(value))


def _unknown(wanted: str, root: str, path: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if wanted in _DERIVED:
        return
    annotation: Any = _ROOTS[root]
    for name in path:
        section = section_of(annotation)
        if section is not None:
            known = _attributes(section)
            if name not in known:
                yield f"there is no {wanted}", tuple(known)
                return
            annotation = section.__annotations__[known[name]]
        elif get_origin(annotation) is Mapping:
            annotation = get_args(annotation)[1]
        else:
            yield f"there is no {wanted}: {name} has nothing above it", ()
            return
    if section_of(annotation) is not None or get_origin(annotation) is Mapping:
        yield f"{wanted} is a section, not a value", ()


def _inside_quotes(before: str) -> bool:
    quote = ""
    escaped = False
    for letter in before:
        if escaped:
            escaped = False
        elif letter == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"`":
            quote = letter
    return bool(quote)
