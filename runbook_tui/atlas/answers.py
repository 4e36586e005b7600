"""What Atlas answered: its JSON object, or one of ``aws.errors``, which the one place for verdicts knows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from runbook_tui.aws.errors import (
    AwsProblem,
    Conflict,
    Denied,
    Malformed,
    Missing,
    ServerFault,
    Throttled,
    Unsupported,
)
from runbook_tui.aws.facts.atlas import CLUSTER, PROJECT
from runbook_tui.core.text import clean

if TYPE_CHECKING:
    import httpx

SIGN_IN: Final = "Atlas sign-in"
ROLE: Final = "Project Read Only"
LARGEST_BODY: Final = 16 * 1024 * 1024
NOT_FOUND_HERE: Final = ("GROUP_NOT_FOUND", "INVALID_GROUP_ID")


class Asked(Struct, frozen=True, kw_only=True):
    """``path`` is below the project."""

    method: str = "GET"
    project: str
    path: str

    @property
    def what(self) -> tuple[str, str]:
        """Kind and name of the thing that is asked for."""
        parts = self.path.split("/")
        return (CLUSTER, parts[1]) if parts[0] == "clusters" and len(parts) > 1 else (PROJECT, self.project)


def body_of(response: "httpx.Response") -> Mapping[str, Any]:
    """Malformed when it is no JSON object."""
    try:
        found = response.json() if len(response.content) <= LARGEST_BODY else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Malformed(
            "Atlas answered with something that cannot be read",
            remedy="try again; if it stays, look for a proxy or a captive portal between this machine and Atlas",
        )
    return found


def problem_of(response: "httpx.Response", asked: Asked) -> AwsProblem:
    """For any status that is no success. Texts of Atlas are cleaned; nothing of the request is repeated."""
    status, code, said = response.status_code, *_said(response)
    where = {"service": "atlas", "operation": f"{asked.method} {asked.path.partition('/')[0]}"}
    match status:
        case 401:
            return Denied(f"{SIGN_IN} is refused: {said}", action=SIGN_IN, remedy=ANEW, **where)
        case 403:
            what = f"the key may not read the project, as {ROLE} may: {said}"
            return Denied(what, action=ROLE, remedy=_GRANT, **where)
        case 404:
            kind, name = (PROJECT, asked.project) if code in NOT_FOUND_HERE else asked.what
            return Missing(kind, name, remedy=_CORRECT, **where)
        case 409:
            return Conflict(f"Atlas is at work on it: {said}", **where)
        case 429:
            return Throttled(f"Atlas asks to slow down: {said}", remedy="wait a minute and check again", **where)
        case 406 | 410 | 501:
            return Unsupported(f"Atlas no longer offers this version of its API: {said}", remedy=_UPDATE, **where)
        case _ if status >= 500:
            return ServerFault(f"Atlas failed: {said}", remedy="look at status.mongodb.com, then check again", **where)
        case _ if status < 400:
            return Malformed(f"Atlas sends elsewhere ({status})", remedy="look for a proxy or a portal", **where)
        case _:
            return AwsProblem(f"Atlas refuses the request: {said}", remedy="check db.atlas in the site file", **where)


ANEW: Final = "check the key or service account in the environment: it may be wrong, expired or deleted"
_GRANT: Final = f"give the key {ROLE} in the project, and this machine a place in the key's API access list"
_CORRECT: Final = "correct db.atlas.project_id or db.atlas.cluster in the site file"
_UPDATE: Final = "update runbook-tui"


def _said(response: "httpx.Response") -> tuple[str, str]:
    """Atlas's code and a line that says what it means."""
    try:
        body = body_of(response)
    except Malformed:
        body = {}
    code = clean(str(body.get("errorCode") or ""), 100)
    detail = clean(str(body.get("detail") or body.get("reason") or ""), 300)
    return code, ": ".join(part for part in (code, detail) if part) or f"HTTP {response.status_code}"
