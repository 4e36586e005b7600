"""The policy with which an operator can walk one runbook: its checks, what its waits read, and its changes. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from runbook_tui.aws.besides import PASS_ROLE, besides, may_tag
from runbook_tui.aws.operations import iam_action
from runbook_tui.catalogue.permissions import ALWAYS, Document, Statement, fitting, partition, scoped
from runbook_tui.catalogue.progress import all_sources
from runbook_tui.catalogue.reach import calls_of
from runbook_tui.catalogue.registry import Check
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.site import Environment, Site

_TO_TASKS: Final = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


class Grant(Struct, frozen=True, kw_only=True):
    """What is allowed together: ``resources`` are ARNs, ``to_tasks`` restricts handing roles on to ECS tasks."""

    resources: tuple[str, ...]
    to_tasks: bool = False

    @property
    def condition(self) -> Mapping[str, Mapping[str, str]]:
        return _TO_TASKS if self.to_tasks else {}


EVERYWHERE: Final = Grant(resources=("*",))
_Arns = Callable[[Site, Environment, str], Iterable[str]]


def needed_by(step: Step, checks: Mapping[str, Check]) -> tuple[str, ...]:
    """IAM actions, each once, in the order of the alphabet."""
    found = {action for check in step.all_checks if check in checks for action in checks[check].needs}
    if step.wait is not None:
        found.update(action for name in step.wait.progress for action in all_sources()[name].needs)
    if step.action is not None:
        found.update(needed_by_action(step.action.use))
    return tuple(sorted(found))


def needed_by_action(action: str) -> frozenset[str]:
    """To plan it, make it and take it back, and what AWS asks besides."""
    calls = calls_of(action)
    found = {iam_action(service, operation) for service, operation in calls}
    more = (besides(service, operation, tagged=may_tag(operation)) for service, operation in calls)
    return frozenset(found.union(*more))


def operator_policy(runbook: Runbook, checks: Mapping[str, Check], site: Site) -> list[Document]:
    """IAM policy documents, as few as fit into managed policies."""
    needed = {*ALWAYS, *(action for step in runbook.steps for action in needed_by(step, checks))}
    grants: dict[tuple[str, Grant], list[str]] = {}
    for action in sorted(needed):
        service = action.partition(":")[0]
        grants.setdefault((service, grant(action, site, runbook.environments)), []).append(action)
    named = [(service, one, actions) for (service, one), actions in grants.items() if one.resources]
    statements = [_statement(number, *one) for number, one in enumerate(named, 1)]
    return [{"Version": "2012-10-17", "Statement": group} for group in fitting(statements)]


def grant(action: str, site: Site, environments: Sequence[str]) -> Grant:
    """Where this action is allowed: on the site's own things where IAM can tell them by name."""
    found = [site.environments[name] for name in environments if name in site.environments]
    arns = _ON.get(action)
    if arns is None:
        narrow = scoped(site).get(action)
        return EVERYWHERE if narrow is None else Grant(resources=tuple(narrow))
    where = f"{site.aws.region}:{site.aws.account_id or '*'}"
    resources = dict.fromkeys(
        f"arn:{partition(site.aws.region)}:{arn}" for one in found for arn in arns(site, one, where)
    )
    return Grant(resources=tuple(resources), to_tasks=action == PASS_ROLE)


def _statement(number: int, service: str, one: Grant, actions: Sequence[str]) -> Statement:
    name = "".join(word.capitalize() for word in service.split("-"))
    condition = {"Condition": one.condition} if one.condition else {}
    resources = "*" if one == EVERYWHERE else list(one.resources)
    return {
        "Sid": f"{name}{number}",
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources,
        **condition,
    }


def _service(site: Site, env: Environment, where: str) -> Iterable[str]:
    yield f"ecs:{where}:service/{site.ecs.cluster}/{env.service}"


def _deployment(site: Site, env: Environment, where: str) -> Iterable[str]:
    yield f"ecs:{where}:service-deployment/{site.ecs.cluster}/{env.service}/*"


def _roles(site: Site, env: Environment, where: str) -> Iterable[str]:
    account = where.rpartition(":")[2]
    for role in (site.iam.task_role_of(env.name), site.iam.execution_role):
        yield f"iam::{account}:role/{role}"


def _secret(_site: Site, env: Environment, where: str) -> Iterable[str]:
    yield f"secretsmanager:{where}:secret:{env.secret_name}-??????"


def _log_group(_site: Site, env: Environment, where: str) -> Iterable[str]:
    yield f"logs:{where}:log-group:{env.log_group}"
    yield f"logs:{where}:log-group:{env.log_group}:*"


def _repository(_site: Site, env: Environment, where: str) -> Iterable[str]:
    yield f"ecr:{where}:repository/{env.ecr_repo}"


# Changes that IAM can restrict to a thing whose name the site knows. Reading is for everything.
_ON: Final[Mapping[str, _Arns]] = {
    "ecs:UpdateService": _service,
    "ecs:DeleteService": _service,
    "ecs:CreateService": _service,
    "ecs:StopServiceDeployment": _deployment,
    "ecs:ContinueServiceDeployment": _deployment,
    PASS_ROLE: _roles,
    "secretsmanager:PutSecretValue": _secret,
    "secretsmanager:RestoreSecret": _secret,
    "secretsmanager:UpdateSecretVersionStage": _secret,
    "logs:CreateLogGroup": _log_group,
    "logs:DeleteLogGroup": _log_group,
    "logs:DeleteRetentionPolicy": _log_group,
    "logs:GetLogEvents": _log_group,
    "logs:PutRetentionPolicy": _log_group,
    "ecr:DeleteLifecyclePolicy": _repository,
    "ecr:PutImageScanningConfiguration": _repository,
    "ecr:PutImageTagMutability": _repository,
    "ecr:PutLifecyclePolicy": _repository,
    "ecr:StartImageScan": _repository,
}
