"""A world in which production's requests are shared out by weights."""

from msgspec.structs import replace

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.site import Site
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.inside import Inside
from tests.support.way_in import Way


def routed_by_weights(simulator: Simulator, **sets: int) -> Site:
    """Production's record becomes weighted sets; the simulator's site, that says so."""
    way = _way(simulator)
    way.share(**sets)
    prod = replace(way.site.environments["prod"], routing="weighted")
    return replace(way.site, environments={**way.site.environments, "prod": prod})


def weights(simulator: Simulator) -> dict[str, int]:
    return {one["SetIdentifier"]: one["Weight"] for one in _way(simulator).records()}


def _way(simulator: Simulator) -> Way:
    return Way(Inside(simulator), Kit(load_site(simulator.site_path)), {})
