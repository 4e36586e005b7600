"""Which database the site has chosen: the rows of the other one do not apply."""

from typing import Final

from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, skip

ATLAS: Final = "mongodb_atlas"
DYNAMODB: Final = "dynamodb"
_NAMES: Final = {ATLAS: "MongoDB Atlas", DYNAMODB: "DynamoDB"}


def unchosen(site: Site, kind: str) -> Verdict | None:
    """SKIP for a database that the site does not use; None for one that it uses."""
    if site.db.uses(kind):
        return None
    return skip(f"the data is in {_NAMES[site.db.kind]}, and no migration is under way: {_NAMES[kind]} is not used")


def unconnected(site: Site, way: str) -> Verdict | None:
    """SKIP unless the site reaches Atlas by this way; None when it does."""
    used = unchosen(site, ATLAS)
    if used is None and site.db.atlas.connectivity != way:
        return skip(f"Atlas is reached by {site.db.atlas.connectivity} (db.atlas.connectivity), not by {way}")
    return used
