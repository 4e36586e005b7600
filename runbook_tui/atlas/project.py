"""One project of Atlas: each question once a sweep, listings to their last page."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.atlas.answers import Asked
from runbook_tui.atlas.client import AtlasClient
from runbook_tui.aws.errors import Malformed, Truncated
from runbook_tui.aws.flights import Flights

PAGE: Final = 500  # the most that Atlas gives at once
MOST_PAGES: Final = 200  # catalogue, section 1
LISTINGS: Final = ("accessList", "alertConfigs", "snapshots", "restoreJobs")


class AtlasProject:
    """The ``aws.access.AtlasReader``. Safe from many threads; answers are good for 30 s, or until ``forget``."""

    def __init__(self, client: AtlasClient, project: str) -> None:
        self._client = client
        self._project = project
        self._flights: Flights[Mapping[str, Any]] = Flights()

    def forget(self) -> None:
        """Begin a sweep."""
        self._flights.forget()

    def read(self, path: str, version: str) -> Mapping[str, Any]:
        """See ``aws.access.AtlasReader.read``."""
        asked = Asked(project=self._project, path=path)
        ask = self._pages if path.rpartition("/")[2] in LISTINGS else self._one
        return self._flights.once((path, version), lambda: ask(asked, version))

    def _one(self, asked: Asked, version: str) -> Mapping[str, Any]:
        return self._client.get(asked, version, {})

    def _pages(self, asked: Asked, version: str) -> Mapping[str, Any]:
        """A page that is not full is the last one. Truncated after 200."""
        found: list[Any] = []
        for number in range(1, MOST_PAGES + 1):
            query: dict[str, str | int] = {"itemsPerPage": PAGE, "pageNum": number, "includeCount": "false"}
            results = self._client.get(asked, version, query).get("results")
            if not isinstance(results, list):
                raise Malformed(f"Atlas answered {asked.path} without results", remedy="re-check")
            found += results
            if len(results) < PAGE:
                return {"results": found}
        raise Truncated(f"more than {MOST_PAGES * PAGE} entries in {asked.path}")
