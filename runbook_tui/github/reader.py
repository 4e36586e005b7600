"""The ``aws.access.GitHubReader``: each question once, however many checks ask it, and whole."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runbook_tui.aws.flights import Flights
from runbook_tui.github.access import Entrance

if TYPE_CHECKING:
    from runbook_tui.github.client import Client


class Reader:
    """Safe from many threads."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._client: Client | None = None
        self._flights: Flights[Mapping[str, Any]] = Flights()

    def forget(self) -> None:
        self._flights.forget()

    def read(self, path: str, *, newest: int = 0) -> Mapping[str, Any]:
        return self._flights.once((path, newest), lambda: self._asked().read(path, newest))

    def _asked(self) -> "Client":
        if self._client is None:
            from runbook_tui.github.client import Client

            self._client = Client(self._entrance)
        return self._client
