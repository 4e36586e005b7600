"""Plans and makes changes in one site: what the engine knows as its port of the same name."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec import Struct, convert
from msgspec.structs import replace

from runbook_tui.audit.patterns import REDACTED
from runbook_tui.audit.redact import Redactor
from runbook_tui.aws.errors import AwsProblem
from runbook_tui.catalogue.actions import CannotPlan, Inputs, InputsNeeded, all_actions
from runbook_tui.core.change import Change
from runbook_tui.core.change_commands import ReportApproval, ReportCall, ReportPlan, ReportReady, ReportReread
from runbook_tui.core.change_events import CallStarted
from runbook_tui.core.confirmation import confirmation
from runbook_tui.core.fill import fill
from runbook_tui.core.plan import ApiCall, Plan, at_path, filled
from runbook_tui.core.problems import RefusedProblem, SignInExpired
from runbook_tui.core.site import Site
from runbook_tui.wiring.revealing import reveal, secrets_of
from runbook_tui.wiring.undoing import undo_plan

if TYPE_CHECKING:
    from runbook_tui.aws.executor import Executor, Made
    from runbook_tui.wiring.kit import Connection


class _Kept(Struct):
    """What of a change must not be written down, and is needed to carry it out."""

    plan: Plan
    answers: dict[str, dict[str, Any]]


class SiteChanges:
    """Safe from one thread at a time: the engine's worker. ``supply`` may be called from any. ``let_go`` is called when
    the sign-in has expired: the next connection looks for new credentials."""

    def __init__(
        self,
        site: Site,
        connect: "Callable[[], Connection]",
        redactor: Redactor,
        let_go: Callable[[], None],
    ) -> None:
        self._site = site
        self._connect = connect
        self._redactor = redactor
        self._let_go = let_go
        self._kept: dict[int, _Kept] = {}
        self._secrets: dict[str, str] = {}
        self._shown_once: dict[int, dict[str, str]] = {}

    def supply(self, name: str, value: str) -> None:
        """A secret that the operator typed. It stays in this process's memory until the change that takes it has
        ended."""
        self._secrets[name] = value

    def reveal(self, number: int) -> dict[str, str]:
        """What a change made that AWS tells once, by its name. It is told here once as well: then this process has
        forgotten it. RefusedProblem when there is nothing."""
        found = self._shown_once.pop(number, None)
        if found is None:
            raise RefusedProblem(
                "it was shown already, or this program has ended since", "undo the change and make it again"
            )
        return found

    def approve(self, proof: str, digest: str) -> ReportApproval:
        """RefusedProblem when it is no approval of this plan, or the operator's own."""
        from runbook_tui.aws.approval import verify

        session = self._connect().session
        approver, own = verify(session, proof, digest), session.identity()
        if approver.account != own.account:
            raise RefusedProblem(f"the approval is of account {approver.account}", "sign in to the site's account")
        if approver.arn == own.arn:
            raise RefusedProblem("this is your own approval", "somebody else has to sign it")
        return ReportApproval(digest=digest, approver=approver.arn)

    def plan(self, change: Change, undone: Change | None, environment: str) -> ReportPlan:
        try:
            with self._signed_in():
                plan = self._plan(change, undone, environment)
        except InputsNeeded as needed:
            return ReportPlan(change=change.number, questions=needed.questions)
        except (AwsProblem, CannotPlan) as problem:
            return ReportPlan(change=change.number, reason=problem.what, remedy=problem.remedy)
        self._kept[change.number] = _Kept(plan, {})
        return ReportPlan(
            change=change.number,
            plan=self._shown(plan),
            digest=plan.digest,
            confirmation=confirmation(
                plan,
                production=environment == "prod",
                approver_required=self._site.operator.approver_required_prod,
                read_only=self._site.read_only,
            ),
        )

    def reread(self, change: Change, undone: Change | None, environment: str) -> ReportReread:
        try:
            with self._signed_in():
                now = self._plan(change, undone, environment)
        except InputsNeeded as needed:
            return ReportReread(change=change.number, reason=f"it needs {needed} now")
        except (AwsProblem, CannotPlan) as problem:
            return ReportReread(change=change.number, reason=problem.what, remedy=problem.remedy)
        if now.digest == change.digest:
            self._kept[change.number] = _Kept(now, {})
        return ReportReread(change=change.number, digest=now.digest)

    def call(self, change: Change, started: CallStarted) -> ReportCall:
        from runbook_tui.aws.executor import CallTrouble

        began = time.monotonic()
        try:
            with self._signed_in():
                made = self._made(change, started)
            outputs = self._outputs(change, started.call, made)
            self._set_aside(change, started.call, made)
            self._forget_secrets(change, started.call)
        except CallTrouble as trouble:
            return ReportCall(
                change=change.number,
                call=started.call,
                code=trouble.code,
                message=self._redactor.text(trouble.message),
                request_id=trouble.request_id,
                remedy=trouble.remedy,
                in_doubt=trouble.in_doubt,
            )
        return ReportCall(
            change=change.number,
            call=started.call,
            request_id=made.request_id,
            outputs=outputs,
            duration_ms=round((time.monotonic() - began) * 1000),
        )

    def _made(self, change: Change, started: CallStarted) -> "Made":
        from runbook_tui.aws.executor import CallTrouble, Made

        planned = self._kept_of(change).plan.call(started.call)
        try:
            parameters = self._real(change, started)
        except CallTrouble as trouble:
            if trouble.code in planned.gone:
                return Made(request_id="", answer={})
            raise
        return self._executor().make(
            planned.service,
            planned.operation,
            parameters,
            not_yet=planned.not_yet,
            patience=planned.patience,
            gone=planned.gone,
        )

    def await_ready(self, change: Change, call: str, leave: threading.Event) -> ReportReady | None:
        from runbook_tui.aws.executor import CallTrouble

        kept = self._kept_of(change)
        planned = kept.plan.call(call)
        assert planned.ready is not None, "only a call that has something to wait for is awaited"
        parameters = filled(planned.ready.parameters, self._answers(change), "")
        reason: str | None
        try:
            with self._signed_in():
                reason = self._executor().await_ready(planned.service, planned.ready, parameters, leave)
        except CallTrouble as trouble:
            reason = f"{trouble.code}: {self._redactor.text(trouble.message)}"
        return None if reason is None else ReportReady(change=change.number, call=call, reason=reason)

    def _plan(self, change: Change, undone: Change | None, environment: str) -> Plan:
        if undone is not None:
            return undo_plan(self._undone(undone), lambda: self._forward(undone, environment))
        return self._forward(change, environment)

    def _forward(self, change: Change, environment: str) -> Plan:
        found = all_actions().get(change.action)
        if found is None:
            raise CannotPlan(f"there is no action {change.action}", "runbook-tui list actions shows them all")
        inputs = {name: fill(value, self._site, environment) for name, value in change.inputs.items()}
        fresh = self._connect().apart()  # the world as it is now, whatever a sweep has read
        return found.plan(fresh, self._site, self._site.environment(environment), Inputs(inputs, self._secrets))

    def _undone(self, change: Change) -> Change:
        """The change with what was not written down, as far as this process still has it."""
        kept = self._kept.get(change.number)
        if kept is None:
            return change
        calls = {
            name: replace(called, outputs=kept.answers.get(name, called.outputs))
            for name, called in change.calls.items()
        }
        return replace(change, plan=kept.plan, calls=calls)

    def _kept_of(self, change: Change) -> _Kept:
        assert change.plan is not None, "what is carried out was planned"
        return self._kept.setdefault(change.number, _Kept(change.plan, {}))

    def _answers(self, change: Change) -> dict[str, Mapping[str, Any]]:
        return {**change.answers, **self._kept_of(change).answers}

    def _real(self, change: Change, started: CallStarted) -> Mapping[str, Any]:
        from runbook_tui.aws.executor import CallTrouble

        planned = self._kept_of(change).plan.call(started.call)
        parameters = filled(planned.parameters, self._answers(change), started.idempotency)
        with_secrets: Mapping[str, Any] = reveal(parameters, self._secrets, self._executor())
        if _holds(with_secrets, REDACTED):
            raise CallTrouble("NotInJournal", "a value of this plan was secret and is not in the journal")
        return with_secrets

    def _outputs(self, change: Change, call: str, made: "Made") -> dict[str, Any]:
        from runbook_tui.aws.executor import CallTrouble

        kept = self._kept_of(change)
        try:
            outputs = {path: at_path(made.answer, path) for path in kept.plan.paths_of(call)}
        except LookupError as missing:
            message = f"the answer holds no {missing}"
            raise CallTrouble("UnexpectedAnswer", message, request_id=made.request_id, in_doubt=True) from missing
        kept.answers[call] = outputs
        shown: dict[str, Any] = self._redactor.value(outputs)
        return shown

    def _set_aside(self, change: Change, call: str, made: "Made") -> None:
        """What is shown once: in this process's memory alone, until a screen asks for it."""
        for one in self._kept_of(change).plan.call(call).shows:
            self._shown_once.setdefault(change.number, {})[one.name] = str(at_path(made.answer, one.path))

    def _forget_secrets(self, change: Change, call: str) -> None:
        """After the last call: whoever changes the same thing again is asked again."""
        plan = self._kept_of(change).plan
        if plan.following(call) is None:
            for name in secrets_of([one.parameters for one in plan.calls]):
                self._secrets.pop(name, None)

    def _shown(self, plan: Plan) -> Plan:
        """The plan as it may be written down: what AWS calls sensitive, and what looks it, is taken out."""
        from runbook_tui.aws.sensitive import redact

        def call(one: ApiCall) -> ApiCall:
            kept = redact(one.service, one.operation, one.parameters)
            return replace(one, parameters=kept, undo=tuple(map(call, one.undo)))

        return convert(self._redactor.value(replace(plan, calls=tuple(map(call, plan.calls)))), Plan)

    @contextmanager
    def _signed_in(self) -> Iterator[None]:
        try:
            yield
        except SignInExpired:
            self._let_go()
            raise

    def _executor(self) -> "Executor":
        return self._connect().executor


def _holds(value: Any, text: str) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(item, text) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(item, text) for item in value)
    return isinstance(value, str) and text in value
