"""What was walked before: runs as their journals tell them, in memory or on disk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from runbook_tui.audit.attestations import record
from runbook_tui.audit.folder import runs_folder
from runbook_tui.audit.journal import Journal
from runbook_tui.audit.redact import Redactor
from runbook_tui.catalogue.loader import load_all
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.events import (
    Attested,
    CheckFinished,
    DecisionMade,
    Entry,
    Event,
    NoteAdded,
    Outcome,
    RunAborted,
    RunFinished,
    RunStarted,
    StepEntered,
    StepLeft,
    World,
)
from runbook_tui.core.records import AuditLog, Book, History
from runbook_tui.core.state import RunState, fold
from runbook_tui.core.verdict import Status, Verdict, passed
from tests.support.facts import NOON

ACCOUNT = "123456789012"
OPERATOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/AsharviOnCall/asha (asha@desk)"
Timed = tuple[float, Event]  # minutes after the run's beginning


def began(runbook: str, family: str, environment: str) -> RunStarted:
    return RunStarted(
        runbook=runbook,
        title=runbook,
        runbook_sha256="0" * 64,
        runbook_text=f"id: {runbook}\ntitle: {runbook}\nfamily: {family}\nsteps: []\n",
        site="asharvi",
        site_sha256="1" * 64,
        environment=environment,
        tool_version="0.1.0",
        operator=OPERATOR,
        account=ACCOUNT,
        region="ap-south-1",
    )


def ending(status: Status = Status.PASS) -> RunFinished:
    return RunFinished(verdict=status, counts={status.value: 1})


def answered(step: str, check: str, verdict: Verdict | None = None) -> CheckFinished:
    return CheckFinished(step=step, sweep=1, check=check, verdict=verdict or passed("fine"))


def drill(
    *,
    took: float | None = 6,
    restored: Outcome | None = Outcome.DONE,
    injected: Outcome = Outcome.DONE,
    status: Status | None = Status.PASS,
) -> list[Timed]:
    """A drill of staging: ``took`` minutes from the restoring to the last green answer. Without ``restored`` the
    journal ends after the cut, without ``status`` it is aborted."""
    told: list[Timed] = [
        (0, began("dr-simulation", "dr", "staging")),
        (5, DecisionMade(step="method", question="How?", option="nacl", label="Network ACL")),
        (10, StepEntered(step="inject")),
        (12, StepLeft(step="inject", outcome=injected, next="observe")),
    ]
    if restored is not None:
        told += [(20, StepEntered(step="restore")), (21, StepLeft(step="restore", outcome=restored, next="recover"))]
        if took is not None:
            told += [
                (21, StepEntered(step="recover")),
                (20 + took, answered("recover", "smoke.endpoint")),
                (20 + took, StepLeft(step="recover", outcome=Outcome.DONE)),
            ]
    return [*told, (60, ending(status) if status is not None else RunAborted(reason="lunch"))]


def scaling_review(environment: str = "prod", *, signed: bool = True) -> list[Timed]:
    signature = DecisionMade(step="sign", question="Do you sign?", option="sign", label="Yes", reason="Asha, in March")
    return [
        (0, began("quarterly-scaling-review", "scaling", environment)),
        (5, DecisionMade(step="proposals", question="Accept?", option="keep", label="Keep")),
        *([(8, signature)] if signed else []),
        (9, ending()),
    ]


def deployment(*digests: str, status: Status = Status.PASS, check: Status = Status.PASS) -> list[Timed]:
    """To staging; the check of the new image saw these digests."""
    verdict = Verdict(status=check, because="as released", evidence={"digests": dict.fromkeys(digests, 2)})
    return [
        (0, began("deploy-staging", "deployment", "staging")),
        (1, StepEntered(step="watch")),
        (20, answered("watch", "deploy.image-new", verdict)),
        (30, ending(status)),
    ]


def incident(*, note: str = "", over: bool = False) -> list[Timed]:
    told: list[Timed] = [(0, began("triage", "incident", "prod"))]
    if note:
        told.append((1, NoteAdded(text=note)))
    return [*told, (9, ending())] if over else told


def run_of(told: Sequence[Timed], *, days_ago: float = 1, name: str = "r-1") -> RunState:
    return fold(entries(told, NOON - timedelta(days=days_ago), name))


def entries(told: Iterable[Timed], start: datetime, name: str) -> list[Entry]:
    return [
        Entry(
            seq=number,
            at=start + timedelta(minutes=minutes),
            run=name,
            by=OPERATOR,
            world=World.SIMULATED,
            event=event,
        )
        for number, (minutes, event) in enumerate(told)
    ]


class Kept(Struct, frozen=True, kw_only=True):
    """An ``aws.access.Records`` that says what a test said."""

    runs: tuple[RunState, ...] = ()
    damaged: tuple[str, ...] = ()
    told: Mapping[str, tuple[Entry, ...]] = {}
    log: AuditLog = AuditLog(folder="/state", free_bytes=10**12)
    shelf: tuple[Book, ...] = ()

    def history(self) -> History:
        newest_first = sorted(self.runs, key=lambda run: run.last_at or NOON, reverse=True)
        return History(runs=tuple(newest_first), damaged=self.damaged)

    def entries(self, run: str) -> tuple[Entry, ...]:
        return self.told.get(run, ())

    def audit_log(self) -> AuditLog:
        return self.log

    def books(self) -> tuple[Book, ...]:
        return self.shelf


class Said(Struct, frozen=True, kw_only=True):
    """An ``aws.access.Attestations`` with one statement, whatever the check; ``days_ago`` None for none at all."""

    days_ago: float | None = 1
    holds_days: int = 90
    text: str = "seen"

    def attested(self, check: str, environment: str) -> Attestation | None:
        if self.days_ago is None:
            return None
        at = NOON - timedelta(days=self.days_ago)
        expires = (at + timedelta(days=self.holds_days)).date()
        return Attestation(check=check, environment="", text=self.text, by=OPERATOR, at=at, expires=expires)


def walked(state_dir: Path, told: Sequence[Timed], start: datetime, name: str) -> Path:
    """The run's journal on disk, chained as the product writes it."""
    at = start

    def now() -> datetime:
        return at

    journal = Journal.create(runs_folder(state_dir), name, World.SIMULATED, now, Redactor(()))
    for minutes, event in told:
        at = start + timedelta(minutes=minutes)
        journal.append((event,), OPERATOR)
    journal.close()
    return journal.path


def lived(state_dir: Path, now: datetime, digests: Sequence[str] = ()) -> None:
    """The state folder of an installation that does what the guide orders: reviews, a drill, a release, statements."""
    for number, environment in enumerate(("staging", "prod")):
        walked(state_dir, scaling_review(environment), now - timedelta(days=30), f"2026-0{number}-review")
    walked(state_dir, drill(), now - timedelta(days=60), "2026-drill")
    walked(state_dir, deployment(*digests), now - timedelta(days=3), "2026-release")
    for check in ("maint.runbooks-documented", "maint.audit-log", "review.rotation-alarms"):
        stated(state_dir, check, now - timedelta(days=2))


def stated(state_dir: Path, check: str, at: datetime, *, text: str = "seen", account: str = ACCOUNT) -> None:
    event = Attested(check=check, environment="", account=account, text=text, expires=(at + timedelta(days=90)).date())
    record(state_dir, event, OPERATOR, world=World.SIMULATED, now=lambda: at, redactor=Redactor(()))


def digests_in(ask: Callable[..., Any]) -> list[str]:
    """Of every image in the repositories; ``ask("DescribeRepositories")`` asks ECR."""
    names = [each["repositoryName"] for each in ask("DescribeRepositories")["repositories"]]
    details = [one for name in names for one in ask("DescribeImages", repositoryName=name)["imageDetails"]]
    return [str(one["imageDigest"])[:19] for one in details]


def by_client(client: Any) -> Callable[..., Any]:
    """A stock client asked by the API's names of operations."""
    methods = {operation: name for name, operation in client.meta.method_to_api_mapping.items()}
    return lambda operation, **parameters: getattr(client, methods[operation])(**parameters)


def still_unwritten() -> frozenset[str]:
    """Checks that warn in the healthy world because the product itself lacks what the guide orders: runbooks."""
    families = {book.family.value for book in load_all().values()}
    return frozenset() if families >= {"incident", "scaling", "rollback"} else frozenset({"maint.runbooks-documented"})
