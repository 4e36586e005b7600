"""The checks of rotation, base images, Node.js and of what was promoted."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import FakeProbe
from tests.support.backend_site import ago
from tests.support.facts import Answers, action_of, with_answer, without
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.past import Kept, Said, deployment, incident, run_of
from tests.support.upkeep import (
    DIGEST,
    UNREACHABLE,
    configuration,
    definitions,
    kept_up,
    pushed,
    task,
    tasks,
    upkeep,
    versions,
)

PASS, WARN, FAIL, UNKNOWN, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN, Status.SKIP
SECRETS, ROLE = "maint.secrets-rotated", "maint.task-role-credentials"
AGE, NODE, TESTS = "maint.base-image-age", "maint.node-lts", "review.tests"
CHECKS = (SECRETS, ROLE, AGE, NODE, TESTS)
RELEASED = Kept(runs=(run_of(deployment(DIGEST[:19])),))
KEY = [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIAPLANTEDKEY000001"}]
KEY_AS_SECRET = [{"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": "arn:aws:secretsmanager:ap-south-1:1:secret:x"}]
LEAK = Kept(runs=(run_of(incident(note="the key may have leaked")),))
INCIDENT = Kept(runs=(run_of(incident(note="slow")),))
OVER = Kept(runs=(run_of(incident(note="the key may have leaked", over=True)),))

CASES: list[tuple[str, Status, str, dict[str, Any]]] = [
    (SECRETS, PASS, "30 days ago, and every task began after that", {}),
    (SECRETS, PASS, "90 days ago", {"given": upkeep(list_secret_version_ids=versions(90))}),
    (SECRETS, WARN, "91 days ago, allowed 90", {"given": upkeep(list_secret_version_ids=versions(91))}),
    (SECRETS, WARN, "180 days ago", {"given": upkeep(list_secret_version_ids=versions(180))}),
    (SECRETS, FAIL, "181 days ago", {"given": upkeep(list_secret_version_ids=versions(181))}),
    (SECRETS, WARN, "2 tasks began before", {"given": upkeep(list_secret_version_ids=versions(1))}),
    (SECRETS, FAIL, "no version at AWSCURRENT", {"given": upkeep(list_secret_version_ids=versions(1, "AWSPENDING"))}),
    (SECRETS, UNKNOWN, "since when", {"given": upkeep(describe_tasks=tasks(task(started=None)))}),
    (ROLE, PASS, "no static keys", {}),
    (ROLE, PASS, "no static keys", {"kept": INCIDENT}),
    (ROLE, PASS, "no static keys", {"kept": OVER}),
    (ROLE, FAIL, "AWS_ACCESS_KEY_ID in app", {"given": upkeep(describe_task_definition=definitions(environment=KEY))}),
    (
        ROLE,
        FAIL,
        "AWS_SECRET_ACCESS_KEY (a secret)",
        {"given": upkeep(describe_task_definition=definitions(secrets=KEY_AS_SECRET))},
    ),
    (ROLE, WARN, "were not revoked", {"kept": LEAK}),
    (
        ROLE,
        PASS,
        "no static keys",
        {"kept": LEAK, "given": upkeep(list_role_policies={"PolicyNames": ["AWSRevokeOlderSessions"]})},
    ),
    (AGE, PASS, "3 days ago", {}),
    (AGE, PASS, "31 days ago", {"given": upkeep(describe_images=pushed(31.5))}),
    (AGE, WARN, "32 days ago, allowed 31", {"given": upkeep(describe_images=pushed(32))}),
    (AGE, WARN, "90 days ago", {"given": upkeep(describe_images=pushed(90.5))}),
    (AGE, FAIL, "91 days ago", {"given": upkeep(describe_images=pushed(91))}),
    (AGE, UNKNOWN, "docker.io", {"given": upkeep(describe_task_definition=definitions(image="node:24"))}),
    (NODE, PASS, "Node.js 24 is one of the two newest", {}),
    (NODE, PASS, "Node.js 26", {"probe": configuration("26.1.0")}),
    (NODE, WARN, "Node.js 22 is an older LTS line; the newest LTS line is 26", {"probe": configuration("22.20.0")}),
    (NODE, FAIL, "Node.js 18 is past its end of life", {"probe": configuration("18.20.8")}),
    (NODE, FAIL, "Node.js 25 is past", {"probe": configuration("25.1.0")}),
    (NODE, WARN, "Node.js 27 is no LTS line", {"probe": configuration("27.0.0")}),
    (NODE, UNKNOWN, "not in the calendar of 2026-11-17", {"probe": configuration("28.0.0")}),
    (NODE, UNKNOWN, "names no NODE_VERSION", {"probe": configuration("")}),
    (NODE, UNKNOWN, "could not be downloaded (timeout)", {"probe": UNREACHABLE}),
    (NODE, UNKNOWN, "kept in docker.io", {"given": upkeep(describe_task_definition=definitions(image="node:24"))}),
    (NODE, UNKNOWN, "names no major", {"probe": UNREACHABLE, "said": Said()}),
    (NODE, PASS, "Node.js 24", {"probe": UNREACHABLE, "said": Said(text="node 24, by the Dockerfile")}),
    (NODE, FAIL, "Node.js 18", {"probe": UNREACHABLE, "said": Said(text="v18")}),
    (
        NODE,
        WARN,
        "which is too old by now",
        {"now": datetime(2028, 1, 2, tzinfo=UTC), "probe": configuration("26.1.0")},
    ),
    (TESTS, PASS, "found good on staging", {"kept": RELEASED}),
    (TESTS, PASS, "what runs in staging", {"kept": RELEASED, "environment": "staging"}),
    (TESTS, WARN, "prod runs 0123456789ab", {}),
    (TESTS, WARN, "no recorded run", {"kept": Kept(runs=(run_of(deployment(DIGEST, status=FAIL)),))}),
    (TESTS, WARN, "no recorded run", {"kept": Kept(runs=(run_of(deployment(DIGEST, check=WARN)),))}),
    (TESTS, WARN, "ffffffffffff", {"kept": RELEASED, "given": upkeep(describe_tasks=tasks(task(digest="f" * 64)))}),
    (TESTS, UNKNOWN, "tells its image", {"given": upkeep(list_tasks={"taskArns": []})}),
]


@pytest.mark.parametrize(("check", "status", "says", "world"), CASES, ids=lambda value: str(value)[:40])
def test_verdict_on_upkeep(check: str, status: Status, says: str, world: dict[str, Any]) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = kept_up(check, **world)
    assert verdict.status == status, verdict
    assert says in verdict.because
    assert bool(verdict.remedy) == (status in (WARN, FAIL, UNKNOWN))
    assert "AKIA" not in repr(verdict)


ASKED = [
    (check, question)
    for check in CHECKS
    for question in sorted({(one, two) for one, two, _ in kept_up(check)[1].asked})
]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied_upkeep(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = kept_up(check, without(upkeep(), *question), kept=RELEASED)
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_upkeep_needs_what_it_asks(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks."""
    assert kept_up(check, kept=RELEASED)[1].actions == set(all_checks()[check].needs)


def test_an_image_that_is_gone_has_no_age() -> None:
    """When ECR has no such image, the check says so, and names it."""
    gone: Answers = upkeep(describe_images=Missing("ecr:image", "1.4.2"))
    verdict, _ = kept_up(AGE, gone)
    assert verdict.status in (FAIL, SKIP)
    assert "asharvi-backend-prod:1.4.2" in verdict.because


def test_a_stated_node_is_marked_as_a_statement() -> None:
    """Evidence tells that an operator said it."""
    verdict, _ = kept_up(NODE, probe=UNREACHABLE, said=Said(text="node 24"))
    assert verdict.evidence["told_by"] == "an operator"
    assert verdict.attested


def test_static_keys_are_found_without_a_state_folder() -> None:
    """A finding in AWS is told even where nothing is known of the past."""
    given = upkeep(describe_task_definition=definitions(environment=KEY))
    assert kept_up(ROLE, given)[0].status is FAIL


def test_a_task_that_began_with_the_value_is_young_enough() -> None:
    """A task that began after the secret's change has read it."""
    given = upkeep(list_secret_version_ids=versions(2), describe_tasks=tasks(task(started=ago(days=1))))
    assert kept_up(SECRETS, given)[0].status is PASS


@drawn(st.data())
def test_no_shape_of_upkeep_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks."""
    check, (service, operation) = data.draw(st.sampled_from(ASKED))
    whole: Any = upkeep()[service, operation]

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    with in_turn():
        verdict, _ = kept_up(check, with_answer(upkeep(), service, operation, broken), kept=RELEASED)
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)


def test_a_configuration_is_asked_once() -> None:
    """The probe downloads one blob an image."""
    probe: FakeProbe = configuration()
    kept_up(NODE, probe=probe)
    assert len(probe.asked) == 1
