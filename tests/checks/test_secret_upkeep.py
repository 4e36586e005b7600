"""The checks of secrets that look around them: key, policy, age, tags, the other environment."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Severity, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import ACCOUNT, PROD, STAGING, Raw, ago
from tests.support.facts import Answers, action_of, with_answer, without
from tests.support.ground import evaluation
from tests.support.in_turn import in_turn
from tests.support.keeping_ground import (
    CUSTOM_KEY,
    EXECUTION,
    SITE,
    allow,
    but,
    deny,
    kept,
    kept_secret,
    key,
    policy,
    values,
    version,
    versions,
)
from tests.support.mutation import mutated

DISTINCT, KMS, POLICY = "secret.env-distinct", "secret.kms", "secret.resource-policy"
AGE, TAGS = "secret.rotation-age", "secret.tags-owner"
CHECKS = (DISTINCT, KMS, POLICY, AGE, TAGS)
PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
GONE = Missing("secretsmanager:describe-secret", "x")
RUNTIME = replace(SITE, app=replace(SITE.app, reads_secrets_at_runtime=True))
ONE_ENVIRONMENT = replace(SITE, environments={"prod": PROD})
CLOSED = replace(SITE, secrets=replace(SITE.secrets, allow_value_read="ask"))
TASK = f"arn:aws:iam::{ACCOUNT}:role/{SITE.iam.task_role_of('prod')}"
FOREIGN = {"AWS": "arn:aws:iam::999999999999:root"}


def encrypted(**answers: Any) -> Answers:
    return but(**{"describe_secret": kept_secret(KmsKeyId=CUSTOM_KEY), **answers})


def guarded(*statements: Raw, **answers: Any) -> Answers:
    return but(get_resource_policy={"Name": PROD.secret_name, "ResourcePolicy": policy(*statements)}, **answers)


def decided(decision: str) -> Any:
    return lambda **asked: {"EvaluationResults": [evaluation(one, decision, asked) for one in asked["ActionNames"]]}


def lacking(environment: str, name: str) -> Any:
    """One environment's secret without a key."""

    def read(**asked: Any) -> Mapping[str, Any]:
        held = json.loads(values()(**asked)["SecretString"])  # type: ignore[operator]
        if asked["SecretId"].endswith(environment):
            del held[name]
        return {"SecretString": json.dumps(held)}

    return read


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


ROTATED = {"RotationEnabled": True, "LastRotatedDate": ago(days=40)}
LATE = kept_secret(**ROTATED, RotationRules={"AutomaticallyAfterDays": 30})
DUE = kept_secret(**ROTATED, NextRotationDate=ago(days=2))
IN_TIME = kept_secret(**ROTATED, NextRotationDate=ago(days=-2), RotationRules={"AutomaticallyAfterDays": 30})

CASES = [
    case(DISTINCT, PASS, kept(), "values of their own"),
    case(DISTINCT, FAIL, but(get_secret_value=values(MONGO_URI="planted-x")), "MONGO_URI is the same in staging"),
    case(DISTINCT, FAIL, but(get_secret_value=values(JWT_SECRET="planted-x")), "JWT_SECRET"),
    case(DISTINCT, FAIL, but(get_secret_value=values(DYNAMO_TABLE_USERS="planted-x")), "DYNAMO_TABLE_USERS"),
    case(DISTINCT, WARN, but(get_secret_value=values(CORS_ORIGIN="planted-x")), "CORS_ORIGIN is the same"),
    case(DISTINCT, WARN, but(get_secret_value=values(SMTP_PASS="planted-x")), "SMTP_PASS is the same"),
    case(DISTINCT, WARN, but(get_secret_value=lacking("staging", "SMTP_USER")), "only prod has SMTP_USER"),
    case(DISTINCT, PASS, but(get_secret_value=values(MONGO_URI="", JWT_SECRET=" ")), "values of their own"),
    case(DISTINCT, PASS, but(get_secret_value=values(LOG_LEVEL="info")), "values of their own"),
    case(DISTINCT, UNKNOWN, but(get_secret_value={"SecretString": "planted"}), "not a JSON object"),
    case(DISTINCT, SKIP, kept(), "values are not read", site=CLOSED),
    case(DISTINCT, SKIP, kept(), "one environment", site=ONE_ENVIRONMENT),
    case(DISTINCT, SKIP, but(get_secret_value=GONE), "blocked by secret.exists"),
    case(KMS, PASS, kept(), "key that AWS keeps"),
    case(KMS, PASS, but(describe_secret=kept_secret(KmsKeyId="alias/aws/secretsmanager")), "key that AWS keeps"),
    case(KMS, PASS, encrypted(), "may decrypt"),
    case(KMS, PASS, encrypted(describe_key=key(manager="AWS")), "a key that AWS keeps"),
    case(
        KMS,
        PASS,
        encrypted(
            simulate_principal_policy=decided("implicitDeny"),
            get_key_policy={"Policy": policy(allow({"AWS": EXECUTION}))},
        ),
        "may decrypt",
    ),
    case(KMS, FAIL, encrypted(describe_key=key("Disabled")), "key is Disabled"),
    case(KMS, FAIL, encrypted(describe_key=key("PendingDeletion", DeletionDate=ago(days=-7))), "PendingDeletion"),
    case(KMS, FAIL, encrypted(describe_key=key("Unavailable")), "Unavailable"),
    case(KMS, FAIL, encrypted(describe_key=key("")), "no known state"),
    case(KMS, FAIL, encrypted(describe_key=Missing("kms:key", "x")), "not found"),
    case(KMS, WARN, encrypted(simulate_principal_policy=decided("implicitDeny")), "could not be verified"),
    case(KMS, SKIP, but(describe_secret=GONE), "blocked by secret.exists"),
    case(POLICY, PASS, kept(), "no policy of its own"),
    case(POLICY, PASS, guarded(allow({"AWS": EXECUTION})), "to nobody from outside"),
    case(POLICY, PASS, guarded(deny(Condition={"Bool": {"aws:SecureTransport": "false"}})), "nobody"),
    case(POLICY, PASS, guarded(deny(Condition={"ArnNotEquals": {"aws:PrincipalArn": EXECUTION}})), "nobody"),
    case(POLICY, PASS, guarded(allow("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})), "nobody"),
    case(POLICY, FAIL, guarded(allow("*")), "Given opens it to * (everyone)"),
    case(POLICY, FAIL, guarded(allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}})), "everyone"),
    case(POLICY, FAIL, guarded(allow(FOREIGN)), "999999999999", "foreign account"),
    case(POLICY, FAIL, guarded(deny()), "a Deny keeps AsharviBackendEcsExecutionRole out"),
    case(POLICY, FAIL, guarded(deny({"AWS": TASK})), "AsharviBackendEcsTaskRole", site=RUNTIME),
    case(POLICY, PASS, guarded(deny({"AWS": TASK})), "nobody"),
    case(POLICY, WARN, guarded(
        allow({"AWS": EXECUTION}),
        validate_resource_policy={"PolicyValidationPassed": False, "ValidationErrors": [{"CheckName": "Odd"}]},
    ), "check Odd does not pass"),
    case(POLICY, WARN, guarded(
        allow({"AWS": EXECUTION}), validate_resource_policy={"PolicyValidationPassed": False}
    ), "does not pass"),
    case(POLICY, UNKNOWN, guarded(deny(Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})), "aws:SourceVpce"),
    case(POLICY, UNKNOWN, but(get_resource_policy={"Name": "x", "ResourcePolicy": "{"}), "no JSON"),
    case(POLICY, SKIP, but(get_resource_policy=GONE), "blocked by secret.exists"),
    case(AGE, PASS, kept(), "20 days old"),
    case(AGE, PASS, but(list_secret_version_ids=versions(version("AWSCURRENT", days=90))), "within 90"),
    case(AGE, PASS, but(describe_secret=IN_TIME), "20 days old"),
    case(AGE, WARN, but(list_secret_version_ids=versions(version("AWSCURRENT", days=91))), "the limit is 90"),
    case(AGE, WARN, but(list_secret_version_ids=versions(version("AWSCURRENT", days=180))), "180 days old"),
    case(AGE, FAIL, but(list_secret_version_ids=versions(version("AWSCURRENT", days=181))), "181 days old"),
    case(AGE, PASS, but(list_secret_version_ids=versions(
        version("AWSCURRENT", days=9), version("AWSPENDING", minutes=59)
    )), "9 days"),
    case(AGE, WARN, but(list_secret_version_ids=versions(
        version("AWSCURRENT", days=9), version("AWSPENDING", minutes=61)
    )), "a rotation has been under way"),
    case(AGE, WARN, but(describe_secret=LATE), "was due on 2026-11-13"),
    case(AGE, WARN, but(describe_secret=DUE), "was due on 2026-11-21"),
    case(AGE, SKIP, but(list_secret_version_ids=versions(version("AWSPREVIOUS", days=9))), "blocked by secret.exists"),
    case(AGE, SKIP, but(describe_secret=GONE), "blocked by secret.exists"),
    case(TAGS, PASS, kept(), "tagged and described"),
    case(TAGS, WARN, but(describe_secret=kept_secret(Tags=[])), "no tag Project, Component, Environment"),
    case(TAGS, WARN, but(describe_secret=kept_secret(Description=" ")), "no description"),
    case(TAGS, SKIP, but(describe_secret=GONE), "blocked by secret.exists"),
]  # fmt: skip


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))
    assert "planted" not in repr(verdict)


def test_both_values_are_read_once() -> None:
    """Comparing takes one reading of each secret."""
    _, reader = judged(case(DISTINCT, PASS, kept()))
    assert sorted(asked["SecretId"] for _, _, asked in reader.asked) == [PROD.secret_name, STAGING.secret_name]


def test_without_leave_nothing_is_read() -> None:
    """The read itself leaves a trace in CloudTrail."""
    assert judged(case(DISTINCT, SKIP, kept(), site=CLOSED))[1].asked == []


def test_a_denied_comparison_weighs_little() -> None:
    """An operator who may not read values is the usual case."""
    verdict, _ = judged(case(DISTINCT, UNKNOWN, without(kept(), "secretsmanager", "get_secret_value")))
    assert (verdict.status, verdict.cause, verdict.counts_as) == (UNKNOWN, Cause.DENIED, Severity.LOW)


WORLDS = {KMS: encrypted(simulate_principal_policy=decided("implicitDeny")), POLICY: guarded(allow({"AWS": EXECUTION}))}


def asked_in(check: str) -> list[tuple[str, str]]:
    _, reader = judged(case(check, PASS, WORLDS.get(check, kept())))
    return sorted({(service, operation) for service, operation, _ in reader.asked})


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
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks, and tells no value."""
    check, (service, operation) = data.draw(st.sampled_from(ASKED))
    world = WORLDS.get(check, kept())
    whole = world[service, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    with in_turn():
        verdict, _ = judged(case(check, UNKNOWN, with_answer(world, service, operation, broken)))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
