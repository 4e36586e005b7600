"""An image built anew: whether it is there, and whether its scan is better than that of the one before."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged
from tests.support.backend_site import PROD, Raw
from tests.support.facts import NOON, Answers
from tests.support.keeping_ground import index, scanned

PASS, FAIL, UNKNOWN = Status.PASS, Status.FAIL, Status.UNKNOWN
NEW, COMPARED = "image.new", "image.findings"
RUNS = "1a2b3c4"  # the tag that the backend's tasks run


def image(tag: str, days: float) -> Raw:
    return {"imageDigest": f"sha256:{tag * 8}", "imageTags": [tag], "imagePushedAt": NOON - timedelta(days=days)}


def world(*images: Raw, **scans: Raw) -> Answers:
    """``scans`` by tag, with a ``t`` before it."""

    def findings(**asked: Any) -> Mapping[str, Any]:
        tag = asked["imageId"].get("imageTag", "")
        if f"t{tag}" not in scans:
            raise Missing("ecr:scan", tag)
        return scans[f"t{tag}"]

    return {
        **healthy(),
        ("ecr", "describe_images"): {"imageDetails": [*images]},
        ("ecr", "describe_image_scan_findings"): findings,
        ("ecr", "batch_get_image"): index(),
    }


OLD, FRESH, FORMER = image(RUNS, 40), image("fresh", 0.1), image("former", 60)
PART = {"imageDigest": "sha256:" + "7" * 64, "imagePushedAt": NOON}
CASES = [
    Case(check=NEW, status=PASS, given=world(OLD, FRESH), says=("fresh was pushed 2.4 hours ago",)),
    Case(check=NEW, status=FAIL, given=world(OLD, FORMER), says=(f"({RUNS}) was pushed 40 days ago",)),
    Case(check=NEW, status=FAIL, given=world(PART), says=("no tagged image",)),
    Case(
        check=COMPARED,
        status=PASS,
        given=world(OLD, FRESH, tfresh=scanned(LOW=1), t1a2b3c4=scanned(CRITICAL=1, LOW=1)),
        says=("CRITICAL 1 → 0", "LOW 1 → 1"),
    ),
    Case(
        check=COMPARED,
        status=PASS,
        given=world(OLD, FRESH, tfresh=scanned(), t1a2b3c4=scanned()),
        says=("nothing found in either",),
    ),
    Case(
        check=COMPARED,
        status=PASS,
        given=world(OLD, FRESH, tfresh=scanned(MEDIUM=2), t1a2b3c4=scanned(HIGH=2)),
        says=("no more than before",),
    ),
    Case(
        check=COMPARED,
        status=FAIL,
        given=world(OLD, FRESH, tfresh=scanned(HIGH=3), t1a2b3c4=scanned(HIGH=2, LOW=9)),
        says=("more findings of HIGH",),
    ),
    Case(
        check=COMPARED,
        status=PASS,
        given=world(image(RUNS, 0.1), FORMER, t1a2b3c4=scanned(), tformer=scanned(LOW=4)),
        says=("LOW 4 → 0",),
    ),
    Case(
        check=COMPARED,
        status=UNKNOWN,
        given=world(OLD, FRESH, tfresh=scanned("IN_PROGRESS"), t1a2b3c4=scanned()),
        says=(f"{PROD.ecr_repo}:fresh",),
    ),
    Case(check=COMPARED, status=UNKNOWN, given=world(OLD, FRESH, tfresh=scanned()), says=(f":{RUNS}",)),
    Case(check=COMPARED, status=UNKNOWN, given=world(OLD, t1a2b3c4=scanned()), says=("no other image",)),
    Case(check=COMPARED, status=UNKNOWN, given=world(PART), says=("holds none",)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_an_image_built_anew(case: Case) -> None:
    """In this repository the check says whether there is a new image and what its scan has found more."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


def test_it_names_what_has_gone_and_what_has_come() -> None:
    """By the ids of the findings, for who reads them."""
    given = world(OLD, FRESH, tfresh=scanned(HIGH=1), t1a2b3c4=scanned(HIGH=2))
    verdict, _ = judged(Case(check=COMPARED, status=PASS, given=given))
    assert (verdict.evidence["gone"], verdict.evidence["come"]) == (["CVE-2026-1"], [])


@pytest.mark.parametrize("check", [NEW, COMPARED])
def test_needs_of_an_image_built_anew(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)
