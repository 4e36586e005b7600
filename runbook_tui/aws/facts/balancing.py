"""Facts of a load balancer, its listeners and its target groups. Members as ``elbv2`` describes them."""

from typing import Any, Final, Self

from msgspec import field

from runbook_tui.aws.facts.border import Fact, parse

PLAINLY_ENCRYPTED: Final = frozenset({"TLSv1.2", "TLSv1.3"})


def target_group_name(arn: str) -> str:
    """``arn:…:targetgroup/NAME/ID`` holds the name; empty for anything else."""
    head, _, rest = arn.partition(":targetgroup/")
    return rest.partition("/")[0] if head and rest else ""


class BalancerState(Fact, frozen=True, kw_only=True):
    code: str
    reason: str = ""


class BalancerZone(Fact, frozen=True, kw_only=True):
    zone_name: str = ""
    subnet_id: str = ""


class LoadBalancer(Fact, frozen=True, kw_only=True):
    load_balancer_arn: str
    load_balancer_name: str
    type: str
    state: BalancerState
    dns_name: str = field(default="", name="DNSName")
    vpc_id: str = ""
    scheme: str = ""
    ip_address_type: str = ""
    canonical_hosted_zone_id: str = ""
    availability_zones: tuple[BalancerZone, ...] = ()
    security_groups: tuple[str, ...] = ()

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


class WeightedGroup(Fact, frozen=True, kw_only=True):
    target_group_arn: str
    weight: int = 1

    @property
    def name(self) -> str:
        return target_group_name(self.target_group_arn)


class Forward(Fact, frozen=True, kw_only=True):
    target_groups: tuple[WeightedGroup, ...] = ()


class FixedResponse(Fact, frozen=True, kw_only=True):
    status_code: str = ""


class ListenerAction(Fact, frozen=True, kw_only=True):
    """A single target group stands in ``target_group_arn``, several in ``forward_config``, one often in both."""

    type: str
    redirect_config: Redirect | None = None
    fixed_response_config: FixedResponse | None = None
    target_group_arn: str = ""
    forward_config: Forward | None = None

    @property
    def groups(self) -> tuple[WeightedGroup, ...]:
        """Where a ``forward`` sends, with weights; empty for other actions."""
        if self.forward_config and self.forward_config.target_groups:
            return self.forward_config.target_groups
        return (WeightedGroup(target_group_arn=self.target_group_arn),) if self.target_group_arn else ()


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


class HostHeader(Fact, frozen=True, kw_only=True):
    values: tuple[str, ...] = ()
    regex_values: tuple[str, ...] = ()


class PathPattern(Fact, frozen=True, kw_only=True):
    values: tuple[str, ...] = ()
    regex_values: tuple[str, ...] = ()


class RuleCondition(Fact, frozen=True, kw_only=True):
    """``values`` is the older form of the two configs; answers carry both."""

    field: str = ""
    values: tuple[str, ...] = ()
    host_header_config: HostHeader = HostHeader()
    path_pattern_config: PathPattern = PathPattern()


class ListenerRule(Fact, frozen=True, kw_only=True):
    """``priority`` is a number as text, or ``default``."""

    rule_arn: str
    priority: str = ""
    is_default: bool = False
    conditions: tuple[RuleCondition, ...] = ()
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


class Attribute(Fact, frozen=True, kw_only=True):
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
