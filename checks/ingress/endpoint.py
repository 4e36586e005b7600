"""The application as its clients see it (guide 6.1, 9.1). Here a TLS error or a timeout is the finding itself."""

import json
import re
from ipaddress import IPv4Network, collapse_addresses
from typing import Any, Final, assert_never

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown

SMOKES: Final = 5
SLOW_SMOKE_MS: Final = 1000
SLOW_READY_MS: Final = 2000


@check("probe.https", guide="6.1", severity="critical", scope="environment")
def https(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The host shows a valid certificate and answers ready within two seconds."""
    if not env.host:
        return no_host(env)
    found = aws.probe.get(f"https://{env.host}{site.app.ready_path}")
    if isinstance(found, Failure):
        return unreached(found, site, env, {"host": env.host})
    evidence: dict[str, Any] = {"host": env.host, "status": found.status, "ms": round(found.ms)}
    if found.certificate is not None:
        evidence["certificate"] = clean(found.certificate.subject)
        evidence["not_after"] = found.certificate.not_after.isoformat()
    because = f"{site.app.ready_path} answers {found.status} in {found.ms:.0f} ms"
    if found.status >= 500:
        return fail(because, "see tg.targets-healthy, then the container's log", **evidence)
    concerns = []
    if found.status != 200:
        concerns.append(f"{because}, expected 200")
    elif found.ms > SLOW_READY_MS:
        concerns.append(f"{because}, expected within {SLOW_READY_MS} ms")
    return warn_or_pass(concerns, because, "ask again, then look at the application and its database", **evidence)


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


def no_host(env: Environment) -> Verdict:
    return unknown(Cause.UNDECIDED, f"the site names no host of {env.name}", f"set environments.{env.name}.host")


def unreached(failure: Failure, site: Site, env: Environment, evidence: dict[str, Any]) -> Verdict:
    text = clean(failure.text)
    evidence = {**evidence, "failure": failure.kind}
    match failure.kind:
        case "tls-name" | "tls-expired" | "tls-untrusted":
            remedy = "put a valid certificate for this host on the listener"
            return fail(f"the certificate of {env.host} is refused: {text}", remedy, **evidence)
        case "refused":
            return fail(f"{env.host} refuses connections: {text}", "see alb.https-listener", **evidence)
        case "dns":
            remedy = "check the record of this host, and this machine's own name resolution"
            return fail(f"{env.host} has no address here: {text}", remedy, **evidence)
        case "timeout" if open_to_all(site.net.alb_allowed_cidrs):
            remedy = "see sg.alb.ingress-443, tg.targets-healthy and the load balancer's subnets"
            return fail(f"{env.host} did not answer in time: {text}", remedy, **evidence)
        case "timeout":
            because = f"{env.host} did not answer, and net.alb_allowed_cidrs may leave this machine out"
            return unknown(Cause.TIMEOUT, because, "ask again from an allowed network", **evidence)
        case "proxy":
            because = f"a proxy stands between this machine and {env.host}: {text}"
            return unknown(Cause.UNDECIDED, because, "ask again from a network without a proxy", **evidence)
        case "other":
            because = f"{env.host} could not be asked: {text}"
            return unknown(Cause.UNDECIDED, because, "ask again; then try with curl from this machine", **evidence)
        case _:
            assert_never(failure.kind)


def open_to_all(cidrs: tuple[str, ...]) -> bool:
    """Whether these ranges together are all of IPv4: 0.0.0.0/1 and 128.0.0.0/1 are as good as 0.0.0.0/0."""
    networks = [IPv4Network(cidr, strict=False) for cidr in cidrs if ":" not in cidr]
    return any(network.prefixlen == 0 for network in collapse_addresses(networks))
