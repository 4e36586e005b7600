"""Experiment templates of the Fault Injection Service that cut a database off."""

import re
from collections.abc import Mapping
from typing import Any, Final, Self

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import LowerFact, parse
from runbook_tui.aws.facts.listing import listed

OF_SUBNETS: Final = "aws:network:disrupt-connectivity"
OF_TASKS: Final = "aws:ecs:task-network-blackhole-port"


class Target(LowerFact, frozen=True, kw_only=True):
    resource_type: str = ""
    resource_arns: tuple[str, ...] = ()
    resource_tags: Mapping[str, str] = {}
    parameters: Mapping[str, str] = {}


class Step(LowerFact, frozen=True, kw_only=True):
    action_id: str
    parameters: Mapping[str, str] = {}
    targets: Mapping[str, str] = {}


class Template(LowerFact, frozen=True, kw_only=True):
    id: str
    description: str = ""
    targets: Mapping[str, Target] = {}
    actions: Mapping[str, Step] = {}
    tags: Mapping[str, str] = {}

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def cuts(self) -> bool:
        return any(one.action_id in (OF_SUBNETS, OF_TASKS) for one in self.actions.values())


class _Listed(LowerFact, frozen=True, kw_only=True):
    id: str
    tags: Mapping[str, str] = {}


def templates(reader: Reader, environment: str) -> tuple[Template, ...]:
    """Those that cut something off and whose tag ``Environment`` names this one, in the order of their ids."""
    found = listed(reader.read("fis", "list_experiment_templates"), "experimentTemplates", _Listed)
    own = sorted(one.id for one in found if one.tags.get("Environment") == environment)
    read = (reader.read("fis", "get_experiment_template", id=name)["experimentTemplate"] for name in own)
    return tuple(one for one in map(Template.from_api, read) if one.cuts)


def minutes(duration: str) -> float:
    """Of an ISO 8601 duration such as ``PT10M`` or ``PT1H30M``; endless for one that is none."""
    read = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", duration)
    if read is None or not any(read.groups()):
        return float("inf")
    hours, whole, seconds = (int(part or 0) for part in read.groups())
    return hours * 60 + whole + seconds / 60
