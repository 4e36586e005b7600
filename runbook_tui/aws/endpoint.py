"""Which endpoints may be talked to: AWS itself, and loopback."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from runbook_tui.core.problems import RefusedProblem
from runbook_tui.core.site import Site

# Endpoints of every partition end in one of these.
AWS_DOMAINS: Final = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
)


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_aws(url: str) -> bool:
    return f".{urlsplit(url).hostname or ''}".endswith(AWS_DOMAINS)


def chosen_endpoint(site: Site, endpoint_url: str | None) -> str | None:
    """The endpoint that this site asks for. RefusedProblem when a simulated world would not be on loopback."""
    url = endpoint_url or site.aws.endpoint_url or None
    if not site.simulated:
        return url
    if url is None:
        raise RefusedProblem(
            "the site is simulated, and no simulator runs for it",
            "start one with `runbook-tui sim` and use the site file that it prints, or run `runbook-tui demo`",
        )
    if not is_loopback(url):
        raise RefusedProblem(
            f"the site is simulated, but its endpoint {url} is not on this machine",
            "use a loopback endpoint, or set `mode: real` in the site file",
        )
    return url


def guard_endpoint(url: str, *, allow: bool) -> None:
    """RefusedProblem for a host that is neither AWS nor loopback: it would get signed requests."""
    if not (allow or is_loopback(url) or is_aws(url)):
        raise RefusedProblem(
            f"the endpoint {url} is neither AWS nor on this machine",
            "remove it (AWS_ENDPOINT_URL, endpoint_url of the profile, aws.endpoint_url), or give --allow-endpoint",
        )
