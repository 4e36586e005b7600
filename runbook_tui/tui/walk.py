"""One run as this screen knows it: the fold over the entries that came up, and the runbook that they belong to."""

from datetime import datetime

from runbook_tui.core.change import Stage
from runbook_tui.core.events import Entry, HandedOver, World
from runbook_tui.core.fill import fill, fill_command
from runbook_tui.core.forecast import Forecast
from runbook_tui.core.progress import Observation, Usual
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.site import Site
from runbook_tui.core.state import RunState, evolve
from runbook_tui.core.verdict import Verdict
from runbook_tui.engine.protocol import Happened, Hello
from runbook_tui.tui.step_rows import ByHand
from runbook_tui.tui.times import span
from runbook_tui.tui.widgets.topline import Place


class Walk:
    """Holds no widget: what the screen renders is read from here."""

    def __init__(self, site: Site, runbook: Runbook | None = None) -> None:
        self.site = site
        self.runbook = runbook
        self.state = RunState()
        self.entries: list[Entry] = []
        self.hello: Hello | None = None
        self.observed: Observation | None = None
        self.forecast: tuple[Forecast, ...] = ()

    def happened(self, message: Happened) -> None:
        for entry in message.entries:
            if entry.seq > self.state.seq:  # what came before a lost connection comes again
                self.state = evolve(self.state, entry)
                self.entries.append(entry)

    @property
    def step(self) -> Step | None:
        if self.runbook is None or self.state.current is None:
            return None
        return self.runbook.step(self.state.current)

    @property
    def running(self) -> bool:
        """Whether something goes on by itself, so that the seconds matter."""
        here, change = self.state.step, self.state.open_change
        changing = change is not None and change.stage in (Stage.ASKED, Stage.CONFIRMED, Stage.RUNNING)
        return not self.state.phase.over and bool(here.pending or here.wait_started_at or changing)

    def waited(self, now: datetime) -> float:
        started = self.state.step.wait_started_at
        return (now - started).total_seconds() if started is not None else 0.0

    @property
    def holder(self) -> str:
        """Who walks this run, when this screen only watches."""
        return self.hello.holder if self.hello is not None else ""

    @property
    def taker(self) -> str:
        """Who has taken the run from this screen, when that is the last that was heard of it."""
        last = [entry.event for entry in self.entries[-2:]]
        return next((event.taker for event in last if isinstance(event, HandedOver)), "")

    @property
    def usual(self) -> Usual | None:
        """How long the present wait took in earlier runs."""
        here = self.observed is not None and self.observed.step == self.state.current
        return self.observed.usual if self.observed is not None and here else None

    def by_hand(self, step: Step) -> ByHand:
        """The step's calls and its console page with this site's values in them."""
        if self.state.environment not in self.site.environments:
            return ByHand(calls=step.by_hand, console=step.console or "")
        environment = self.state.environment
        return ByHand(
            calls=tuple(fill_command(call, self.site, environment) for call in step.by_hand),
            console=fill(step.console, self.site, environment) if step.console else "",
        )

    def text_of(self, step: Step) -> Step:
        """The step with the site's values in its text."""
        from msgspec.structs import replace

        if self.state.environment not in self.site.environments:
            return step
        return replace(step, text=fill(step.text, self.site, self.state.environment))

    def verdict(self, check: str) -> Verdict | None:
        return self.state.step.verdicts.get(check)

    def place(self, before: Place, now: datetime) -> Place:
        """Where this run is; what is not known yet is what the home screen knows."""
        state = self.state
        if not state.run:
            return before
        ended = state.last_at if state.phase.over else now
        lasted = (ended - state.started_at).total_seconds() if ended and state.started_at else 0
        elapsed = span(lasted) if lasted >= 60 else ""
        return Place(
            simulated=state.world is World.SIMULATED,
            environment=state.environment,
            title=state.title,
            account=state.account,
            region=state.region,
            who=state.operator,
            elapsed=elapsed if state.phase.over or not elapsed else f"{elapsed} in",
            undoable=len(state.undo_stack),
            read_only=self.site.read_only,
        )
