"""What the site says of MongoDB Atlas, in ports and endpoints."""

from collections.abc import Iterable
from typing import Final

from runbook_tui.aws.facts.endpoints import is_interface
from runbook_tui.aws.facts.network import VpcEndpoint
from runbook_tui.aws.facts.security import Ports
from runbook_tui.core.site import Site

PRIVATELINK_PORTS: Final = "1024-65535"  # Atlas takes one port of this range for each node


def atlas_ports(site: Site) -> Ports:
    """``27017``, or a range; the site's default means the whole range where PrivateLink is used."""
    text = site.db.atlas.ports
    if site.db.atlas.connectivity == "privatelink" and text == "27017":
        text = PRIVATELINK_PORTS
    first, _, last = text.partition("-")
    return Ports(int(first), int(last or first))


def of_atlas(endpoints: Iterable[VpcEndpoint], site: Site) -> tuple[VpcEndpoint, ...]:
    """Interface endpoints of ``db.atlas.endpoint_service``; without it, of any service of a third party."""
    private = (one for one in endpoints if is_interface(one))
    wanted = site.db.atlas.endpoint_service
    names = (wanted, f"com.amazonaws.{site.aws.region}.{wanted}")
    return tuple(one for one in private if (one.service_name in names if wanted else ".vpce." in one.service_name))


def atlas_endpoints(endpoints: Iterable[VpcEndpoint], site: Site) -> tuple[VpcEndpoint, ...]:
    """Those of them that can be used."""
    return tuple(one for one in of_atlas(endpoints, site) if one.usable)
