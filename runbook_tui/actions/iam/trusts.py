"""Who may assume a role: its trust policy, put right (guide 1.2)."""

from runbook_tui.actions.iam.cicd_trust import cicd_trust
from runbook_tui.actions.iam.documents import TASKS, account_of, same, trust
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import CICD_ROLE, EXECUTION_ROLE, TASK_ROLE
from runbook_tui.aws.facts.iam_types import Role
from runbook_tui.aws.facts.policy_document import as_text
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("iam.set-task-trust", guide="1.2", fixes=("iam.task-role.trust",))
def set_task_trust(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ECS may assume the task role for this account's tasks, and nobody else may."""
    role = aws.iam.role(site.iam.task_role_of(env.name), TASK_ROLE)
    return _plan(aws, env, "iam.set-task-trust", role, trust([TASKS], account_of(aws, site)))


@action("iam.set-execution-trust", guide="1.2", fixes=("iam.exec-role.exists",))
def set_execution_trust(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ECS may assume the execution role for this account's tasks, and nobody else may."""
    role = aws.iam.role(site.iam.execution_role, EXECUTION_ROLE)
    return _plan(aws, env, "iam.set-execution-trust", role, trust([TASKS], account_of(aws, site)))


@action("iam.set-cicd-trust", guide="1.2", fixes=("iam.cicd-role.trust-github", "iam.cicd-role.trust-codepipeline"))
def set_cicd_trust(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The site's pipeline may assume the pipeline's role, and nobody else may."""
    role = aws.iam.role(site.iam.cicd_role, CICD_ROLE)
    return _plan(aws, env, "iam.set-cicd-trust", role, cicd_trust(aws, site, inputs, role))


def _plan(aws: Aws, env: Environment, action_id: str, role: Role, wanted: str) -> Plan:
    recorded = as_text(aws.reader.read("iam", "get_role", RoleName=role.role_name)["Role"]["AssumeRolePolicyDocument"])
    back = _put(role.role_name, recorded, "those who might assume it may again")
    calls = () if same(recorded, wanted) else (_put(role.role_name, wanted, "the document is replaced", (back,)),)
    return Plan(
        action=action_id,
        title=f"Say anew who may assume {role.role_name}",
        environment=env.name,
        resource=role.role_name,
        effect="Sessions that were opened before stay valid until they end.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what="trust policy", before=recorded, after=wanted),) if calls else (),
        warnings=("whoever else is named in it now can no longer assume the role",) if calls else (),
        permissions=needed(calls),
    )


def _put(role: str, text: str, effect: str, undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    return ApiCall(
        id="put-trust",
        service="iam",
        operation="update_assume_role_policy",
        parameters={"RoleName": role, "PolicyDocument": text},
        effect=effect,
        undo=undo,
    )
