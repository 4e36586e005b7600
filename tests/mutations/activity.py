"""What is done in the account: review.trail, review.iam-activity, review.role-last-used, review.rotation-alarms"""

import json

from runbook_tui.simulator.iam.principals import role_named
from tests.mutations.contract import FAIL, WARN, Row
from tests.support.standing import Standing


def _stopped(world: Standing) -> None:
    trails = world.client("cloudtrail")
    trails.stop_logging(Name=trails.describe_trails()["trailList"][0]["Name"])


def _role_changed(world: Standing) -> None:
    """Nothing in it: but somebody wrote it."""
    iam, name = world.client("iam"), world.site.iam.execution_role
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    world.wait(16 * 60)


def _used_elsewhere(world: Standing) -> None:
    """No API can."""
    role_named(world.world, world.site.iam.cicd_role).last_used_region = "eu-west-1"


def _rule_disabled(world: Standing) -> None:
    events = world.client("events")
    events.disable_rule(Name=events.list_rules()["Rules"][0]["Name"])


ROWS = (
    Row(
        check="review.rotation-alarms",
        name="the rule is disabled",
        change=_rule_disabled,
        flips={"review.rotation-alarms": FAIL},
    ),
    Row(check="review.trail", name="the trail is stopped", change=_stopped, flips={"review.trail": FAIL}),
    Row(
        check="review.iam-activity",
        name="a backend role was written to",
        change=_role_changed,
        flips={"review.iam-activity": WARN},
    ),
    Row(
        check="review.role-last-used",
        name="the pipeline's role was used in another region",
        change=_used_elsewhere,
        flips={"review.role-last-used": WARN},
    ),
)
