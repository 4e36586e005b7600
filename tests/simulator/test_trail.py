"""What CloudTrail tells of the simulated account."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from tests.support.inside import Inside

pytestmark = pytest.mark.slow

CLUSTER, SERVICE = "asharvi-backend-cluster", "asharvi-backend-prod"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with Simulator(clock=Clock(speed=0)) as simulator:
        yield Inside(simulator)


@pytest.fixture(scope="module")
def trail(inside: Inside) -> Any:
    return inside.client("cloudtrail")


def _by(trail: Any, key: str, value: str, **more: Any) -> list[dict[str, Any]]:
    """In the site's region and in us-east-1, where IAM's events are told."""
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    pages = [
        page
        for one in (trail, _in_us_east_1(trail))
        for page in one.get_paginator("lookup_events").paginate(LookupAttributes=attributes, **more)
    ]
    return [each for page in pages for each in page["Events"]]


def _in_us_east_1(trail: Any) -> Any:
    signer = trail._request_signer._credentials.get_frozen_credentials()
    return boto3.Session(signer.access_key, signer.secret_key, signer.token, region_name="us-east-1").client(
        "cloudtrail", endpoint_url=trail.meta.endpoint_url
    )


def _now(inside: Inside) -> Any:
    return inside.world.clock.now()


def test_a_change_is_told_after_a_while(inside: Inside, trail: Any) -> None:
    """Who, what, from where and on which resource; before the delay is over, not at all."""
    start = _now(inside)
    inside.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=3)
    assert _by(trail, "EventName", "UpdateService", StartTime=start) == []
    inside.wait(10)
    (event,) = _by(trail, "EventName", "UpdateService", StartTime=start)
    assert (event["Username"], event["EventSource"], event["ReadOnly"]) == ("on-call", "ecs.amazonaws.com", "false")
    assert {"ResourceType": "AWS::ECS::Service", "ResourceName": SERVICE} in event["Resources"]
    told = json.loads(event["CloudTrailEvent"])
    assert told["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "AsharviOnCall"
    assert told["requestParameters"] == {"cluster": CLUSTER, "service": SERVICE, "desiredCount": 3}
    assert told["responseElements"]["service"]["desiredCount"] == 3
    assert (told["sourceIPAddress"], "Boto3" in told["userAgent"]) == ("127.0.0.1", True)


def test_secrets_are_hidden(inside: Inside, trail: Any) -> None:
    """In parameters and in answers, also in what no model calls sensitive."""
    start = _now(inside)
    inside.client("secretsmanager").put_secret_value(SecretId="asharvi/backend/staging", SecretString='{"A":"hunter2"}')
    inside.client("iam").create_access_key(UserName="asharvi-backup")
    inside.wait(10)
    texts = [
        event["CloudTrailEvent"]
        for name in ("PutSecretValue", "CreateAccessKey")
        for event in _by(trail, "EventName", name, StartTime=start)
    ]
    assert len(texts) == 2
    assert "hunter2" not in texts[0]
    assert json.loads(texts[0])["requestParameters"]["secretString"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    assert json.loads(texts[1])["responseElements"]["accessKey"]["secretAccessKey"] == "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_what_was_refused_is_told_with_its_code(inside: Inside, trail: Any) -> None:
    """A change that failed is one that somebody tried; what is not simulated never reached AWS."""
    start = _now(inside)
    with pytest.raises(ClientError):
        inside.client("ecs").update_service(cluster="nowhere", service=SERVICE, desiredCount=1)
    with pytest.raises(ClientError):
        inside.client("iam").delete_user(UserName="nobody")
    with pytest.raises(ClientError, match="NotSimulated"):
        inside.client("iam").get_organizations_access_report(JobId="0" * 36)
    inside.wait(10)
    codes = {
        name: json.loads(_by(trail, "EventName", name, StartTime=start)[0]["CloudTrailEvent"])["errorCode"]
        for name in ("UpdateService", "DeleteUser")
    }
    assert codes == {"UpdateService": "ClusterNotFoundException", "DeleteUser": "NoSuchEntity"}
    assert _by(trail, "EventName", "GetOrganizationsAccessReport") == []


def test_reading_calls_are_found_only_when_wanted(inside: Inside, trail: Any) -> None:
    """They would bury the changes."""
    start = _now(inside)
    inside.client("ecs").list_clusters()
    inside.wait(10)
    events = trail.lookup_events(StartTime=start)["Events"]
    everything = [each["EventName"] for each in events if each["Username"] == "on-call"]  # ECS does as it likes
    assert everything == []
    assert "ListClusters" in [each["EventName"] for each in _by(trail, "ReadOnly", "true", StartTime=start)]
    assert [each["EventName"] for each in _by(trail, "EventName", "ListClusters", StartTime=start)] == ["ListClusters"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Username", "on-call"),
        ("ResourceName", "trail-user"),
        ("ResourceType", "AWS::IAM::User"),
        ("EventSource", "iam.amazonaws.com"),
        ("AccessKeyId", "ASIASIMULATEDONCALL0"),
        ("ReadOnly", "false"),
    ],
)
def test_every_attribute_finds_it(inside: Inside, trail: Any, key: str, value: str) -> None:
    """One event, by each of the ways to ask for it; by another value, it is not found."""
    start = _now(inside)
    iam = inside.client("iam")
    iam.create_user(UserName="trail-user")
    inside.wait(10)
    found = _by(trail, key, value, StartTime=start)
    assert [each["EventName"] for each in found] == ["CreateUser"]
    assert [each["EventId"] for each in _by(trail, "EventId", found[0]["EventId"])] == [found[0]["EventId"]]
    assert _by(trail, key, "other", StartTime=start) == []
    iam.delete_user(UserName="trail-user")
    inside.wait(10)


def test_what_is_global_is_told_in_us_east_1_alone(inside: Inside, trail: Any) -> None:
    """A change in IAM is not among the events of the site's region, one in ECS not among those of us-east-1."""
    start = _now(inside)
    inside.client("iam").tag_user(UserName="asharvi-backup", Tags=[{"Key": "seen", "Value": "yes"}])
    inside.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=2)
    inside.wait(10)
    here = {each["EventName"] for each in trail.lookup_events(StartTime=start)["Events"]}
    there = {each["EventName"] for each in _in_us_east_1(trail).lookup_events(StartTime=start)["Events"]}
    assert ("UpdateService" in here, "TagUser" in here) == (True, False)
    assert ("UpdateService" in there, "TagUser" in there) == (False, True)


def test_the_past_is_paged_newest_first(inside: Inside, trail: Any) -> None:
    """Fifty at a time, over ninety days at most, with releases, sign-ins and scaling."""
    pages = list(trail.get_paginator("lookup_events").paginate(EndTime=inside.world.began))
    events = [each for page in pages for each in page["Events"]]
    assert {len(page["Events"]) for page in pages[:-1]} == {50}
    assert [each["EventTime"] for each in events] == sorted((each["EventTime"] for each in events), reverse=True)
    assert events[-1]["EventTime"] >= _now(inside) - timedelta(days=90)
    assert {each["EventName"] for each in events} == {
        "RegisterTaskDefinition",
        "UpdateService",
        "ConsoleLogin",
        "RegisterTargets",
    }
    sign_in = json.loads(next(each for each in events if each["EventName"] == "ConsoleLogin")["CloudTrailEvent"])
    assert (sign_in["additionalEventData"]["MFAUsed"], sign_in["eventType"]) == ("Yes", "AwsConsoleSignIn")
    assert sign_in["additionalEventData"]["MFAIdentifier"] == sign_in["userIdentity"]["arn"].replace(":user/", ":mfa/")
    scaled = [json.loads(each["CloudTrailEvent"])["userIdentity"].get("invokedBy") for each in events]
    assert "ecs.application-autoscaling.amazonaws.com" in scaled


def test_wrong_questions_are_refused(trail: Any) -> None:
    """Two attributes, a time that ends before it begins, a token of another question."""
    two = [{"AttributeKey": "EventName", "AttributeValue": "x"}, {"AttributeKey": "Username", "AttributeValue": "y"}]
    with pytest.raises(ClientError, match="InvalidLookupAttributesException"):
        trail.lookup_events(LookupAttributes=two)
    with pytest.raises(ClientError, match="InvalidTimeRangeException"):
        trail.lookup_events(StartTime=2_000_000_000, EndTime=1_000_000_000)
    token = trail.lookup_events()["NextToken"]
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        trail.lookup_events(LookupAttributes=two[:1], NextToken=token)


def test_one_trail_writes_everything_down(trail: Any) -> None:
    """Of all regions, with files that can be verified."""
    (found,) = trail.describe_trails()["trailList"]
    assert (found["IsMultiRegionTrail"], found["LogFileValidationEnabled"]) == (True, True)
    assert trail.get_trail_status(Name=found["Name"])["IsLogging"] is True
    assert trail.get_event_selectors(TrailName=found["Name"])["TrailARN"] == found["TrailARN"]
