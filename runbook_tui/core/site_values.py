"""The site as a flat list of dotted keys, as the file names them."""

import types
from collections.abc import Iterator, Mapping
from typing import Any, Final, Union, get_args, get_origin

from msgspec import Struct

from runbook_tui.core.site import Environment, Site

# Known from where the site was found, not written in it.
_NOT_KEYS: Final = {Site: ("path", "sha256"), Environment: ("name",)}


class Value(Struct, frozen=True):
    """``rule`` is the key as ``site_limits`` spells it: ``environments.*.cpu``, ``net.private_subnets[]``."""

    key: str
    rule: str
    value: Any


def keys_of(section: type[Struct]) -> dict[str, str]:
    """Keys of a section as the file spells them, and the attribute behind each."""
    hidden = _NOT_KEYS.get(section, ())
    pairs = zip(section.__struct_encode_fields__, section.__struct_fields__, strict=True)
    return {key: attribute for key, attribute in pairs if attribute not in hidden}


def values(site: Site) -> Iterator[Value]:
    """Every value of the site in the order of the file; a list gives one for itself and one for each item."""
    return _values(site, "", "")


def _values(value: Any, key: str, rule: str) -> Iterator[Value]:
    if isinstance(value, Struct):
        for name, attribute in keys_of(type(value)).items():
            yield from _values(getattr(value, attribute), _join(key, name), _join(rule, name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _values(item, _join(key, name), _join(rule, "*"))
    else:
        yield Value(key, rule, value)
        if isinstance(value, tuple):
            for place, item in enumerate(value):
                yield from _values(item, f"{key}.{place}", f"{rule}[]")


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def section_of(annotation: Any) -> type[Struct] | None:
    """The section that an attribute's type holds, when it is one (``Autoscale | None`` is one)."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next((section for part in get_args(annotation) if (section := section_of(part))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, Struct) else None
