"""A plan as text to read, as calls of the AWS CLI, and as Python with boto3: what can be done by hand instead."""

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from runbook_tui.core.plan import ANSWER, FOUND, MERGE, SECRET, TOKEN, ApiCall, Plan, readings

_CLI_NAMES: Final = {"s3": "s3api"}  # where the CLI's name of a service is not boto3's


def as_text(plan: Plan) -> str:
    """Plain lines. Texts are as AWS gave them: clean them before they are shown."""
    return "\n".join(_lines(plan))


def as_cli(plan: Plan) -> str:
    """One call a paragraph, with its parameters as JSON: right whatever is in them. What only an answer can tell stands
    in angle brackets."""
    return "\n".join(_cli(call) for call in plan.calls)


def as_boto3(plan: Plan, region: str) -> str:
    """A script that makes the same calls in the same order, with the caller's own credentials."""
    needs = {"import getpass": SECRET, "import json": MERGE, "import uuid": TOKEN}
    standard = [line for line, key in needs.items() if any(_holds(call.parameters, key) for call in plan.calls)]
    session = ["import boto3", "", f"session = boto3.Session(region_name={region!r})"]
    return "\n".join([*standard, *([""] if standard else []), *session, *map(_boto3, plan.calls)])


def _lines(plan: Plan) -> Iterator[str]:
    yield plan.title
    yield plan.effect
    for warning in plan.warnings:
        yield f"warning: {warning}"
    if plan.idle:
        yield "nothing to do: everything already is as it should be"
        return
    for one in plan.differences:
        yield f"change: {one.what}: {one.before or 'not there'} -> {one.after or 'gone'}"
    for number, call in enumerate(plan.calls, 1):
        yield f"call {number}: {call.service} {call.operation}: {call.effect}"
        yield f"  {_json(call.parameters)}"
    backs = [back for call in reversed(plan.calls) for back in call.undo]
    for back in backs:
        yield f"undo: {back.service} {back.operation}: {back.effect}"
    if plan.no_undo:
        yield f"undo: none: {plan.no_undo}"
    yield f"risk: {plan.risk.value}"
    yield f"permissions: {', '.join(plan.permissions)}"
    yield f"digest: {plan.digest}"


def _cli(call: ApiCall) -> str:
    service = _CLI_NAMES.get(call.service, call.service)
    operation = call.operation.replace("_", "-")
    return f"aws {service} {operation} --cli-input-json {shlex.quote(_json(call.parameters))}"


def _json(parameters: Mapping[str, Any]) -> str:
    return json.dumps(_replaced(parameters, _in_brackets), ensure_ascii=False)


def _in_brackets(reference: Mapping[str, Any]) -> str:
    if ANSWER in reference:
        return f"<{reference['path']} of {reference[ANSWER]}>"
    if FOUND in reference:
        return "".join(f"<{one.path} of {one.service} {one.operation}>" for one in readings(reference))
    if MERGE in reference:
        given = f"<a JSON object of {', '.join(reference[MERGE])}"
        return given + "".join(f", in {one.path} of {one.service} {one.operation}" for one in readings(reference)) + ">"
    return f"<{reference[SECRET]}>" if SECRET in reference else "<a token of your own>"


def _boto3(call: ApiCall) -> str:
    arguments = "".join(f"    {name}={_python(value)},\n" for name, value in call.parameters.items())
    made = f"session.client({call.service!r}).{call.operation}(\n{arguments})"
    return f"{_variable(call.id)} = {made}"


def _python(value: Any) -> str:
    if isinstance(value, Mapping):
        if ANSWER in value:
            path = "".join(f"[{part}]" if part.isdigit() else f"[{part!r}]" for part in value["path"].split("."))
            return f"{_variable(value[ANSWER])}{path}"
        if SECRET in value:
            return f"getpass.getpass({value[SECRET]!r})"
        if TOKEN in value:
            return "str(uuid.uuid4())"
        if MERGE in value:
            return _merged(value)
        if FOUND in value:
            return repr(_in_brackets(value))
        return "{" + ", ".join(f"{name!r}: {_python(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_python, value)) + "]"
    return repr(value)


def _merged(value: Mapping[str, Any]) -> str:
    into = "".join(
        f"**json.loads(session.client({one.service!r}).{one.operation}(**{dict(one.parameters)!r})[{one.path!r}]), "
        for one in readings(value)
    )
    members = ", ".join(f"{name!r}: {_python(item)}" for name, item in value[MERGE].items())
    return f"json.dumps({{{into}{members}}})"


def _variable(call_id: str) -> str:
    return call_id.replace("-", "_")


def _replaced(value: Any, write: Callable[[Mapping[str, Any]], str]) -> Any:
    if isinstance(value, Mapping):
        if value.keys() & {ANSWER, FOUND, MERGE, SECRET, TOKEN}:
            return write(value)
        return {name: _replaced(item, write) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, write) for item in value]
    return value


def _holds(value: Any, key: str) -> bool:
    if isinstance(value, Mapping):
        return key in value or any(_holds(item, key) for item in value.values())
    return isinstance(value, list | tuple) and any(_holds(item, key) for item in value)
