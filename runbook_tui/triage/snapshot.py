"""What is seen of one environment at one moment: typed readings, and what could not be seen. Pure data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct

from runbook_tui.aws.facts.acm import Certificate
from runbook_tui.aws.facts.alarms import HistoryItem
from runbook_tui.aws.facts.autoscaling import ScalingActivity
from runbook_tui.aws.facts.balancing import LoadBalancer, TargetHealth
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.aws.facts.codepipeline import Execution
from runbook_tui.aws.facts.ecs_service import Service, ServiceDeployment
from runbook_tui.aws.facts.ecs_task import Task
from runbook_tui.aws.facts.health import HealthEvent
from runbook_tui.aws.facts.logs import LogEvent
from runbook_tui.aws.facts.parameters import Parameter
from runbook_tui.aws.facts.route53 import DnsAnswer
from runbook_tui.aws.facts.secrets import Secret
from runbook_tui.aws.facts.series import Series, Window
from runbook_tui.aws.facts.trail_event import TrailEvent
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.core.verdict import Verdict

Reading = TypeVar("Reading")


class Unseen(Struct, frozen=True, kw_only=True):
    """A part that could not be read. ``operation`` is the IAM action that it needs, or the check; ``why`` begins with
    denied, throttled, timeout, server, not enabled, missing or undecided."""

    operation: str
    why: str


class Metrics(Struct, frozen=True, kw_only=True):
    """Series by id, a point a minute: of the last hour, and of the same hour a week before."""

    window: Window
    now: Mapping[str, Series]
    week_before: Mapping[str, Series]


class Balancer(Struct, frozen=True, kw_only=True):
    """``attributes`` by key, as ELB spells them."""

    load_balancer: LoadBalancer
    attributes: Mapping[str, str]


class Probed(Struct, frozen=True, kw_only=True):
    """What a client of the application gets, over HTTPS and over HTTP."""

    https: Answer | Failure
    http: Answer | Failure


class Growth(Struct, frozen=True, kw_only=True):
    """USD a day by service, and by service and usage type: of a week three weeks before, and of the last whole one."""

    services: Mapping[str, tuple[float, float]]
    usages: Mapping[str, tuple[float, float]]


class Snapshot(Struct, frozen=True, kw_only=True):
    """Every part is a reading, or Unseen, or None where the site has no such thing.

    ``targets`` are by environment: of the own one, and of its neighbours behind the same load balancer. ``checks``
    are verdicts by id. ``lines`` are those of the last 15 minutes that look like errors. ``growth`` is None where
    nobody asked for costs.
    """

    environment: str
    at: datetime
    service: Service | Unseen | None = None
    running: tuple[Task, ...] | Unseen | None = None
    stopped: tuple[Task, ...] | Unseen | None = None
    deployments: tuple[ServiceDeployment, ...] | Unseen | None = None
    targets: Mapping[str, tuple[TargetHealth, ...]] | Unseen | None = None
    balancer: Balancer | Unseen | None = None
    alarms: Alarms | Unseen | None = None
    transitions: tuple[HistoryItem, ...] | Unseen | None = None
    metrics: Metrics | Unseen | None = None
    lines: tuple[LogEvent, ...] | Unseen | None = None
    scaling: tuple[ScalingActivity, ...] | Unseen | None = None
    trail: tuple[TrailEvent, ...] | Unseen | None = None
    secret: Secret | Unseen | None = None
    parameters: tuple[Parameter, ...] | Unseen | None = None
    certificates: tuple[Certificate, ...] | Unseen | None = None
    dns: DnsAnswer | Unseen | None = None
    health: tuple[HealthEvent, ...] | Unseen | None = None
    probe: Probed | Unseen | None = None
    pipeline: tuple[Execution, ...] | Unseen | None = None
    growth: Growth | Unseen | None = None
    checks: Mapping[str, Verdict | Unseen] = {}

    @property
    def unseen(self) -> tuple[Unseen, ...]:
        parts: tuple[Any, ...] = (*(getattr(self, name) for name in PARTS), *self.checks.values())
        return tuple(dict.fromkeys(one for one in parts if isinstance(one, Unseen)))


PARTS = tuple(name for name in Snapshot.__struct_fields__ if name not in ("environment", "at", "checks"))


def seen(reading: Reading | Unseen | None) -> Reading | None:
    return None if isinstance(reading, Unseen) else reading
