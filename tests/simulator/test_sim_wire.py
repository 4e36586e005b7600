"""What goes wrong on the wire, in each protocol's own words."""

import json
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from tests.support.simulator import Running

pytestmark = pytest.mark.slow

# one operation of each wire protocol: boto3's service, method, parameters, IAM's action
_Wish = tuple[str, str, dict[str, Any], str]
_QUERY: _Wish = ("elbv2", "describe_load_balancers", {}, "elasticloadbalancing:DescribeLoadBalancers")
_EC2: _Wish = ("ec2", "describe_vpcs", {}, "ec2:DescribeVpcs")
_JSON: _Wish = ("ecs", "list_clusters", {}, "ecs:ListClusters")
_REST_JSON: _Wish = ("lambda", "list_functions", {}, "lambda:ListFunctions")
_REST_XML: _Wish = ("s3", "list_buckets", {}, "s3:ListAllMyBuckets")


def _refusal(
    simulator: Running, service: str, method: str, parameters: dict[str, Any], attempts: int = 1
) -> ClientError:
    with pytest.raises(ClientError) as raised:
        getattr(simulator.client(service, attempts=attempts), method)(**parameters)
    return raised.value


def _requests(simulator: Running) -> int:
    return len(simulator.control("GET", "trail")["calls"])


@pytest.mark.parametrize(
    ("service", "method", "parameters"),
    [
        ("elbv2", "describe_trust_stores", {}),
        ("ec2", "describe_vpc_block_public_access_options", {}),
        ("cloudtrail", "start_query", {"QueryStatement": "SELECT eventID FROM x"}),
        ("accessanalyzer", "list_archive_rules", {"analyzerName": "x"}),
        ("apigateway", "create_rest_api", {"name": "x"}),
    ],
)
def test_what_cannot_be_simulated_is_refused_once(
    simulator: Running, service: str, method: str, parameters: dict[str, Any]
) -> None:
    """A readable 400 in every protocol, which a client that may try five times does not try again."""
    before = _requests(simulator)
    refused = _refusal(simulator, service, method, parameters, attempts=5)
    assert refused.response["Error"]["Code"] == "NotSimulated"
    assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "is not simulated" in refused.response["Error"]["Message"]
    assert _requests(simulator) == before + 1


def test_an_unsigned_request_is_refused_in_plain_words(simulator: Running) -> None:
    """A browser gets no page of moto's."""
    answer = httpx.get(simulator.endpoint_url, trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["__type"] == "NotSimulated"


@pytest.mark.parametrize(
    ("operation", "code", "status"),
    [
        (_QUERY, "AccessDenied", 403),
        (_EC2, "UnauthorizedOperation", 403),
        (_JSON, "AccessDeniedException", 400),
        (_REST_JSON, "AccessDeniedException", 403),
        (_REST_XML, "AccessDenied", 403),
    ],
)
def test_a_denied_action_is_denied_as_its_service_does_it(
    simulator: Running, operation: _Wish, code: str, status: int
) -> None:
    """Code, status and the sentence that names who and what; nothing else is denied."""
    service, method, parameters, action = operation
    with simulator.fault(f"denied:{action}"):
        refused = _refusal(simulator, service, method, parameters)
        assert simulator.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert (refused.response["Error"]["Code"], refused.response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    who = "User: arn:aws:sts::123456789012:assumed-role/AsharviOnCall/on-call"
    assert f"{who} is not authorized to perform: {action} on resource: *" in refused.response["Error"]["Message"]
    getattr(simulator.client(service), method)(**parameters)


def test_the_judge_of_policies_knows_of_a_denial(simulator: Running) -> None:
    """Asked beforehand, IAM says what would happen."""
    iam = simulator.client("iam")
    wish = {
        "PolicySourceArn": "arn:aws:iam::123456789012:role/AsharviOnCall",
        "ActionNames": ["ecs:ListTasks", "ecs:ListServices"],
    }
    with simulator.fault("denied:ecs:ListTasks"):
        results = iam.simulate_principal_policy(**wish)["EvaluationResults"]
    assert [each["EvalDecision"] for each in results] == ["explicitDeny", "allowed"]


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (_QUERY, "Throttling"),
        (_EC2, "RequestLimitExceeded"),
        (_JSON, "ThrottlingException"),
        (_REST_JSON, "TooManyRequestsException"),
        (_REST_XML, "SlowDown"),
    ],
)
def test_throttling_has_the_name_that_each_service_gives_it(simulator: Running, operation: _Wish, code: str) -> None:
    """Names differ by protocol, and by service where S3 is concerned."""
    service, method, parameters, action = operation
    with simulator.fault(f"throttled:{action}"):
        assert _refusal(simulator, service, method, parameters).response["Error"]["Code"] == code


def test_clients_try_a_throttled_action_again(simulator: Running) -> None:
    """Unlike what is not simulated."""
    with simulator.fault("throttled:ecs:ListClusters"):
        before = _requests(simulator)
        _refusal(simulator, *_JSON[:3], attempts=2)
        assert _requests(simulator) == before + 2


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (("sts", "get_caller_identity", {}, ""), "ExpiredToken"),
        (_QUERY, "ExpiredToken"),
        (_EC2, "RequestExpired"),
        (_JSON, "ExpiredTokenException"),
        (_REST_JSON, "ExpiredTokenException"),
    ],
)
def test_expired_credentials_fail_everywhere(simulator: Running, operation: _Wish, code: str) -> None:
    """STS too: nothing still says who we are."""
    service, method, parameters, _ = operation
    with simulator.fault("expired"):
        assert _refusal(simulator, service, method, parameters).response["Error"]["Code"] == code


def test_a_server_error_is_a_500_that_clients_try_again(simulator: Running) -> None:
    """And only of the action that was named."""
    with simulator.fault("server-error:ecs:ListClusters"):
        before = _requests(simulator)
        refused = _refusal(simulator, *_JSON[:3], attempts=2)
        assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert _requests(simulator) == before + 2
        simulator.client("ecs").list_services(cluster="asharvi-backend-cluster")


def test_a_malformed_answer_is_half_of_a_good_one(simulator: Running) -> None:
    """XML cannot be parsed; JSON breaks off while the status stays 200."""
    with simulator.fault("malformed:ec2:DescribeVpcs"), pytest.raises(ResponseParserError):
        simulator.client("ec2").describe_vpcs()
    with simulator.fault("malformed:ecs:ListClusters"):
        answer = simulator.client("ecs").list_clusters()
    assert "clusterArns" not in answer


def test_a_slow_action_answers_in_the_end(simulator: Running) -> None:
    """Late, and otherwise as ever."""
    with simulator.fault("slow:ecs:ListClusters:0.2"):
        assert len(simulator.client("ecs").list_clusters()["clusterArns"]) == 1


def test_faults_over_http_are_checked_like_those_of_the_command_line(simulator: Running) -> None:
    """A wrong name says what was meant; clearing what is not set is an error."""
    assert simulator.control("POST", "fault", {"name": "expird"}) == {
        "error": "there is no fault expird",
        "remedy": "did you mean expired?",
    }
    assert simulator.control("DELETE", "fault", {"name": "expired"})["error"] == "the fault expired is not set"
    assert simulator.control("GET", "faults") == {"set": []}


def test_the_control_routes_are_for_loopback_names_alone(simulator: Running) -> None:
    """A web page that finds its way here under a name of its own changes nothing."""
    with httpx.Client(trust_env=False) as http:
        answer = http.post(
            f"{simulator.endpoint_url}/_sim/fault",
            content=json.dumps({"name": "expired"}),
            headers={"Host": "evil.test"},
        )
    assert answer.status_code == 403
    assert simulator.control("GET", "faults") == {"set": []}
