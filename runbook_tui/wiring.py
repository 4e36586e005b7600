"""The composition root: puts the parts together for one site, live or simulated."""

import getpass
import json
import secrets
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from msgspec import Struct

from runbook_tui import __version__
from runbook_tui.audit.attestations import Attestations
from runbook_tui.audit.journal import Journal
from runbook_tui.audit.redact import Redactor
from runbook_tui.audit.runs import find_run, runs_folder
from runbook_tui.aws.access import Aws, Reader
from runbook_tui.aws.errors import AwsProblem
from runbook_tui.catalogue import loader, verdicts
from runbook_tui.catalogue.registry import Check, all_checks, matching
from runbook_tui.catalogue.waivers import load_waivers, waive, waivers_path
from runbook_tui.core.commands import Continue
from runbook_tui.core.events import Entry, RunStarted, World
from runbook_tui.core.ids import run_id
from runbook_tui.core.problems import Problem, RefusedProblem, RunbookProblem, SignInExpired, UsageProblem
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.site import Site
from runbook_tui.core.state import RunState, fold
from runbook_tui.core.verdict import Cause, Severity, Verdict, unknown
from runbook_tui.engine.access import Access
from runbook_tui.engine.pool import Job
from runbook_tui.engine.protocol import Hello
from runbook_tui.engine.runner import Listener, Runner

if TYPE_CHECKING:
    from runbook_tui.aws.probe import Ingress
    from runbook_tui.aws.session import Identity


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def world_of(site: Site) -> World:
    return World.SIMULATED if site.simulated else World.LIVE


class Connection:
    """One session, its reader, and the facts of the present sweep."""

    def __init__(
        self, site: Site, access: Access, clock: SystemClock, attestations: Attestations | None = None
    ) -> None:
        from runbook_tui.aws.probe import Probe
        from runbook_tui.aws.reader import SessionReader
        from runbook_tui.aws.session import open_session

        self.session = open_session(
            site,
            profile=access.profile,
            region=access.region,
            endpoint_url=access.endpoint_url,
            allow_endpoint=access.allow_endpoint,
        )
        self.reader = SessionReader(self.session)
        self._clock = clock
        self._probe = Probe(_ingress(site, access.await_endpoint))
        self._attestations = attestations
        self.aws = self._fresh()

    def begin_sweep(self) -> None:
        self.reader.forget()
        if self._attestations is not None:
            self._attestations.forget()
        self.aws = self._fresh()

    def _fresh(self) -> Aws:
        return Aws(self.reader, self._probe, self._clock.now, self._attestations)


class Checks:
    """Runs checks against one site: what the engine knows as its port of the same name.

    SiteProblem when the waivers beside the site file are wrong.
    """

    def __init__(
        self, site: Site, access: Access, clock: SystemClock, redactor: Redactor, state_dir: Path | None = None
    ) -> None:
        self.registry: Mapping[str, Check] = all_checks()
        self.severities: Mapping[str, Severity] = {name: found.severity for name, found in self.registry.items()}
        self._site = site
        self._access = access
        self._clock = clock
        self._redactor = redactor
        self._waivers = load_waivers(waivers_path(site.path), self.registry, clock.now().date()) if site.path else ()
        self._attestations = Attestations(state_dir, world_of(site), self._account) if state_dir else None
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def connection(self) -> Connection:
        """The way to AWS: opened on first use, and anew after the sign-in has expired."""
        with self._lock:
            if self._connection is None:
                self._connection = Connection(self._site, self._access, self._clock, self._attestations)
            return self._connection

    def begin_sweep(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.begin_sweep()

    def run(self, check: str, environment: str) -> Verdict:
        try:
            verdict = verdicts.ask(self.registry[check], self.connection().aws, self._site, environment)
        except SignInExpired:
            with self._lock:
                self._connection = None  # new credentials are looked for when the run goes on
            raise
        except Problem as problem:
            return unknown(Cause.UNDECIDED, problem.what, problem.remedy)
        verdict = waive(self._waivers, check, environment, verdict, self._clock.now().date())
        return self._redactor.verdict(verdict)

    def _account(self) -> str:
        return self.connection().session.identity().account


class Kit:
    """Everything that one process needs for one site. Cheap to make: AWS is reached on first use.

    ``state_dir`` is where operators' statements are looked for; without it there are none.
    """

    def __init__(self, site: Site, access: Access | None = None, state_dir: Path | None = None) -> None:
        self.site = site
        self.clock = SystemClock()
        self.world = world_of(site)
        self.redactor = Redactor(site.secrets.required_keys)
        self.checks = Checks(site, access or Access(), self.clock, self.redactor, state_dir)

    @cached_property
    def identity(self) -> "Identity":
        """Who AWS says we are, after the account guard: WrongAccount, SignInExpired or another Problem."""
        from runbook_tui.aws.session import guard_account

        try:
            identity = self.checks.connection().session.identity()
        except AwsProblem as problem:
            raise RefusedProblem(f"AWS could not be asked who we are: {problem.what}", problem.remedy) from problem
        guard_account(self.site, identity)
        return identity

    def guard(self) -> None:
        """Before anything else is asked: the right account, or a Problem."""
        _ = self.identity

    @property
    def by(self) -> str:
        return f"{self.identity.arn} ({getpass.getuser()}@{socket.gethostname()})"

    def api_calls(self) -> int:
        """API calls since the present sweep began."""
        return len(self.checks.connection().reader.calls())

    def hello(self, run: str = "") -> Hello:
        trouble = remedy = account = operator = ""
        try:
            account, operator = self.identity.account, self.identity.arn
        except Problem as problem:
            trouble, remedy = problem.what, problem.remedy
        return Hello(
            world=self.world.value,
            site=self.site.site.name,
            account=account or self.site.aws.account_id,
            region=self.site.aws.region,
            operator=operator,
            environments=tuple(self.site.environments),
            run=run,
            trouble=trouble,
            remedy=remedy,
        )

    def jobs(self, environments: Sequence[str], wanted: Sequence[str] = ()) -> tuple[Job, ...]:
        """One job a check and environment; a check that both environments share is asked once, for ``""``."""
        registry = dict(self.checks.registry)
        found = tuple(dict.fromkeys(name for pattern in wanted for name in matching(pattern, registry)))
        return tuple(
            Job(sweep=0, check=name, environment=environment)
            for name in (found if wanted else registry)
            for environment in (environments if registry[name].per_environment else ("",))
        )


class OpenRun(Struct, kw_only=True):
    """A run whose journal is open and locked. ``set_going`` starts it or takes it up."""

    run: str
    folder: Path
    runbook: Runbook
    journal: Journal
    entries: Sequence[Entry]
    state: RunState
    started: RunStarted | None = None
    resumed: Continue | None = None

    def runner(self, kit: Kit, listener: Listener) -> Runner:
        return Runner(
            runbook=self.runbook,
            journal=self.journal,
            checks=kit.checks,
            clock=kit.clock,
            by=kit.by,
            state=self.state,
            listener=listener,
        )

    def set_going(self, runner: Runner) -> None:
        if self.started is not None:
            runner.start(self.started)
        elif self.resumed is not None:
            runner.post(self.resumed)


def start_run(kit: Kit, state_dir: Path, runbook_id: str, environment: str) -> OpenRun:
    """A new run. The account guard speaks before anything is written."""
    runbook = loader.load(runbook_id)
    if environment not in runbook.environments or environment not in kit.site.environments:
        known = [name for name in kit.site.environments if name in runbook.environments]
        raise UsageProblem(f"{runbook_id} does not run in {environment or 'no environment'}", f"one of: {known}")
    identity = kit.identity
    name = run_id(kit.clock.now(), runbook_id, secrets.token_hex(2))
    journal = Journal.create(runs_folder(state_dir), name, kit.world, kit.clock.now, kit.redactor)
    started = RunStarted(
        runbook=runbook.id,
        title=runbook.title,
        runbook_sha256=runbook.sha256,
        runbook_text=runbook.text,
        site=kit.site.site.name,
        site_sha256=kit.site.sha256,
        environment=environment,
        tool_version=__version__,
        operator=kit.by,
        account=identity.account,
        region=kit.site.aws.region,
    )
    return OpenRun(
        run=name,
        folder=runs_folder(state_dir),
        runbook=runbook,
        journal=journal,
        entries=(),
        state=RunState(),
        started=started,
    )


def resume_run(kit: Kit, state_dir: Path, wanted: str) -> OpenRun:
    """An unfinished run, taken up at the same step with the runbook's text of its first day."""
    found = find_run(state_dir, wanted)
    identity = kit.identity
    journal, entries = Journal.reopen(runs_folder(state_dir), found.run, kit.world, kit.clock.now, kit.redactor)
    state = fold(entries)
    try:
        _same_world(kit, identity.account, state)
    except Problem:
        journal.close()
        raise
    runbook = loader.load_text(state.runbook_text, f"{found.run}: the runbook in the journal", all_checks())
    resumed = Continue(
        operator=kit.by,
        tool_version=__version__,
        runbook_changed=_file_changed(state),
        set_aside=journal.set_aside,
    )
    return OpenRun(
        run=found.run,
        folder=runs_folder(state_dir),
        runbook=runbook,
        journal=journal,
        entries=entries,
        state=state,
        resumed=resumed,
    )


def _same_world(kit: Kit, account: str, state: RunState) -> None:
    if state.phase.over:
        raise UsageProblem(f"{state.run} is {state.phase.value}", "start a new run")
    if (state.world, state.account) != (kit.world, account):
        raise UsageProblem(
            f"{state.run} was started in the {state.world.value} world, account {state.account}; this is "
            f"{kit.world.value}, account {account}",
            "resume it with the site and the credentials it was started with",
        )


def _file_changed(state: RunState) -> bool:
    """Whether the runbook in today's program differs from the one that this run walks."""
    try:
        return loader.load(state.runbook).sha256 != state.runbook_sha256
    except RunbookProblem:
        return True


def open_reader(site: Site, access: Access | None = None) -> Reader:
    """Read-only access to AWS for a site that may not be finished yet. SignInExpired without credentials."""
    connection = Connection(site, access or Access(), SystemClock())
    connection.session.identity()
    return connection.reader


def _ingress(site: Site, patience: float) -> "Ingress | None":
    """Where the simulated load balancer listens; None in the live world, whose names resolve by themselves.

    UsageProblem when the simulator does not answer within ``patience`` seconds.
    """
    if not site.simulated or not site.aws.endpoint_url:
        return None
    from runbook_tui.aws.probe import Ingress

    opener = build_opener(ProxyHandler({}))  # loopback is never asked through a proxy
    end = time.monotonic() + patience
    while True:
        try:
            with opener.open(f"{site.aws.endpoint_url}/_sim/ingress", timeout=5) as answer:
                words = json.load(answer)
                return Ingress(http=words["http"], https=words["https"], ca=words["ca"])
        except (OSError, ValueError) as error:
            if time.monotonic() > end:
                raise UsageProblem(
                    f"the simulator does not answer at {site.aws.endpoint_url}",
                    "start it: runbook-tui sim, or use demo",
                ) from error
            time.sleep(0.1)
