"""What the steps of a GitHub workflow do, read out of its YAML. Pure."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

LARGEST: Final = 256 * 1024


class Stage(StrEnum):
    """In the order of the guide."""

    TEST = "test"
    BUILD = "build"
    PUSH = "push"
    DEPLOY = "deploy"


_SIGNS: Final[Mapping[Stage, re.Pattern[str]]] = {
    Stage.TEST: re.compile(r"\b(?:test|tests|lint|eslint|jest|vitest|mocha|tsc)\b"),
    Stage.BUILD: re.compile(r"docker(?: buildx)? build|docker/build-push-action|buildah (?:bud|build)|kaniko"),
    Stage.PUSH: re.compile(r"docker push|docker/build-push-action|--push\b|buildah push|kaniko"),
    Stage.DEPLOY: re.compile(
        r"amazon-ecs-deploy-task-definition|ecs update-service|ecspresso deploy|copilot \w+ deploy"
    ),
}


class Workflow(Struct, frozen=True, kw_only=True):
    """``stages`` in the order in which jobs and their steps can run; ``opaque`` are jobs that another file holds."""

    stages: tuple[Stage, ...]
    opaque: tuple[str, ...] = ()


def read_workflow(text: str) -> Workflow | None:
    """None for what is no workflow."""
    jobs = _jobs(text)
    if jobs is None:
        return None
    found: dict[Stage, None] = {}
    for name in _in_order(jobs):
        found |= dict.fromkeys(_stages(jobs[name]))
    return Workflow(stages=tuple(found), opaque=tuple(name for name, job in jobs.items() if "uses" in job))


def _jobs(text: str) -> dict[str, Mapping[str, Any]] | None:
    import yaml

    if len(text) > LARGEST:
        return None
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    jobs = document.get("jobs") if isinstance(document, Mapping) else None
    if not isinstance(jobs, Mapping):
        return None
    return {str(name): job for name, job in jobs.items() if isinstance(job, Mapping)}


def _in_order(jobs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Each job after those that it needs; a circle, which GitHub refuses, ends somewhere."""
    done: dict[str, None] = {}
    while len(done) < len(jobs):
        ready = [name for name in jobs if name not in done and _needs(jobs[name], jobs) <= done.keys()]
        done |= dict.fromkeys(ready or [name for name in jobs if name not in done])
    return list(done)


def _needs(job: Mapping[str, Any], jobs: Mapping[str, Any]) -> set[str]:
    given = job.get("needs", ())
    named = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return {str(one) for one in named} & jobs.keys()


def _stages(job: Mapping[str, Any]) -> Iterator[Stage]:
    steps = job.get("steps")
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, Mapping):
            said = " ".join(str(step.get(part, "")) for part in ("name", "run", "uses")).lower()
            yield from (stage for stage, sign in _SIGNS.items() if sign.search(said))
