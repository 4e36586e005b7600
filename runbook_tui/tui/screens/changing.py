"""What the run screen does about changes: asks what a plan still needs, shows it, has it confirmed, takes it back."""

from runbook_tui.core import change_commands as changes
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.leaving import lacking
from runbook_tui.core.plan import Choice as Offered
from runbook_tui.core.plan import Question
from runbook_tui.core.runbook import Step
from runbook_tui.core.state import Phase
from runbook_tui.engine.protocol import Supply
from runbook_tui.tui import library
from runbook_tui.tui.background import in_background
from runbook_tui.tui.messages import FixesRead
from runbook_tui.tui.screens.asking import Asking
from runbook_tui.tui.screens.choose import Choice, ChooseScreen
from runbook_tui.tui.screens.pick import PickScreen
from runbook_tui.tui.screens.plan import OtherAnswers, PlanScreen, Typed
from runbook_tui.tui.screens.reason import ReasonScreen
from runbook_tui.tui.widgets.now import Now


class Changing(Asking):
    """A plan that arrives is shown once by itself; later ``a`` shows it again."""

    _shown: tuple[int, Stage] | None = None
    _unasked: tuple[str, int] | None = None  # the visit of a step whose change was planned without being asked for

    def show_change(self) -> None:
        """Called whenever the run has moved on."""
        found, step = self.walk.state.open_change, self.walk.step
        if self.app.screen is not self or self.walk.holder:
            return
        if found is None:
            if step is not None and self._due_at_once(step):
                self._unasked = self._visit(step)
                self.bridge.do(changes.PlanAction())
        elif found.stage in (Stage.WANTING, Stage.PLANNED, Stage.IN_DOUBT) and self._shown != (
            found.number,
            found.stage,
        ):
            self._shown = (found.number, found.stage)
            if step is not None and self._unasked == self._visit(step):
                self._show_unasked(found)
            else:
                self._open_change(found)

    def _visit(self, step: Step) -> tuple[str, int]:
        return step.id, self.walk.state.step.visits

    def _due_at_once(self, step: Step) -> bool:
        """Whether this is a change that is planned as soon as nothing holds it up, and nobody has planned it yet."""
        if step.action is None or not step.action.at_once or self.walk.state.phase is not Phase.RUNNING:
            return False
        here = self.walk.state.step
        before = [one for one in self.walk.state.changes.values() if one.step == step.id]
        planned = any(here.entered_at is None or one.asked_at >= here.entered_at for one in before)
        held_up = any(check in step.before for check in here.blocking)
        return not planned and not held_up and self.to_be_changed(step) and self._unasked != self._visit(step)

    def _show_unasked(self, found: Change) -> None:
        """The usual answers are taken. A key that was meant for what stood here before confirms nothing."""
        usual = {question.name: question.default for question in found.questions}
        if found.stage is Stage.WANTING and all(usual.values()) and not any(one.hidden for one in found.questions):
            self.bridge.do(changes.PlanAction(action=found.action, inputs={**found.inputs, **usual}))
            return
        self.program.overhear_enter()
        self._open_change(found)

    def action_change(self) -> None:
        """Plan the step's action, or show what is planned already."""
        found, step = self.walk.state.open_change, self.walk.step
        if found is not None and found.stage in (Stage.WANTING, Stage.PLANNED, Stage.IN_DOUBT):
            self._open_change(found)
        elif step is not None and (found is None or found.stage is not Stage.ASKED):
            self._plan(step)

    def action_undo(self) -> None:
        self.bridge.do(changes.Undo())

    def action_fix(self) -> None:
        """Plan what puts the marked check right."""
        check = self.marked_check()
        if check:
            in_background(self, lambda: library.fixes(check))

    def on_fixes_read(self, message: FixesRead) -> None:
        if not message.actions:
            self.query_one(Now).refuse(f"no action puts {message.check} right", "do what its remedy says")
        elif len(message.actions) == 1:
            self.bridge.do(changes.PlanAction(action=message.actions[0][0]))
        else:
            choices = tuple(Offered(value=name, label=f"{name}  {title}") for name, title in message.actions)
            question = Question(name="action", text=f"What puts {message.check} right?", choices=choices)
            self.app.push_screen(PickScreen("Several actions can", question), self._plan_named)

    def _plan_named(self, action: str | None) -> None:
        if action is not None:
            self.bridge.do(changes.PlanAction(action=action))

    def to_be_changed(self, step: Step) -> bool:
        """The step's action is what comes next."""
        state = self.walk.state
        return step.action is not None and not state.step.pending and lacking(state, step)

    def _plan(self, step: Step) -> None:
        blocking = [check for check in self.walk.state.step.blocking if check in step.before]
        if not blocking:
            self.bridge.do(changes.PlanAction())
            return

        def said(reason: str | None) -> None:
            if reason is not None:
                self.bridge.do(changes.PlanAction(reason=reason))

        why = f"Not passed: {', '.join(blocking[:3])}. Why may it be changed all the same? The reason is recorded."
        self.app.push_screen(ReasonScreen("Change in spite of it", why), said)

    def _open_change(self, found: Change) -> None:
        match found.stage:
            case Stage.WANTING:
                self._ask_inputs(found, dict(found.inputs), list(found.questions))
            case Stage.PLANNED:
                production = found.plan is not None and found.plan.environment == "prod"
                plan = PlanScreen(found, production=production, answered=self._answered(found))
                self.app.push_screen(plan, lambda typed: self._typed(found, typed))
            case _:
                self._ask_doubt(found)

    def _answered(self, found: Change) -> bool:
        """Whether there were questions: inputs that the runbook did not give."""
        step = self.walk.step
        offered = step.action.inputs if step is not None and step.action is not None else {}
        return found.undoes is None and any(name not in offered for name in found.inputs)

    def _ask_inputs(self, found: Change, known: dict[str, str], questions: list[Question]) -> None:
        """One after the other; then the plan is asked for again, with the answers."""
        if not questions:
            self.bridge.do(changes.PlanAction(action=found.action, inputs=known))
            return
        question, *rest = questions

        def said(value: str | None) -> None:
            if value is None:
                self.bridge.do(changes.Withdraw())
                return
            if question.hidden:
                self.bridge.send(Supply(name=question.name, value=value))
            else:
                known[question.name] = value
            self._ask_inputs(found, known, rest)

        if question.choices:
            self.app.push_screen(PickScreen("Before the plan", question), said)
        else:
            screen = ReasonScreen("Before the plan", question.text, hint=question.default, hidden=question.hidden)
            self.app.push_screen(screen, said)

    def _typed(self, found: Change, typed: Typed | OtherAnswers | None) -> None:
        now = self.walk.state.changes.get(found.number)
        if isinstance(typed, OtherAnswers):
            self._unasked = None
            self.bridge.do(changes.PlanAction(action=found.action))
        if not isinstance(typed, Typed) or now is None or now.stage is not Stage.PLANNED:
            return
        if typed.word:
            self.program.overhear_enter()  # who typed a word presses Enter from habit
        confirm = changes.ConfirmPlan(digest=found.digest, typed=typed.word)
        if not now.confirmation.approver or now.approver:
            self.bridge.do(confirm)
            return

        choices = (
            Choice(key="p", label="Paste their approval", more=f"they run: runbook-tui approve {found.digest[:12]}"),
            Choice(key="g", label="Break the glass", more="nobody can be reached; the run is marked for review"),
        )

        def chosen(key: str | None) -> None:
            if key == "p":
                self._paste(found)
            elif key == "g":
                self._break_glass(found, typed)

        self.app.push_screen(ChooseScreen("A second person has to approve", "", choices), chosen)

    def _paste(self, found: Change) -> None:
        def said(proof: str | None) -> None:
            if proof is not None:
                self.bridge.approve(found.digest, proof)

        why = "Paste the line that runbook-tui approve printed. AWS is asked who signed it; then press a."
        self.app.push_screen(ReasonScreen("The second person's approval", why), said)

    def _break_glass(self, found: Change, typed: Typed) -> None:
        def said(reason: str | None) -> None:
            if reason is not None:
                self.bridge.do(changes.ConfirmPlan(digest=found.digest, typed=typed.word, break_glass=reason))

        why = "Why can it not wait for a second person? The reason is recorded, and the run is marked for review."
        self.app.push_screen(ReasonScreen("Without a second person", why), said)

    def _ask_doubt(self, found: Change) -> None:
        call = found.running_call or ""
        choices = (
            Choice(key="y", label="It was carried out", more="the checks are the proof"),
            Choice(key="n", label="It was not", more="plan it again afterwards"),
            Choice(key="l", label="Look first", more="re-check with r, then press a"),
        )

        def chosen(key: str | None) -> None:
            if key in ("y", "n"):
                self.bridge.do(changes.SettleDoubt(happened=key == "y"))

        why = f"Nobody knows whether AWS carried out {call}: its answer was never heard. Look at the world, then say."
        self.app.push_screen(ChooseScreen("A call is in doubt", why, choices), chosen)
