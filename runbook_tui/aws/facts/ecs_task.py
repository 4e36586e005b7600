"""Facts of task definitions and tasks. Members as ``ecs`` describes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.border import LowerFact, parse
from runbook_tui.aws.facts.moment import Moment


class PortMapping(LowerFact, frozen=True, kw_only=True):
    """0 where AWS names no port: a range, or a host port that follows the container's."""

    container_port: int = 0
    host_port: int = 0
    protocol: str = "tcp"


class Variable(LowerFact, frozen=True, kw_only=True):
    """Its value may be a secret that does not belong here: never evidence."""

    name: str = ""
    value: str = ""


class ContainerSecret(LowerFact, frozen=True, kw_only=True):
    """``value_from`` says where the value is, and is itself no secret."""

    name: str
    value_from: str


class LogConfiguration(LowerFact, frozen=True, kw_only=True):
    """Options of drivers other than awslogs may hold tokens."""

    log_driver: str
    options: Mapping[str, str] = {}
    secret_options: tuple[ContainerSecret, ...] = ()


_NO_LOGS: Final = LogConfiguration(log_driver="")


class HealthCheck(LowerFact, frozen=True, kw_only=True):
    """Seconds; the defaults are those of ECS."""

    command: tuple[str, ...]
    interval: int = 30
    timeout: int = 5
    retries: int = 3
    start_period: int = 0


class EnvironmentFile(LowerFact, frozen=True, kw_only=True):
    """``value`` is the ARN of an object in S3 that holds variables."""

    value: str = ""


class LinuxParameters(LowerFact, frozen=True, kw_only=True):
    init_process_enabled: bool = False


class Container(LowerFact, frozen=True, kw_only=True):
    """``memory`` is its hard limit in MiB; what AWS leaves out is None or, as text, empty."""

    name: str
    image: str = ""
    essential: bool = True
    memory: int | None = None
    command: tuple[str, ...] = ()
    environment_files: tuple[EnvironmentFile, ...] = ()
    user: str = ""
    privileged: bool = False
    readonly_root_filesystem: bool = False
    linux_parameters: LinuxParameters = LinuxParameters()
    stop_timeout: int | None = None
    port_mappings: tuple[PortMapping, ...] = ()
    environment: tuple[Variable, ...] = ()
    secrets: tuple[ContainerSecret, ...] = ()
    log_configuration: LogConfiguration | None = None
    health_check: HealthCheck | None = None

    def variable(self, name: str) -> str | None:
        return next((one.value for one in self.environment if one.name == name), None)


class RuntimePlatform(LowerFact, frozen=True, kw_only=True):
    cpu_architecture: str = "X86_64"


class TaskDefinition(LowerFact, frozen=True, kw_only=True):
    """``cpu`` and ``memory`` are texts: ``1024``, or ``1 vCPU`` and ``2 GB`` as they were registered."""

    task_definition_arn: str
    family: str
    revision: int
    status: str = "ACTIVE"
    cpu: str = ""
    memory: str = ""
    network_mode: str = ""
    compatibilities: tuple[str, ...] = ()
    requires_compatibilities: tuple[str, ...] = ()
    runtime_platform: RuntimePlatform = RuntimePlatform()
    registered_at: Moment | None = None
    registered_by: str = ""
    task_role_arn: str = ""
    execution_role_arn: str = ""
    container_definitions: tuple[Container, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    @property
    def label(self) -> str:
        return f"{self.family}:{self.revision}"

    @property
    def account(self) -> str:
        """``arn:aws:ecs:REGION:ACCOUNT:task-definition/…``; empty for anything else."""
        parts = self.task_definition_arn.split(":")
        return parts[4] if len(parts) > 5 else ""

    @property
    def values_from(self) -> tuple[str, ...]:
        """Every reference to a secret or parameter, of all containers and of their logs."""
        found: list[str] = []
        for one in self.container_definitions:
            found += [secret.value_from for secret in one.secrets]
            found += [secret.value_from for secret in (one.log_configuration or _NO_LOGS).secret_options]
        return tuple(found)

    def container(self, name: str) -> Container:
        """Missing ``ecs:container`` when the revision has none of that name."""
        found = next((one for one in self.container_definitions if one.name == name), None)
        if found is None:
            there = ", ".join(one.name for one in self.container_definitions) or "none"
            remedy = f"register a revision that has it, or correct the site's container (there: {there})"
            raise Missing("ecs:container", f"{name} in {self.label}", remedy=remedy)
        return found


class Detail(LowerFact, frozen=True, kw_only=True):
    name: str = ""
    value: str = ""


class Attachment(LowerFact, frozen=True, kw_only=True):
    details: tuple[Detail, ...] = ()


class TaskContainer(LowerFact, frozen=True, kw_only=True):
    """``health_status`` is HEALTHY, UNHEALTHY or UNKNOWN; ``image_digest`` empty until the image was pulled."""

    name: str = ""
    health_status: str = "UNKNOWN"
    exit_code: int | None = None
    reason: str = ""
    image_digest: str = ""


class Task(LowerFact, frozen=True, kw_only=True):
    """``started_by`` is the id of the deployment that started it (``ecs-svc/…``)."""

    task_arn: str
    last_status: str = ""
    availability_zone: str = ""
    started_by: str = ""
    stop_code: str = ""
    stopped_reason: str = ""
    started_at: Moment | None = None
    stopping_at: Moment | None = None
    execution_stopped_at: Moment | None = None
    stopped_at: Moment | None = None
    containers: tuple[TaskContainer, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    def container(self, name: str) -> TaskContainer | None:
        return next((one for one in self.containers if one.name == name), None)

    @property
    def subnet_id(self) -> str:
        details = (detail for attachment in self.attachments for detail in attachment.details)
        return next((detail.value for detail in details if detail.name == "subnetId"), "")

    @property
    def ended_at(self) -> datetime | None:
        """None while ECS has not begun to stop it."""
        return self.stopped_at or self.execution_stopped_at or self.stopping_at

    @property
    def exit_codes(self) -> tuple[int, ...]:
        return tuple(one.exit_code for one in self.containers if one.exit_code is not None)

    @property
    def reasons(self) -> str:
        """Everything ECS says about its end, in one text."""
        return " ".join(filter(None, (self.stopped_reason, *(one.reason for one in self.containers))))
