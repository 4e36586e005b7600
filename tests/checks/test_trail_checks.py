"""The checks of the trail, of what is in it, and of when roles were used."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.maintenance.unusual import source_range
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Cicd, Frontend, Iam
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, judged
from tests.support.backend_site import ACCOUNT, SITE, Raw, ago
from tests.support.facts import NOON, Answers, action_of, denied, with_answer, without
from tests.support.ground import caller
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.raw_trail import ROOT, event, role, sign_in, trail, user

PASS, WARN, FAIL, UNKNOWN, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN, Status.SKIP
TRAIL, ACTIVITY, USED = "review.trail", "review.iam-activity", "review.role-last-used"
CHECKS = (TRAIL, ACTIVITY, USED)
GOOD = {"IsLogging": True, "LatestDeliveryTime": ago(minutes=5)}
STOPPED = {"IsLogging": False}
ALL = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}
MANAGEMENT = [{"Field": "eventCategory", "Equals": ["Management"]}]
SECRET = SITE.environments["prod"].secret_name
STRANGER = role("Stranger")
OTHERS = "210987654321"


def lookups(*events: Raw, former: tuple[Raw, ...] = ()) -> Any:
    """As CloudTrail finds them: by one attribute, within the time."""

    def find(**asked: Any) -> Mapping[str, Any]:
        (attribute,) = asked["LookupAttributes"]
        key, value = attribute["AttributeKey"], attribute["AttributeValue"]
        pool = former if asked["EndTime"] < NOON else events
        return {"Events": [one for one in pool if _is_meant(one, key, value)]}

    return find


def _is_meant(one: Raw, key: str, value: str) -> bool:
    reading = one["EventName"].startswith("Get")
    match key:
        case "ReadOnly":
            return reading is (value == "true")
        case "EventName":
            return bool(one["EventName"] == value)
        case _:
            return value == "root" and '"Root"' in one["CloudTrailEvent"]


def last_used(services: Mapping[str, datetime | None] | None = None, region: str = "ap-south-1") -> dict[str, Any]:
    def get_role(**asked: Any) -> Mapping[str, Any]:
        name = asked["RoleName"]
        return {
            "Role": {
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
                "RoleName": name,
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
                "RoleLastUsed": {"LastUsedDate": ago(days=1), "Region": region} if region else {},
            }
        }

    told = [
        {"ServiceName": name, "ServiceNamespace": name, **({"LastAuthenticated": at} if at else {})}
        for name, at in (services or {}).items()
    ]
    return {
        "get_role": get_role,
        "get_service_last_accessed_details": {"JobStatus": "COMPLETED", "ServicesLastAccessed": told},
    }


def world(**changed: Any) -> Answers:
    usual: dict[tuple[str, str], Any] = {
        ("cloudtrail", "describe_trails"): {"trailList": [trail()]},
        ("cloudtrail", "get_trail_status"): GOOD,
        ("cloudtrail", "get_event_selectors"): ALL,
        ("cloudtrail", "lookup_events"): lookups(),
        ("sts", "get_caller_identity"): caller(),
        ("iam", "generate_service_last_accessed_details"): {"JobId": "j"},
        **{("iam", name): answer for name, answer in last_used({"logs": ago(days=1)}).items()},
    }
    services = {operation: service for service, operation in usual}
    return {**usual, **{(services[name], name): answer for name, answer in changed.items()}}


def case(check: str, status: Status, says: str, site: Any = SITE, **changed: Any) -> Case:
    return Case(check=check, status=status, given=world(**changed), says=(says,), site=site)


def done(status: Status, says: str, *events: Raw, former: tuple[Raw, ...] = (), site: Any = SITE) -> Case:
    return case(ACTIVITY, status, says, lookup_events=lookups(*events, former=former), site=site)


def selectors(*, advanced: list[Raw] | None = None, **plain: Any) -> Raw:
    return {"AdvancedEventSelectors": [{"FieldSelectors": advanced}]} if advanced else {"EventSelectors": [plain]}


def of_two(first: Any, second: Any) -> Any:
    """The status of a trail of one's own, and of the organisation's."""

    def status(**asked: Any) -> Mapping[str, Any]:
        answer = second if OTHERS in asked["Name"] else first
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    return status


def refusals(count: int, minutes: float) -> list[Raw]:
    """Evenly within so many minutes, ``count`` of them."""
    gap = timedelta(minutes=minutes) / max(count - 1, 1)
    return [
        event("PutObject", STRANGER, ago(hours=9) + gap * number, errorCode="AccessDenied") for number in range(count)
    ]


OWN_AND_SHARED = {"trailList": [trail(), trail("org", OTHERS, IsOrganizationTrail=True)]}
ROLE_CHANGE = {"roleName": SITE.iam.cicd_role, "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
KNOWN = replace(SITE, iam=Iam(admin_allowlist=("boss",), machine_users=("robot",)))
CASES = [
    case(TRAIL, PASS, "main records every region"),
    case(TRAIL, PASS, "main records", get_event_selectors=selectors(advanced=MANAGEMENT)),
    case(TRAIL, FAIL, "the account has no trail", describe_trails={"trailList": []}),
    case(TRAIL, FAIL, "no trail is logging", get_trail_status=STOPPED),
    case(TRAIL, WARN, "one region alone", describe_trails={"trailList": [trail(IsMultiRegionTrail=False)]}),
    case(TRAIL, WARN, "no log file validation", describe_trails={"trailList": [trail(LogFileValidationEnabled=False)]}),
    case(TRAIL, WARN, "cannot deliver: NoSuchBucket", get_trail_status={**GOOD, "LatestDeliveryError": "NoSuchBucket"}),
    case(
        TRAIL,
        WARN,
        "no management events",
        get_event_selectors=selectors(IncludeManagementEvents=False, ReadWriteType="All"),
    ),
    case(TRAIL, WARN, "part of the", get_event_selectors=selectors(ReadWriteType="WriteOnly")),
    case(
        TRAIL,
        WARN,
        "part of the",
        get_event_selectors=selectors(advanced=[*MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}]),
    ),
    case(
        TRAIL,
        PASS,
        "main records",
        describe_trails=OWN_AND_SHARED,
        get_trail_status=of_two(GOOD, denied("cloudtrail", "get_trail_status")),
    ),
    case(TRAIL, PASS, "org records", describe_trails=OWN_AND_SHARED, get_trail_status=of_two(STOPPED, GOOD)),
    case(
        TRAIL,
        UNKNOWN,
        "cloudtrail:GetTrailStatus",
        describe_trails=OWN_AND_SHARED,
        get_trail_status=of_two(STOPPED, denied("cloudtrail", "get_trail_status")),
    ),
    done(PASS, "0 events"),
    done(PASS, "1 events", event("UpdateService", STRANGER)),
    done(FAIL, "the root user was used: DescribeInstances by root", event("DescribeInstances", ROOT)),
    done(PASS, "none", event("CreateKey", {**ROOT, "invokedBy": "kms.amazonaws.com"})),
    done(PASS, "none", event("RotateKey", ROOT, eventType="AwsServiceEvent")),
    done(FAIL, "without a second factor", sign_in(user("asha"), mfa="No")),
    done(PASS, "none", sign_in(user("asha"))),
    done(PASS, "none", sign_in(user("asha"), mfa="No", result="Failure")),
    done(PASS, "none", sign_in(role("Admins"), mfa="No")),
    done(FAIL, "the trail was stopped: StopLogging by Stranger", event("StopLogging", STRANGER)),
    done(FAIL, "the trail was stopped", event("DeleteTrail", role(SITE.iam.cicd_role))),
    done(WARN, "somebody tried to stop", event("StopLogging", STRANGER, errorCode="AccessDenied")),
    done(FAIL, "made by somebody unknown: CreateAccessKey", event("CreateAccessKey", STRANGER)),
    done(FAIL, "made by somebody unknown: CreateUser by asha", event("CreateUser", user("asha"))),
    done(PASS, "none", event("CreateUser", role("boss")), event("CreateAccessKey", user("robot")), site=KNOWN),
    done(PASS, "none", event("CreateUser", role("AsharviOnCall"))),
    done(
        FAIL,
        "a secret read by somebody unknown",
        event("GetSecretValue", STRANGER, requestParameters={"secretId": SECRET}),
    ),
    done(
        FAIL,
        "a secret read by",
        event("GetSecretValue", STRANGER, requestParameters={"secretId": f"arn:aws:x:y:1:secret:{SECRET}-AbCdEf"}),
    ),
    done(PASS, "none", event("GetSecretValue", STRANGER, requestParameters={"secretId": f"{SECRET}-of-others"})),
    done(
        PASS,
        "none",
        event("GetSecretValue", role(SITE.iam.execution_role), requestParameters={"secretId": SECRET}),
    ),
    done(WARN, "a backend role was changed", event("AttachRolePolicy", user("asha"), requestParameters=ROLE_CHANGE)),
    done(PASS, "none", event("PutRolePolicy", user("asha"), requestParameters={"roleName": "Other"})),
    done(WARN, "a security group was changed", event("AuthorizeSecurityGroupIngress", user("asha"))),
    done(WARN, "Stranger was denied 21 times", *refusals(21, 59)),
    done(PASS, "none", *refusals(20, 59)),
    done(PASS, "none", *refusals(21, 90)),
    done(WARN, "a new range, 8.0.0.0/8", sign_in(user("a"), sourceIPAddress="8.8.8.8"), former=(sign_in(user("a")),)),
    done(PASS, "none", sign_in(user("a"), sourceIPAddress="203.9.9.9"), former=(sign_in(user("a")),)),
    done(PASS, "none", sign_in(user("a"), sourceIPAddress="8.8.8.8")),
    case(USED, PASS, "4 roles were used as expected"),
    case(USED, PASS, "as expected", **last_used({"sqs": None}, region="")),
    case(USED, WARN, "was used for sqs on 2026-11-21", **last_used({"sqs": ago(days=2)})),
    case(USED, WARN, "was last used in eu-west-1", **last_used({"logs": ago(days=2)}, region="eu-west-1")),
    case(USED, PASS, "2 roles", site=replace(SITE, frontend=Frontend(enabled=False), cicd=Cicd(kind="none"))),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict_on_the_trail(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


ASKED = [
    (check, question)
    for check in CHECKS
    for question in sorted({(one, two) for one, two, _ in judged(case(check, PASS, ""))[1].asked})
    if question != ("sts", "get_caller_identity")
]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied_trail(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(Case(check=check, status=UNKNOWN, given=without(world(), *question)))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_trail_checks_need_what_they_ask(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks."""
    assert judged(case(check, PASS, ""))[1].actions == set(all_checks()[check].needs)


def test_what_is_told_in_us_east_1_counts_too() -> None:
    """IAM's events stand there alone: the check asks both regions, and an event told twice counts once."""
    made = event("CreateUser", STRANGER)
    given = with_answer(world(lookup_events=lookups(made)), "cloudtrail@us-east-1", "lookup_events", lookups(made))
    verdict, _ = judged(Case(check=ACTIVITY, status=FAIL, given=given))
    assert (verdict.status, verdict.evidence["events"]) == (FAIL, 1)
    alone = with_answer(world(), "cloudtrail@us-east-1", "lookup_events", lookups(made))
    assert judged(Case(check=ACTIVITY, status=FAIL, given=alone))[0].status is FAIL


def test_many_findings_are_told_in_few_words() -> None:
    """Ten stand in the because, the rest is counted; the evidence has more."""
    verdict, _ = judged(done(FAIL, "", *(event("CreateUser", STRANGER) for _ in range(14))))
    assert verdict.because.endswith("and 4 more")
    assert len(verdict.evidence["findings"]) == 14


def test_a_hostile_event_says_nothing_harmful() -> None:
    """What a caller wrote into an event comes out as one harmless line."""
    verdict, _ = judged(done(FAIL, "", event("CreateUser", user("\x1b[2Jevil\u202e"))))
    assert "\x1b" not in verdict.because
    assert "\u202e" not in verdict.because


@drawn(st.ip_addresses())
def test_an_address_is_in_its_range(address: Any) -> None:
    """Two addresses of one range give the same one, and a range holds its own address."""
    found = source_range(str(address))
    assert found.endswith("/8" if address.version == 4 else "/20")
    assert source_range(found.partition("/")[0]) == found


@drawn(st.text())
def test_any_text_has_a_range_or_none(text: str) -> None:
    """A service's name, or nonsense, is no address."""
    assert source_range(text) == "" or "/" in source_range(text)


@drawn(st.data())
def test_no_shape_of_a_trail_is_a_defect(data: st.DataObject) -> None:
    """Whatever CloudTrail answers, a check decides or says what it cannot read; it never breaks."""
    whole = world(lookup_events={"Events": [sign_in(user("asha")), *refusals(2, 5)]})
    names = [one for one in ASKED if "generate" not in one[1][1] and "last_accessed" not in one[1][1]]
    check, (service, operation) = data.draw(st.sampled_from(names))
    usual: Any = whole[service, operation]

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(usual(**parameters) if callable(usual) else usual))

    given = with_answer(whole, service, operation, broken)
    with in_turn():
        verdict, _ = judged(Case(check=check, status=UNKNOWN, given=given))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)


@drawn(st.text(max_size=200))
def test_no_text_of_an_event_is_a_defect(text: str) -> None:
    """An event whose text is no JSON, or JSON of another shape, is said to be unreadable."""
    told = {**event("PutObject", STRANGER), "CloudTrailEvent": text}
    with in_turn():
        verdict, _ = judged(done(UNKNOWN, "", told))
    assert verdict.cause in (None, Cause.MALFORMED)
