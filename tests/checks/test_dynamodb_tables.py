"""The checks of DynamoDB, on typed facts."""

from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Params, Secrets, Site, Table
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend_site import SITE
from tests.support.database import (
    DYNAMO,
    GUARDED,
    MIGRATING,
    DbCase,
    asked_in,
    backups,
    but_db,
    db_ground,
    described,
    dynamo_site,
    judge,
    metrics,
    pushed,
    secret_values,
    statement,
    targets,
)
from tests.support.facts import Answers, action_of, without
from tests.support.ground import PRIVATE, PUBLIC, endpoint, endpoints, route, table, tables

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECKS = (
    "dynamo.tables.active",
    "dynamo.pitr",
    "dynamo.capacity",
    "dynamo.endpoint",
    "dynamo.secret-keys",
    "dynamo.app-modified",
)
WITH_PARAMETERS = replace(DYNAMO, params=Params(enabled=True))
UNREAD = replace(WITH_PARAMETERS, secrets=Secrets(allow_value_read=False))
HIDDEN = dynamo_site(base=SITE)
TAGGED = replace(DYNAMO, db=replace(DYNAMO.db, dynamodb=replace(DYNAMO.db.dynamodb, min_image_tag="v2")))
NAMED = replace(DYNAMO, secrets=Secrets(allow_value_read=True, required_keys=("DYNAMO_TABLE_USERS", "DYNAMO_TABLE_X")))
ONLY_STAGING = replace(
    DYNAMO, db=replace(DYNAMO.db, dynamodb=replace(DYNAMO.db.dynamodb, tables=DYNAMO.db.dynamodb.tables[:1]))
)


def case(check: str, status: Status, given: Answers, *says: str, site: Site = DYNAMO, **more: Any) -> DbCase:
    return DbCase(check=f"dynamo.{check}", status=status, given=given, says=says, site=site, **more)


def table_case(status: Status, *says: str, **changes: Any) -> DbCase:
    return case("tables.active", status, but_db(describe_table=described(**changes)), *says)


def parameter(value: str, name: str = "DYNAMO_TABLE_USERS", **more: Any) -> dict[str, Any]:
    return {"Parameters": [{"Name": f"/asharvi/backend/prod/{name}", "Value": value, "Type": "String", **more}]}


def valued(**prod: Any) -> Answers:
    return but_db(get_secret_value=secret_values(prod={"MONGO_URI": None, **prod}))


def served(*of: str, **changes: Any) -> Answers:
    gateway = endpoint("dynamodb", VpcEndpointType="Gateway", Groups=[], RouteTableIds=list(of), **changes)
    return but_db(describe_vpc_endpoints=endpoints(gateway))


def no_nat() -> Answers:
    return {
        **but_db(describe_vpc_endpoints=endpoints()),
        ("ec2", "describe_route_tables"): tables(table("rtb-main", main=True), table("rtb-private", of=PRIVATE)),
    }


def half_served() -> Answers:
    halves = tables(
        table("rtb-main", main=True),
        table("rtb-a", route("nat-1"), of=PRIVATE[:1]),
        table("rtb-b", of=PRIVATE[1:]),
        table("rtb-public", route("igw-1"), of=PUBLIC),
    )
    return {**served("rtb-a"), ("ec2", "describe_route_tables"): halves}


def gone() -> Answers:
    return but_db(describe_table=Missing("dynamodb:table", "asharvi-users-prod"))


PROVISIONED: dict[str, Any] = {"BillingModeSummary": {"BillingMode": "PROVISIONED"}}

CASES = [
    case("tables.active", PASS, db_ground(), "1 table of prod: active"),
    case("tables.active", PASS, db_ground(), environment="staging"),
    case("tables.active", FAIL, gone(), "table asharvi-users-prod not found"),
    case("tables.active", FAIL, db_ground(), "no table of prod", site=ONLY_STAGING),
    table_case(
        FAIL,
        "has pk (S) as HASH key, expected id (S)",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    ),
    table_case(FAIL, "nothing as RANGE key, expected at (N)", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}]),
    table_case(
        FAIL,
        "id (N) as HASH key",
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "N"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
    ),
    *[table_case(FAIL, state, TableStatus=state) for state in ("INACCESSIBLE_ENCRYPTION_CREDENTIALS", "CREATING")],
    table_case(FAIL, "by-mail", GlobalSecondaryIndexes=[{"IndexName": "by-mail", "IndexStatus": "CREATING"}]),
    table_case(WARN, "is being changed", TableStatus="UPDATING"),
    table_case(WARN, "by-mail", GlobalSecondaryIndexes=[{"IndexName": "by-mail", "IndexStatus": "UPDATING"}]),
    table_case(WARN, "deleted by accident", DeletionProtectionEnabled=False),
    table_case(PASS, BillingModeSummary={}),
    case("pitr", PASS, db_ground(), "any second can be"),
    case("pitr", FAIL, but_db(describe_continuous_backups=backups("DISABLED")), "asharvi-users-prod"),
    case("pitr", FAIL, db_ground(), "no table of prod", site=ONLY_STAGING),
    case("pitr", WARN, but_db(describe_continuous_backups=backups("DISABLED")), "is off", environment="staging"),
    case(
        "pitr",
        SKIP,
        but_db(describe_continuous_backups=Missing("dynamodb:table", "x")),
        "blocked by dynamo.tables.active",
    ),
    case("capacity", PASS, but_db(get_metric_data=metrics(SuccessfulRequestLatency=100)), "nothing was throttled"),
    case("capacity", PASS, db_ground()),
    case(
        "capacity",
        FAIL,
        but_db(get_metric_data=metrics(ThrottledRequests=2, SuccessfulRequestLatency=98)),
        "2.0 % of",
        "asharvi-users-prod",
    ),
    case(
        "capacity",
        WARN,
        but_db(get_metric_data=metrics(ThrottledRequests=1, SuccessfulRequestLatency=99)),
        "throttles in the last 24 h: 10 on",
    ),
    case("capacity", WARN, but_db(get_metric_data=metrics(ReadThrottleEvents=4)), "4 on asharvi-users-prod"),
    case("capacity", WARN, but_db(describe_table=described(**PROVISIONED)), "nothing scales"),
    case("capacity", WARN, but_db(describe_table=described(BillingModeSummary={})), "nothing scales"),
    case(
        "capacity",
        PASS,
        {
            **but_db(describe_table=described(**PROVISIONED)),
            ("application-autoscaling", "describe_scalable_targets"): targets("asharvi-users-prod"),
        },
    ),
    case("capacity", FAIL, db_ground(), "no table of prod", site=ONLY_STAGING),
    case("capacity", SKIP, gone(), "blocked by dynamo.tables.active"),
    case("endpoint", PASS, db_ground(), "gateway endpoint"),
    case(
        "endpoint",
        PASS,
        but_db(describe_vpc_endpoints=endpoints(endpoint("dynamodb"))),
        "vpce-dynamodb is an interface endpoint",
    ),
    case("endpoint", FAIL, no_nat(), "neither endpoint nor NAT"),
    case("endpoint", FAIL, half_served(), "no way to DynamoDB: subnet-prv-b"),
    case(
        "endpoint",
        FAIL,
        {
            **no_nat(),
            ("ec2", "describe_vpc_endpoints"): served("rtb-private", State="deleting")["ec2", "describe_vpc_endpoints"],
        },
        "no way",
    ),
    case("endpoint", WARN, but_db(describe_vpc_endpoints=endpoints()), "through the NAT gateway"),
    case("endpoint", WARN, served("rtb-other"), "subnet-prv-a, subnet-prv-b"),
    case("secret-keys", PASS, valued(), "1 key: tables of prod"),
    case("secret-keys", PASS, db_ground(), site=MIGRATING),
    case(
        "secret-keys",
        PASS,
        but_db(get_parameters_by_path=parameter("asharvi-users-prod")),
        "1 key",
        site=UNREAD,
    ),
    case("secret-keys", FAIL, valued(DYNAMO_TABLE_USERS="asharvi-users-gone"), "DYNAMO_TABLE_USERS names no table"),
    case("secret-keys", FAIL, valued(DYNAMO_TABLE_USERS="asharvi-users-staging"), "a table of staging"),
    case("secret-keys", FAIL, valued(DYNAMO_TABLE_USERS=None), "no key DYNAMO_TABLE_*"),
    case("secret-keys", FAIL, valued(), "no key DYNAMO_TABLE_X", site=NAMED),
    case("secret-keys", WARN, db_ground(), "still has MONGO_URI"),
    case("secret-keys", SKIP, db_ground(), "values are not read", site=HIDDEN),
    case("secret-keys", SKIP, db_ground(), "values are not read", site=UNREAD),
    case(
        "secret-keys",
        UNKNOWN,
        but_db(get_parameters_by_path=parameter("AQIC…", Type="SecureString")),
        "is a SecureString",
        site=UNREAD,
    ),
    case("secret-keys", PASS, valued(), site=WITH_PARAMETERS),
    case("app-modified", PASS, db_ground(), "or was pushed after it", site=TAGGED),
    case("app-modified", PASS, db_ground(), "attested by", stated=statement("dynamo.app-modified")),
    case(
        "app-modified", FAIL, but_db(describe_images=pushed(**{"1a2b3c4": 3, "v2": 2})), "pushed before v2", site=TAGGED
    ),
    case("app-modified", FAIL, but_db(describe_images=Missing("ecr:image", "v2")), "not found", site=TAGGED),
    case("app-modified", WARN, db_ground(), "nobody has attested"),
    *[case(check.removeprefix("dynamo."), SKIP, db_ground(), "MongoDB Atlas", site=GUARDED) for check in CHECKS],
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_the_tables_get_their_verdict(one: DbCase) -> None:
    """Every clause of a row: PASS, each FAIL, each WARN and each SKIP."""
    verdict, _ = judge(one)
    assert verdict.status == one.status, verdict.because
    for part in one.says:
        assert part in verdict.because
    assert verdict.remedy or one.status in (PASS, SKIP)
    assert "planted" not in str(verdict)


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_more_is_asked_than_needed(check: str) -> None:
    """And nothing less."""
    assert asked_in(check, CASES) == set(all_checks()[check].needs)


@pytest.mark.parametrize("check", CHECKS)
def test_a_denied_call_decides_nothing(check: str) -> None:
    """Whichever it is: UNKNOWN, and the action is named."""
    site = TAGGED if check.endswith("app-modified") else WITH_PARAMETERS
    healthy = DbCase(check=check, status=PASS, given=valued(), site=site)
    for service, operation in {(service, operation) for service, operation, _ in judge(healthy)[1].asked}:
        given = without(valued(), service, operation)
        verdict, _ = judge(DbCase(check=check, status=UNKNOWN, given=given, site=site))
        assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
        assert action_of(service, operation) in verdict.because


def test_tables_belong_to_the_environment_whose_name_they_bear() -> None:
    """A table without such a name is both environments'."""
    everyone = replace(
        DYNAMO, db=replace(DYNAMO.db, dynamodb=replace(DYNAMO.db.dynamodb, tables=(Table(name="users", pk="id"),)))
    )
    given = but_db(
        describe_table=described(KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}]),
    )
    for environment in ("staging", "prod"):
        one = DbCase(check="dynamo.tables.active", status=PASS, given=given, site=everyone, environment=environment)
        assert judge(one)[0].status is PASS


def test_many_tables_are_asked_in_one_request_of_metrics() -> None:
    """A request takes 500 questions; sixty tables make three."""
    names = tuple(Table(name=f"t-{place}", pk="id", sk="at", sk_type="N") for place in range(60))
    site = replace(DYNAMO, db=replace(DYNAMO.db, dynamodb=replace(DYNAMO.db.dynamodb, tables=names)))
    verdict, reader = judge(DbCase(check="dynamo.capacity", status=PASS, given=db_ground(), site=site))
    asked = [given for _, operation, given in reader.asked if operation == "get_metric_data"]
    assert (verdict.status, [len(one["MetricDataQueries"]) for one in asked]) == (PASS, [500, 500, 320])


def test_choosing_one_database_skips_the_other() -> None:
    """Atlas by default, DynamoDB when it is chosen, and both while the site migrates."""
    for site, kinds in ((GUARDED, {"atlas"}), (DYNAMO, {"dynamo"}), (MIGRATING, {"atlas", "dynamo"})):
        asked = set()
        for check in sorted(all_checks()):
            family = check.partition(".")[0]
            if family in ("atlas", "dynamo"):
                verdict, _ = judge(DbCase(check=check, status=PASS, given=db_ground(), site=site))
                if "no migration is under way" not in verdict.because:
                    asked.add(family)
        assert asked == kinds
