"""Secrets that a task definition wants and that cannot be had."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from runbook_tui.simulator.ecs.obstacle import AT_ONCE, CANCELED, TIMED_OUT, UNABLE_TO_PULL, Obstacle, Start
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.secret_value import secret_text

_ASM = f"{UNABLE_TO_PULL} unable to retrieve secret from asm: service call has been retried"
_SSM = f"{UNABLE_TO_PULL} unable to retrieve secrets from ssm: service call has been retried"


def missing_secrets(start: Start) -> Iterator[Obstacle]:
    keys: dict[str, list[str]] = {}
    for container in start.definition.container_definitions:
        for secret in container.get("secrets") or ():
            parts = secret["valueFrom"].split(":")
            if len(parts) < 7 or parts[2] != "secretsmanager":
                yield from _parameter(start, secret["valueFrom"])
            else:
                keys.setdefault(":".join(parts[:7]), []).append(parts[7] if len(parts) > 7 else "")
    for arn, wanted in keys.items():
        yield from _secret(start, arn, wanted)


def _secret(start: Start, arn: str, keys: Collection[str]) -> Iterator[Obstacle]:
    fetch = f"failed to fetch secret {arn} from secrets manager:"
    if not start.reaches("secretsmanager"):
        yield Obstacle(f"{_ASM} 5 time(s): {fetch} {CANCELED}", TIMED_OUT)
    asked = (
        "operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, "
        f"RequestID: {start.request()}, api error"
    )
    denied = start.refusal("secretsmanager:GetSecretValue", arn)
    if denied:
        yield Obstacle(f"{_ASM} 1 time(s): {fetch} {asked} AccessDeniedException: {denied}", AT_ONCE)
    try:
        value = _value(start, arn)
    except Refused as refused:
        yield Obstacle(f"{_ASM} 1 time(s): {fetch} {asked} {refused.code}: {refused.message}", AT_ONCE)
        return
    for key in keys:
        if key and key not in value:
            text = f"retrieved secret from Secrets Manager did not contain json key {key}"
            yield Obstacle(f"{_ASM} 1 time(s): {text}", AT_ONCE)


def _value(start: Start, arn: str) -> Mapping[str, Any]:
    text = secret_text(start.world, arn)
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _parameter(start: Start, source: str) -> Iterator[Obstacle]:
    name = source.partition(":parameter")[2] or source
    if not start.reaches("ssm"):
        yield Obstacle(f"{_SSM} 5 time(s): {CANCELED}", TIMED_OUT)
    denied = start.refusal("ssm:GetParameters", start.world.arn("ssm", f"parameter/{name.lstrip('/')}"))
    if denied:
        yield Obstacle(f"{_SSM} 1 time(s): api error AccessDeniedException: {denied}", AT_ONCE)
    if start.world.call("ssm", "GetParameters", Names=[name])["InvalidParameters"]:
        yield Obstacle(f"{_SSM} 1 time(s): invalid parameters: {name}", AT_ONCE)
