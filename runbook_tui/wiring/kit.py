"""Everything that one process needs for one site: the way to AWS, the checks, who we are."""

import getpass
import socket
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.audit.attestations import Attestations
from runbook_tui.audit.redact import Redactor
from runbook_tui.aws.access import Aws, Reader
from runbook_tui.aws.errors import AwsProblem
from runbook_tui.catalogue import verdicts
from runbook_tui.catalogue.registry import Check, all_checks, matching
from runbook_tui.catalogue.waivers import load_waivers, waive, waivers_path
from runbook_tui.core.events import World
from runbook_tui.core.problems import Problem, RefusedProblem, SignInExpired
from runbook_tui.core.records import History
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Severity, Verdict, unknown
from runbook_tui.engine.access import Access
from runbook_tui.engine.pool import Job
from runbook_tui.engine.protocol import Hello

if TYPE_CHECKING:
    from runbook_tui.aws.clients import Patience
    from runbook_tui.aws.executor import Executor
    from runbook_tui.aws.session import Identity, Session


from runbook_tui.wiring.atlas import atlas_of
from runbook_tui.wiring.changes import SiteChanges
from runbook_tui.wiring.clocks import SystemClock, clock_of
from runbook_tui.wiring.github import github_of
from runbook_tui.wiring.ingress import ingress_of
from runbook_tui.wiring.observing import SiteSources
from runbook_tui.wiring.records import Records


def world_of(site: Site) -> World:
    return World.SIMULATED if site.simulated else World.LIVE


class Connection:
    """One session, its reader, and the facts of the present sweep."""

    def __init__(
        self,
        site: Site,
        access: Access,
        clock: SystemClock,
        attestations: Attestations | None = None,
        records: Records | None = None,
    ) -> None:
        from runbook_tui.aws.probe import Probe
        from runbook_tui.aws.reader import SessionReader

        self._site = site
        self._access = access
        self.session = self._open()
        self._clock = clock_of(self.session.endpoint_url, clock, simulated=site.simulated)
        self._now = self._clock.now
        self.reader = SessionReader(self.session, now=self._now)
        self._probe = Probe(ingress_of(site, access.await_endpoint))
        self._attestations = attestations
        self._records = records
        self._atlas = atlas_of(site, access)
        self._github = github_of(site)
        self.aws = self._fresh()

    def begin_sweep(self) -> None:
        self._clock.forget()
        self.reader.forget()
        if self._atlas is not None:
            self._atlas.forget()
        if self._attestations is not None:
            self._attestations.forget()
        if self._records is not None:
            self._records.forget()
        if self._github is not None:
            self._github.forget()
        self.aws = self._fresh()

    def apart(self) -> Aws:
        """Facts of their own, read now: what a sweep has read is not heard."""
        from runbook_tui.aws.reader import SessionReader

        reader, atlas = SessionReader(self.session, now=self._now), atlas_of(self._site, self._access)
        return Aws(reader, self._probe, self._now, self._attestations, atlas=atlas, github=github_of(self._site))

    @cached_property
    def executor(self) -> "Executor":
        """Makes changes. Its session never repeats a request by itself."""
        from runbook_tui.aws.clients import Patience
        from runbook_tui.aws.executor import Executor

        return Executor(self._open(Patience(attempts=1)))

    def _open(self, patience: "Patience | None" = None) -> "Session":
        from runbook_tui.aws.session import open_session

        return open_session(
            self._site,
            profile=self._access.profile,
            region=self._access.region,
            endpoint_url=self._access.endpoint_url,
            allow_endpoint=self._access.allow_endpoint,
            patience=patience,
        )

    def _fresh(self) -> Aws:
        return Aws(
            self.reader,
            self._probe,
            self._now,
            self._attestations,
            records=self._records,
            atlas=self._atlas,
            github=self._github,
        )


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
        self._records = Records(state_dir, world_of(site), self._account) if state_dir else None
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def connection(self) -> Connection:
        """The way to AWS: opened on first use, and anew after the sign-in has expired."""
        with self._lock:
            if self._connection is None:
                self._connection = Connection(self._site, self._access, self._clock, self._attestations, self._records)
            return self._connection

    def let_go(self) -> None:
        """New credentials are looked for when the run goes on."""
        with self._lock:
            self._connection = None

    def begin_sweep(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.begin_sweep()

    def run(self, check: str, environment: str) -> Verdict:
        try:
            verdict = verdicts.ask(self.registry[check], self.connection().aws, self._site, environment)
        except SignInExpired:
            self.let_go()
            raise
        except Problem as problem:
            return unknown(Cause.UNDECIDED, problem.what, problem.remedy)
        verdict = waive(self._waivers, check, environment, verdict, self._clock.now().date())
        return self._redactor.verdict(verdict)

    def history(self) -> History:
        """Runs of this account and world; none where no state folder is known."""
        return self._records.history() if self._records is not None else History()

    def _account(self) -> str:
        return self.connection().session.identity().account


class Kit:
    """Everything that one process needs for one site. Cheap to make: AWS is reached on first use.

    ``state_dir`` is where operators' statements are looked for; without it there are none.
    """

    def __init__(self, site: Site, access: Access | None = None, state_dir: Path | None = None) -> None:
        self.site = site
        self.clock = SystemClock()
        self.restored: list[str] = []  # what was taken back before anything else, told to every screen
        self.world = world_of(site)
        self.redactor = Redactor(site.secrets.required_keys)
        self.checks = Checks(site, access or Access(), self.clock, self.redactor, state_dir)
        self.sources = SiteSources(site, self.checks.connection, self.redactor, self.checks.history)
        self.changes = SiteChanges(site, self.checks.connection, self.redactor, self.checks.let_go)

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
        return f"{self.identity.arn} ({self.who})"

    @property
    def who(self) -> str:
        """USER@HOST."""
        return f"{getpass.getuser()}@{socket.gethostname()}"

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
            restored=tuple(self.restored),
        )

    def jobs(self, environments: Sequence[str], wanted: Sequence[str] = ()) -> tuple[Job, ...]:
        """One job a check and environment; a check that both environments share is asked once, for ``""``.

        Without ``wanted`` all are asked but those that answer on request only. Those that ask the most operations come
        first: the longest chains of questions must not begin last.
        """
        registry = dict(self.checks.registry)
        found = tuple(dict.fromkeys(name for pattern in wanted for name in matching(pattern, registry)))
        asked = found if wanted else (name for name, one in registry.items() if not one.on_request)
        return tuple(
            Job(sweep=0, check=name, environment=environment)
            for name in sorted(asked, key=lambda name: -len(registry[name].needs))
            for environment in (environments if registry[name].per_environment else ("",))
        )


def open_reader(site: Site, access: Access | None = None) -> Reader:
    """Read-only access to AWS for a site that may not be finished yet. SignInExpired without credentials."""
    connection = Connection(site, access or Access(), SystemClock())
    connection.session.identity()
    return connection.reader
