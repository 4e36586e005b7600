"""Image repositories: ecr.*"""

import json

from runbook_tui.simulator.seed.registry import push
from tests.mutations.contract import FAIL, SKIP, UNKNOWN, WARN, Row, both
from tests.support.changes import PROD
from tests.support.standing import Standing

OF_THE_REPOSITORY = (
    "image-count",
    "lifecycle",
    "repo-policy",
    "running-image-present",
    "scan-findings",
    "scan-on-push",
    "tag-immutability",
)


def _another_filter(world: Standing) -> None:
    rule = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "site-*", "filterType": "WILDCARD"}]}
    world.client("ecr").put_registry_scanning_configuration(scanType="BASIC", rules=[rule])


def _many_images(world: Standing) -> None:
    for number in range(30):
        push(world.world, PROD.ecr_repo, f"1.3.{number}")


def _tags_move(world: Standing) -> None:
    world.client("ecr").put_image_tag_mutability(repositoryName=PROD.ecr_repo, imageTagMutability="MUTABLE")


def _open_repository(world: Standing) -> None:
    one = {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage"]}
    text = json.dumps({"Version": "2012-10-17", "Statement": [one]})
    world.client("ecr").set_repository_policy(repositoryName=PROD.ecr_repo, policyText=text)


ROWS = (
    Row(
        check="ecr.repo.exists",
        name="prod's repository is gone",
        change=lambda world: world.client("ecr").delete_repository(repositoryName=PROD.ecr_repo, force=True),
        flips={
            "ecr.repo.exists@prod": FAIL,
            "ecs.taskdef.fargate@prod": SKIP,
            "ecs.taskdef.node-version@prod": SKIP,
            "deploy.image-new@prod": SKIP,
            "roll.rollback-target@prod": SKIP,
            **{f"ecr.{name}@prod": SKIP for name in OF_THE_REPOSITORY},
            "maint.base-image-age@prod": SKIP,
            "maint.node-lts@prod": SKIP,
            "pre.dedicated-resources": WARN,
        },
    ),
    Row(
        check="ecr.lifecycle",
        name="prod's repository keeps every image",
        change=lambda world: world.client("ecr").delete_lifecycle_policy(repositoryName=PROD.ecr_repo),
        flips={"ecr.lifecycle@prod": FAIL},
    ),
    Row(
        check="ecr.scan-on-push",
        name="the registry's rule covers other repositories",
        change=_another_filter,
        flips=both("ecr.scan-on-push", FAIL),
    ),
    Row(
        check="ecr.scan-findings",
        name="grave vulnerabilities become known in prod's image",
        change=lambda world: world.fault("image-findings"),
        flips={"ecr.scan-findings@prod": FAIL},
    ),
    Row(
        check="ecr.running-image-present",
        name="prod's image is deleted",
        change=lambda world: world.fault("image-gone"),
        flips={
            "ecr.running-image-present@prod": FAIL,
            "ecr.scan-findings@prod": FAIL,
            "deploy.image-new@prod": FAIL,
            "ecs.taskdef.fargate@prod": UNKNOWN,
            "ecs.taskdef.node-version@prod": UNKNOWN,
            "maint.base-image-age@prod": FAIL,
            "maint.node-lts@prod": UNKNOWN,
        },
    ),
    Row(
        check="ecr.image-count",
        name="30 images more",
        change=_many_images,
        flips={"ecr.image-count@prod": WARN},
    ),
    Row(
        check="ecr.tag-immutability",
        name="tags of prod's repository may move",
        change=_tags_move,
        flips={"ecr.tag-immutability@prod": WARN},
    ),
    Row(
        check="ecr.repo-policy",
        name="everybody may pull",
        change=_open_repository,
        flips={"ecr.repo-policy@prod": FAIL},
    ),
)
