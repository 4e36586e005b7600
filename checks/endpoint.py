"""What it means that the application's own endpoint gives no answer: most of it is the finding, not a trouble."""

from ipaddress import IPv4Network, collapse_addresses
from typing import Any, assert_never

from runbook_tui.aws.probe import Failure
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown


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
