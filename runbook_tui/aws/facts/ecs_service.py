"""Facts of a cluster, a service and its deployments. Members as ``ecs`` describes them."""

from datetime import datetime
from typing import Any, Final, Self

from msgspec import field

from runbook_tui.aws.facts.balancing import target_group_name
from runbook_tui.aws.facts.border import LowerFact, parse
from runbook_tui.aws.facts.moment import Moment

STEADY_STATE: Final = "has reached a steady state"
FARGATE_PROVIDERS: Final = frozenset({"FARGATE", "FARGATE_SPOT"})


class Setting(LowerFact, frozen=True, kw_only=True):
    name: str
    value: str = ""


class ProviderShare(LowerFact, frozen=True, kw_only=True):
    """One line of a capacity provider strategy."""

    capacity_provider: str


class Cluster(LowerFact, frozen=True, kw_only=True):
    cluster_arn: str
    cluster_name: str
    status: str
    settings: tuple[Setting, ...] = ()
    capacity_providers: tuple[str, ...] = ()
    default_capacity_provider_strategy: tuple[ProviderShare, ...] = ()
    active_services_count: int = 0
    running_tasks_count: int = 0
    pending_tasks_count: int = 0

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def container_insights(self) -> str:
        """``enabled``, ``enhanced`` or ``disabled``; empty where AWS named no such setting."""
        return next((one.value for one in self.settings if one.name == "containerInsights"), "")


class LoadBalancerLink(LowerFact, frozen=True, kw_only=True):
    """Where a service registers its tasks. A classic load balancer has a name and no target group."""

    target_group_arn: str = ""
    container_name: str = ""
    container_port: int = 0

    @property
    def target_group_name(self) -> str:
        return target_group_name(self.target_group_arn)


class BreakerThreshold(LowerFact, frozen=True, kw_only=True):
    """COUNT of failed tasks, or a percentage of the desired count, bounded to 3 … 200 or not."""

    type: str = "BOUNDED_PERCENT"
    value: int | None = None


class CircuitBreaker(LowerFact, frozen=True, kw_only=True):
    enable: bool = False
    rollback: bool = False
    threshold_configuration: BreakerThreshold = BreakerThreshold()


class DeploymentAlarms(LowerFact, frozen=True, kw_only=True):
    alarm_names: tuple[str, ...] = ()
    enable: bool = False
    rollback: bool = False


class DeploymentConfiguration(LowerFact, frozen=True, kw_only=True):
    deployment_circuit_breaker: CircuitBreaker = CircuitBreaker()
    alarms: DeploymentAlarms = DeploymentAlarms()
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    strategy: str = "ROLLING"


class DeploymentController(LowerFact, frozen=True, kw_only=True):
    type: str = "ECS"


class VpcPlacement(LowerFact, frozen=True, kw_only=True):
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: str = "DISABLED"


class NetworkConfiguration(LowerFact, frozen=True, kw_only=True):
    awsvpc_configuration: VpcPlacement = VpcPlacement()


class Deployment(LowerFact, frozen=True, kw_only=True):
    """``rollout_state`` is empty where AWS keeps none (controllers other than ECS)."""

    id: str
    status: str
    task_definition: str = ""
    rollout_state: str = ""
    rollout_state_reason: str = ""
    failed_tasks: int = 0
    desired_count: int = 0
    running_count: int = 0
    pending_count: int = 0
    created_at: Moment | None = None
    updated_at: Moment | None = None


class ServiceEvent(LowerFact, frozen=True, kw_only=True):
    created_at: Moment
    message: str

    @property
    def says_steady(self) -> bool:
        return STEADY_STATE in self.message.lower()


class Service(LowerFact, frozen=True, kw_only=True):
    """``availability_zone_rebalancing`` that was never set means DISABLED (the API's own words)."""

    service_arn: str
    service_name: str
    status: str
    desired_count: int
    running_count: int
    pending_count: int
    launch_type: str = ""
    capacity_provider_strategy: tuple[ProviderShare, ...] = ()
    platform_version: str = "LATEST"
    scheduling_strategy: str = "REPLICA"
    deployment_controller: DeploymentController = DeploymentController()
    deployment_configuration: DeploymentConfiguration = DeploymentConfiguration()
    task_definition: str = ""
    deployments: tuple[Deployment, ...] = ()
    events: tuple[ServiceEvent, ...] = ()
    load_balancers: tuple[LoadBalancerLink, ...] = ()
    network_configuration: NetworkConfiguration = NetworkConfiguration()
    grace_seconds: int | None = field(default=None, name="healthCheckGracePeriodSeconds")
    enable_execute_command: bool = False
    availability_zone_rebalancing: str = "DISABLED"

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def controller(self) -> str:
        return self.deployment_controller.type

    @property
    def placement(self) -> VpcPlacement:
        return self.network_configuration.awsvpc_configuration

    @property
    def on_fargate(self) -> bool:
        """AWS leaves the launch type out when a capacity provider strategy is used."""
        providers = {share.capacity_provider for share in self.capacity_provider_strategy}
        return self.launch_type == "FARGATE" or (bool(providers) and providers <= FARGATE_PROVIDERS)

    @property
    def primary(self) -> Deployment | None:
        return next((one for one in self.deployments if one.status == "PRIMARY"), None)

    @property
    def deploying(self) -> bool:
        return any(one.rollout_state == "IN_PROGRESS" for one in self.deployments)

    @property
    def newest_events(self) -> tuple[ServiceEvent, ...]:
        return tuple(sorted(self.events, key=lambda event: event.created_at, reverse=True))

    def unsettled_since(self) -> datetime | None:
        """Time of the first event after the newest "has reached a steady state".

        Without a steady state among the last 100 events, the oldest one. None when nothing happened since.
        """
        since: datetime | None = None
        for event in self.newest_events:
            if event.says_steady:
                return since
            since = event.created_at
        return since


class RollbackNote(LowerFact, frozen=True, kw_only=True):
    reason: str = ""
    service_revision_arn: str = ""


class BreakerCount(LowerFact, frozen=True, kw_only=True):
    """TRIGGERED, MONITORING, MONITORING_COMPLETE or DISABLED; it trips at ``threshold`` failed tasks."""

    status: str = ""
    failure_count: int = 0
    threshold: int = 0


class WatchedAlarms(LowerFact, frozen=True, kw_only=True):
    status: str = ""
    triggered_alarm_names: tuple[str, ...] = ()


class LifecycleHook(LowerFact, frozen=True, kw_only=True):
    """AWAITING_ACTION, IN_PROGRESS, SUCCEEDED, FAILED or TIMED_OUT."""

    hook_id: str = ""
    status: str = ""


class ServiceDeployment(LowerFact, frozen=True, kw_only=True):
    """One release of a service, as the API remembers it for 90 days. The list leaves breaker and rollback out,
    and is alone in naming the revision by ``target_service_revision_arn``."""

    arn: str = field(name="serviceDeploymentArn")
    status: str
    status_reason: str = ""
    target_service_revision_arn: str = ""
    finished_at: Moment | None = None
    lifecycle_stage: str = ""
    lifecycle_hook_details: tuple[LifecycleHook, ...] = ()
    alarms: WatchedAlarms = WatchedAlarms()
    created_at: Moment | None = None
    started_at: Moment | None = None
    rollback: RollbackNote = RollbackNote()
    breaker: BreakerCount = field(default=BreakerCount(), name="deploymentCircuitBreaker")

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def began(self) -> datetime | None:
        return self.created_at or self.started_at
