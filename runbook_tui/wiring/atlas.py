"""The way to Atlas: for a site that uses its Admin API, with a key from the environment."""

import os

from runbook_tui.atlas.address import chosen_address
from runbook_tui.atlas.client import AtlasClient
from runbook_tui.atlas.keys import SIMULATED, keys_from
from runbook_tui.atlas.project import AtlasProject
from runbook_tui.core.site import Site
from runbook_tui.engine.access import Access


def atlas_of(site: Site, access: Access) -> AtlasProject | None:
    """None where the site does not use the API or nobody gave a key. RefusedProblem for a stranger's address.

    A simulated site asks the simulator with made-up keys, whatever the environment holds.
    """
    atlas = site.db.atlas
    if atlas.api != "on" or atlas.project_id is None:
        return None
    if site.simulated:
        url = access.endpoint_url or site.aws.endpoint_url
        return AtlasProject(AtlasClient(url, SIMULATED), atlas.project_id) if url else None
    keys = keys_from(os.environ)
    if keys is None:
        return None
    client = AtlasClient(chosen_address(os.environ, allow=access.allow_endpoint), keys)
    return AtlasProject(client, atlas.project_id)
