"""The healthy world as a fork finds it: what a change works with, and the sweep that looks at it afterwards."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial, partialmethod
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp
from typing import Any, Final
from unittest.mock import patch

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.aws.probe import Probe
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict
from runbook_tui.engine.access import Access
from runbook_tui.engine.pool import Job
from runbook_tui.simulator import faults
from runbook_tui.simulator.world import World
from runbook_tui.wiring.kit import Kit
from tests.support.again import Memory, Tape
from tests.support.facts import action_of
from tests.support.in_turn import in_turn
from tests.support.inside import Inside
from tests.support.past import digests_in, lived

# To make a client of one takes 60 ms, more than most changes.
_MOSTLY_CHANGED: Final = ("cloudwatch", "ec2", "ecr", "ecs", "elbv2", "iam", "logs", "secretsmanager")


class Found(Struct, frozen=True, kw_only=True):
    """One check's verdict, and the IAM actions of what it asked."""

    verdict: Verdict
    asked: frozenset[str]


def name_of(job: Job) -> str:
    """``id@environment``, or the id of a check that both environments share."""
    return f"{job.check}@{job.environment}" if job.environment else job.check


class _OperatorsClock:
    """The time of the simulated world, and ``slow`` is how far behind it the operator's machine is."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.slow = timedelta()

    def now(self) -> datetime:
        return self._world.clock.now() - self.slow

    def monotonic(self) -> float:
        return self._world.clock.now().timestamp()


class Standing:
    """``healthy`` is what every check said before anything was changed."""

    def __init__(self, simulator: Any, state_dir: Path) -> None:
        self._inside = Inside(simulator)
        self.world: World = simulator.world
        self.site = load_site(simulator.site_path)
        self.operators_clock = _OperatorsClock(self.world)
        self.healthy: Mapping[str, Found] = {}
        self._clients: dict[str, Any] = {}
        self._state_dir = state_dir
        self._sweeping = False
        # AWS shows events after five to fifteen minutes: what a row changes through the API is no finding of its own
        self.world.trail.delay = timedelta(minutes=15)
        lived(state_dir, self.world.clock.now(), digests_in(partial(self.world.call, "ecr")))
        self._kit = self._made(self.site, state_dir)

    def client(self, service: str) -> Any:
        """A stock boto3 client of the operator on call."""
        if service not in self._clients:
            self._clients[service] = self._inside.client(service)
        return self._clients[service]

    def fault(self, name: str) -> None:
        faults.set_fault(self.world, name)

    def wait(self, seconds: float) -> None:
        """Simulated time passes."""
        self._inside.wait(seconds)

    def pause(self, seconds: float) -> None:
        """The same for who polls; but a sweep takes no time, so that it asks what the one before it asked."""
        if not self._sweeping:
            self.wait(seconds)

    def warm(self, tape: Tape) -> None:
        """Every check once, and nothing that it left behind in the world: reports, the trail."""
        known, trail = set(self.world._stores), tuple(self.world.trail._records)
        self._memory = Memory(tape)
        with self._as_it_is(), self._memory.recording():
            first = dict(_asked(self._kit, self._jobs(), self._memory.noting))
        # Once more without those that probe the application: what it logs of that changes what others read
        with self._as_it_is(), self._memory.recording():
            alone = [job for job in self._jobs() if self._memory.of_aws_alone(name_of(job))]
            self.healthy = {**first, **dict(_asked(self._kit, alone, self._memory.noting))}
        for kind in set(self.world._stores) - known:
            del self.world._stores[kind]
        self.world.trail._records.clear()
        self.world.trail._records.extend(trail)
        self._at_rest = self._beside_aws()
        for service in _MOSTLY_CHANGED:
            self.client(service)

    def change_site(self, section: str, **values: Any) -> None:
        """``change_site("frontend", enabled=False)``: the site says something else of the same world."""
        self.site = replace(self.site, **{section: replace(getattr(self.site, section), **values)})
        self._kit.site = self._kit.checks._site = self.site

    def change_environment(self, name: str, **values: Any) -> None:
        """The same of one environment."""
        changed = {**self.site.environments, name: replace(self.site.environments[name], **values)}
        self.site = replace(self.site, environments=changed)
        self._kit.site = self._kit.checks._site = self.site

    def own_past(self) -> Path:
        """The state folder, copied: what a row changes in it no other fork sees."""
        mine = Path(mkdtemp(dir=self._state_dir.parent))
        copytree(self._state_dir, mine, dirs_exist_ok=True)
        self._state_dir = mine
        self._kit = self._made(self.site, self._state_dir)
        return self._state_dir

    def sweep(self) -> Mapping[str, Found]:
        """Every check in both environments, one after the other, by ``name_of``."""
        with self._as_it_is():
            return dict(_asked(self._kit, self._jobs()))

    def changed(self) -> Mapping[str, Found]:
        """What ``sweep`` finds; a check for which nothing has changed since ``warm`` is not asked again."""
        if self._beside_aws() != self._at_rest:
            return self.sweep()
        with self._as_it_is(), self._memory.answering():
            anew = [job for job in self._jobs() if not self._memory.holds(name_of(job))]
            return {**self.healthy, **dict(_asked(self._kit, anew))}

    def each_alone(self, names: Collection[str] = ()) -> Mapping[str, Found]:
        """The same of these, or of all, each as if nobody had asked before it: what it finds is what it asked for."""
        found: dict[str, Found] = {}
        for job in self._jobs():
            if not names or name_of(job) in names:
                with self._as_it_is():
                    found |= _asked(self._kit, [job])
        return found

    def _jobs(self) -> tuple[Job, ...]:
        return self._kit.jobs(tuple(self.site.environments))

    def _beside_aws(self) -> tuple[Any, ...]:
        """What every check may look at without a question. Who looks at the past on disk is always asked again."""
        return self.site, self.world.clock.now(), self.operators_clock.slow

    @contextmanager
    def _as_it_is(self) -> Iterator[None]:
        """A sweep of its own."""
        with in_turn(), patch.object(Probe, "get", partialmethod(_impatient, Probe.get)):
            connection = self._kit.checks.connection()
            connection._now = connection.reader._now = self.operators_clock.now
            self._kit.checks.begin_sweep()
            self._sweeping = True
            try:
                yield
            finally:
                self._sweeping = False

    def _made(self, site: Site, state_dir: Path) -> Kit:
        kit = Kit(site, Access(), state_dir)
        kit.clock = kit.checks._clock = self.operators_clock  # type: ignore[assignment]
        return kit


def _impatient(probe: Probe, get: Callable[..., Any], url: str, **how: Any) -> Any:
    """Asks an endpoint for at most a second: here it answers at once or never, and a sweep asks four that never do."""
    return get(probe, url, **{**how, "timeout": 1.0})


def _unnoted(_check: str) -> AbstractContextManager[None]:
    return nullcontext()


def _asked(
    kit: Kit, jobs: Iterable[Job], noting: Callable[[str], AbstractContextManager[None]] = _unnoted
) -> Iterator[tuple[str, Found]]:
    reader = kit.checks.connection().reader
    asked: set[str] = set()
    read = type(reader).read

    def hearing(self: Any, service: str, operation: str, /, **parameters: Any) -> Any:
        asked.add(action_of(service, operation))
        return read(self, service, operation, **parameters)

    with patch.object(type(reader), "read", hearing):
        for job in jobs:
            asked.clear()
            with noting(name_of(job)):
                verdict = kit.checks.run(job.check, job.environment)
            yield name_of(job), Found(verdict=verdict, asked=frozenset(asked - {""}))
