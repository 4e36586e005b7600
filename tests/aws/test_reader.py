"""The reader against a real server on loopback."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from runbook_tui.aws.clients import Patience
from runbook_tui.aws.errors import Denied, Malformed, Throttled, Truncated
from runbook_tui.aws.reader import SessionReader
from tests.support.aws import reader_of, refusal, session_with
from tests.support.threads import at_once
from tests.support.wire import WHO, Asked, Reply, document, xml


class Time:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_one_request_answers_all_who_ask_at_once() -> None:
    """Twenty threads that ask the same at once cause one request and share its answer."""
    with reader_of(Reply(body=b'{"clusters": [{"clusterName": "main"}]}', delay=0.1)) as (reader, wire):
        answers = at_once(20, lambda _: reader.read("ecs", "describe_clusters", clusters=["main"]))
        assert len(wire.asked) == 1
        assert all(answer is answers[0] for answer in answers)
        assert answers[0]["clusters"] == [{"clusterName": "main"}]


def test_all_who_wait_share_the_error() -> None:
    """An error is asked for once too, and each of the waiting threads gets it."""
    denied = refusal("ecs", "AccessDeniedException", status=403)
    with reader_of(Reply(status=403, body=denied.body, delay=0.1)) as (reader, wire):
        problems = at_once(10, lambda _: reader.read("ecs", "describe_clusters"))
        assert len(wire.asked) == 1
        assert [type(problem) for problem in problems] == [Denied] * 10


def test_the_same_question_in_another_order_is_the_same() -> None:
    """Parameters are compared by name, and their values by content."""
    with reader_of(document(services=[], clusters=[])) as (reader, wire):
        reader.read("ecs", "describe_services", cluster="main", services=["a"])
        reader.read("ecs", "describe_services", services=["a"], cluster="main")
        reader.read("ecs", "describe_services", services=["b"], cluster="main")
        reader.read("ecs", "describe_clusters")
        assert len(wire.asked) == 3


def test_an_answer_with_a_secret_is_not_kept() -> None:
    """A secret's value goes to who asked for it and stays nowhere: the next question asks AWS again."""
    with reader_of(document(SecretString="{}")) as (reader, wire):
        reader.read("secretsmanager", "get_secret_value", SecretId="asharvi/backend/prod")
        reader.read("secretsmanager", "get_secret_value", SecretId="asharvi/backend/prod")
        assert len(wire.asked) == 2
        assert reader._flights.keys() == ()


def test_a_new_sweep_asks_again() -> None:
    """After forget the world is read anew, and the call log begins anew."""
    with reader_of(document(clusters=[])) as (reader, wire):
        reader.read("ecs", "describe_clusters")
        reader.forget()
        assert reader.calls() == ()
        assert reader.requests == 0
        reader.read("ecs", "describe_clusters")
        assert len(wire.asked) == 2
        assert (len(reader.calls()), reader.requests) == (1, 1)


def test_an_answer_is_good_for_thirty_seconds() -> None:
    """An answer of thirty seconds ago still counts, one of a second more is asked again."""
    time = Time()
    with session_with(document(clusters=[])) as (session, wire):
        reader = SessionReader(session, monotonic=time)
        reader.read("ecs", "describe_clusters")
        time.seconds += 30
        reader.read("ecs", "describe_clusters")
        assert len(wire.asked) == 1
        time.seconds += 1
        reader.read("ecs", "describe_clusters")
        assert len(wire.asked) == 2


def pages(*each: dict[str, Any], token: str = "nextToken") -> Callable[[Asked], Reply]:
    """A server that gives these pages one after the other, with tokens between them."""

    def says(asked: Asked) -> Reply:
        page = int(json.loads(asked.body).get(token, 0))
        more = {token: str(page + 1)} if page + 1 < len(each) else {}
        reply = document(**each[page], **more)
        return Reply(body=reply.body, headers={**reply.headers, "x-amzn-requestid": f"page-{page}"})

    return says


def test_pages_are_read_to_the_last() -> None:
    """Lists of all pages are joined, the token is gone, and the metadata is the last page's."""
    with reader_of(pages({"taskArns": ["a", "b"]}, {"taskArns": []}, {"taskArns": ["c"]})) as (reader, wire):
        answer = reader.read("ecs", "list_tasks", cluster="main")
        assert answer["taskArns"] == ["a", "b", "c"]
        assert "nextToken" not in answer
        assert answer["ResponseMetadata"]["RequestId"] == "page-2"
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"] == "page-2"
        assert len(wire.asked) == 3


def test_fields_that_are_no_lists_survive_the_merge() -> None:
    """What only one page says is kept, and where pages differ the newest word counts."""
    first = {"ARN": "arn:1", "Name": "old", "Versions": [{"VersionId": "1"}]}
    second = {"Name": "new", "Versions": [{"VersionId": "2"}]}
    with reader_of(pages(first, second, token="NextToken")) as (reader, _):
        answer = reader.read("secretsmanager", "list_secret_version_ids", SecretId="s")
    assert (answer["ARN"], answer["Name"]) == ("arn:1", "new")
    assert [version["VersionId"] for version in answer["Versions"]] == ["1", "2"]
    assert "NextToken" not in answer


def test_lists_inside_a_structure_are_joined() -> None:
    """CloudFront's list lies one level down, beside fields that must not be lost."""

    def says(asked: Asked) -> Reply:
        last = "Marker=two" in asked.path
        more = (
            "<IsTruncated>false</IsTruncated>"
            if last
            else "<IsTruncated>true</IsTruncated><NextMarker>two</NextMarker>"
        )
        name = "B" if last else "A"
        items = f"<Items><DistributionSummary><Id>{name}</Id></DistributionSummary></Items>"
        return xml("DistributionList", f"<MaxItems>100</MaxItems>{more}{items}")

    with reader_of(says) as (reader, _):
        found = reader.read("cloudfront", "list_distributions")["DistributionList"]
    assert [item["Id"] for item in found["Items"]] == ["A", "B"]
    assert (found["MaxItems"], found["IsTruncated"]) == (100, False)


ENDLESS = {
    "by botocore's paginator": ("ecs", "list_tasks", "nextToken", "taskArns", {"cluster": "main"}),
    "by token": ("secretsmanager", "list_secret_version_ids", "NextToken", "Versions", {"SecretId": "s"}),
}


@pytest.mark.parametrize("how", ENDLESS)
def test_two_hundred_pages_are_enough(how: str) -> None:
    """After two hundred requests with more to come the answer is Truncated, not a part of the truth."""
    service, operation, token, name, parameters = ENDLESS[how]

    def says(asked: Asked) -> Reply:
        return document(**{name: [], token: str(int(json.loads(asked.body).get(token, 0)) + 1)})

    with reader_of(says) as (reader, wire), pytest.raises(Truncated) as caught:
        reader.read(service, operation, **parameters)
    assert caught.value.remedy
    assert len(wire.asked) == 200


@pytest.mark.parametrize("how", ENDLESS)
def test_exactly_two_hundred_pages_are_whole(how: str) -> None:
    """A list that ends with the two hundredth page is complete."""
    service, operation, token, name, parameters = ENDLESS[how]
    with reader_of(pages(*[{name: []}] * 200, token=token)) as (reader, wire):
        reader.read(service, operation, **parameters)
        assert len(wire.asked) == 200


@pytest.mark.parametrize("how", ENDLESS)
def test_a_page_that_points_to_itself_is_malformed(how: str) -> None:
    """The same token twice would be an endless loop."""
    service, operation, token, name, parameters = ENDLESS[how]
    with reader_of(document(**{name: [], token: "again"})) as (reader, wire), pytest.raises(Malformed):
        reader.read(service, operation, **parameters)
    assert len(wire.asked) == 2


def test_few_are_read_when_few_are_asked_for() -> None:
    """MaxItems is boto3's word for it: the newest stream of ten thousand takes one request."""
    with reader_of(pages({"logStreams": [{"logStreamName": "a"}]}, {"logStreams": []})) as (reader, wire):
        answer = reader.read("logs", "describe_log_streams", logGroupName="g", PaginationConfig={"MaxItems": 1})
        assert len(answer["logStreams"]) == 1
        assert len(wire.asked) == 1


def test_too_many_names_are_asked_in_chunks() -> None:
    """DescribeServices takes ten names: twenty-three are three requests, and nothing is lost between them."""

    def says(asked: Asked) -> Reply:
        names = json.loads(asked.body)["services"]
        found = [{"serviceName": name} for name in names if name != "s22"]
        gone = [{"arn": name, "reason": "MISSING"} for name in names if name == "s22"]
        return document(services=found, failures=gone)

    with reader_of(says) as (reader, wire):
        wanted = [f"s{number}" for number in range(23)]
        answer = reader.read("ecs", "describe_services", cluster="main", services=wanted)
        assert [service["serviceName"] for service in answer["services"]] == wanted[:22]
        assert [failure["arn"] for failure in answer["failures"]] == ["s22"]
        assert [len(json.loads(asked.body)["services"]) for asked in wire.asked] == [10, 10, 3]


def test_every_call_is_logged() -> None:
    """The log has one entry a page, with the IAM action, the request id and the time."""
    at = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
    with session_with(pages({"taskArns": ["a"]}, {"taskArns": ["b"]})) as (session, _):
        reader = SessionReader(session, monotonic=Time(), now=lambda: at)
        reader.read("ecs", "list_tasks", cluster="main")
        calls = reader.calls()
    assert [call.request_id for call in calls] == ["page-0", "page-1"]
    assert {(call.service, call.operation, call.action, call.error) for call in calls} == {
        ("ecs", "list_tasks", "ecs:ListTasks", "")
    }
    assert {(call.at, call.ms) for call in calls} == {(at, 0.0)}


def test_a_failed_call_is_logged_with_its_code() -> None:
    """A refused call stands in the log under the code that AWS gave."""
    with reader_of(refusal("iam", "AccessDenied", status=403)) as (reader, _):
        with pytest.raises(Denied):
            reader.read("iam", "get_role", RoleName="r")
        assert [(call.action, call.error, call.request_id) for call in reader.calls()] == [
            ("iam:GetRole", "AccessDenied", "r-1")
        ]


@pytest.mark.slow
def test_retries_count_as_requests() -> None:
    """A call that succeeds at the second attempt is one call and two requests."""
    answers = [Reply(status=500), document(clusters=[])]
    with reader_of(lambda _: answers.pop(0), Patience(attempts=2)) as (reader, _):
        reader.read("ecs", "describe_clusters")
        assert (len(reader.calls()), reader.requests) == (1, 2)


@pytest.mark.slow
def test_throttling_is_retried_before_it_is_reported() -> None:
    """All attempts are made, then the call is Throttled."""
    with reader_of(refusal("ecs", "ThrottlingException"), Patience(attempts=3)) as (reader, wire):
        with pytest.raises(Throttled):
            reader.read("ecs", "describe_clusters")
        assert len(wire.asked) == 3


def test_many_threads_share_one_client_a_service() -> None:
    """Clients are made once each, however many threads want them first."""
    with session_with(WHO) as (session, _):
        clients = at_once(12, lambda place: session.client(("sts", "ecs", "iam")[place % 3]))
        assert len({id(client) for client in clients}) == 3


def test_every_request_says_who_sends_it() -> None:
    """The user agent names the product, so that CloudTrail shows it."""
    with reader_of(WHO) as (reader, wire):
        reader.read("sts", "get_caller_identity")
        assert "runbook-tui/" in wire.asked[0].headers["user-agent"]
