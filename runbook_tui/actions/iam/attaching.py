"""AWS's own policies, attached to the site's roles (guide 1.2, 8.3)."""

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import EXECUTION_ROLE, TASK_ROLE
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.catalogue.permissions import partition
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("iam.attach-execution-policy", guide="1.2", fixes=("iam.exec-role.ecr", "iam.exec-role.logs"))
def attach_execution_policy(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ECS may pull every image and write every log of the account, by AWS's own policy."""
    role, policy = site.iam.execution_role, "service-role/AmazonECSTaskExecutionRolePolicy"
    effect = "The next task that starts has these rights; running tasks have what they need already."
    return _plan(aws, site, env, "iam.attach-execution-policy", (role, EXECUTION_ROLE, policy), effect)


@action("iam.attach-xray-policy", guide="8.3", fixes=("trace.permissions",))
def attach_xray_policy(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment's tasks may send their traces to X-Ray."""
    role, policy = site.iam.task_role_of(env.name), "AWSXRayDaemonWriteAccess"
    effect = "The daemon beside the application may send traces, and ask how many it should take."
    return _plan(aws, site, env, "iam.attach-xray-policy", (role, TASK_ROLE, policy), effect)


def attach(role: str, policy: str) -> ApiCall:
    return ApiCall(
        id="attach-policy",
        service="iam",
        operation="attach_role_policy",
        parameters={"RoleName": role, "PolicyArn": policy},
        effect=f"{policy.rpartition('/')[2]} is attached to {role}",
        not_yet=("NoSuchEntity",),  # a role that was made seconds ago
        undo=(
            ApiCall(
                id="detach-policy",
                service="iam",
                operation="detach_role_policy",
                parameters={"RoleName": role, "PolicyArn": policy},
                effect=f"{policy.rpartition('/')[2]} is detached from {role}",
                gone=("NoSuchEntity",),
            ),
        ),
    )


def _plan(aws: Aws, site: Site, env: Environment, action_id: str, what: tuple[str, str, str], effect: str) -> Plan:
    """``what``: the role, its kind, and the policy's path among AWS's own."""
    role, kind, path = what
    policy = f"arn:{partition(site.aws.region)}:iam::aws:policy/{path}"
    there = any(one.policy_arn == policy for one in aws.iam.attached(role, kind))
    calls = () if there else (attach(role, policy),)
    name = path.rpartition("/")[2]
    return Plan(
        action=action_id,
        title=f"Attach {name} to {role}",
        environment=env.name,
        resource=role,
        effect=effect,
        risk=Risk.CHANGE,
        calls=calls,
        differences=() if there else (Difference(what=f"policy {name}", before="", after="attached"),),
        permissions=needed(calls),
    )
