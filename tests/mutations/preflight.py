"""What must hold before anything else is asked: pre.*"""

from datetime import timedelta

from runbook_tui.aws.credentials import SIMULATED
from runbook_tui.simulator.iam.principals import Kind, Principal, Sessions
from runbook_tui.simulator.world import ON_CALL_ROLE
from tests.mutations.contract import FAIL, SKIP, UNKNOWN, WARN, Row, both
from tests.support.changes import PROD, forbid
from tests.support.standing import Standing


def _signed_in_as_root(world: Standing) -> None:
    root = f"arn:aws:iam::{world.world.account}:root"
    known = Principal(kind=Kind.ROOT, arn=root, owner=root, name="root", identifier=world.world.account, key=SIMULATED)
    tomorrow = world.world.clock.now() + timedelta(days=1)
    world.world.store(Sessions).by_key[SIMULATED] = (known, tomorrow)


def _clock_is_slow(world: Standing) -> None:
    world.operators_clock.slow = timedelta(seconds=150)


def _untagged(world: Standing) -> None:
    arn = world.world.arn("ecr", f"repository/{PROD.ecr_repo}")
    world.client("ecr").untag_resource(resourceArn=arn, tagKeys=["Project"])


def _zone_in_trouble(world: Standing) -> None:
    zones = world.world.backend("ec2").zones[world.world.region]
    zones[0].state = "impaired"


ROWS = (
    Row(
        check="pre.account-match",
        name="the site is for another account",
        change=lambda world: world.change_site("aws", account_id="210987654321"),
        flips={
            "pre.account-match": FAIL,
            **both("ecs.taskdef.image-repo", FAIL),
            **both("ecs.taskdef.node-version", UNKNOWN),
            "iam.cicd-role.trust-github": FAIL,
            "iam.exec-role.exists": FAIL,
            "iam.task-role.trust": FAIL,
            "sns.topic": FAIL,
            "sns.subscriptions": SKIP,
            "review.rotation-alarms": SKIP,  # who hears it is a question to the topic
            **both("alarm.actions", FAIL),
            **both("ecs.taskdef.secrets-valuefrom", WARN),
        },
    ),
    Row(
        check="pre.clock", name="the operator's machine is 150 s slow", change=_clock_is_slow, flips={"pre.clock": WARN}
    ),
    Row(
        check="pre.credentials",
        name="the root user is signed in",
        change=_signed_in_as_root,
        flips={"pre.credentials": WARN, "pre.permissions": UNKNOWN},
    ),
    Row(
        check="pre.dedicated-resources",
        name="a repository has lost a tag",
        change=_untagged,
        flips={"pre.dedicated-resources": WARN},
    ),
    Row(
        check="pre.frontend-inventory",
        name="the site names a bucket that does not exist",
        change=lambda world: world.change_site("frontend", buckets=("asharvi-site-of-old",)),
        flips={"pre.frontend-inventory": WARN},
    ),
    Row(
        check="pre.permissions",
        name="the operator's role has lost its read actions",
        change=lambda world: forbid(world, ON_CALL_ROLE, "ecs:Describe*"),
        flips={"pre.permissions": WARN},
    ),
    Row(
        check="pre.region",
        name="a zone of the region is impaired",
        change=_zone_in_trouble,
        flips={"pre.region": WARN},
    ),
    Row(
        check="pre.site-placeholders",
        name="a name is still to be given",
        change=lambda world: world.change_site("obs", legacy_group="/aws/ecs/REPLACE"),
        flips={"pre.site-placeholders": FAIL},
    ),
)
