"""What the run screen asks before it sends a command: a reason, a confirmation, where to go."""

from datetime import timedelta
from typing import Final

from textual.events import Key

from runbook_tui.core import commands
from runbook_tui.core.leaving import in_the_way
from runbook_tui.core.proposing import proposed
from runbook_tui.core.runbook import Ask, Step
from runbook_tui.core.state import WaitPhase
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause
from runbook_tui.tui.messages import Told
from runbook_tui.tui.screens.choose import Choice, ChooseScreen
from runbook_tui.tui.screens.leaving import Leaving
from runbook_tui.tui.screens.reason import ReasonScreen
from runbook_tui.tui.step_rows import evidence_lines
from runbook_tui.tui.widgets.lines import Lines
from runbook_tui.tui.widgets.now import Now

WATCH_EVERY = 15.0  # seconds
STATEMENT_HOLDS: Final = timedelta(days=90)

MOVES: Final = frozenset(["up", "down", "j", "k", "pageup", "pagedown", "home", "end", "g", "G", "space"])


class Asking(Leaving):
    _moved_at = ""  # the step in which the operator moved the cursor

    def marked_check(self) -> str:
        """The check under the cursor, else the first that did not pass, else the first."""
        step = self.walk.step
        if step is None or not step.all_checks:
            return ""
        row = self.query_one("#rows", Lines).row
        if row is not None and row.key.startswith("check:"):
            return row.key.removeprefix("check:")
        return next(iter(self.walk.state.step.blocking), step.all_checks[0])

    def mark_trouble(self) -> None:
        """When all checks have answered, the cursor goes to the answer that they make likely, or to the first that did
        not pass; unless it was moved."""
        state, lines = self.walk.state, self.query_one("#rows", Lines)
        step = self.walk.step
        if step is None or state.step.pending or self._moved_at == step.id:
            return
        if step.ask is not None:
            likely = proposed(step.ask, state.step.verdicts)
            lines.go(lines.find(f"option:{likely.option}") if likely is not None else -1)
        elif state.step.blocking:
            lines.go(lines.find(f"check:{state.step.blocking[0]}"))

    def on_key(self, event: Key) -> None:
        self.query_one(Now).hush()
        if event.key in MOVES:
            self._moved_at = self.walk.state.current or ""
        step = self.walk.step
        if step is not None and step.ask is not None and event.character and event.character in "123456789":
            options = list(step.ask.options)
            if int(event.character) <= len(options):
                event.stop()
                self._give(step.ask, options[int(event.character) - 1])

    def preferred(self, step: Step) -> str:
        """The row to stand on when the step is new: its first answer, else its first check."""
        if step.ask is not None:
            return f"option:{next(iter(step.ask.options))}"
        return f"check:{step.all_checks[0]}" if step.all_checks else ""

    def go_on_from(self, step: Step) -> None:
        here = self.walk.state.step
        if step.ask is not None:
            self._answer(step)
        elif (in_the_way(self.walk.state, step) or here.wait is WaitPhase.TIMED_OUT) and not here.pending:
            self._go_on_in_spite(step)
        elif step.confirm is not None:
            self.bridge.do(commands.Confirm())
        else:
            self.bridge.do(commands.Proceed())

    def _answer(self, step: Step) -> None:
        assert step.ask is not None, "asked for a step that asks"
        row = self.query_one("#rows", Lines).row
        key = row.key.removeprefix("option:") if row is not None and row.key.startswith("option:") else ""
        if key:
            self._give(step.ask, key)
        else:
            self.query_one(Now).refuse("no answer is marked", "move to an answer with ↓, or press its number")

    def _give(self, ask: Ask, key: str) -> None:
        """An answer that wants a word with it gets it before it is given."""
        option = ask.options[key]
        if not option.why or self.walk.state.step.pending:
            self.bridge.do(commands.Answer(option=key))
            return

        def said(reason: str | None) -> None:
            if reason is not None:
                self.bridge.do(commands.Answer(option=key, reason=reason))

        self.app.push_screen(ReasonScreen(option.label, option.why), said)

    def _go_on_in_spite(self, step: Step) -> None:
        """Checks did not pass: the branch for it, where there is one, or a reason."""
        failed = ", ".join(in_the_way(self.walk.state, step)[:3]) or "the wait timed out"
        if step.otherwise is None or self.walk.runbook is None:
            self._ask_reason(step, failed)
            return
        branch = self.walk.runbook.step(step.otherwise).title
        choices = (
            Choice(key="o", label="Take the branch", more=f"to “{branch}”"),
            Choice(key="g", label="Go on all the same", more="asks for a reason"),
        )

        def chosen(key: str | None) -> None:
            if key == "o":
                self.bridge.do(commands.TakeOtherwise())
            elif key == "g":
                self._ask_reason(step, failed)

        self.app.push_screen(ChooseScreen("Not everything passed", failed, choices), chosen)

    def _ask_reason(self, step: Step, failed: str) -> None:
        def said(reason: str | None) -> None:
            if reason is not None and step.confirm is not None:
                self.bridge.do(commands.Confirm(reason=reason))
            elif reason is not None:
                self.bridge.do(commands.Proceed(reason=reason))

        why = f"Not passed: {failed}. Why may the run go on all the same? The reason is recorded."
        self.app.push_screen(ReasonScreen("Go on in spite of it", why), said)

    def action_skip(self) -> None:
        def said(reason: str | None) -> None:
            if reason is not None:
                self.bridge.do(commands.Skip(reason=reason))

        why = "The step stays undone, and a skipped check is never a pass. Why does it not matter now?"
        self.app.push_screen(ReasonScreen("Skip this step", why), said)

    def action_note(self) -> None:
        def said(text: str | None) -> None:
            if text is not None:
                self.bridge.do(commands.AddNote(text=text))

        self.app.push_screen(ReasonScreen("Note", "It is written into the journal, with your name and the time."), said)

    def action_attest(self) -> None:
        """Only for what no call can tell: elsewhere a statement would stand against what was seen."""
        check = self.marked_check()
        verdict = self.walk.verdict(check) if check else None
        if verdict is None or not (verdict.attested or verdict.cause is Cause.UNDECIDED):
            self.query_one(Now).refuse("this check is not decided by a statement", "r asks it again")
            return

        def said(text: str | None) -> None:
            if text is not None:
                expires = (self.program.now() + STATEMENT_HOLDS).date()
                self.bridge.do(commands.Attest(check=check, text=text, expires=expires))

        why = f"What have you seen of {check}, and where? It holds 90 days, with your name."
        self.app.push_screen(ReasonScreen("Statement", why), said)

    def action_abort(self) -> None:
        def said(reason: str | None) -> None:
            if reason is not None:
                self.bridge.do(commands.Abort(reason=reason))

        why = "The run ends here for good; it cannot be taken up again. Why?"
        self.app.push_screen(ReasonScreen("Abort the run", why), said)

    def action_watch(self) -> None:
        watching = self.walk.state.watch_every
        self.bridge.do(commands.Watch(every=0.0 if watching else WATCH_EVERY))

    def action_copy(self) -> None:
        text = self._marked_text()
        if not text:
            self.query_one(Now).refuse("there is nothing to copy here", "mark a check or a command first")
            return
        self.app.copy_to_clipboard(text)
        self.query_one(Now).say(f"Copied: {clean(text)}")

    def _marked_text(self) -> str:
        step, row = self.walk.step, self.query_one("#rows", Lines).row
        if step is None:
            return f"runbook-tui audit verify {self.walk.state.run}" if self.walk.state.run else ""
        kind, _, name = (row.key if row is not None else "").partition(":")
        by_hand = self.walk.by_hand(step)
        if kind == "console":
            return by_hand.console
        if kind == "call":
            return by_hand.calls[int(name)]
        return by_hand.calls[0] if by_hand.calls else by_hand.console or self.marked_check()

    def show_evidence_sheet(self) -> None:
        from runbook_tui.tui.screens.sheet import SheetScreen

        check = self.marked_check()
        verdict = self.walk.verdict(check)
        if verdict is None:
            self.query_one(Now).refuse("no verdict is marked", "wait for it, or mark a check")
            return
        at = self.walk.state.step.checked_at.get(check)
        self.app.push_screen(SheetScreen(check, lambda width: evidence_lines(verdict, at, width)))

    def action_export(self) -> None:
        from runbook_tui.tui.screens.export import ask_export

        run = self.walk.state.run
        if run:
            ask_export(self, run, self.program.launch.state_dir / "runs" / f"{run}.jsonl")

    def on_told(self, message: Told) -> None:
        self.query_one(Now).say(message.text)
