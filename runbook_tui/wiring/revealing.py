"""Secrets put where a plan names them, at the last moment: in memory, for one request."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import convert

from runbook_tui.core.plan import FOUND, MERGE, NOTHING_FOUND, SECRET, Reading, at_path

if TYPE_CHECKING:
    from runbook_tui.aws.executor import Executor


def reveal(value: Any, secrets: Mapping[str, str], executor: "Executor") -> Any:
    """The parameters as they are sent. CallTrouble when what they are merged into cannot be read, or is no object, and
    when what was to be found is not there."""
    if isinstance(value, Mapping):
        if SECRET in value:
            return secrets[value[SECRET]]
        if FOUND in value:
            return _found(convert(value[FOUND], Reading), executor)
        if MERGE in value:
            members = reveal(value[MERGE], secrets, executor)
            return json.dumps({**_object(value["into"], executor), **members})
        return {name: reveal(item, secrets, executor) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [reveal(item, secrets, executor) for item in value]
    return value


def secrets_of(value: Any) -> Iterator[str]:
    """Names of the secrets that these parameters take."""
    if isinstance(value, Mapping):
        if SECRET in value:
            yield value[SECRET]
        for item in value.values():
            yield from secrets_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secrets_of(item)


def _found(asked: Reading, executor: "Executor") -> Any:
    from runbook_tui.aws.executor import CallTrouble

    answer = _asked(asked, executor)
    try:
        return at_path(answer, asked.path)
    except LookupError:
        raise CallTrouble(NOTHING_FOUND, f"{asked.operation} finds no {asked.path}") from None


def _asked(asked: Reading, executor: "Executor") -> Mapping[str, Any]:
    from runbook_tui.aws.executor import CallTrouble

    try:
        return executor.make(asked.service, asked.operation, asked.parameters).answer
    except CallTrouble as trouble:  # nothing was written, so that nothing is in doubt
        message, request = trouble.message, trouble.request_id
        raise CallTrouble(trouble.code, message, request_id=request, remedy=trouble.remedy) from trouble


def _object(into: Any, executor: "Executor") -> Mapping[str, Any]:
    from runbook_tui.aws.executor import CallTrouble

    if into is None:
        return {}
    asked = convert(into, Reading)
    answer = _asked(asked, executor)
    try:
        found = json.loads(at_path(answer, asked.path))
    except (LookupError, TypeError, ValueError, RecursionError):
        found = None  # whatever was wrong with it might quote it
    if not isinstance(found, dict):
        raise CallTrouble("NoJsonObject", "what is there is no JSON object: nothing can be put into it")
    return found
