"""The way to GitHub that a site asks for."""

import os

from runbook_tui.core.site import Site
from runbook_tui.github.access import Entrance, entrance_of
from runbook_tui.github.reader import Reader

SIMULATED = "simulated"


def github_of(site: Site) -> Reader | None:
    """None where the pipeline is not GitHub's, or nobody gave a token: then people are asked.

    A simulated site asks the simulator, with a token that is none. RefusedProblem for a token or address that cannot
    be used.
    """
    repository = site.cicd.github_repo
    if site.cicd.kind != "github" or not repository:
        return None
    if not site.simulated:
        entrance = entrance_of(repository, os.environ)
        return Reader(entrance) if entrance else None
    if not site.aws.endpoint_url:
        return None
    base_url = f"{site.aws.endpoint_url.rstrip('/')}/_sim/github"
    return Reader(Entrance(base_url=base_url, repository=repository, token=SIMULATED))
