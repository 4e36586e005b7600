"""What the API shows of templates and experiments, and what all of FIS's operations share."""

import string
from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.experiments.store import Experiment, Store
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply
from runbook_tui.simulator.world import World

_LETTERS = string.ascii_letters + string.digits


def known_template(world: World, template: str) -> str:
    if template not in world.store(Store).templates:
        raise missing(f"Experiment template {template} not found.")
    return template


def started(world: World, experiment: str) -> Experiment:
    found = world.store(Store).experiments.get(experiment)
    if found is None:
        raise missing(f"Experiment {experiment} not found.")
    return found


def missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message, 404)


def template_shown(world: World, name: str) -> dict[str, Any]:
    template = world.store(Store).templates[name]
    return {**template, "tags": tags_of(world, template["arn"])}


def experiment_shown(world: World, experiment: Experiment) -> dict[str, Any]:
    return {**experiment.shown, "tags": tags_of(world, experiment.shown["arn"])}


def brief(shown: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {member: shown[member] for member in members}


def tags_of(world: World, arn: str) -> dict[str, str]:
    """Tagging is moto's."""
    tags: dict[str, str] = world.backend("fis").list_tags_for_resource(arn)
    return tags


def tag(world: World, arn: str, tags: Mapping[str, str] | None) -> None:
    if tags:
        world.backend("fis").tag_resource(arn, dict(tags))


def identifier(world: World, kind: str) -> str:
    return kind + "".join(world.random.choices(_LETTERS, k=15))


def paged(member: str, rows: list[dict[str, Any]], parameters: Parameters) -> Reply:
    items, token = page(rows, parameters, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {member: items, "nextToken": token}
