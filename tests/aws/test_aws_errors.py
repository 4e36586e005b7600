"""Every kind of trouble, on every service that is asked, in that service's own words, over real HTTP."""

import socket
from collections.abc import Iterator

import pytest

from runbook_tui.aws.errors import (
    AwsProblem,
    Denied,
    Malformed,
    NotEnabled,
    ServerFault,
    Throttled,
    Unreachable,
    Unsupported,
    WrongRegion,
)
from runbook_tui.aws.operations import iam_action
from runbook_tui.aws.reader import SessionReader
from runbook_tui.aws.session import open_session
from runbook_tui.core.problems import SignInExpired
from tests.support.aws import CALLS, IMPATIENT, PROTOCOLS, Desk, reader_of, refusal, simulated_site
from tests.support.wire import WHO, Asked, Reply, Says, serving

SERVICES = sorted(CALLS)
DENIED = {"ec2": "UnauthorizedOperation", "json": "AccessDeniedException", "rest-json": "AccessDeniedException"}
THROTTLED = {"ec2": "RequestLimitExceeded", "s3": "SlowDown", "query": "Throttling", "rest-xml": "Throttling"}
EXPIRED = {"ec2": "RequestExpired", "json": "ExpiredTokenException", "rest-json": "ExpiredTokenException"}


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with serving(WHO) as wire:
        desk = Desk(wire)
        yield desk
        desk.close()


def only(service: str, reply: Reply) -> Says:
    """This service answers so; STS knows who is asking."""
    return lambda asked: WHO if asked.service == "sts" and service != "sts" else reply


def problem_of(reader: SessionReader, service: str) -> AwsProblem:
    operation, parameters = CALLS[service]
    with pytest.raises(AwsProblem) as caught:
        reader.read(service, operation, **parameters)
    assert caught.value.remedy
    assert caught.value.service == service
    assert caught.value.operation == operation
    return caught.value


@pytest.mark.parametrize("service", SERVICES)
def test_a_denied_call_names_the_missing_action(desk: Desk, service: str) -> None:
    """AccessDenied in any protocol's shape becomes Denied with the IAM action that a policy must allow."""
    code = DENIED.get(PROTOCOLS[service], "AccessDenied")
    problem = problem_of(desk.reader(refusal(service, code, "you may not", status=403)), service)
    assert isinstance(problem, Denied)
    assert problem.action == iam_action(service, CALLS[service][0])
    assert problem.action in problem.what


@pytest.mark.parametrize("service", SERVICES)
def test_a_throttled_call_is_throttled(service: str) -> None:
    """A refusal for too many requests is Throttled, whatever the service calls it."""
    code = THROTTLED.get(PROTOCOLS[service], "ThrottlingException")
    with reader_of(refusal(service, code), IMPATIENT) as (reader, _):
        assert isinstance(problem_of(reader, service), Throttled)


@pytest.mark.parametrize("service", SERVICES)
def test_an_expired_token_stops_the_run(desk: Desk, service: str) -> None:
    """Expired credentials that STS refuses too are SignInExpired with a remedy that names the sign-in."""
    operation, parameters = CALLS[service]
    code = EXPIRED.get(PROTOCOLS[service], "ExpiredToken")

    def says(asked: Asked) -> Reply:
        sts = asked.service == "sts"
        return refusal("sts" if sts else service, "ExpiredToken" if sts else code, "expired", status=403)

    with pytest.raises(SignInExpired) as caught:
        desk.reader(says).read(service, operation, **parameters)
    assert "aws sso login" in caught.value.remedy


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "sts"])
def test_credentials_that_sts_accepts_are_not_expired(desk: Desk, service: str) -> None:
    """One service that refuses credentials which STS accepts is a matter of region, not of sign-in."""
    problem = problem_of(
        desk.reader(only(service, refusal(service, "UnrecognizedClientException", status=403))), service
    )
    assert isinstance(problem, WrongRegion)


@pytest.mark.parametrize("service", SERVICES)
def test_an_answer_that_does_not_come_is_unreachable(desk: Desk, service: str) -> None:
    """A read that times out is Unreachable."""
    assert isinstance(problem_of(desk.reader(Reply(delay=3)), service), Unreachable)


@pytest.mark.parametrize("service", SERVICES)
def test_a_refused_connection_is_unreachable(service: str) -> None:
    """A port where nobody listens is Unreachable."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    session = open_session(simulated_site(f"http://127.0.0.1:{port}"), patience=IMPATIENT)
    operation, parameters = CALLS[service]
    with pytest.raises(Unreachable) as caught:
        SessionReader(session).read(service, operation, **parameters)
    assert caught.value.remedy
    session.close()


# botocore makes a server error of what S3 answers malformed, which is unknown just as well.
UNREADABLE = {"s3": (Malformed, ServerFault)}
HALF = {"json": b'{"clusters": [{"status": "ACT', "rest-json": b'{"items": [{"a": "b"}'}
STRANGE = {
    "a proxy's page": b"<!DOCTYPE html><html><body>Please sign in to the network</body></html>",
    "text": b"upstream connect error",
    "a list": b"[]",
    "somebody's JSON": b'{"error": "no upstream"}',
    "bytes": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("service", SERVICES)
def test_half_an_answer_is_malformed(desk: Desk, service: str) -> None:
    """An answer that ends in the middle is Malformed: never an empty list."""
    body = HALF.get(PROTOCOLS[service], b"<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId>")
    assert isinstance(problem_of(desk.reader(Reply(body=body)), service), UNREADABLE.get(service, Malformed))


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("service", SERVICES)
def test_a_stranger_s_answer_is_malformed(desk: Desk, service: str, kind: str) -> None:
    """A page that somebody between here and AWS sent with status 200 is Malformed: never an empty list."""
    assert isinstance(problem_of(desk.reader(Reply(body=STRANGE[kind])), service), UNREADABLE.get(service, Malformed))


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b"[]", b"upstream connect error"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_failing_server_is_a_server_fault(desk: Desk, service: str, body: bytes) -> None:
    """Status 502 is ServerFault whatever the body says."""
    assert isinstance(problem_of(desk.reader(Reply(status=502, body=body)), service), ServerFault)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_not_simulated_is_unsupported(desk: Desk, service: str) -> None:
    """The simulator's NotSimulated is Unsupported, and what it said is kept."""
    problem = problem_of(desk.reader(refusal(service, "NotSimulated", "this operation is not simulated")), service)
    assert isinstance(problem, Unsupported)
    assert "not simulated" in problem.what


@pytest.mark.parametrize(
    ("service", "code", "status", "expected"),
    [
        ("ec2", "OptInRequired", 400, WrongRegion),
        ("ecs", "ServerException", 500, ServerFault),
        ("logs", "ServiceUnavailableException", 503, ServerFault),
        ("account", "SubscriptionRequiredException", 400, NotEnabled),
        ("ecr", "UnknownOperationException", 400, Unsupported),
        ("elbv2", "SomethingNew", 501, Unsupported),
        ("elbv2", "SomethingNew", 403, Denied),
        ("elbv2", "SomethingNew", 429, Throttled),
        ("ec2", "AuthFailure", 401, WrongRegion),
        ("secretsmanager", "InvalidSignatureException", 403, WrongRegion),
    ],
)
def test_a_code_counts_before_its_status(
    desk: Desk, service: str, code: str, status: int, expected: type[AwsProblem]
) -> None:
    """The error code decides where a row of the table has it, the HTTP status only where none has."""
    assert type(problem_of(desk.reader(only(service, refusal(service, code, status=status))), service)) is expected


def test_an_unknown_code_is_a_problem_of_its_own(desk: Desk) -> None:
    """A refusal that no row knows is neither Denied nor Missing, and tells AWS's words."""
    problem = problem_of(desk.reader(refusal("ecs", "InvalidParameterException", "cluster name is wrong")), "ecs")
    assert type(problem) is AwsProblem
    assert "cluster name is wrong" in problem.what
