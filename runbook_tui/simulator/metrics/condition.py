"""In which condition a service is: what its metrics follow from, together with the load."""

from msgspec import Struct


class Condition(Struct, frozen=True, kw_only=True):
    """One ECS service behind a load balancer, as it was for a while.

    ``answering`` are the targets that the balancer sends requests to: the healthy ones, or, when none is healthy, all
    that are registered. ``reachable`` of them answer at all. ``error_rate`` and ``latency_factor`` are the
    application's own. ``balancer`` and ``group`` are CloudWatch's dimensions, empty without a load balancer.
    """

    cluster: str
    service: str
    family: str
    environment: str
    balancer: str = ""
    group: str = ""
    insights: bool = False
    desired: int = 0
    running: int = 0
    pending: int = 0
    deployments: int = 1
    healthy: int = 0
    unhealthy: int = 0
    answering: int = 0
    reachable: int = 0
    error_rate: float = 0.0
    latency_factor: float = 1.0
    memory_mib: float = 0.0
    cpu_units: int = 1024
    memory_limit: int = 2048

    @property
    def naming(self) -> tuple[object, ...]:
        """All that the names of its metrics depend on: their values change each minute of an outage, these do not."""
        return self.cluster, self.service, self.family, self.balancer, self.group, self.insights
