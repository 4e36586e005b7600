"""The checks of the image repositories, on typed facts."""

import pytest

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import Raw
from tests.support.facts import Answers
from tests.support.ground import but, ground, keep, lifecycle, questions, refused, repository, scanning

CHECKS = ("ecr.repo.exists", "ecr.scan-on-push", "ecr.lifecycle")
PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
GONE = Missing("ecr:describe-repositories", "x")
PUSH, CONTINUOUS, MANUAL = "SCAN_ON_PUSH", "CONTINUOUS_SCAN", "MANUAL"
OLD = {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 30}


def scanned(configuration: Raw, flag: bool = False) -> Answers:
    listed = {"repositories": [repository(imageScanningConfiguration={"scanOnPush": flag})]}
    return but(get_registry_scanning_configuration=configuration, describe_repositories=listed)


def kept(*selections: Raw) -> Answers:
    return but(get_lifecycle_policy=lifecycle(*selections))


def case(check: str, status: Status, given: Answers, *says: str) -> Case:
    return Case(check=check, status=status, given=given, says=says)


CASES = [
    case("ecr.repo.exists", PASS, ground(), "asharvi-backend-prod is there"),
    case("ecr.repo.exists", FAIL, but(describe_repositories=GONE), "asharvi-backend-prod not found"),
    case("ecr.scan-on-push", PASS, scanned(scanning("BASIC", (PUSH, "*"))), "basic scanning", PUSH),
    case("ecr.scan-on-push", PASS, scanned(scanning("BASIC", (PUSH, "backend"))), PUSH),
    case("ecr.scan-on-push", PASS, scanned(scanning("BASIC", (MANUAL, "*"), (PUSH, "asharvi-*-prod"))), PUSH),
    case("ecr.scan-on-push", PASS, scanned(scanning("ENHANCED", (PUSH, "asharvi-*"))), "enhanced scanning"),
    case("ecr.scan-on-push", PASS, scanned(scanning("ENHANCED", (CONTINUOUS, "asharvi-*"))), CONTINUOUS),
    case("ecr.scan-on-push", PASS, scanned(scanning("BASIC"), flag=True), "own flag"),
    case("ecr.scan-on-push", FAIL, scanned(scanning("BASIC")), "not scanned on push"),
    case("ecr.scan-on-push", FAIL, scanned(scanning("BASIC", (PUSH, "web-*")), flag=True), "flag is ignored"),
    case("ecr.scan-on-push", FAIL, scanned(scanning("BASIC", (PUSH, "backend*")), flag=True), "flag is ignored"),
    case("ecr.scan-on-push", FAIL, scanned(scanning("ENHANCED"), flag=True), "enhanced scanning has no rules"),
    case("ecr.scan-on-push", WARN, scanned(scanning("BASIC", (MANUAL, "*")), flag=True), "on demand only (MANUAL)"),
    case("ecr.scan-on-push", SKIP, but(describe_repositories=GONE), "blocked by ecr.repo.exists"),
    case("ecr.lifecycle", PASS, ground(), "the last 20 images"),
    case("ecr.lifecycle", PASS, kept(keep(10)), "the last 10 images"),
    case("ecr.lifecycle", PASS, kept(keep(1, "untagged"), keep(100)), "the last 100 images"),
    case("ecr.lifecycle", PASS, kept(keep(30, "tagged", tagPatternList=["*"])), "the last 30 images"),
    case("ecr.lifecycle", FAIL, but(get_lifecycle_policy=Missing("ecr:get-lifecycle-policy", "x")), "policy"),
    case("ecr.lifecycle", WARN, kept(keep(9)), "9 images are kept"),
    case("ecr.lifecycle", WARN, kept(keep(101)), "the site wants 20"),
    case("ecr.lifecycle", WARN, kept(keep(20, "untagged")), "only some images"),
    case("ecr.lifecycle", WARN, kept(keep(20, "tagged", tagPrefixList=["v"])), "only some images", "tagged (v)"),
    case("ecr.lifecycle", WARN, kept(OLD), "no rule counts images"),
    case("ecr.lifecycle", WARN, kept(), "no rules"),
    case("ecr.lifecycle", SKIP, but(describe_repositories=GONE), "blocked by ecr.repo.exists"),
    case("ecr.lifecycle", Status.UNKNOWN, but(get_lifecycle_policy={"lifecyclePolicyText": "{"}), "not JSON"),
    case("ecr.lifecycle", Status.UNKNOWN, but(get_lifecycle_policy={"lifecyclePolicyText": "{}"}), "shape"),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, Status.UNKNOWN))


@pytest.mark.parametrize("one", [refused(name, question) for name in CHECKS for question in questions(name)], ids=str)
def test_denied(one: Case) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(one)
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


@pytest.mark.parametrize("name", CHECKS)
def test_needs_are_what_is_asked(name: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(name, CASES) == set(all_checks()[name].needs)
