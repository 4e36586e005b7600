"""Why a task cannot start: looked up in the simulated world when the task is about to, in the order of Fargate."""

from collections.abc import Iterator, Mapping
from typing import Any

from runbook_tui.simulator.ecs.cause_images import closed_registry, unpullable_images
from runbook_tui.simulator.ecs.cause_secrets import missing_secrets
from runbook_tui.simulator.ecs.obstacle import AT_ONCE, PEER, TIMED_OUT, Obstacle, Start

_LOGGER = "ResourceInitializationError: failed to validate logger args: create stream has been retried"
_STREAM = "failed to create Cloudwatch log stream:"


def first_obstacle(start: Start) -> Obstacle | None:
    return next(_obstacles(start), None)


def _obstacles(start: Start) -> Iterator[Obstacle]:
    yield from missing_secrets(start)
    yield from closed_registry(start)
    for container in start.definition.container_definitions:
        yield from _no_logger(start, container)
    yield from unpullable_images(start)


def _no_logger(start: Start, container: Mapping[str, Any]) -> Iterator[Obstacle]:
    logging = container.get("logConfiguration") or {}
    if logging.get("logDriver") != "awslogs":
        return
    options = logging.get("options") or {}
    group = options.get("awslogs-group", "")
    stream = f"{options.get('awslogs-stream-prefix', '')}/{container['name']}/{start.task}"
    if not start.reaches("logs"):
        post = f'Post "https://logs.{start.world.region}.amazonaws.com/"'
        text = f"RequestError: send request failed caused by: {post}: dial tcp {PEER}: i/o timeout"
        yield Obstacle(f"{_LOGGER} 5 times: {_STREAM} {text} : exit status 1", TIMED_OUT)
    arn = start.world.arn("logs", f"log-group:{group}:log-stream:{stream}")
    denied = start.refusal("logs:CreateLogStream", arn)
    if denied:
        yield Obstacle(f"{_LOGGER} 1 times: {_STREAM} {start.denied(denied)} : exit status 1", AT_ONCE)
    if group not in start.world.backend("logs").groups and options.get("awslogs-create-group") != "true":
        text = "ResourceNotFoundException: The specified log group does not exist."
        yield Obstacle(f"{_LOGGER} 1 times: {_STREAM} {text} : exit status 1", AT_ONCE)
