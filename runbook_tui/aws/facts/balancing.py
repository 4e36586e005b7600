"""Facts of a load balancer, its listeners and its target groups. Members as ``elbv2`` describes them."""

from typing import Any, Final, Self

from msgspec import field

from runbook_tui.aws.facts.border import Fact, parse

PLAINLY_ENCRYPTED: Final = frozenset({"TLSv1.2", "TLSv1.3"})


class BalancerState(Fact, frozen=True, kw_only=True):
    code: str
    reason: str = ""


class LoadBalancer(Fact, frozen=True, kw_only=True):
    load_balancer_arn: str
    load_balancer_name: str
    type: str
    state: BalancerState
    dns_name: str = field(default="", name="DNSName")
    vpc_id: str = ""
    scheme: str = ""
    ip_address_type: str = ""

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class Redirect(Fact, frozen=True, kw_only=True):
    """What ELB fills in for a part that was left out stands here as its default."""

    status_code: str
    protocol: str = "#{protocol}"
    port: str = "#{port}"
    host: str = "#{host}"
    path: str = "/#{path}"


class ListenerAction(Fact, frozen=True, kw_only=True):
    type: str
    redirect_config: Redirect | None = None


class Certificate(Fact, frozen=True, kw_only=True):
    """``is_default`` is told by the list of a listener's certificates only."""

    certificate_arn: str
    is_default: bool = False


class Listener(Fact, frozen=True, kw_only=True):
    listener_arn: str
    port: int
    protocol: str
    ssl_policy: str = ""
    certificates: tuple[Certificate, ...] = ()
    default_actions: tuple[ListenerAction, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class ListenerRule(Fact, frozen=True, kw_only=True):
    rule_arn: str
    priority: str = ""
    is_default: bool = False
    actions: tuple[ListenerAction, ...] = ()


class SslPolicy(Fact, frozen=True, kw_only=True):
    name: str
    ssl_protocols: tuple[str, ...] = ()

    @property
    def outdated(self) -> tuple[str, ...]:
        """Protocols older than TLS 1.2 that it still accepts."""
        return tuple(protocol for protocol in self.ssl_protocols if protocol not in PLAINLY_ENCRYPTED)


class Matcher(Fact, frozen=True, kw_only=True):
    """Codes as text: ``200``, ``200,202`` or ``200-299``."""

    http_code: str = ""


class TargetGroup(Fact, frozen=True, kw_only=True):
    """``health_check_port`` is text: a number or ``traffic-port``."""

    target_group_arn: str
    target_group_name: str
    target_type: str = "instance"
    protocol: str = ""
    port: int = 0
    vpc_id: str = ""
    load_balancer_arns: tuple[str, ...] = ()
    protocol_version: str = ""
    health_check_enabled: bool = True
    health_check_path: str = ""
    health_check_port: str = "traffic-port"
    health_check_protocol: str = "HTTP"
    health_check_interval_seconds: int = 30
    health_check_timeout_seconds: int = 5
    healthy_threshold_count: int = 5
    unhealthy_threshold_count: int = 2
    matcher: Matcher = Matcher()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    def serves(self, load_balancer: str) -> bool:
        """Whether a rule of the application load balancer of this name forwards to it."""
        return any(f":loadbalancer/app/{load_balancer}/" in arn for arn in self.load_balancer_arns)


class TargetGroupAttribute(Fact, frozen=True, kw_only=True):
    key: str
    value: str = ""


class Target(Fact, frozen=True, kw_only=True):
    """``availability_zone`` is ``all`` for an address outside the VPC."""

    id: str
    port: int = 0
    availability_zone: str = ""


class HealthState(Fact, frozen=True, kw_only=True):
    """``reason`` and ``description`` are given only where the target is not healthy."""

    state: str
    reason: str = ""
    description: str = ""


class TargetHealth(Fact, frozen=True, kw_only=True):
    target: Target
    target_health: HealthState

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def state(self) -> str:
        """initial, healthy, unhealthy, unhealthy.draining, unused, draining or unavailable."""
        return self.target_health.state

    @property
    def reason(self) -> str:
        return self.target_health.reason
