"""Credentials of the task role that may have leaked (guide 10)."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from msgspec.structs import replace

from runbook_tui.actions.iam.inline import Grant, grant_plan
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import TASK_ROLE
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

REVOKED: Final = "AWSRevokeOlderSessions"  # as the IAM console calls it
_ISSUED: Final = "aws:TokenIssueTime"
_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"


@action("iam.revoke-task-sessions", guide="10", fixes=("maint.task-role-credentials",))
def revoke_task_sessions(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Credentials of the environment's task role that were issued before a time are refused everywhere."""
    role = site.iam.task_role_of(env.name)
    wanted, now = _time(aws, inputs), aws.now()
    if wanted > now:
        raise CannotPlan(f"{wanted:{_FORM}} has not come yet", "name a time that has passed")
    before = _recorded(aws, role)
    until = max(before, wanted) if before else wanted
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {_ISSUED: f"{until:{_FORM}}"}},
    }
    grant = Grant(role=role, kind=TASK_ROLE, policy=REVOKED, statements=(statement,))
    effect = (
        "What holds older credentials is denied everything. Running tasks too: until ECS has renewed theirs they fail."
    )
    plan = grant_plan(aws, env, "iam.revoke-task-sessions", (grant,), effect)
    return replace(
        plan,
        risk=Risk.DISRUPTIVE,
        warnings=("force a new deployment at once: ecs.restart gives every task new credentials",)
        if plan.calls
        else (),
    )


def _time(aws: Aws, inputs: Inputs) -> datetime:
    """What the operator says, not the time of planning: a plan must be the same when it is read again."""
    (given,) = inputs.take(
        Question(
            name="before",
            text="Refuse credentials that were issued before which time (UTC)?",
            default=f"{aws.now():{_FORM}}",
        )
    )
    try:
        return datetime.strptime(given.strip(), _FORM).replace(tzinfo=UTC)
    except ValueError:
        raise CannotPlan(f"{given} is no time", "write it like 2026-01-31T12:00:00Z") from None


def _recorded(aws: Aws, role: str) -> datetime | None:
    """Until when sessions are refused already. None where they are not, or the policy says something else."""
    text = next((one.text for one in aws.iam.inline_policies(role, TASK_ROLE) if one.name == REVOKED), None)
    try:
        (statement,) = json.loads(text or "{}").get("Statement", [])
        found = datetime.fromisoformat(statement["Condition"]["DateLessThan"][_ISSUED])
    except (ValueError, KeyError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
