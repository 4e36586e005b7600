"""Roles that the backend needs and nobody has made yet (guide 1.2)."""

from runbook_tui.actions.iam.attaching import attach
from runbook_tui.actions.iam.cicd_trust import cicd_trust
from runbook_tui.actions.iam.documents import TASKS, account_of, trust
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.iam import CICD_ROLE, EXECUTION_ROLE, TASK_ROLE
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.catalogue.permissions import partition
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("iam.create-task-role", guide="1.2", fixes=("iam.task-role.exists",))
def create_task_role(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Each environment's tasks have a role, which ECS may assume for this account's tasks alone.

    The check wants the roles of all environments at once; a role that may do nothing hurts none of them.
    """
    document, made = trust([TASKS], account_of(aws, site)), "What the backend's tasks may do"
    owners = {site.iam.task_role_of(one.name): one if site.iam.roles_per_env else None for one in _own_first(site, env)}
    absent = [name for name in owners if not _exists(aws, name, TASK_ROLE)]
    calls = tuple(_create(name, document, made, site, owners[name], place) for place, name in enumerate(absent, 1))
    effect = "It may do nothing yet: its policies come next."
    return _plan("iam.create-task-role", env, site.iam.task_role_of(env.name), effect, calls)


@action("iam.create-execution-role", guide="1.2", fixes=("iam.exec-role.exists",))
def create_execution_role(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ECS has a role with which it pulls images and writes logs."""
    name = site.iam.execution_role
    create = _create(name, trust([TASKS], account_of(aws, site)), "What ECS needs to start the backend", site, None)
    managed = f"arn:{partition(site.aws.region)}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    calls = () if _exists(aws, name, EXECUTION_ROLE) else (create, attach(name, managed))
    effect = "It may pull images and write logs; to read secrets it is allowed for each environment."
    return _plan("iam.create-execution-role", env, name, effect, calls)


@action("iam.create-cicd-role", guide="1.2", fixes=("iam.cicd-role.exists",))
def create_cicd_role(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The pipeline has a role, which it alone may assume."""
    name = site.iam.cicd_role
    effect = "It may do nothing yet: its policy comes next."
    if _exists(aws, name, CICD_ROLE):
        return _plan("iam.create-cicd-role", env, name, effect, ())
    if site.cicd.kind == "none" or (site.cicd.kind == "github" and site.cicd.auth == "access_keys"):
        raise CannotPlan("the pipeline assumes no role", "set cicd.kind and cicd.auth in the site file")
    create = _create(name, cicd_trust(aws, site, inputs, None), "What the pipeline may do", site, None)
    return _plan("iam.create-cicd-role", env, name, effect, (create,))


def _own_first(site: Site, env: Environment) -> list[Environment]:
    return sorted(site.environments.values(), key=lambda one: (one.name != env.name, one.name))


def _exists(aws: Aws, name: str, kind: str) -> bool:
    try:
        aws.iam.role(name, kind)
    except Missing:
        return False
    return True


def _create(name: str, trusted: str, description: str, site: Site, env: Environment | None, place: int = 1) -> ApiCall:
    number = "" if place == 1 else f"-{place}"
    return ApiCall(
        id=f"create-role{number}",
        service="iam",
        operation="create_role",
        parameters={
            "RoleName": name,
            "AssumeRolePolicyDocument": trusted,
            "Description": description,
            "Tags": listed(tags_of(site, env)),
        },
        effect=f"{name} is made",
        not_yet=("MalformedPolicyDocument",),  # a provider that was made seconds ago is not known everywhere
        undo=(
            ApiCall(
                id=f"delete-role{number}",
                service="iam",
                operation="delete_role",
                parameters={"RoleName": name},
                effect=f"{name} is deleted",
                gone=("NoSuchEntity",),
            ),
        ),
    )


def _plan(action_id: str, env: Environment, role: str, effect: str, calls: tuple[ApiCall, ...]) -> Plan:
    return Plan(
        action=action_id,
        title=f"Create the role {role}",
        environment=env.name,
        resource=role,
        effect=effect,
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=call.effect.rpartition(" is ")[0], before="", after="new") for call in calls),
        permissions=needed(calls),
    )
