"""What GitHub means by refusing: the token, a right, the rate, the thing itself."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from runbook_tui.aws.errors import AwsProblem, Denied, Malformed, Missing, ServerFault, Throttled
from runbook_tui.core.text import clean
from runbook_tui.github.access import TOKENS


def refusal(status: int, headers: Mapping[str, str], body: bytes, what: str) -> AwsProblem | None:
    """None when it is an answer. ``headers`` are looked up in lower case."""
    if status == 200:
        return None
    said = f"GitHub answered {status} to {what}: {_message(body)}".removesuffix(": ")
    if status == 401:
        remedy = f"make a new token and give it in {TOKENS[0]}; it is shown nowhere"
        return Denied("GitHub refuses the token: it is wrong, or has expired", action="a valid token", remedy=remedy)
    if status == 429 or (status == 403 and _is_rate(headers)):
        return Throttled(f"GitHub's limit of requests is reached{_until(headers)}", remedy="wait, and check again")
    if status == 403:
        right = headers.get("x-accepted-github-permissions", "") or "read access"
        return Denied(said, action=clean(right), remedy=f"let the token have {clean(right)} of the repository")
    if status == 404:
        return Missing("github:resource", what, remedy="create it at GitHub, or correct its name in the site file")
    if 300 <= status < 400:
        return Malformed(f"{what} has moved", remedy="correct cicd.github_repo in the site file")
    if status >= 500:
        return ServerFault(said, remedy="look at githubstatus.com, and check again in some minutes")
    return AwsProblem(said, remedy="check cicd.* in the site file; if it is right, report this text")


def _is_rate(headers: Mapping[str, str]) -> bool:
    return headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers


def _until(headers: Mapping[str, str]) -> str:
    if (after := headers.get("retry-after", "")).isdecimal():
        return f" for {after} s"
    reset = headers.get("x-ratelimit-reset", "")
    return (
        f" until {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC" if reset.isdecimal() and len(reset) < 11 else ""
    )


def _message(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    return clean(str(said.get("message", "")), 200) if isinstance(said, dict) else ""
