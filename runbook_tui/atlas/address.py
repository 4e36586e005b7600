"""Where Atlas is: its own address, or another one that the operator names."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from runbook_tui.aws.endpoint import is_loopback
from runbook_tui.core.problems import RefusedProblem

BASE_URL: Final = "MONGODB_ATLAS_BASE_URL"
ATLAS: Final = "https://cloud.mongodb.com"
_DOMAINS: Final = (".mongodb.com", ".mongodbgov.com")


def chosen_address(environ: Mapping[str, str], *, allow: bool) -> str:
    """Without a slash at its end. RefusedProblem for a stranger: it would get requests signed with the key."""
    url = (environ.get(BASE_URL) or ATLAS).rstrip("/")
    parts = urlsplit(url)
    ours = parts.scheme == "https" and f".{parts.hostname or ''}".endswith(_DOMAINS)
    if not (ours or allow or is_loopback(url)):
        raise RefusedProblem(
            f"{url} is neither Atlas nor on this machine", f"remove {BASE_URL}, or give --allow-endpoint"
        )
    return url
