"""Upkeep: maint.* and review.tests"""

import json
from datetime import timedelta
from pathlib import Path

from runbook_tui.simulator.image_blobs import Blobs, config, digest_of
from runbook_tui.simulator.seed.registry import VERSION
from tests.mutations.contract import FAIL, UNKNOWN, WARN, Row, both
from tests.support.past import drill, walked
from tests.support.standing import Standing

PROD = "asharvi-backend-prod"


def _without(world: Standing, *names: str) -> None:
    folder = world.own_past()
    for name in names:
        (folder / name).unlink()


def _release_gone(world: Standing) -> None:
    _without(world, "runs/2026-release.jsonl")


def _review_gone(world: Standing) -> None:
    _without(world, "runs/2026-01-review.jsonl")


def _drill_gone(world: Standing) -> None:
    _without(world, "runs/2026-drill.jsonl")


def _statements_gone(world: Standing) -> None:
    _without(world, "attestations.jsonl")


def _line_changed(world: Standing) -> None:
    path: Path = world.own_past() / "runs" / "2026-00-review.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"label":"Keep"', b'"label":"Kept"'))


def _cut_forgotten(world: Standing) -> None:
    when = world.world.clock.now() - timedelta(days=1)
    walked(world.own_past(), drill(restored=None, status=None), when, "2026-drill-2")


def _policy_forgotten(world: Standing) -> None:
    """A drill of DynamoDB's: it denies what the backend does not use here."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}]}
    role = world.site.iam.task_role_of("staging")
    iam = world.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName="runbook-tui-dr-cut", PolicyDocument=json.dumps(document))


def _value_changed(world: Standing) -> None:
    world.wait(1)
    secrets, name = world.client("secretsmanager"), world.site.environments["prod"].secret_name
    value = secrets.get_secret_value(SecretId=name)["SecretString"]
    secrets.put_secret_value(SecretId=name, SecretString=value)


def _image_aged(world: Standing) -> None:
    """No API can."""
    images = world.world.backend("ecr").repositories[PROD].images
    for image in images:
        image.image_pushed_at -= timedelta(days=100).total_seconds()


def _node_aged(world: Standing) -> None:
    """The registry has another configuration behind the digest."""
    world.world.store(Blobs).kept[PROD, digest_of(config(PROD, VERSION))] = config(PROD, VERSION, "22.20.0")


def _static_key(world: Standing) -> None:
    """As a new revision of the family, which nothing runs yet."""
    ecs = world.client("ecs")
    family = world.site.environments["staging"].task_family
    found = ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
    kept = ("family", "taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory")
    container = found["containerDefinitions"][0]
    container["secrets"].append({"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": container["secrets"][0]["valueFrom"]})
    wanted = {name: found[name] for name in (*kept, "runtimePlatform") if name in found}
    ecs.register_task_definition(**wanted, containerDefinitions=[container])


ROWS = (
    Row(
        check="review.tests",
        name="no run on staging is recorded",
        change=_release_gone,
        flips=both("review.tests", WARN),
    ),
    Row(
        check="maint.scaling-review",
        name="prod's review is not recorded",
        change=_review_gone,
        flips={"maint.scaling-review@prod": WARN},
    ),
    Row(check="maint.dr-test", name="no drill is recorded", change=_drill_gone, flips=both("maint.dr-test", WARN)),
    Row(
        check="maint.dr-test",
        name="a cut was never put back",
        change=_cut_forgotten,
        flips={**both("maint.dr-test", FAIL), "maint.dr-leftovers": FAIL},
    ),
    Row(
        check="maint.dr-leftovers",
        name="a denying policy of a drill is left",
        change=_policy_forgotten,
        flips={"maint.dr-leftovers": FAIL},
    ),
    Row(
        check="maint.runbooks-documented",
        name="nobody has stated anything",
        change=_statements_gone,
        flips={"maint.runbooks-documented": UNKNOWN, "maint.audit-log": WARN, "review.rotation-alarms": WARN},
    ),
    Row(
        check="maint.audit-log",
        name="a line of a journal was changed",
        change=_line_changed,
        flips={
            "maint.audit-log": FAIL,
            "maint.scaling-review@staging": WARN,
            "maint.dr-leftovers": UNKNOWN,
            **both("maint.dr-test", UNKNOWN),
        },
    ),
    Row(
        check="maint.secrets-rotated",
        name="prod's secret has a new value that no task has read",
        change=_value_changed,
        flips={"maint.secrets-rotated@prod": WARN},
    ),
    Row(
        check="maint.base-image-age",
        name="prod's images were pushed long ago",
        change=_image_aged,
        flips={"maint.base-image-age@prod": FAIL},
    ),
    Row(
        check="maint.node-lts",
        name="prod's image has an older Node.js",
        change=_node_aged,
        flips={"ecs.taskdef.node-version@prod": WARN, "maint.node-lts@prod": WARN},
    ),
    Row(
        check="maint.task-role-credentials",
        name="a new revision of staging has a static key",
        change=_static_key,
        flips={"ecs.taskdef.active@staging": WARN, "maint.task-role-credentials": FAIL},
    ),
)
