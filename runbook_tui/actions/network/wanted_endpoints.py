"""Which endpoints the site wants in its VPC, pure."""

from runbook_tui.aws.facts.needed_services import LAYERS, TO_START, needed_services
from runbook_tui.core.site import Site

BY_GATEWAY = (LAYERS, "dynamodb")  # free: AWS offers gateway endpoints for these two alone


def interface_services(site: Site) -> tuple[str, ...]:
    """Those of ``net.endpoint_services``, and of what the site's choices bring; none where endpoints are off."""
    if site.net.endpoints == "off":
        return ()
    brought = (one for one in needed_services(site) if one not in (*TO_START, *BY_GATEWAY))
    return tuple(dict.fromkeys((*site.net.endpoint_services, *brought)))


def gateway_services(site: Site) -> tuple[str, ...]:
    return tuple(one for one in BY_GATEWAY if one in needed_services(site))


def by_the_internet(site: Site) -> tuple[str, ...]:
    """What the tasks ask of AWS without an endpoint, as the site wants it."""
    inside = (*interface_services(site), *gateway_services(site))
    return tuple(one for one in needed_services(site) if one not in inside)
