"""The checks of the secrets, on typed facts. Planted values must never come out."""

from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import ago
from tests.support.facts import Answers
from tests.support.ground import GUARDED, VALUES, but, ground, questions, refused, secret, value

CHECKS = ("secret.exists", "secret.keys")
PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
GONE = Missing("secretsmanager:describe-secret", "x")
DYNAMODB = replace(GUARDED, db=replace(GUARDED.db, kind="dynamodb"))
MIGRATING = replace(GUARDED, db=replace(GUARDED.db, migrating=True))


def reading(allowed: bool | str) -> Site:
    return replace(GUARDED, secrets=replace(GUARDED.secrets, allow_value_read=allowed))


def text(raw: str) -> Answers:
    return but(get_secret_value={"SecretString": raw})


def changed(**keys: Any) -> Answers:
    return but(get_secret_value=value(**keys))


def case(check: str, status: Status, given: Answers, *says: str, site: Site = GUARDED) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


CASES = [
    case("secret.exists", PASS, ground(), "asharvi/backend/prod has a current version"),
    case("secret.exists", FAIL, but(describe_secret=GONE), "asharvi/backend/prod not found"),
    case("secret.exists", FAIL, but(describe_secret=secret(DeletedDate=ago(days=1))), "deletion since 2026-11-22"),
    case("secret.exists", FAIL, but(describe_secret=secret(VersionIdsToStages={"v-1": ["AWSPREVIOUS"]})), "no version"),
    case("secret.exists", FAIL, but(describe_secret=secret(VersionIdsToStages={})), "no version at AWSCURRENT"),
    case("secret.exists", WARN, but(describe_secret=secret("asharvi/backend/prod-x")), "part of an ARN"),
    case("secret.keys", PASS, ground(), "all 5 required keys"),
    case("secret.keys", PASS, changed(MONGO_URI=None, DYNAMO_TABLE_USERS="users"), "all 5", site=DYNAMODB),
    case("secret.keys", PASS, changed(DYNAMO_TABLE_USERS="users"), "all 6", site=MIGRATING),
    case("secret.keys", FAIL, changed(MONGO_URI=None), "no MONGO_URI"),
    case("secret.keys", FAIL, changed(MONGO_URI=None, SMTP_PASS=None), "no MONGO_URI, SMTP_PASS"),
    case("secret.keys", FAIL, changed(SMTP_PASS=""), "empty: SMTP_PASS"),
    case("secret.keys", FAIL, changed(SMTP_PASS="  "), "empty: SMTP_PASS"),
    case("secret.keys", FAIL, changed(SMTP_PASS=587), "empty: SMTP_PASS"),
    case("secret.keys", FAIL, text("planted-and-not-json"), "not a JSON object"),
    case("secret.keys", FAIL, text('["planted"]'), "not a JSON object"),
    case("secret.keys", FAIL, text("[" * 100_000), "not a JSON object"),
    case("secret.keys", FAIL, ground(), "no DYNAMO_TABLE_*", site=DYNAMODB),
    case("secret.keys", FAIL, ground(), "no DYNAMO_TABLE_*", site=MIGRATING),
    case("secret.keys", WARN, changed(OLD_TOKEN="planted"), "unknown keys: OLD_TOKEN"),
    case("secret.keys", WARN, but(get_secret_value={"SecretBinary": value()["SecretString"].encode()}), "binary"),
    case("secret.keys", WARN, changed(SMTP_USER=" planted"), "blanks around SMTP_USER"),
    case("secret.keys", WARN, changed(SMTP_PASS="changeme-planted"), "placeholder in SMTP_PASS"),
    case("secret.keys", WARN, changed(MONGO_URI="https://planted"), "MONGO_URI begins with neither"),
    case("secret.keys", WARN, changed(CORS_ORIGIN="*"), "CORS_ORIGIN is *"),
    case("secret.keys", WARN, changed(JWT_SECRET="planted-31-characters-long-0123"), "shorter than 32"),
    case("secret.keys", SKIP, ground(), "secrets.allow_value_read: true", site=reading(False)),
    case("secret.keys", SKIP, ground(), "secrets.allow_value_read: true", site=reading("ask")),
    case("secret.keys", SKIP, but(get_secret_value=GONE), "blocked by secret.exists"),
    case("secret.keys", Status.UNKNOWN, but(get_secret_value={"Name": "x"}), "without a value"),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, and says why."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because


@pytest.mark.parametrize("one", [one for one in CASES if one.check == "secret.keys"], ids=str)
def test_no_value_comes_out(one: Case) -> None:
    """Whatever is wrong with a secret, nothing of its values stands in the verdict."""
    told = repr(judged(one)[0])
    assert "planted" not in told
    assert not [key for key, held in VALUES.items() if len(held) > 8 and held[:20] in told]


@pytest.mark.parametrize("allowed", [False, "ask"])
def test_not_read_without_leave(allowed: bool | str) -> None:
    """Without the site's leave the value is not even asked for: the read itself leaves a trace."""
    _, reader = judged(case("secret.keys", SKIP, ground(), site=reading(allowed)))
    assert reader.asked == []


def test_length_is_told_in_buckets() -> None:
    """Evidence tells a key's length no finer than three buckets."""
    verdict, _ = judged(case("secret.keys", PASS, ground()))
    assert {key: told["length"] for key, told in verdict.evidence["keys"].items()} == {
        "MONGO_URI": "≥32",
        "JWT_SECRET": "≥32",
        "SMTP_USER": "<16",
        "SMTP_PASS": "16–31",
        "CORS_ORIGIN": "16–31",
    }


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
