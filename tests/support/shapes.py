"""Whether an answer is one that AWS could have given: checked against botocore's own output shapes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from runbook_tui.simulator.models import service_model
from runbook_tui.simulator.world import World

_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "double": (float, int),
    "float": (float, int),
    "boolean": bool,
    "timestamp": datetime,
    "list": list,
    "map": dict,
    "structure": dict,
}


def asked(world: World, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """The answer, after its shape was checked."""
    answer = world.call(service, operation, **parameters)
    answer.pop("ResponseMetadata", None)
    shape = service_model(service).operation_model(operation).output_shape
    wrong = [] if shape is None else list(wrong_with(shape, answer, operation))
    assert not wrong, wrong
    return answer


def wrong_with(shape: Any, value: Any, place: str) -> Iterator[str]:
    kind = _KINDS.get(shape.type_name)
    if kind is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        yield f"{place}: {value!r} is no {shape.type_name}"
        return
    if shape.type_name == "structure":
        yield from (f"{place} lacks {member}" for member in shape.required_members if member not in value)
        for member, held in value.items():
            if member not in shape.members:
                yield f"{place} has {member}"
            else:
                yield from wrong_with(shape.members[member], held, f"{place}.{member}")
    elif shape.type_name == "list":
        for number, held in enumerate(value):
            yield from wrong_with(shape.member, held, f"{place}[{number}]")
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{place}: {value} is none of {shape.enum}"
