"""What the engine remembers of tasks, deployments and services beside moto's models."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

from msgspec import Struct, field

from runbook_tui.simulator.agenda import Appointment
from runbook_tui.simulator.ecs.container_check import ContainerCheck
from runbook_tui.simulator.image_behaviour import HEALTHY, ImageBehaviour


class Stage(StrEnum):
    """A task's ``lastStatus``, in order."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"


_STAGES = {each.value: each for each in Stage}  # five times as fast as the enum's own look-up


class Health(Enum):
    """As the scheduler counts: a task that nobody could judge yet is neither healthy nor unhealthy."""

    WAITING = "waiting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


class Rollout(Struct, eq=False, kw_only=True):
    """One deployment of a service. ``described`` is the API's own view, the same object as in the service's list.

    ``keeps`` is how many of its tasks an old one still has to run. ``failures`` are consecutive. ``bakes_until`` is
    set when all tasks run and the alarms are still watched. ``ignored`` are alarms that rang before it began.
    """

    id: str
    definition: str
    network: Mapping[str, Any]
    balancers: Sequence[Mapping[str, Any]]
    revision: str
    described: dict[str, Any]
    release: dict[str, Any]
    keeps: int = 0
    failures: int = 0
    completed: bool = False
    bakes_until: datetime | None = None
    ignored: frozenset[str] = frozenset()

    @property
    def state(self) -> str:
        return str(self.described["rolloutState"])


class Life(Struct, eq=False, kw_only=True):
    """One task, from its launch on. ``counted``: its failure is in its rollout's count already. ``said_hello``: its
    application has come up, and its log says so.

    ``complaint`` is why it is unhealthy, as ``stoppedReason`` will say. ``changed`` is called at every new stage.
    """

    task: Any
    balancers: Sequence[Mapping[str, Any]] = ()
    rollout: Rollout | None = None
    changed: Callable[["Life"], None] = lambda _life: None
    behaviour: ImageBehaviour = HEALTHY
    health: Health = Health.WAITING
    was_healthy: bool = False
    counted: bool = False
    complaint: str = ""
    failing_since: datetime | None = None
    said_hello: bool = False
    ahead: list[Appointment] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        return _STAGES[self.task.last_status]

    @property
    def wanted(self) -> bool:
        return bool(self.task.desired_status == "RUNNING")


class Plan(Struct, eq=False, kw_only=True):
    """What the scheduler knows of one service. ``rollouts``: the newest, which is the primary one, first.

    ``start_failures`` are consecutive tasks that never ran; ``retry_at`` is until when nothing is started for that.
    ``registered`` are tasks that became targets since the last look. ``extra`` is a task more than desired, while
    zones are being balanced.
    """

    service: Any
    rollouts: list[Rollout] = field(default_factory=list)
    history: list[Rollout] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    start_failures: int = 0
    retry_at: datetime | None = None
    registered: int = 0
    extra: int = 0
    rebalances: bool = False
    steady_since: datetime | None = None
    alarms_seen_at: datetime | None = None
    next_look: Appointment | None = None
    said: dict[str, datetime] = field(default_factory=dict)

    @property
    def primary(self) -> Rollout:
        return self.rollouts[0]

    def wanted(self) -> list[Life]:
        return [each for each in self.lives if each.wanted]


class Schedule:
    """``plans`` by service ARN, ``lives`` by task id, ``checks`` by the ARN of a task definition, which never changes.
    ``watched``: the world tells the scheduler of its changes.

    ``no_capacity`` is why AWS has no room for any more tasks, as it would say it; empty when it has.
    """

    def __init__(self) -> None:
        self.no_capacity = ""
        self.watched = False
        self.plans: dict[str, Plan] = {}
        self.lives: dict[str, Life] = {}
        self.checks: dict[str, ContainerCheck | None] = {}
