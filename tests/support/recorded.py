"""What the healthy simulator answers to every check, to be played again with one answer broken."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import AwsProblem, Unsupported
from runbook_tui.aws.facts.iam import IamFacts
from runbook_tui.aws.facts.log_query import LogQueryFacts
from runbook_tui.catalogue.registry import Check, all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Scope, Verdict
from runbook_tui.engine.access import Access
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from runbook_tui.wiring.kit import Kit
from tests.support.in_turn import in_turn

Key = tuple[str, str, str]  # service, operation, parameters as JSON
Job = tuple[str, str]  # id of a check, environment


class Asked(Struct, frozen=True):
    """A check in an environment, what it said, and what it read of AWS for that."""

    verdict: Verdict
    keys: tuple[Key, ...]


def key_of(service: str, operation: str, parameters: Mapping[str, Any]) -> Key:
    return service, operation, json.dumps(parameters, sort_keys=True, default=repr)


class Recording:
    """Of every check in both environments. ``said`` is by check and environment."""

    def __init__(self, world: World, site: Site, folder: Path) -> None:
        self.site = site
        self.answers: dict[Key, Mapping[str, Any] | AwsProblem] = {}
        self.checks = all_checks()
        self._aws = Kit(site, Access(), folder).checks.connection().aws
        self._world = world
        self._now = world.clock.now()
        self._probe: Any = Probed(self._aws.probe)
        self.said = {job: self._record(job) for job in _jobs(self.checks, site)}

    def _record(self, job: Job) -> Asked:
        reader = self._aws.reader
        read, keys = type(reader).read, dict[Key, None]()

        def noting(itself: Any, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
            key = key_of(service, operation, parameters)
            keys[key] = None
            try:
                answer: Mapping[str, Any] = read(itself, service, operation, **parameters)
            except AwsProblem as problem:
                self.answers[key] = problem
                raise
            self.answers[key] = answer
            return answer

        with patch.object(type(reader), "read", noting), in_turn():
            aws = self._with(reader, self._wait)
            verdict = ask(self.checks[job[0]], aws, self.site, job[1], checks=self.checks)
        return Asked(verdict, tuple(keys))

    def _wait(self, seconds: float) -> None:
        with self._world.lock:
            self._world.clock.advance(timedelta(seconds=seconds))
            self._world.agenda.catch_up()

    def again(self, job: Job, broken: Mapping[Key, Mapping[str, Any]]) -> Verdict:
        """What the check says when these answers are others. May raise SignInExpired, as ``ask`` may."""
        player = _Player({**self.answers, **broken}, self.site.aws.region)
        with in_turn():
            return ask(self.checks[job[0]], self._with(player, lambda _: None), self.site, job[1], checks=self.checks)

    def _with(self, reader: Any, wait: Callable[[float], None]) -> Aws:
        """``wait`` passes while IAM makes a report, and while Logs answers a query."""
        own = self._aws
        aws = Aws(reader, self._probe, lambda: self._now, own._attestations, atlas=own._atlas, records=own._records)
        aws.__dict__["iam"] = IamFacts(reader, wait)
        aws.__dict__["log_query"] = LogQueryFacts(reader, wait)
        return aws


class _Player:
    """Answers what was recorded. What nobody asked before, it does not know."""

    def __init__(self, answers: Mapping[Key, Mapping[str, Any] | AwsProblem], region: str) -> None:
        self._answers = answers
        self.region = region

    def elsewhere(self, region: str) -> "_Player":
        return self

    def read(self, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        answer = self._answers.get(key_of(service, operation, parameters))
        if answer is None:
            raise Unsupported(f"{service}.{operation} was not asked before", remedy="ask it")
        if isinstance(answer, AwsProblem):
            raise answer
        return answer


class Probed:
    """Each real question once."""

    def __init__(self, probe: Any) -> None:
        self._probe = probe
        self._known: dict[str, Any] = {}

    def get(self, url: str, *, timeout: float = 5.0, follow: bool = False) -> Any:
        if url not in self._known:
            self._known[url] = self._probe.get(url, timeout=timeout, follow=follow)
        return self._known[url]

    def resolve(self, name: str, kind: str) -> Any:
        return self._probe.resolve(name, kind)


def everything_chosen(site: Site) -> Site:
    """The guide's site, where what is optional is wanted as well: more checks have something to say."""
    return replace(
        site,
        obs=replace(site.obs, tracing="xray", metric_filters=("errors",)),
        params=replace(site.params, enabled=True),
    )


def recording(simulator: Simulator, folder: Path) -> Recording:
    return Recording(simulator.world, everything_chosen(load_site(simulator.site_path)), folder)


def _jobs(checks: Mapping[str, Check], site: Site) -> list[Job]:
    """What both environments share is asked once; what answers on request only is no part of a sweep."""
    return [
        (check.id, name)
        for check in checks.values()
        if not check.on_request
        for name in (site.environments if check.scope in (Scope.ENVIRONMENT, Scope.PROD) else ["prod"])
    ]
