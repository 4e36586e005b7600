"""What a client gets that comes over plain HTTP (guide 6.1)."""

from typing import Any, Final
from urllib.parse import urlsplit

from checks.endpoint import no_host, unreached
from runbook_tui.aws.access import Aws
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

REMEDY: Final = "see sg.alb.ingress-80 and alb.http-redirect"


@check("probe.redirect", guide="6.1", severity="medium", scope="environment")
def redirect(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Plain HTTP is sent on to HTTPS for good."""
    if not site.net.allow_http_redirect:
        return skip("port 80 is closed on purpose (net.allow_http_redirect)")
    if not env.host:
        return no_host(env)
    found = aws.probe.get(f"http://{env.host}/")
    if isinstance(found, Failure):
        return _silent(found, site, env)
    location = found.headers.get("location", "")
    evidence: dict[str, Any] = {"host": env.host, "status": found.status, "location": clean(location)}
    if 200 <= found.status < 300:
        return fail(f"plain HTTP is answered with {found.status} instead of a redirect", REMEDY, **evidence)
    wrong = _wrong(found, location, env)
    if wrong:
        return warn(wrong, REMEDY, **evidence)
    return passed(f"301 to {clean(location)}", **evidence)


def _silent(failure: Failure, site: Site, env: Environment) -> Verdict:
    """A closed port 80 is a lost convenience, not an outage."""
    if failure.kind in ("timeout", "refused"):
        because = f"port 80 of {env.host} does not answer: {clean(failure.text)}"
        return warn(because, REMEDY, host=env.host, failure=failure.kind)
    return unreached(failure, site, env, {"host": env.host})


def _wrong(found: Answer, location: str, env: Environment) -> str:
    if not 300 <= found.status < 400:
        return f"plain HTTP is answered with {found.status} instead of a redirect"
    try:
        target = urlsplit(location)
        there = (target.scheme, target.hostname, target.port or 443)
    except ValueError:
        return f"the redirect leads to {clean(location)!r}, which is no address"
    if there != ("https", env.host.lower(), 443):
        return f"the redirect leads to {clean(location) or 'nowhere'}, expected https://{env.host}/"
    return "" if found.status == 301 else f"{found.status}: browsers do not remember it, expected 301"
