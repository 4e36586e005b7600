"""Who may be asked, and where: the token and the address of GitHub out of the environment, as ``gh`` takes them."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from runbook_tui.aws.endpoint import is_loopback
from runbook_tui.core.problems import RefusedProblem

TOKENS: Final = ("GH_TOKEN", "GITHUB_TOKEN")  # in gh's order
ADDRESS: Final = "GITHUB_API_URL"  # GitHub Enterprise Server: https://HOST/api/v3
PUBLIC: Final = "https://api.github.com"


class Entrance(Struct, frozen=True, kw_only=True):
    """``repository`` is ``owner/name``. The token is shown nowhere."""

    base_url: str
    repository: str
    token: str

    def __repr__(self) -> str:
        return f"Entrance({self.base_url}, {self.repository})"

    __str__ = __repr__


def entrance_of(repository: str, environment: Mapping[str, str]) -> Entrance | None:
    """None without a token. RefusedProblem for an address or a token that cannot be used."""
    token = next((environment[name].strip() for name in TOKENS if environment.get(name, "").strip()), "")
    if not token:
        return None
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise RefusedProblem("the token for GitHub holds blanks or signs that no token has", f"correct {TOKENS[0]}")
    base_url = (environment.get(ADDRESS) or PUBLIC).rstrip("/")
    if urlsplit(base_url).scheme != "https" and not is_loopback(base_url):
        raise RefusedProblem(
            f"{ADDRESS} is {base_url}: a token is not sent in the clear", "give an https address, or leave it out"
        )
    return Entrance(base_url=base_url, repository=repository, token=token)
