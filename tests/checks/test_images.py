"""The checks of images and of what opens a repository, on typed facts."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import ACCOUNT
from tests.support.facts import Answers, action_of, with_answer, without
from tests.support.ground import keep, lifecycle, repository
from tests.support.in_turn import in_turn
from tests.support.keeping_ground import (
    DIGEST,
    SITE,
    allow,
    but,
    definitions,
    image,
    images,
    index,
    kept,
    own,
    policy,
    scanned,
)
from tests.support.mutation import mutated
from tests.support.raw_ecs import service, task_definition

COUNT, PRESENT, SCANS = "ecr.image-count", "ecr.running-image-present", "ecr.scan-findings"
TAGS, POLICY = "ecr.tag-immutability", "ecr.repo-policy"
CHECKS = (COUNT, PRESENT, SCANS, TAGS, POLICY)
PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
MOVABLE = replace(SITE, ecr=replace(SITE.ecr, immutable=False))
STRICT = replace(SITE, ecr=replace(SITE.ecr, fail_severity="MEDIUM", warn_severity="LOW"))
NO_REPOSITORY = Missing("ecr:repository", "x")
NO_POLICY = Missing("ecr:lifecycle-policy", "x")
NO_SERVICE = {"services": [], "failures": [{"arn": "x", "reason": "MISSING"}]}
NEVER = Missing("ecr:scan", "x")
NO_IMAGE = Missing("ecr:image", "x")


def found(*tags: str) -> Any:
    """Images by tag; the others are not there. Without ids all are listed."""

    def describe(**asked: Any) -> Any:
        wanted = asked.get("imageIds")
        if wanted and wanted[0].get("imageTag") not in tags:
            raise NO_IMAGE
        return images(*(image(tag) for tag in tags))

    return describe


def on_index(**asked: Any) -> Any:
    """Only the platform's image was scanned."""
    if "imageTag" in asked["imageId"]:
        raise NEVER
    return scanned(HIGH=1)


def repo(**changes: Any) -> Answers:
    return but(describe_repositories={"repositories": [repository(**changes)]})


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


MANY = [image(f"1.0.{n}") for n in range(26)]
FIRST = {"taskDefinition": task_definition(revision=1)}
SIDECAR = {"name": "agent", "image": "public.ecr.aws/xray/aws-xray-daemon:3.x"}
ELSEWHERE = definitions("nginx:1.29", own("1.4.1"))
EXCLUDED = {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}
LATEST = [{"filterType": "WILDCARD", "filter": "latest"}]
WIDE = [*LATEST, {"filterType": "WILDCARD", "filter": "dev-*"}]


def statement(principal: Any, **more: Any) -> Answers:
    return but(get_repository_policy={"policyText": policy(allow(principal, **more))})


CASES = [
    case(COUNT, PASS, kept(), "2 images, of at most 20"),
    case(COUNT, PASS, but(describe_images=images(*MANY[:25])), "25 images"),
    case(COUNT, PASS, but(describe_images=images(*MANY[:9], *[image(None)] * 90)), "9 images"),
    case(COUNT, PASS, but(describe_images=images(*MANY), get_lifecycle_policy=lifecycle(keep(21))), "at most 21"),
    case(COUNT, WARN, but(describe_images=images(*MANY)), "26 images are there, the policy keeps 20"),
    case(COUNT, WARN, but(describe_images=images(*MANY), get_lifecycle_policy=NO_POLICY), "keeps 20"),
    case(COUNT, FAIL, but(describe_images=images()), "holds no image, and asharvi-backend-prod needs one"),
    case(COUNT, FAIL, but(describe_images=images(image(None))), "holds no image"),
    case(COUNT, WARN, but(describe_images=images(), describe_services=NO_SERVICE), "no image yet"),
    case(COUNT, SKIP, but(describe_images=NO_REPOSITORY), "blocked by ecr.repo.exists"),
    case(PRESENT, PASS, kept(), "the image of asharvi-backend-prod:7 is there"),
    case(PRESENT, PASS, but(describe_task_definition=FIRST), "no previous revision yet"),
    case(PRESENT, PASS, but(describe_task_definition=definitions(own("1"), "nginx:1")), "is there"),
    case(PRESENT, FAIL, but(describe_images=found("1.4.1")), "asharvi-backend-prod:1.4.2", "no new task can start"),
    case(PRESENT, WARN, but(describe_images=found("1.4.2")), "asharvi-backend-prod:6 ran", "no way back"),
    case(PRESENT, WARN, but(describe_task_definition=ELSEWHERE), "names no image of asharvi-backend-prod"),
    case(PRESENT, SKIP, but(describe_images=NO_REPOSITORY), "blocked by ecr.repo.exists"),
    case(PRESENT, SKIP, but(describe_services=NO_SERVICE), "blocked by ecs.service.active"),
    case(SCANS, PASS, kept(), "no finding of HIGH or worse"),
    case(SCANS, PASS, but(describe_image_scan_findings=scanned("ACTIVE", MEDIUM=9)), "no finding"),
    case(SCANS, PASS, but(describe_image_scan_findings=scanned()), "no finding"),
    case(SCANS, FAIL, but(describe_image_scan_findings=scanned(CRITICAL=2, LOW=1)), "CRITICAL or worse: 2 in"),
    case(SCANS, FAIL, but(describe_image_scan_findings=scanned(HIGH=1)), "MEDIUM or worse: 1 in", site=STRICT),
    case(SCANS, WARN, but(describe_image_scan_findings=scanned(HIGH=3)), "3 findings of HIGH or worse"),
    case(SCANS, WARN, but(describe_image_scan_findings=scanned(LOW=1)), "1 findings of LOW", site=STRICT),
    case(SCANS, WARN, but(describe_image_scan_findings=scanned("SCAN_ELIGIBILITY_EXPIRED")), "cannot be scanned"),
    case(SCANS, WARN, but(describe_image_scan_findings=scanned("UNSUPPORTED_IMAGE")), "UNSUPPORTED_IMAGE"),
    case(SCANS, WARN, but(describe_image_scan_findings=on_index), "1 findings of HIGH"),
    case(SCANS, UNKNOWN, but(describe_image_scan_findings=NEVER), "was never scanned"),
    case(SCANS, UNKNOWN, but(describe_image_scan_findings=NEVER, batch_get_image=index("s390x")), "never scanned"),
    *(
        case(SCANS, UNKNOWN, but(describe_image_scan_findings=scanned(status)), status)
        for status in ("IN_PROGRESS", "PENDING", "FAILED", "FINDINGS_UNAVAILABLE", "LIMIT_EXCEEDED", "IMAGE_ARCHIVED")
    ),
    case(SCANS, UNKNOWN, but(describe_task_definition=ELSEWHERE), "names no image"),
    case(SCANS, FAIL, but(describe_image_scan_findings=NO_IMAGE), "image asharvi-backend-prod:1.4.2 not found"),
    case(SCANS, SKIP, but(describe_image_scan_findings=NO_REPOSITORY), "blocked by ecr.repo.exists"),
    case(TAGS, PASS, repo(imageTagMutability="IMMUTABLE"), "IMMUTABLE"),
    case(TAGS, PASS, repo(**EXCLUDED, imageTagMutabilityExclusionFilters=LATEST), "IMMUTABLE_WITH_EXCLUSION"),
    case(TAGS, WARN, repo(**EXCLUDED, imageTagMutabilityExclusionFilters=WIDE), "tags like dev-* can be moved"),
    case(TAGS, WARN, repo(imageTagMutability="MUTABLE"), "tags can be moved (MUTABLE)"),
    case(TAGS, WARN, kept(), "MUTABLE"),
    case(TAGS, SKIP, kept(), "ecr.immutable is false", site=MOVABLE),
    case(TAGS, SKIP, but(describe_repositories=NO_REPOSITORY), "blocked by ecr.repo.exists"),
    case(POLICY, PASS, kept(), "known principals"),
    case(POLICY, PASS, but(get_repository_policy=Missing("ecr:repository-policy", "x")), "no policy of its own"),
    case(POLICY, PASS, statement({"Service": "codebuild.amazonaws.com"}), "known principals"),
    case(POLICY, PASS, statement("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), "known"),
    case(POLICY, FAIL, statement("*"), "opens the repository to everyone"),
    case(POLICY, FAIL, statement({"AWS": [ACCOUNT, "*"]}), "opens the repository to everyone"),
    case(POLICY, WARN, statement({"AWS": "999999999999"}), "another account may use", "999999999999"),
    case(POLICY, UNKNOWN, but(get_repository_policy={"policyText": "{"}), "no JSON"),
    case(POLICY, SKIP, but(get_repository_policy=NO_REPOSITORY), "blocked by ecr.repo.exists"),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


def test_a_sidecar_of_another_registry_is_not_looked_up() -> None:
    """Only references into the environment's own repository are."""
    raw = task_definition(revision=1)
    raw["containerDefinitions"] = [{**raw["containerDefinitions"][0], "image": own("1.4.2")}, SIDECAR]
    verdict, reader = judged(case(PRESENT, PASS, but(describe_task_definition={"taskDefinition": raw})))
    assert verdict.evidence["images"] == {"asharvi-backend-prod:1.4.2": DIGEST}
    assert [asked["imageIds"] for _, operation, asked in reader.asked if operation == "describe_images"] == [
        [{"imageTag": "1.4.2"}]
    ]


def test_what_the_service_runs_is_judged() -> None:
    """Not the family's newest revision, which may never have been released."""
    older = service(taskDefinition=service()["taskDefinition"].replace(":7", ":6"))
    given = but(
        describe_services={"services": [older]},
        describe_images=found("1.4.1"),
        describe_task_definition=definitions("x", own("1.4.1"), own("1.4.1")),
    )
    verdict, _ = judged(case(PRESENT, PASS, given))
    assert (verdict.status, verdict.evidence["task_definition"]) == (PASS, "asharvi-backend-prod:6")


def test_ten_of_the_worst_are_told() -> None:
    """Evidence names the gravest findings first, each once."""
    verdict, _ = judged(case(SCANS, FAIL, but(describe_image_scan_findings=scanned(LOW=30, CRITICAL=3))))
    assert len(verdict.evidence["worst"]) == 10
    assert verdict.evidence["worst"][:3] == ["CVE-2026-0", "CVE-2026-1", "CVE-2026-2"]


def test_enhanced_findings_are_read() -> None:
    """Inspector's form of the answer has names and counts of its own."""
    details = {"vulnerabilityId": "CVE-2026-77"}
    findings = [{"severity": "CRITICAL", "packageVulnerabilityDetails": details}]
    counts = {"CRITICAL": 1, "UNTRIAGED": 2}
    raw = {
        "imageScanStatus": {"status": "ACTIVE"},
        "imageScanFindings": {"findingSeverityCounts": counts, "enhancedFindings": findings},
    }
    verdict, _ = judged(case(SCANS, FAIL, but(describe_image_scan_findings=raw)))
    assert (verdict.status, verdict.evidence["worst"]) == (FAIL, ["CVE-2026-77"])


WORLDS = {SCANS: but(describe_image_scan_findings=on_index)}


def asked_in(check: str) -> list[tuple[str, str]]:
    _, reader = judged(case(check, PASS, WORLDS.get(check, kept())))
    return sorted({(name, operation) for name, operation, _ in reader.asked})


ASKED = [(check, question) for check in CHECKS for question in asked_in(check)]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(case(check, UNKNOWN, without(WORLDS.get(check, kept()), *question)))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_needs_are_what_is_asked(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


@drawn(st.data())
def test_no_shape_of_an_answer_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks."""
    check, (name, operation) = data.draw(st.sampled_from(ASKED))
    world = WORLDS.get(check, kept())
    whole = world[name, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    with in_turn():
        verdict, _ = judged(case(check, UNKNOWN, with_answer(world, name, operation, broken)))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
