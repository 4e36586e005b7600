"""What will happen in the simulated world, and when. Nothing polls: a request first brings the world up to its time."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from runbook_tui.simulator.clock import Clock

Happening = Callable[[], None]


class Appointment:
    """``cancel`` makes it not happen. ``at`` is when it is due."""

    def __init__(self, at: datetime, happening: Happening) -> None:
        self.at = at
        self.happening: Happening | None = happening

    def cancel(self) -> None:
        self.happening = None


class Agenda:
    """Appointments of equal time happen in the order in which they were made. Only for who holds the world's lock.

    ``afterwards`` is called when one has happened, at its time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.afterwards: Happening = lambda: None
        self._order = count()
        self._heap: list[tuple[datetime, int, Appointment]] = []

    def after(self, seconds: float, happening: Happening) -> Appointment:
        """Let it happen so many simulated seconds from now. What happens may make appointments of its own."""
        return self.at(self._clock.now() + timedelta(seconds=seconds), happening)

    def at(self, when: datetime, happening: Happening) -> Appointment:
        appointment = Appointment(when, happening)
        heapq.heappush(self._heap, (when, next(self._order), appointment))
        return appointment

    def catch_up(self) -> None:
        """Everything that is due by now happens, each at its own time, in order."""
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            when, _, appointment = heapq.heappop(self._heap)
            happening, appointment.happening = appointment.happening, None
            if happening is not None:
                with self._clock.during(when):
                    happening()
                    self.afterwards()
