"""The execution role may no longer do what a start of a task needs."""

import json
from typing import Any
from urllib.parse import unquote

from runbook_tui.simulator.faults_of.prod import undo_call
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("exec-role-secret-denied", "the execution role may no longer read the secrets")
def exec_role_secret_denied(world: World, _argument: str) -> Undo:
    return _without(world, "secretsmanager:")


@fault("exec-role-ecr-denied", "the execution role may no longer sign in to ECR")
def exec_role_ecr_denied(world: World, _argument: str) -> Undo:
    return _without(world, "ecr:")


@fault("exec-role-logs-denied", "the execution role may no longer write logs")
def exec_role_logs_denied(world: World, _argument: str) -> Undo:
    return _without(world, "logs:")


def _without(world: World, prefix: str) -> Undo:
    """Takes the actions of one service out of the role's own policies. Raises Refused when there are none."""
    role = SITE.iam.execution_role
    for name in world.call("iam", "ListRolePolicies", RoleName=role)["PolicyNames"]:
        document = world.call("iam", "GetRolePolicy", RoleName=role, PolicyName=name)["PolicyDocument"]
        former: Any = json.loads(unquote(document)) if isinstance(document, str) else document
        kept = [each for each in former["Statement"] if not any(one.startswith(prefix) for one in each["Action"])]
        if len(kept) < len(former["Statement"]):
            where = {"RoleName": role, "PolicyName": name}
            changed = json.dumps({**former, "Statement": kept})
            world.call("iam", "PutRolePolicy", **where, PolicyDocument=changed)
            return undo_call(world, "iam", "PutRolePolicy", **where, PolicyDocument=json.dumps(former))
    raise Refused("NoSuchEntity", f"The role {role} allows nothing of {prefix}*")
