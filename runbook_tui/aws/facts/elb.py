"""What ``elbv2`` says about the site. Each method is one API request, made once a sweep."""

from typing import Any, Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.balancing import (
    Attribute,
    Certificate,
    Listener,
    ListenerRule,
    LoadBalancer,
    SslPolicy,
    TargetGroup,
    TargetHealth,
)
from runbook_tui.aws.facts.border import FactType, missing_is
from runbook_tui.aws.facts.listing import listed

LOAD_BALANCER: Final = "elbv2:load-balancer"
HTTPS_LISTENER: Final = "elbv2:https-listener"
TARGET_GROUP: Final = "elbv2:target-group"


class ElbFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def load_balancer(self, name: str) -> LoadBalancer:
        """Missing ``elbv2:load-balancer``."""
        remedy = "create the load balancer, or correct alb.name in the site file"
        with missing_is(LOAD_BALANCER, name, remedy):
            found = self._list("describe_load_balancers", "LoadBalancers", LoadBalancer, Names=[name])
        return _named(found, "load_balancer_name", LOAD_BALANCER, name, remedy)

    def listeners(self, load_balancer: LoadBalancer) -> tuple[Listener, ...]:
        arn = load_balancer.load_balancer_arn
        with missing_is(LOAD_BALANCER, load_balancer.load_balancer_name):
            return self._list("describe_listeners", "Listeners", Listener, LoadBalancerArn=arn)

    def https_listener(self, load_balancer: LoadBalancer) -> Listener:
        """The one on port 443. Missing ``elbv2:https-listener``."""
        found = next((one for one in self.listeners(load_balancer) if one.port == 443), None)
        if found is None or found.protocol != "HTTPS":
            raise Missing(HTTPS_LISTENER, f"of {load_balancer.load_balancer_name} on port 443")
        return found

    def rules(self, listener: Listener) -> tuple[ListenerRule, ...]:
        """The default rule too."""
        with missing_is("elbv2:listener", listener.listener_arn):
            return self._list("describe_rules", "Rules", ListenerRule, ListenerArn=listener.listener_arn)

    def listener_certificates(self, listener: Listener) -> tuple[Certificate, ...]:
        """The default certificate and those added for other host names."""
        asked = {"ListenerArn": listener.listener_arn}
        with missing_is("elbv2:listener", listener.listener_arn):
            return self._list("describe_listener_certificates", "Certificates", Certificate, **asked)

    def ssl_policy(self, name: str) -> SslPolicy:
        """Missing ``elbv2:ssl-policy``."""
        with missing_is("elbv2:ssl-policy", name):
            found = self._list("describe_ssl_policies", "SslPolicies", SslPolicy, Names=[name])
        return _named(found, "name", "elbv2:ssl-policy", name, "choose a current TLS policy")

    def target_group(self, name: str) -> TargetGroup:
        """Missing ``elbv2:target-group``."""
        remedy = "create the target group, or correct the environment's target_group in the site file"
        with missing_is(TARGET_GROUP, name, remedy):
            found = self._list("describe_target_groups", "TargetGroups", TargetGroup, Names=[name])
        return _named(found, "target_group_name", TARGET_GROUP, name, remedy)

    def load_balancer_attributes(self, load_balancer: LoadBalancer) -> dict[str, str]:
        """By key, as ELB spells them (``idle_timeout.timeout_seconds``); values are text."""
        arn = load_balancer.load_balancer_arn
        with missing_is(LOAD_BALANCER, load_balancer.load_balancer_name):
            found = self._list("describe_load_balancer_attributes", "Attributes", Attribute, LoadBalancerArn=arn)
        return {one.key: one.value for one in found}

    def target_group_attributes(self, arn: str) -> dict[str, str]:
        """By key, as ELB spells them (``deregistration_delay.timeout_seconds``); values are text."""
        with missing_is(TARGET_GROUP, arn):
            found = self._list("describe_target_group_attributes", "Attributes", Attribute, TargetGroupArn=arn)
        return {one.key: one.value for one in found}

    def target_health(self, arn: str) -> tuple[TargetHealth, ...]:
        """Every registered target of the group."""
        with missing_is(TARGET_GROUP, arn):
            return self._list("describe_target_health", "TargetHealthDescriptions", TargetHealth, TargetGroupArn=arn)

    def _list(self, operation: str, member: str, fact: type[FactType], **asked: Any) -> tuple[FactType, ...]:
        return listed(self._reader.read("elbv2", operation, **asked), member, fact)


def _named(found: tuple[FactType, ...], attribute: str, kind: str, name: str, remedy: str) -> FactType:
    """The one of exactly this name; ELB lets no two share one."""
    for one in found:
        if getattr(one, attribute) == name:
            return one
    raise Missing(kind, name, remedy=remedy)
