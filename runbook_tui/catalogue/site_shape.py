"""The description of the site file, made from the types of ``core.site`` and the limits of ``core.site_limits``."""

import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Union, get_args, get_origin

from msgspec import NODEFAULT, Struct, structs

from runbook_tui.catalogue.shapes import Choice, Field, Flag, Many, Maybe, Number, Record, Table, Text
from runbook_tui.core.limits import Limit
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.site_limits import LIMITS
from runbook_tui.core.site_values import keys_of

ENVIRONMENTS: Final = ("staging", "prod")
_NAMES: Final = Limit(pattern=r"^[A-Za-z0-9_.-]{1,64}$", hint="a name of letters, digits, _ . and -")


@cache
def site_shape() -> Record:
    shape = _record(Site, "", "the site")
    # "region" at the top is a mistake with one cure: aws.region, the first section that knows such a key.
    elsewhere = {key.rpartition(".")[2]: key for key in reversed(list(_keys(shape, ""))) if "." in key}
    return structs.replace(shape, elsewhere=elsewhere)


def shape_of(key: str) -> Any:
    """The shape behind a dotted key (``environments.prod.cpu``); KeyError when the site has no such key."""
    shape: Any = site_shape()
    for name in key.split("."):
        if isinstance(shape, Record):
            shape = {field.key: field.shape for field in shape.fields}[name]
        elif isinstance(shape, Table):
            shape = shape.item
        else:
            raise KeyError(key)
    return shape


def all_keys() -> list[str]:
    """Every dotted key of the file that holds a value."""
    return list(_keys(site_shape(), ""))


def _keys(shape: Record, prefix: str) -> Any:
    for field in shape.fields:
        key = f"{prefix}{field.key}"
        if isinstance(field.shape, Record):
            yield from _keys(field.shape, f"{key}.")
        else:
            yield key


def _record(section: type[Struct], rule: str, what: str) -> Record:
    defaults = (NODEFAULT,) * len(section.__struct_fields__)
    given = section.__struct_defaults__
    if given:
        defaults = (*defaults[: -len(given)], *given)
    optional = dict(zip(section.__struct_fields__, defaults, strict=True))
    fields = []
    for key, attribute in keys_of(section).items():
        below = f"{rule}.{key}" if rule else key
        shape = _shape(section.__annotations__[attribute], below)
        required = optional[attribute] is NODEFAULT
        fields.append(Field(key=key, shape=shape, required=required))
    return Record(what=what, fields=tuple(fields))


def _shape(annotation: Any, rule: str) -> Any:
    limit = LIMITS.get(rule, Limit())
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        if bool in parts:
            return Choice(limit=limit)
        (one,) = (part for part in parts if part is not type(None))
        shape = _shape(one, rule)
        # A section that may be missing is written or left out; null would say nothing more.
        return shape if isinstance(shape, Record) else Maybe(shape=shape)
    if origin is tuple:
        return Many(item=_shape(parts[0], f"{rule}[]"))
    if origin is Mapping:
        return _mapping(parts[1], rule)
    if issubclass(annotation, Struct):
        return _record(annotation, rule, rule.replace("environments.*.", "").replace("[]", ""))
    if annotation is bool:
        return Flag()
    if annotation is str:
        return Text(limit=limit)
    return Number(limit=limit, whole=annotation is int)


def _mapping(item: Any, rule: str) -> Any:
    if item is Environment:
        environment = _record(Environment, f"{rule}.*", "an environment")
        return Record(what=rule, fields=tuple(Field(key=name, shape=environment) for name in ENVIRONMENTS))
    return Table(key=_NAMES, item=_shape(item, f"{rule}.*"))
