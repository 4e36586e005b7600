"""Lifecycle policies over time: each is applied once a day, and a preview says what that would do."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from msgspec import Struct, field

from runbook_tui.simulator.agenda import Appointment
from runbook_tui.simulator.ecr.images import kept, remove, repository_of
from runbook_tui.simulator.ecr.lifecycle import expired, read_rules
from runbook_tui.simulator.world import World

EVERY = 24 * 3600.0  # seconds: AWS promises that an image goes within 24 hours
_PREVIEWING = 15.0  # seconds
NEVER = datetime.fromtimestamp(0, UTC)  # what AWS tells of a policy that has not been applied yet


class Preview(Struct, kw_only=True):
    """``results`` are as the API tells them; complete when ``complete``."""

    policy: str
    results: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = False


class Keeping(Struct):
    """By the name of a repository: when its policy is applied next, when it was last, and what it would do."""

    next: dict[str, Appointment] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)
    previews: dict[str, Preview] = field(default_factory=dict)


def begin(world: World, repository: str) -> None:
    """A policy was put: the first day begins now."""
    end(world, repository)
    _again(world, repository)


def end(world: World, repository: str) -> None:
    store = world.store(Keeping)
    store.last.pop(repository, None)
    appointment = store.next.pop(repository, None)
    if appointment is not None:
        appointment.cancel()


def preview(world: World, repository: str, policy: str) -> None:
    found = Preview(policy=policy)
    world.store(Keeping).previews[repository] = found
    world.agenda.after(_PREVIEWING, partial(_look, world, repository, found))


def _again(world: World, repository: str) -> None:
    world.store(Keeping).next[repository] = world.agenda.after(EVERY, partial(_apply, world, repository))


def _apply(world: World, repository: str) -> None:
    model = world.backend("ecr").repositories.get(repository)
    if model is None or not model.lifecycle_policy:
        return
    world.store(Keeping).last[repository] = world.clock.now()
    remove(model, list(expired(read_rules(model.lifecycle_policy), kept(model), world.clock.now())))
    _again(world, repository)


def _look(world: World, repository: str, found: Preview) -> None:
    images = {one.digest: one for one in kept(repository_of(world, repository))}
    for digest, priority in expired(read_rules(found.policy), list(images.values()), world.clock.now()).items():
        result: dict[str, Any] = {
            "imageDigest": digest,
            "imagePushedAt": images[digest].pushed,
            "action": {"type": "EXPIRE"},
            "appliedRulePriority": priority,
        }
        found.results.append({**result, "imageTags": list(images[digest].tags)} if images[digest].tags else result)
    found.complete = True
