"""Requests to GitHub's REST API and their answers, pages joined."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from runbook_tui.aws.endpoint import is_loopback
from runbook_tui.aws.errors import Malformed, Truncated, Unreachable
from runbook_tui.core.text import clean
from runbook_tui.github.access import Entrance
from runbook_tui.github.refusals import refusal

VERSION: Final = "2022-11-28"
A_PAGE: Final = 100
MOST_PAGES: Final = 200
LARGEST: Final = 5 * 1024 * 1024
PATIENCE: Final = httpx.Timeout(20.0, connect=5.0)


class Client:
    def __init__(self, entrance: Entrance) -> None:
        self._root = f"{entrance.base_url}/repos/{entrance.repository}"
        self._label = entrance.repository
        self._http = httpx.Client(
            headers={
                "authorization": f"Bearer {entrance.token}",
                "accept": "application/vnd.github+json",
                "x-github-api-version": VERSION,
                "user-agent": "runbook-tui",
            },
            timeout=PATIENCE,
            # a sweep asks a dozen questions: nothing stays open behind it
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=0),
            trust_env=not is_loopback(entrance.base_url),  # the proxy of HTTPS_PROXY
        )

    def read(self, path: str, newest: int) -> Mapping[str, Any]:
        """``newest`` 0: every page. Raises one of ``aws.errors``."""
        url = f"{self._root}/{path}" if path else self._root
        sign = "&" if "?" in url else "?"
        whole = self._page(f"{url}{sign}per_page={newest or A_PAGE}", path)
        answer, following = dict(whole[0]), whole[1]
        pages = 1
        while following and not newest:
            if pages == MOST_PAGES:
                raise Truncated(f"GitHub has more than {MOST_PAGES} pages of {path}", service="github")
            page, following = self._page(following, path)
            answer = _joined(answer, page)
            pages += 1
        return answer

    def _page(self, url: str, path: str) -> tuple[Mapping[str, Any], str]:
        """And where the next one is; empty on the last. The token goes to no other host."""
        if urlsplit(url)[:2] != urlsplit(self._root)[:2]:
            raise Malformed(f"GitHub's next page of {path} lies on another host", service="github")
        try:
            response = self._http.get(url)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"GitHub got no answer through: {clean(str(error)) or type(error).__name__}",
                remedy="check the network of this machine (VPN, proxy), then check again",
                service="github",
            ) from None
        problem = refusal(response.status_code, response.headers, response.content, f"{self._label}/{path}".strip("/"))
        if problem is not None:
            raise problem
        return _read(response, path), response.links.get("next", {}).get("url", "")


def _read(response: httpx.Response, path: str) -> Mapping[str, Any]:
    if len(response.content) > LARGEST:
        raise Truncated(f"GitHub's answer to {path} is longer than 5 MiB", service="github")
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        remedy = "look for a proxy or a captive portal between this machine and GitHub"
        raise Malformed(f"GitHub's answer to {path} is no JSON object", remedy=remedy, service="github")
    return answer


def _joined(former: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """Lists go on, of everything else the newest word counts."""
    lists = {name: [*former[name], *page[name]] for name in page if _both_lists(former.get(name), page[name])}
    return {**former, **page, **lists}


def _both_lists(one: object, other: object) -> bool:
    return isinstance(one, list) and isinstance(other, list)
