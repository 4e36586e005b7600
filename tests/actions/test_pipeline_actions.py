"""Image repositories: made, scanned, kept small, closed; each taken back, and refused when moved."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.core.change import Stage
from runbook_tui.core.plan import Risk
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.seed.registry import push
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, bench, document, fixes

pytestmark = pytest.mark.slow

PROD = ENVIRONMENTS["prod"]
NAME = PROD.ecr_repo
FAIL, WARN = Status.FAIL, Status.WARN


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


def ecr(world: Bench) -> Any:
    return world.client("ecr")


def look(world: Bench) -> Any:
    """Everything of the repository that an action may touch; None when there is none."""
    api = ecr(world)
    try:
        found = api.describe_repositories(repositoryNames=[NAME])["repositories"][0]
    except api.exceptions.RepositoryNotFoundException:
        return None
    wanted = ("imageScanningConfiguration", "imageTagMutability", "imageTagMutabilityExclusionFilters")
    return {
        **{name: found.get(name) for name in wanted},
        "policy": _text(lambda: api.get_repository_policy(repositoryName=NAME)["policyText"]),
        "lifecycle": _text(lambda: api.get_lifecycle_policy(repositoryName=NAME)["lifecyclePolicyText"]),
        "registry": api.get_registry_scanning_configuration()["scanningConfiguration"],
    }


def _text(read: Any) -> Any:
    from botocore.exceptions import ClientError

    try:
        return document(read())
    except ClientError:
        return None


def test_tags_are_fixed(world: Bench, tmp_path: Path) -> None:
    """All of them, where the pipeline moves none."""
    ecr(world).put_image_tag_mutability(repositoryName=NAME, imageTagMutability="MUTABLE")
    fixes(world, tmp_path, "ecr.fix-tags", lambda: look(world), {"ecr.tag-immutability": WARN}, {"moving": "none"})


def test_tags_are_fixed_but_for_the_one_that_moves(world: Bench, tmp_path: Path) -> None:
    """A wider exclusion gives way to latest alone."""
    ecr(world).put_image_tag_mutability(
        repositoryName=NAME,
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "1.*"}],
    )
    inputs = {"moving": "latest"}
    fixes(world, tmp_path, "ecr.fix-tags", lambda: look(world), {"ecr.tag-immutability": WARN}, inputs)


def test_what_opens_a_repository_is_taken_out(world: Bench, tmp_path: Path) -> None:
    """What lets a known role in stays; a policy of which nothing is left is deleted."""
    known = {
        "Sid": "Known",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{world.inside.world.account}:root"},
        "Action": ["ecr:BatchGetImage"],
    }
    everybody = {**known, "Sid": "All", "Principal": "*"}
    for folder, statements in (("some", [known, everybody]), ("all", [everybody])):
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        ecr(world).set_repository_policy(repositoryName=NAME, policyText=text)
        (tmp_path / folder).mkdir()
        fixes(world, tmp_path / folder, "ecr.close-policy", lambda: look(world), {"ecr.repo-policy": FAIL})
        left = look(world)["policy"]
        assert (left["Statement"] == [known]) if known in statements else left is None


def test_a_rule_more_covers_the_repository(world: Bench, tmp_path: Path) -> None:
    """The rules of the account are sent whole, with this filter among those for pushes."""
    other = {"filter": "site-*", "filterType": "WILDCARD"}
    rule = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [other]}
    ecr(world).put_registry_scanning_configuration(scanType="BASIC", rules=[rule])
    made = fixes(world, tmp_path, "ecr.scan-on-push", lambda: look(world), {"ecr.scan-on-push": FAIL})
    assert made.plan is not None
    (sent,) = made.plan.calls[0].parameters["rules"]
    assert [one["filter"] for one in sent["repositoryFilters"]] == ["site-*", NAME]


def test_without_rules_the_flag_is_enough(world: Bench, tmp_path: Path) -> None:
    """Only then does ECR look at the repository's own flag."""
    ecr(world).put_registry_scanning_configuration(scanType="BASIC", rules=[])
    off = {"scanOnPush": False}
    ecr(world).put_image_scanning_configuration(repositoryName=NAME, imageScanningConfiguration=off)
    fixes(world, tmp_path, "ecr.scan-on-push", lambda: look(world), {"ecr.scan-on-push": FAIL})


def test_images_are_counted(world: Bench, tmp_path: Path) -> None:
    """A repository that keeps everything is given a policy, which the undo takes away."""
    ecr(world).delete_lifecycle_policy(repositoryName=NAME)
    fixes(world, tmp_path, "ecr.keep-last-images", lambda: look(world), {"ecr.lifecycle": FAIL})


def test_rules_about_some_images_stay(world: Bench, tmp_path: Path) -> None:
    """What counts by age gives way, and the whole former text comes back with the undo."""
    untagged = {
        "rulePriority": 3,
        "description": "untagged",
        "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5},
        "action": {"type": "expire"},
    }
    aged = {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 90}
    text = json.dumps({"rules": [untagged, {**untagged, "rulePriority": 7, "selection": aged}]})
    ecr(world).put_lifecycle_policy(repositoryName=NAME, lifecyclePolicyText=text)
    fixes(world, tmp_path, "ecr.keep-last-images", lambda: look(world), {"ecr.lifecycle": WARN})
    rules = look(world)["lifecycle"]["rules"]
    assert [(one["rulePriority"], one["selection"]["tagStatus"]) for one in rules] == [(3, "untagged"), (4, "any")]


def pushed(world: Bench, versions: range) -> None:
    for number in versions:
        push(world.inside.world, NAME, f"0.{number}")


def test_what_runs_is_spared_and_what_would_be_deleted_is_told(world: Bench, tmp_path: Path) -> None:
    """An image that runs or ran last refuses the plan; where none does, the name must be typed."""
    ecr(world).delete_lifecycle_policy(repositoryName=NAME)
    acting = Acting(world.of_site("ecr", keep_images=10).kit, tmp_path, one_step("ecr.keep-last-images"), "prod")
    pushed(world, range(9))
    refused = acting.planned()
    assert refused.stage is Stage.REFUSED
    assert "1.4.1 runs or is what one would go back to" in refused.reason
    for version in ("1.4.2", "1.4.1"):
        ecr(world).batch_delete_image(repositoryName=NAME, imageIds=[{"imageTag": version}])
    pushed(world, range(9, 11))
    change = acting.planned()
    acting.close()
    assert change.plan is not None, change.reason
    assert change.plan.risk is Risk.DESTRUCTIVE
    assert change.confirmation.word == NAME
    assert [one.what for one in change.plan.differences if not one.after] == ["image 0.0"]


def test_a_missing_repository_is_made(world: Bench, tmp_path: Path) -> None:
    """Empty; the undo deletes it only while it is."""
    ecr(world).delete_repository(repositoryName=NAME, force=True)
    fixes(world, tmp_path, "ecr.create-repository", lambda: look(world), {"ecr.repo.exists": FAIL})
    push(world.inside.world, NAME, "1.4.2")
    ecr(world).put_registry_scanning_configuration(scanType="BASIC", rules=[])


def test_an_image_that_was_never_scanned_is(world: Bench, tmp_path: Path) -> None:
    """Once: while its scan runs there is nothing more to do."""
    ecr(world).delete_repository(repositoryName=NAME, force=True)
    ecr(world).create_repository(repositoryName=NAME)
    push(world.inside.world, NAME, "1.4.2")
    acting = Acting(world.kit, tmp_path, one_step("ecr.start-scan"), "prod")
    made = acting.made(acting.planned())
    assert made.stage is Stage.DONE, (made.reason, made.calls)
    again = acting.planned()
    assert again.plan is not None
    assert again.plan.idle
    acting.close()
    status = ecr(world).describe_image_scan_findings(repositoryName=NAME, imageId={"imageTag": "1.4.2"})
    assert status["imageScanStatus"]["status"] in ("IN_PROGRESS", "COMPLETE")
