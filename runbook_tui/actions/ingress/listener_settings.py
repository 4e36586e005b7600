"""Listeners that are there and not yet as they should be (guide 6.1, 6.2)."""

from typing import Any

from runbook_tui.actions.ingress.calls import elb
from runbook_tui.actions.ingress.listener_actions import TO_HTTPS, default_of, described
from runbook_tui.actions.network.calls import complete
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import Listener
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_CREATE = "create it: elbv2.create-listeners"


@action("elbv2.redirect-http", guide="6.1", fixes=("alb.http-redirect",))
def redirect_http(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Plain HTTP is answered by nothing but a redirect to HTTPS."""
    listener = _on_port(aws, site, 80)
    if listener.protocol != "HTTP":
        raise CannotPlan(f"port 80 of {site.alb.name} speaks {listener.protocol}", "delete it when nobody needs it")
    now = _recorded(aws, site, listener)["DefaultActions"]
    rules = [one for one in _rules(aws, listener) if not _redirects(one["Actions"])]
    default = () if _is_redirect(now) else (_modified("redirect", listener, [TO_HTTPS], now),)
    return complete(
        Plan(
            action="elbv2.redirect-http",
            title=f"Let port 80 of {site.alb.name} lead to HTTPS",
            environment=env.name,
            resource=site.alb.name,
            effect="Who comes by plain HTTP is sent to the same page by HTTPS; browsers remember that.",
            risk=Risk.DISRUPTIVE,
            calls=(*default, *(_without(listener, one) for one in rules)),
            differences=(
                *((_default(80, now, [TO_HTTPS]),) if default else ()),
                *(Difference(what=f"rule {one['Priority']}", before=_told(one["Actions"]), after="") for one in rules),
            ),
            warnings=("a client that cannot follow a redirect fails: webhooks by POST among them",),
        )
    )


@action("elbv2.set-tls-policy", guide="6.1", fixes=("alb.https-listener",))
def set_tls_policy(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """HTTPS is spoken by TLS 1.2 or later."""
    listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    now, wanted = aws.elb.ssl_policy(listener.ssl_policy), aws.elb.ssl_policy(site.alb.ssl_policy)
    if wanted.outdated:
        told = ", ".join(wanted.outdated)
        raise CannotPlan(f"{wanted.name} accepts {told} itself", "choose another alb.ssl_policy in the site")
    arn, operation = listener.listener_arn, "modify_listener"
    back = elb("policy-back", operation, f"{now.name} again", ListenerArn=arn, SslPolicy=now.name)
    call = elb("set-policy", operation, f"{wanted.name}", back, ListenerArn=arn, SslPolicy=wanted.name)
    return complete(
        Plan(
            action="elbv2.set-tls-policy",
            title=f"Set the TLS policy of {site.alb.name}",
            environment=env.name,
            resource=site.alb.name,
            effect=f"New connections speak {', '.join(wanted.ssl_protocols)}; older clients are refused.",
            risk=Risk.DISRUPTIVE,
            calls=(call,) if now.outdated else (),
            differences=(Difference(what="TLS policy of port 443", before=now.name, after=wanted.name),),
            warnings=(f"clients that speak {', '.join(now.outdated)} only are shut out",) if now.outdated else (),
        )
    )


@action("elbv2.set-default-action", guide="6.2", fixes=("alb.default-action",))
def set_default_action(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """What no rule of port 443 matches is answered as the site says."""
    listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    now, wanted = _recorded(aws, site, listener)["DefaultActions"], default_of(aws, site)
    so_already = [described(one) for one in now] == [described(wanted)]
    return complete(
        Plan(
            action="elbv2.set-default-action",
            title=f"Set what {site.alb.name} does with unknown hosts",
            environment=env.name,
            resource=site.alb.name,
            effect="For every request that no rule matches, at once.",
            risk=Risk.DISRUPTIVE,
            calls=() if so_already else (_modified("set-default", listener, [wanted], now),),
            differences=(_default(443, now, [wanted]),),
            warnings=() if so_already else ("hosts without a rule of their own lose their answer",),
        )
    )


def _on_port(aws: Aws, site: Site, port: int) -> Listener:
    found = [one for one in aws.elb.listeners(aws.elb.load_balancer(site.alb.name)) if one.port == port]
    if not found:
        raise CannotPlan(f"{site.alb.name} does not listen on {port}", _CREATE)
    return found[0]


def _recorded(aws: Aws, site: Site, listener: Listener) -> Any:
    """The whole listener, as it must be sent back. The same request as the facts make."""
    balancer = aws.elb.load_balancer(site.alb.name).load_balancer_arn
    asked = aws.reader.read("elbv2", "describe_listeners", LoadBalancerArn=balancer)["Listeners"]
    return next(one for one in asked if one["ListenerArn"] == listener.listener_arn)


def _rules(aws: Aws, listener: Listener) -> list[Any]:
    asked = aws.reader.read("elbv2", "describe_rules", ListenerArn=listener.listener_arn)["Rules"]
    return [one for one in asked if not one.get("IsDefault")]


def _is_redirect(actions: list[Any]) -> bool:
    config = actions[0].get("RedirectConfig", {}) if len(actions) == 1 else {}
    return {**TO_HTTPS["RedirectConfig"], **config} == TO_HTTPS["RedirectConfig"] and bool(config)


def _redirects(actions: list[Any]) -> bool:
    return all(one.get("RedirectConfig", {}).get("Protocol") == "HTTPS" for one in actions)


def _modified(call_id: str, listener: Listener, wanted: list[Any], now: list[Any]) -> ApiCall:
    """What ``modify_listener`` is not told stays as it is: port, protocol, certificates, policy."""
    arn, operation = listener.listener_arn, "modify_listener"
    back = elb(f"{call_id}-back", operation, _told(now), ListenerArn=arn, DefaultActions=now)
    return elb(call_id, operation, _told(wanted), back, ListenerArn=arn, DefaultActions=wanted)


def _without(listener: Listener, rule: Any) -> ApiCall:
    number = rule["Priority"]
    conditions = [{key: value for key, value in one.items() if _is_sent(one, key)} for one in rule["Conditions"]]
    back = elb(
        f"rule-{number}-back",
        "create_rule",
        f"rule {number}: {_told(rule['Actions'])}",
        ListenerArn=listener.listener_arn,
        Priority=int(number),
        Conditions=conditions,
        Actions=rule["Actions"],
    )
    return elb(f"delete-rule-{number}", "delete_rule", f"no rule {number}", back, RuleArn=rule["RuleArn"])


def _is_sent(condition: Any, key: str) -> bool:
    """Answers carry the older ``Values`` beside its config; requests may have one of them."""
    return key != "Values" or not any(name.endswith("Config") for name in condition)


def _default(port: int, now: list[Any], wanted: list[Any]) -> Difference:
    return Difference(what=f"default action of port {port}", before=_told(now), after=_told(wanted))


def _told(actions: list[Any]) -> str:
    return ", ".join(described(one) for one in actions)
