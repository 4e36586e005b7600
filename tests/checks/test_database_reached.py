"""The checks of the choice of a database, of the way to it as the application sees it, and of its connection string."""

from typing import Any

import pytest
from msgspec.structs import replace

from checks.database.trouble import PATTERNS, counted, filter_pattern
from runbook_tui.aws.probe import Failure
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import App, Secrets, Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend_site import SITE
from tests.support.database import (
    DYNAMO,
    GUARDED,
    MIGRATING,
    DbCase,
    asked_in,
    atlas_site,
    but_db,
    db_ground,
    event,
    injecting,
    judge,
    logged,
    ready,
    secret_values,
    uri,
)
from tests.support.facts import Answers, action_of, without

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECKS = ("db.choice", "db.app-reachability", "atlas.uri-private")
ASKS_DB = replace(GUARDED, app=App(ready_checks_db=True))
AT_RUN_TIME = replace(GUARDED, app=App(reads_secrets_at_runtime=True))
LINKED = atlas_site("privatelink")
NAMED = replace(DYNAMO, secrets=Secrets(required_keys=("DYNAMO_TABLE_USERS", "DYNAMO_TABLE_ORDERS")))
DOWN = Failure(kind="refused", text="connection refused")
SELECTION = event("MongooseServerSelectionError: connect planted-host", 9)


def chosen(status: Status, *says: str, keys: tuple[str, ...], site: Site = GUARDED, **container: Any) -> DbCase:
    given = but_db(describe_task_definition=injecting(*keys, **container))
    return DbCase(check="db.choice", status=status, given=given, says=says, site=site)


def reached(status: Status, *says: str, events: Any = (), site: Site = GUARDED, **more: Any) -> DbCase:
    given = but_db(filter_log_events=logged(*events, quiet=more.pop("quiet", False)))
    return DbCase(check="db.app-reachability", status=status, given=given, says=says, site=site, **more)


def string(status: Status, *says: str, site: Site = GUARDED, staging: str | None = None, **given: Any) -> DbCase:
    prod = {"MONGO_URI": uri(**{"database": "prod", **given}) if "text" not in given else given["text"]}
    answers = but_db(get_secret_value=secret_values(prod=prod, staging={"MONGO_URI": staging} if staging else None))
    return DbCase(check="atlas.uri-private", status=status, given=answers, says=says, site=site)


TABLE_VARIABLE = [{"name": "DYNAMO_TABLE_USERS", "value": "asharvi-users-prod"}]

CASES = [
    chosen(PASS, "mongodb_atlas", keys=("MONGO_URI", "JWT_SECRET")),
    chosen(PASS, "dynamodb", keys=("DYNAMO_TABLE_USERS",), site=DYNAMO),
    chosen(PASS, keys=(), environment=TABLE_VARIABLE, site=DYNAMO),
    chosen(PASS, keys=("MONGO_URI", "DYNAMO_TABLE_USERS"), site=MIGRATING),
    chosen(FAIL, "staging lacks MONGO_URI; prod lacks MONGO_URI", keys=("JWT_SECRET",)),
    chosen(FAIL, "lacks DYNAMO_TABLE_*", keys=("MONGO_URI",), site=DYNAMO),
    chosen(FAIL, "lacks DYNAMO_TABLE_ORDERS", keys=("DYNAMO_TABLE_USERS",), site=NAMED),
    chosen(FAIL, "lacks DYNAMO_TABLE_*", keys=("MONGO_URI",), site=MIGRATING),
    chosen(WARN, "keys of both", keys=("MONGO_URI", "DYNAMO_TABLE_USERS")),
    chosen(WARN, "keys of both", keys=("MONGO_URI", "DYNAMO_TABLE_USERS"), site=DYNAMO),
    chosen(SKIP, "secret.keys", keys=(), site=AT_RUN_TIME),
    reached(PASS, "/ready answers 200"),
    reached(PASS, site=ASKS_DB, quiet=True),
    reached(PASS, events=[event("AccessDeniedException: s3:GetObject")]),
    reached(FAIL, "answers 503", "ServerSelectionError (1×)", events=[SELECTION], probe=ready(503)),
    reached(FAIL, "connection refused", events=[event("connect ECONNREFUSED 10.0.0.1:27017")], probe=DOWN),
    reached(WARN, "though /ready answers 200", events=[SELECTION]),
    reached(WARN, "AccessDenied on dynamodb", events=[event("AccessDeniedException: dynamodb:GetItem")]),
    reached(WARN, "says nothing of the database", probe=ready(503)),
    reached(UNKNOWN, "no event in 15 minutes", quiet=True),
    string(PASS, "private way, encrypted"),
    string(PASS, host="main-pl-0.ab1cd.mongodb.net", site=LINKED),
    string(PASS, text="mongodb://a:b@h1.mongodb.net,h2.mongodb.net/prod?ssl=true&serverSelectionTimeoutMS=5"),
    string(FAIL, "own machine", host="localhost"),
    string(FAIL, "TLS off", options="tls=false"),
    string(FAIL, "TLS off", text="mongodb://a:b@main.ab1cd.mongodb.net/prod"),
    string(FAIL, "same cluster and database as that of staging", staging=uri("prod", options="appName=x")),
    string(FAIL, "called after staging", database="asharvi_staging", staging=uri("elsewhere")),
    string(FAIL, "called after staging", database="asharvi", host="stage-0.ab1cd.mongodb.net"),
    string(FAIL, "no MongoDB connection string", text="planted"),
    string(WARN, "not the one of PrivateLink", site=LINKED),
    string(WARN, "is one of PrivateLink, the site uses peering", host="main-pl-0.ab1cd.mongodb.net"),
    string(WARN, "retryWrites is off", options="retryWrites=false&serverSelectionTimeoutMS=5000"),
    string(WARN, "serverSelectionTimeoutMS", options="retryWrites=true"),
    string(SKIP, "values are not read", site=SITE),
    string(SKIP, "DynamoDB", site=DYNAMO),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_the_way_gets_its_verdict(one: DbCase) -> None:
    """Every clause of a row: PASS, each FAIL, each WARN, UNKNOWN and SKIP; nothing of a value is repeated."""
    verdict, _ = judge(one)
    assert verdict.status == one.status, verdict.because
    for part in one.says:
        assert part in verdict.because
    assert verdict.remedy or one.status in (PASS, SKIP)
    for planted in ("planted", "ab1cd", "27017", "main-pl"):
        assert planted not in str(verdict)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_needs_what_it_asks(check: str) -> None:
    """No more, and no less."""
    assert asked_in(check, CASES) == set(all_checks()[check].needs)


@pytest.mark.parametrize("check", CHECKS)
def test_without_a_permission_nothing_is_decided(check: str) -> None:
    """UNKNOWN, and the action is named."""
    for service, operation in {(service, operation) for service, operation, _ in judge(_healthy(check))[1].asked}:
        verdict, _ = judge(_healthy(check, without(db_ground(), service, operation)))
        assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
        assert action_of(service, operation) in verdict.because


def _healthy(check: str, given: Answers | None = None) -> DbCase:
    return DbCase(check=check, status=PASS, given=given or db_ground())


def test_first_and_last_time_are_evidence() -> None:
    """Counts and times tell the story; messages stay in the log."""
    events = [event("MongoNetworkError: x", 12), event("MongoNetworkTimeoutError: y", 3)]
    verdict, _ = judge(reached(FAIL, events=events, probe=ready(503)))
    assert verdict.evidence == {
        "ready": "503",
        "counts": {"MongoNetworkTimeoutError": 1, "MongoNetworkError": 1},
        "first": "2026-11-23T11:48:00Z",
        "last": "2026-11-23T11:57:00Z",
    }


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("MongoServerSelectionError: x", ["ServerSelectionError"]),
        ("MongooseServerSelectionError: x", ["ServerSelectionError"]),
        ("MongooseError: Operation `users.find()` buffering timed out after 10000ms", ["buffering timed out"]),
        ("MongoNetworkError: connect ETIMEDOUT 10.0.0.1", ["MongoNetworkError", "ETIMEDOUT"]),
        ("AccessDeniedException … not authorized to perform: dynamodb:PutItem", ["AccessDenied on dynamodb"]),
        ("GET /orders 200", []),
    ],
)
def test_what_a_message_tells(message: str, names: list[str]) -> None:
    """Texts of the driver, of Mongoose, of Node.js and of the SDK."""
    assert list(counted([message])) == names


def test_the_filter_is_as_wide_as_the_patterns() -> None:
    """CloudWatch compares whole words: each pattern has a word of its own, and every term is optional."""
    terms = filter_pattern().replace('"buffering timed out"', "buffering").split()
    assert all(term.startswith("?") for term in terms)
    assert all(name.split()[0] in filter_pattern() for name in PATTERNS)
