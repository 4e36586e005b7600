"""The simulated image registry: digests, scans and lifecycle policies on the clock, asked by a stock client."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.faults import clear_fault, set_fault
from runbook_tui.simulator.seed.registry import manifest
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import advance, client, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

REPO = "asharvi-backend-prod"
RUNNING = {"imageTag": "1.4.2"}
SEVERE = {"CRITICAL", "HIGH"}
DAY = 24 * 3600


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def ecr(simulator: Simulator) -> Any:
    return client(simulator, "ecr")


def pushed(ecr: Any, version: str, repository: str, **more: Any) -> str:
    text = manifest(repository, version)
    given = ecr.put_image(repositoryName=repository, imageManifest=text, imageTag=version, **more)
    return str(given["image"]["imageId"]["imageDigest"])


def created(ecr: Any, name: str, **more: Any) -> str:
    ecr.create_repository(repositoryName=name, **more)
    return name


def findings(ecr: Any, image: dict[str, str], repository: str = REPO) -> Any:
    return ecr.describe_image_scan_findings(repositoryName=repository, imageId=image)


def counted(ecr: Any, image: dict[str, str]) -> dict[str, int]:
    return dict(findings(ecr, image)["imageScanFindings"]["findingSeverityCounts"])


def rules(*selections: dict[str, Any]) -> str:
    listed = [
        {"rulePriority": n, "selection": one, "action": {"type": "expire"}} for n, one in enumerate(selections, 1)
    ]
    return json.dumps({"rules": listed})


def keep(number: int) -> dict[str, Any]:
    return {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": number}


def tags(ecr: Any, repository: str) -> list[str]:
    details = ecr.describe_images(repositoryName=repository)["imageDetails"]
    return sorted(tag for one in details for tag in one.get("imageTags", ()))


def refusal(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def test_an_image_is_known_by_the_hash_of_its_manifest(ecr: Any) -> None:
    """Digest, size and media type are those of the manifest that was pushed, wherever they are told."""
    repository = created(ecr, "hashed")
    digest = pushed(ecr, "1.0.0", repository)
    text = manifest(repository, "1.0.0")
    assert digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    (told,) = ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": "1.0.0"}])["imageDetails"]
    (listed,) = ecr.list_images(repositoryName=repository)["imageIds"]
    (got,) = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])["images"]
    assert told["imageDigest"] == listed["imageDigest"] == got["imageId"]["imageDigest"] == digest
    assert told["imageSizeInBytes"] == 41_200_000 + 7023
    assert told["imageManifestMediaType"] == json.loads(text)["mediaType"]


def test_a_tag_that_moves_leaves_its_image_untagged(ecr: Any) -> None:
    """In a mutable repository the former image stays, without the tag."""
    repository = created(ecr, "moving")
    for version in ("1", "2"):
        ecr.put_image(repositoryName=repository, imageManifest=manifest(repository, version), imageTag="latest")
    details = ecr.describe_images(repositoryName=repository)["imageDetails"]
    assert [one.get("imageTags") for one in details] == [None, ["latest"]]
    filtered = ecr.describe_images(repositoryName=repository, filter={"tagStatus": "UNTAGGED"})["imageDetails"]
    assert [one["imageDigest"] for one in filtered] == [details[0]["imageDigest"]]


def test_what_was_pushed_is_scanned(simulator: Simulator, ecr: Any) -> None:
    """A push begins a scan that is under way for a while; then its findings are those of the content."""
    repository = created(ecr, "asharvi-backend-scanned")  # the registry's rule is about these names
    digest = pushed(ecr, "1.0.0", repository)
    assert findings(ecr, {"imageDigest": digest}, repository)["imageScanStatus"] == {"status": "IN_PROGRESS"}
    advance(simulator.world, 21)
    told = findings(ecr, {"imageTag": "1.0.0"}, repository)
    assert told["imageScanStatus"] == {
        "status": "COMPLETE",
        "description": "The scan was completed successfully.",
    }
    found = told["imageScanFindings"]
    assert sum(found["findingSeverityCounts"].values()) == len(found["findings"]) >= 2
    (described,) = ecr.describe_images(repositoryName=repository, imageIds=[{"imageDigest": digest}])["imageDetails"]
    assert described["imageScanFindingsSummary"]["findingSeverityCounts"] == found["findingSeverityCounts"]


def test_what_no_rule_covers_is_not_scanned(ecr: Any) -> None:
    """A registry with rules ignores the repository's own flag; who asks is told that there was no scan."""
    repository = created(ecr, "elsewhere", imageScanningConfiguration={"scanOnPush": True})
    pushed(ecr, "1.0.0", repository)
    asked = {"repositoryName": repository, "imageId": {"imageTag": "1.0.0"}}
    assert refusal(ecr.describe_image_scan_findings, **asked) == "ScanNotFoundException"
    assert refusal(ecr.describe_image_scan_findings, repositoryName=repository, imageId=RUNNING) == (
        "ImageNotFoundException"
    )


def test_one_scan_a_day(simulator: Simulator, ecr: Any) -> None:
    """An image is scanned by hand once in 24 hours; the same image has the same findings again."""
    before = counted(ecr, RUNNING)
    ecr.start_image_scan(repositoryName=REPO, imageId=RUNNING)
    assert refusal(ecr.start_image_scan, repositoryName=REPO, imageId=RUNNING) == "LimitExceededException"
    advance(simulator.world, DAY - 1)
    assert refusal(ecr.start_image_scan, repositoryName=REPO, imageId=RUNNING) == "LimitExceededException"
    advance(simulator.world, 1)
    ecr.start_image_scan(repositoryName=REPO, imageId=RUNNING)
    advance(simulator.world, 21)
    assert counted(ecr, RUNNING) == before


def test_findings_of_the_running_image(simulator: Simulator, ecr: Any) -> None:
    """The fault brings grave findings into production's running image alone, and takes them away again."""
    before, other = counted(ecr, RUNNING), counted(ecr, {"imageTag": "1.4.1"})
    set_fault(simulator.world, "image-findings")
    during = counted(ecr, RUNNING)
    assert {name: during[name] - before.get(name, 0) for name in SEVERE} == {"CRITICAL": 1, "HIGH": 1}
    assert findings(ecr, RUNNING)["imageScanFindings"]["findings"][0]["severity"] == "CRITICAL"
    assert counted(ecr, {"imageTag": "1.4.1"}) == other
    clear_fault(simulator.world, "image-findings")
    assert counted(ecr, RUNNING) == before


def test_a_policy_is_applied_within_a_day(simulator: Simulator, ecr: Any) -> None:
    """Nothing goes at once; after a day the oldest images are gone, and those that come later go the next day."""
    repository = created(ecr, "kept")
    for number in range(5):
        pushed(ecr, f"1.0.{number}", repository)
        advance(simulator.world, 60)
    ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=rules(keep(3)))
    assert ecr.get_lifecycle_policy(repositoryName=repository)["lastEvaluatedAt"].timestamp() == 0
    assert len(tags(ecr, repository)) == 5
    advance(simulator.world, DAY)
    assert tags(ecr, repository) == ["1.0.2", "1.0.3", "1.0.4"]
    assert ecr.get_lifecycle_policy(repositoryName=repository)["lastEvaluatedAt"].timestamp() > 0
    pushed(ecr, "1.1.0", repository)
    ecr.delete_lifecycle_policy(repositoryName=repository)
    advance(simulator.world, DAY + 1)
    assert len(tags(ecr, repository)) == 4


def test_a_preview_changes_nothing(simulator: Simulator, ecr: Any) -> None:
    """It says which image would go by which rule, for boto3's own waiter, and all of them stay."""
    policy = rules({"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}, keep(1))
    absent = "LifecyclePolicyPreviewNotFoundException"
    assert refusal(ecr.get_lifecycle_policy_preview, repositoryName=REPO) == absent
    ecr.start_lifecycle_policy_preview(repositoryName=REPO, lifecyclePolicyText=policy)
    assert ecr.get_lifecycle_policy_preview(repositoryName=REPO)["status"] == "IN_PROGRESS"
    assert refusal(ecr.start_lifecycle_policy_preview, repositoryName=REPO) == (
        "LifecyclePolicyPreviewInProgressException"
    )
    advance(simulator.world, 16)
    ecr.get_waiter("lifecycle_policy_preview_complete").wait(repositoryName=REPO)
    told = ecr.get_lifecycle_policy_preview(repositoryName=REPO)
    assert [(one["imageTags"], one["appliedRulePriority"]) for one in told["previewResults"]] == [(["1.4.1"], 2)]
    assert told["summary"]["expiringImageTotalCount"] == 1
    assert tags(ecr, REPO) == ["1.4.1", "1.4.2"]


def test_what_is_not_simulated_says_so(ecr: Any) -> None:
    """Rules about pulls are AWS's, and are refused here instead of being forgotten."""
    pulled = rules({"tagStatus": "any", "countType": "sinceImagePulled", "countUnit": "days", "countNumber": 9})
    asked = {"repositoryName": REPO, "lifecyclePolicyText": pulled}
    assert refusal(ecr.put_lifecycle_policy, **asked) == "NotSimulated"
    wrong = {"repositoryName": REPO, "lifecyclePolicyText": '{"rules": [{}]}' + " " * 100}
    assert refusal(ecr.start_lifecycle_policy_preview, **wrong) == "InvalidParameterException"
