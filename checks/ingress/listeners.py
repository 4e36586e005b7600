"""The load balancer and its listeners (guide 6.1)."""

from typing import Final

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import Listener, ListenerAction, Redirect
from runbook_tui.aws.facts.elb import HTTPS_LISTENER, LOAD_BALANCER
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

LISTENERS: Final = ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers"]


@check(
    "alb.exists",
    guide="6.1",
    severity="critical",
    scope="shared",
    needs=["elasticloadbalancing:DescribeLoadBalancers"],
    establishes=[LOAD_BALANCER],
)
def exists(aws: Aws, site: Site) -> Verdict:
    """The application load balancer exists and is active."""
    found = aws.elb.load_balancer(site.alb.name)
    state = found.state.code
    evidence = {"arn": found.load_balancer_arn, "dns_name": found.dns_name, "state": state, "type": found.type}
    if found.type != "application":
        because = f"{site.alb.name} is a {found.type} load balancer, expected an application one"
        return fail(because, "create an application load balancer of this name", **evidence)
    if state == "provisioning":
        return warn(f"{site.alb.name} is still provisioning", "wait some minutes, then re-check", **evidence)
    if state != "active":
        because = f"{site.alb.name} is {state}" + (f": {found.state.reason}" if found.state.reason else "")
        return fail(because, "read the reason; a failed load balancer has to be created again", **evidence)
    return passed(f"{site.alb.name} is active", **evidence)


@check(
    "alb.http-redirect",
    guide="6.1",
    severity="high",
    scope="shared",
    needs=[*LISTENERS, "elasticloadbalancing:DescribeRules"],
)
def http_redirect(aws: Aws, site: Site) -> Verdict:
    """Plain HTTP is answered by nothing but a redirect to HTTPS."""
    remedy = "make the default action of port 80 a redirect to HTTPS, port 443, HTTP_301, keeping host and path"
    listener = _on_port(aws, site, 80)
    if listener is None and not site.net.allow_http_redirect:
        return skip("port 80 is closed on purpose (net.allow_http_redirect)")
    if listener is None:
        return warn("no listener on port 80: who types the bare name gets no answer", remedy)
    rules = [rule for rule in aws.elb.rules(listener) if not rule.is_default]
    actions = [*listener.default_actions, *(action for rule in rules for action in rule.actions)]
    redirect = next((one.redirect_config for one in listener.default_actions if one.redirect_config), None)
    evidence = {
        "protocol": listener.protocol,
        "actions": [action.type for action in actions],
        "redirect": _described(redirect),
        "rules": len(rules),
    }
    wrong = _sends_plainly(actions)
    if wrong:
        return fail(wrong, remedy, **evidence)
    concerns = _redirect_concerns(redirect)
    if listener.protocol != "HTTP":
        concerns.append(f"port 80 speaks {listener.protocol}, expected HTTP")
    others = sorted({action.type for action in actions} - {"redirect"})
    if others and redirect:
        concerns.append(f"some rules do not redirect but answer with {', '.join(others)}")
    return warn_or_pass(
        concerns, f"port 80 redirects to HTTPS with {named(len(rules), 'more rule')}", remedy, **evidence
    )


def _on_port(aws: Aws, site: Site, port: int) -> Listener | None:
    listeners = aws.elb.listeners(aws.elb.load_balancer(site.alb.name))
    return next((listener for listener in listeners if listener.port == port), None)


def _described(redirect: Redirect | None) -> str:
    if redirect is None:
        return "none"
    return f"{redirect.status_code} {redirect.protocol}://{redirect.host}:{redirect.port}{redirect.path}"


def _sends_plainly(actions: list[ListenerAction]) -> str:
    """What lets plain HTTP through or sends a client in a circle; empty when nothing does."""
    for action in actions:
        if action.type == "forward":
            return "port 80 forwards plain HTTP to the application"
        redirect = action.redirect_config
        if redirect and redirect.protocol != "HTTPS":
            return f"port 80 redirects to {redirect.protocol}, expected HTTPS"
        if redirect and redirect.port in ("#{port}", "80"):
            return f"the redirect keeps port {redirect.port}: clients would speak HTTPS to port 80"
    return ""


def _redirect_concerns(redirect: Redirect | None) -> list[str]:
    if redirect is None:
        return ["the default action of port 80 is no redirect"]
    found = []
    if redirect.status_code != "HTTP_301":
        found.append(f"{redirect.status_code}: browsers do not remember it, expected HTTP_301")
    if redirect.port != "443":
        found.append(f"the redirect goes to port {redirect.port}, expected 443")
    if redirect.host != "#{host}":
        found.append(f"the redirect goes to the fixed host {redirect.host}")
    if redirect.path != "/#{path}":
        found.append(f"the redirect goes to the fixed path {redirect.path}")
    return found


@check(
    "alb.https-listener",
    guide="6.1",
    severity="critical",
    scope="shared",
    needs=[
        *LISTENERS,
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeSSLPolicies",
    ],
    establishes=[HTTPS_LISTENER],
)
def https_listener(aws: Aws, site: Site) -> Verdict:
    """HTTPS is answered with a certificate and TLS 1.2 or later."""
    remedy = f"create an HTTPS listener on port 443 with a certificate and policy {site.alb.ssl_policy}"
    listener = _on_port(aws, site, 443)
    if listener is None:
        return fail("no listener on port 443", remedy)
    if listener.protocol != "HTTPS":
        because = f"port 443 speaks {listener.protocol}, expected HTTPS"
        return fail(because, remedy, protocol=listener.protocol)
    certificates, policy = together(
        lambda: aws.elb.listener_certificates(listener), lambda: aws.elb.ssl_policy(listener.ssl_policy)
    )
    evidence = {
        "policy": policy.name,
        "protocols": list(policy.ssl_protocols),
        "certificates": [one.certificate_arn for one in certificates],
    }
    if not listener.certificates and not any(one.is_default for one in certificates):
        return fail("the listener on port 443 has no default certificate", remedy, **evidence)
    concerns = []
    if policy.outdated:
        concerns.append(f"policy {policy.name} still accepts {', '.join(policy.outdated)}")
    if not policy.ssl_protocols:
        concerns.append(f"AWS names no protocol of policy {policy.name}")
    good = f"HTTPS with {policy.name} and {named(len(certificates), 'certificate')}"
    return warn_or_pass(concerns, good, f"choose {site.alb.ssl_policy}", **evidence)
