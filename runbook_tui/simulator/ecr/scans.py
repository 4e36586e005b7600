"""Basic scans over time: on push where the registry says so, by hand once a day, done after a while."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from msgspec import Struct, field

from runbook_tui.aws.facts.ecr import RepositoryFilter
from runbook_tui.simulator.ecr.images import digest_of, is_index
from runbook_tui.simulator.ecr.vulnerabilities import SEVERITIES, Disclosed, Vulnerability, counts, usual_of
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World

TAKES: Final = 20.0  # seconds
QUOTA: Final = timedelta(hours=24)  # one scan an image
IN_PROGRESS, COMPLETE = "IN_PROGRESS", "COMPLETE"


class Scan(Struct, kw_only=True):
    began: datetime
    completed: datetime | None = None
    found: tuple[Vulnerability, ...] = ()

    @property
    def status(self) -> dict[str, str]:
        if self.completed is None:
            return {"status": IN_PROGRESS}
        return {"status": COMPLETE, "description": "The scan was completed successfully."}

    @property
    def summary(self) -> dict[str, Any]:
        """When it ended, what it knew, and how many it found of each severity."""
        assert self.completed is not None, "only a complete scan has one"
        known = self.completed.replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            "imageScanCompletedAt": self.completed,
            "vulnerabilitySourceUpdatedAt": known,
            "findingSeverityCounts": counts(self.found),
        }


class Scans(Struct):
    """The newest of each image, by repository and digest."""

    of: dict[tuple[str, str], Scan] = field(default_factory=dict)


def scan_of(world: World, repository: str, digest: str) -> Scan | None:
    return world.store(Scans).of.get((repository, digest))


def on_push(world: World, repository: Any, image: Any) -> None:
    """An image that was pushed again is not scanned again."""
    key = (repository.name, digest_of(image))
    if key not in world.store(Scans).of and not is_index(image) and _is_scanned_on_push(world, repository):
        _begin(world, key)


def by_hand(world: World, repository: str, digest: str) -> None:
    """Raises Refused within 24 hours of the former scan."""
    former = scan_of(world, repository, digest)
    if former is not None and world.clock.now() - former.began < QUOTA:
        raise Refused("LimitExceededException", "The scan quota per image has been exceeded. Wait and try again.")
    _begin(world, (repository, digest))


def forget(world: World, repository: str) -> None:
    """The repository was deleted: one of its name that is made anew has no scans."""
    scans = world.store(Scans)
    scans.of = {key: scan for key, scan in scans.of.items() if key[0] != repository}


def look_again(world: World, repository: str, digest: str) -> None:
    """As if the image had just been scanned: for faults."""
    now = world.clock.now()
    world.store(Scans).of[repository, digest] = Scan(began=now, completed=now, found=_found(world, repository, digest))


def _begin(world: World, key: tuple[str, str]) -> None:
    scan = Scan(began=world.clock.now())
    world.store(Scans).of[key] = scan
    world.agenda.after(TAKES, partial(_end, world, key, scan))


def _end(world: World, key: tuple[str, str], scan: Scan) -> None:
    scan.completed, scan.found = world.clock.now(), _found(world, *key)


def _found(world: World, repository: str, digest: str) -> tuple[Vulnerability, ...]:
    known = (*usual_of(digest), *world.store(Disclosed).of.get((repository, digest), ()))
    return tuple(sorted(known, key=lambda one: (SEVERITIES.index(one.severity), one.name, one.package)))


def _is_scanned_on_push(world: World, repository: Any) -> bool:
    """A registry with rules does not look at the repository's own flag."""
    configuration = world.backend("ecr").registry_scanning_configuration
    if configuration["scanType"] != "BASIC":
        return False
    if configuration["rules"]:
        pushed = [rule for rule in configuration["rules"] if rule["scanFrequency"] == "SCAN_ON_PUSH"]
        filters = [RepositoryFilter(filter=one["filter"]) for rule in pushed for one in rule["repositoryFilters"]]
        return any(one.matches(repository.name) for one in filters)
    return bool(repository.image_scanning_configuration.get("scanOnPush"))
