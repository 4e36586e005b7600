"""The listeners of the load balancer (guide 6.1)."""

from typing import Any

from runbook_tui.actions.ingress.calls import delete, elb
from runbook_tui.actions.ingress.certificates import known_hosts, lasts
from runbook_tui.actions.ingress.listener_actions import TO_HTTPS, default_of, described
from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.acm import Certificate
from runbook_tui.aws.facts.host_certificates import bare_of, held
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site

_HTTP, _HTTPS = "create-listener-80", "create-listener-443"


@action("elbv2.create-listeners", guide="6.1", fixes=("alb.https-listener", "alb.http-redirect"))
def create_listeners(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """HTTPS is answered on 443 with an issued certificate, and 80 leads there where the site wants it."""
    balancer = aws.elb.load_balancer(site.alb.name)
    known = {one.port: one.protocol for one in aws.elb.listeners(balancer)}
    if known.get(443, "HTTPS") != "HTTPS":
        remedy = "delete that listener when nobody needs it, then plan again"
        raise CannotPlan(f"port 443 of {site.alb.name} speaks {known[443]}", remedy)
    arn = balancer.load_balancer_arn
    plain = (_plain(site, arn),) if 80 not in known and site.net.allow_http_redirect else ()
    encrypted = _encrypted(aws, site, arn) if 443 not in known else ()
    calls = (*plain, *encrypted)
    return complete(
        Plan(
            action="elbv2.create-listeners",
            title=f"Let {site.alb.name} listen",
            environment=env.name,
            resource=site.alb.name,
            effect="Visitors get answers; which one a host gets its rule decides.",
            risk=Risk.CHANGE,
            calls=calls,
            differences=tuple(_difference(one) for one in calls if one.operation == "create_listener"),
        )
    )


def _plain(site: Site, balancer: str) -> ApiCall:
    return _listener(site, _HTTP, balancer, TO_HTTPS, Protocol="HTTP", Port=80)


def _encrypted(aws: Aws, site: Site, balancer: str) -> tuple[ApiCall, ...]:
    first, *others = (one.certificate_arn for one in issued(aws, site))
    create = _listener(
        site,
        _HTTPS,
        balancer,
        default_of(aws, site),
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": first}],
        SslPolicy=site.alb.ssl_policy,
    )
    if not others:
        return (create,)
    arn = answer(_HTTPS, "Listeners.0.ListenerArn")
    more = [{"CertificateArn": one} for one in others]
    effect = f"{len(others)} more certificates, chosen by the visitor's host"
    return create, elb("add-certificates", "add_listener_certificates", effect, ListenerArn=arn, Certificates=more)


def issued(aws: Aws, site: Site) -> tuple[Certificate, ...]:
    """As few as name every host, the best first. CannotPlan without them."""
    hosts, found = known_hosts(site), held(aws, site)
    left, chosen = hosts, list[Certificate]()
    best = sorted(found, key=lambda one: (len(bare_of(one.names, hosts)), one.certificate_arn))
    for one in sorted(best, key=lambda one: not lasts(aws, site, one)):
        if one.status == "ISSUED" and bare_of(one.names, left) != left:
            chosen.append(one)
            left = bare_of(one.names, left)
    if left and any(bare_of(one.names, left) != left for one in found):
        because = f"the certificate of {', '.join(left)} is not issued yet"
        raise CannotPlan(because, "ACM waits for its record (route53.put-validation-record), then some minutes")
    if left:
        raise CannotPlan(f"no certificate names {', '.join(left)}", "request one first: acm.request-certificate")
    return tuple(chosen)


def _listener(site: Site, call_id: str, balancer: str, default: dict[str, Any], **how: Any) -> ApiCall:
    arn, port = answer(call_id, "Listeners.0.ListenerArn"), how["Port"]
    return elb(
        call_id,
        "create_listener",
        f"port {port}: {described(default)}",
        delete(f"delete-listener-{port}", "elbv2", "delete_listener", f"port {port} is closed", ListenerArn=arn),
        LoadBalancerArn=balancer,
        DefaultActions=[default],
        Tags=listed(tags_of(site, None)),
        **how,
    )


def _difference(call: ApiCall) -> Difference:
    how = call.parameters
    text = f"{how['Protocol']}, {described(how['DefaultActions'][0])}"
    return Difference(what=f"port {how['Port']}", before="", after=text)
