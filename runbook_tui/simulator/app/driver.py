"""A modelled database driver: what a task's Node.js driver knows, without one."""

from runbook_tui.simulator.app.gate import DATABASE_PORT, Mode, Way, database_address
from runbook_tui.simulator.app.settings import Settings


class Driver:
    """``connected`` outlives a closed way: only what is cut is lost. A way that opens again is found at once, within
    the half second in which a real driver looks again."""

    def __init__(self, settings: Settings, way: Way) -> None:
        self.settings = settings
        self.way = way
        self.connected = False
        self.meet(way)

    def meet(self, way: Way) -> bool:
        """Whether this way changes anything."""
        before = self.connected
        changed, self.way = way != self.way, way
        if way.cut:
            self.connected = False
        elif way.mode is Mode.PASS:
            self.connected = not self.settings.wrong_uri
        return changed or before is not self.connected

    @property
    def failure(self) -> tuple[float, str]:
        """After how many seconds a command fails, and how the driver puts it."""
        if self.settings.wrong_uri.startswith("querySrv"):
            return 0.05, f"Error: {self.settings.wrong_uri}"
        if self.settings.wrong_uri:
            return 0.05, f"MongoServerError: {self.settings.wrong_uri}"
        return self.settings.selection, selection_error(self.way, self.settings.selection)


def selection_error(way: Way, seconds: float) -> str:
    if way.mode is Mode.REFUSE:
        return f"MongoServerSelectionError: connect ECONNREFUSED {database_address()}:{DATABASE_PORT}"
    return f"MongoServerSelectionError: Server selection timed out after {seconds * 1000:.0f} ms"
