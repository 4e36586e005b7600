"""What ``ecs`` says about the site. Each method asks with the same parameters always, so a sweep asks once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.border import FactType, LowerFact, missing_is, parse_all
from runbook_tui.aws.facts.ecs_release import Revision, ServiceRevision, read_revision
from runbook_tui.aws.facts.ecs_service import Cluster, Service, ServiceDeployment
from runbook_tui.aws.facts.ecs_task import Task, TaskDefinition
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.network import SecurityGroup, Subnet

CLUSTER: Final = "ecs:cluster"
SERVICE: Final = "ecs:service"
TASK_DEFINITION: Final = "ecs:task-definition"

CREATE_CLUSTER: Final = "create the cluster, or correct ecs.cluster in the site file"
CREATE_SERVICE: Final = "create the service, or correct the environment's service in the site file"
TASKS_A_REQUEST: Final = 100  # describe_tasks takes no more
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Failure(LowerFact, frozen=True, kw_only=True):
    """What ECS says instead of an error: one entry for each name that it could not describe."""

    reason: str = ""
    detail: str = ""


class EcsFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def cluster(self, name: str) -> Cluster:
        """An INACTIVE one too: a deleted cluster still answers for a while. Missing ``ecs:cluster``."""
        asked = {"clusters": [name], "include": ["SETTINGS", "STATISTICS", "TAGS"]}
        with missing_is(CLUSTER, name, CREATE_CLUSTER):
            answer = self._reader.read("ecs", "describe_clusters", **asked)
            _refuse_failures(answer, CLUSTER, name)
        return _only(parse_all(answer, "clusters", Cluster), "describe_clusters", name)

    def known_service(self, cluster: str, name: str) -> Service:
        """An INACTIVE one too. Missing ``ecs:service``, or ``ecs:cluster`` when that is not there either."""
        asked = {"cluster": cluster, "services": [name], "include": ["TAGS"]}
        with missing_is(CLUSTER, cluster, CREATE_CLUSTER):
            answer = self._reader.read("ecs", "describe_services", **asked)
        with missing_is(SERVICE, name, CREATE_SERVICE):
            _refuse_failures(answer, SERVICE, name)
        return _only(parse_all(answer, "services", Service), "describe_services", name)

    def service(self, cluster: str, name: str) -> Service:
        """A service that exists: a deleted one, which answers as INACTIVE for a while, is Missing."""
        found = self.known_service(cluster, name)
        if found.status == "INACTIVE":
            raise Missing(SERVICE, name, remedy=CREATE_SERVICE)
        return found

    def service_deployments(self, cluster: str, service: str) -> tuple[ServiceDeployment, ...]:
        """Newest first, 90 days back, without breaker and rollback. Unsupported on endpoints without them."""
        with missing_is(SERVICE, service, CREATE_SERVICE):
            answer = self._reader.read("ecs", "list_service_deployments", cluster=cluster, service=service)
        found = listed(answer, "serviceDeployments", ServiceDeployment)
        return tuple(sorted(found, key=lambda one: one.began or LONG_AGO, reverse=True))

    def service_deployment(self, arn: str) -> ServiceDeployment:
        """One release with its breaker's count and the reason of its rollback."""
        with missing_is("ecs:service-deployment", arn):
            answer = self._reader.read("ecs", "describe_service_deployments", serviceDeploymentArns=[arn])
            _refuse_failures(answer, "ecs:service-deployment", arn)
        return _only(parse_all(answer, "serviceDeployments", ServiceDeployment), "describe_service_deployments", arn)

    def task_definition(self, name: str) -> TaskDefinition:
        """A bare family means its newest ACTIVE revision. Missing ``ecs:task-definition``."""
        with missing_is(TASK_DEFINITION, name, "register a task definition of this family"):
            answer = self._reader.read("ecs", "describe_task_definition", taskDefinition=name)
        return TaskDefinition.from_api(answer.get("taskDefinition"))

    def service_revisions(self, arns: Sequence[str]) -> tuple[ServiceRevision, ...]:
        """In their order; those that ECS has forgotten are left out."""
        answer = self._reader.read("ecs", "describe_service_revisions", serviceRevisionArns=list(arns))
        known = {one.service_revision_arn: one for one in listed(answer, "serviceRevisions", ServiceRevision)}
        return tuple(known[arn] for arn in arns if arn in known)

    def active_revisions(self, family: str) -> tuple[Revision, ...]:
        """Of this family alone, newest first: AWS answers every family whose name begins with it."""
        asked = {"familyPrefix": family, "status": "ACTIVE", "sort": "DESC"}
        answer = self._reader.read("ecs", "list_task_definitions", **asked)
        found = map(read_revision, listed(answer, "taskDefinitionArns", str))
        return tuple(sorted((one for one in found if one.family == family), key=lambda one: -one.number))

    def tasks(self, cluster: str, service: str, desired_status: str) -> tuple[Task, ...]:
        """``desired_status`` RUNNING, or STOPPED: those of the last hour or so. Gone ones are left out."""
        asked = {"cluster": cluster, "serviceName": service, "desiredStatus": desired_status}
        with missing_is(SERVICE, service, CREATE_SERVICE):
            answer = self._reader.read("ecs", "list_tasks", **asked)
        arns = sorted(listed(answer, "taskArns", str))
        chunks = [arns[start : start + TASKS_A_REQUEST] for start in range(0, len(arns), TASKS_A_REQUEST)]
        return tuple(task for chunk in chunks for task in self._described(cluster, chunk))

    def _described(self, cluster: str, arns: list[str]) -> tuple[Task, ...]:
        with missing_is(CLUSTER, cluster, CREATE_CLUSTER):
            answer = self._reader.read("ecs", "describe_tasks", cluster=cluster, tasks=arns)
        return listed(answer, "tasks", Task)

    def subnets_of(self, service: Service) -> tuple[Subnet, ...]:
        """The subnets its tasks are placed in, asked by id. Missing ``ec2:subnet``."""
        ids = sorted(service.placement.subnets)
        with missing_is("ec2:subnet", ", ".join(ids), "give the service subnets that exist"):
            answer = self._reader.read("ec2", "describe_subnets", SubnetIds=ids)
        return listed(answer, "Subnets", Subnet)

    def groups_of(self, service: Service) -> tuple[SecurityGroup, ...]:
        """The security groups of its tasks, asked by id: they are in the tasks' VPC, whatever its name."""
        ids = sorted(service.placement.security_groups)
        with missing_is("ec2:security-group", ", ".join(ids), "give the service security groups that exist"):
            answer = self._reader.read("ec2", "describe_security_groups", GroupIds=ids)
        return listed(answer, "SecurityGroups", SecurityGroup)


def _refuse_failures(answer: Mapping[str, Any], kind: str, name: str) -> None:
    for failure in parse_all(answer, "failures", Failure):
        if failure.reason == "MISSING":
            raise Missing(kind, name)
        raise Malformed(f"ECS could not describe {name}: {failure.reason} {failure.detail}".strip(), remedy="try again")


def _only(found: tuple[FactType, ...], operation: str, name: str) -> FactType:
    if len(found) != 1:
        raise Malformed(f"{operation} answered {len(found)} entries for {name}, expected one", remedy="try again")
    return found[0]
