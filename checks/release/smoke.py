"""The released application as its clients and their browsers see it (guide 3.1, 9.1)."""

import json
import re
from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.endpoint import no_host, unreached
from runbook_tui.aws.access import Aws
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

SMOKES: Final = 5
SLOW_SMOKE_MS: Final = 1000
ALLOWED: Final = "access-control-allow-origin"


@check("smoke.endpoint", guide="9.1", severity="critical", scope="environment")
def smoke(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The smoke route answers five times out of five, quickly, and as expected."""
    if not env.host:
        return no_host(env)
    answers: list[Answer] = []
    for _ in range(SMOKES):
        found = aws.probe.get(f"https://{env.host}{site.app.smoke_path}")
        if isinstance(found, Failure):
            return unreached(found, site, env, _smoke_evidence(answers, site, env))
        answers.append(found)
    evidence = _smoke_evidence(answers, site, env)
    bad = [answer.status for answer in answers if answer.status != 200]
    path = site.app.smoke_path
    if bad:
        because = f"{path} answered {len(bad)} of {SMOKES} times with {', '.join(map(str, sorted(set(bad))))}"
        return fail(because, "see probe.https, tg.targets-healthy and the container's log", **evidence)
    concerns = []
    slowest = max(answer.ms for answer in answers)  # of five answers the slowest is the 95th percentile
    if slowest >= SLOW_SMOKE_MS:
        concerns.append(f"{path} took {slowest:.0f} ms, expected under {SLOW_SMOKE_MS} ms")
    if not all(body_matches(answer.body, site.app.smoke_expect) for answer in answers):
        concerns.append(f"{path} answers 200 with a body that does not match app.smoke_expect")
    remedy = "compare the answer with what the release should say"
    return warn_or_pass(concerns, f"{SMOKES} times 200, slowest {slowest:.0f} ms", remedy, **evidence)


def body_matches(body: bytes, expected: str | None) -> bool:
    """``expected`` is a regular expression found anywhere, or ``$.field`` / ``$.a.b=value`` of a JSON answer."""
    if not expected:
        return True
    text = body.decode("utf-8", "replace")
    if not expected.startswith("$."):
        return re.search(expected, text) is not None
    path, equals, wanted = expected.removeprefix("$.").partition("=")
    try:
        value = json.loads(text)
        for name in path.split("."):
            value = value[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return not equals or _as_text(value) == wanted.strip()


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _smoke_evidence(answers: list[Answer], site: Site, env: Environment) -> dict[str, Any]:
    """Never the body: it may hold anything. Its length and what was looked for say enough."""
    return {
        "host": env.host,
        "statuses": [answer.status for answer in answers],
        "ms": [round(answer.ms) for answer in answers],
        "body_bytes": [len(answer.body) for answer in answers],
        "expected": site.app.smoke_expect or "anything",
    }


@check("smoke.cors", guide="3.1", severity="medium", scope="environment")
def cors(aws: Aws, site: Site, env: Environment) -> Verdict:
    """A browser on the front end's origin may use the API, and one on any other may not."""
    wanted = site.app.cors_origin
    if not wanted:
        return skip("app.cors_origin is not set: no browser is meant to use the API")
    if not env.host:
        return no_host(env)
    found = aws.probe.preflight(f"https://{env.host}/", origin=wanted)
    evidence: dict[str, Any] = {"host": env.host, "origin": wanted}
    if isinstance(found, Failure):
        return unreached(found, site, env, evidence)
    allowed = clean(found.headers.get(ALLOWED, ""))
    evidence |= {"status": found.status, "allowed": allowed or "absent"}
    if allowed == wanted:
        return passed(f"{env.host} lets {wanted} in", **evidence)
    remedy = f"set CORS_ORIGIN of the application to {wanted}"
    if not allowed:
        because = f"{env.host} answers a preflight without {ALLOWED}: browsers refuse what it answers"
        return warn(because, remedy, **evidence)
    what = "every origin" if allowed == "*" else f"{allowed} alone"
    return warn(f"{env.host} lets {what} in, expected {wanted}", remedy, **evidence)
