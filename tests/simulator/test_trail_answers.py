"""Answers of logs, trail and identity against botocore's own models of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from runbook_tui.simulator import registry
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.server import Simulator
from tests.support.inside import Inside

pytestmark = pytest.mark.slow

GROUP = "/aws/ecs/asharvi-backend-prod"
ROLE = "arn:aws:iam::123456789012:role/AsharviOnCall"
_POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecs:Nonsense","Resource":"*"}]}'
_FILTER = {"metricName": "Errors", "metricNamespace": "Asharvi", "metricValue": "1"}
_TOKEN = (
    "e30.eyJpc3MiOiJodHRwczovL3Rva2VuLmFjdGlvbnMuZ2l0aHVidXNlcmNvbnRlbnQuY29tIiwiYXVkIjoic3RzLmFtYXpvbmF3cy5jb20iLCJz"
    "dWIiOiJyZXBvOmFzaGFydmkvYmFja2VuZDplbnZpcm9ubWVudDpwcm9kIn0.x"
)
_CALLS: list[tuple[str, str, Mapping[str, Any]]] = [
    (
        "logs",
        "PutMetricFilter",
        {"logGroupName": GROUP, "filterName": "f", "filterPattern": "x", "metricTransformations": [_FILTER]},
    ),
    ("logs", "DescribeMetricFilters", {}),
    ("logs", "DeleteMetricFilter", {"logGroupName": GROUP, "filterName": "f"}),
    ("logs", "TestMetricFilter", {"filterPattern": "x", "logEventMessages": ["x"]}),
    ("logs", "FilterLogEvents", {"logGroupName": GROUP, "limit": 3}),
    ("logs", "GetLogEvents", {"logGroupName": GROUP, "logStreamName": "{stream}"}),
    ("logs", "DescribeLogStreams", {"logGroupName": GROUP}),
    ("logs", "CreateLogGroup", {"logGroupName": "/new", "logGroupClass": "INFREQUENT_ACCESS"}),
    ("logs", "DescribeLogGroups", {}),
    ("logs", "StartQuery", {"logGroupName": GROUP, "startTime": 0, "endTime": 4_000_000_000, "queryString": "limit 2"}),
    ("logs", "GetQueryResults", {"queryId": "{query}"}),
    ("logs", "DescribeQueries", {}),
    ("cloudtrail", "LookupEvents", {}),
    ("cloudtrail", "DescribeTrails", {}),
    ("cloudtrail", "GetTrailStatus", {"Name": "asharvi-trail"}),
    ("cloudtrail", "GetEventSelectors", {"TrailName": "asharvi-trail"}),
    (
        "iam",
        "SimulatePrincipalPolicy",
        {"PolicySourceArn": ROLE, "ActionNames": ["ecs:ListTasks"], "ResourceArns": ["*"]},
    ),
    ("iam", "SimulateCustomPolicy", {"PolicyInputList": [_POLICY], "ActionNames": ["ecs:ListTasks"]}),
    ("iam", "GenerateCredentialReport", {}),
    ("iam", "GetCredentialReport", {}),
    ("iam", "GetAccountSummary", {}),
    ("iam", "GetAccountPasswordPolicy", {}),
    ("iam", "GetAccountAuthorizationDetails", {"Filter": ["User", "Role", "Group"]}),
    ("iam", "GetAccessKeyLastUsed", {"AccessKeyId": "{key}"}),
    ("iam", "ListMFADevices", {"UserName": "asha.rao"}),
    ("iam", "GenerateServiceLastAccessedDetails", {"Arn": ROLE}),
    ("iam", "GetServiceLastAccessedDetails", {"JobId": "{job}"}),
    ("sts", "GetCallerIdentity", {}),
    (
        "sts",
        "AssumeRoleWithWebIdentity",
        {"RoleArn": ROLE.replace("OnCall", "CicdDeployRole"), "RoleSessionName": "ci", "WebIdentityToken": _TOKEN},
    ),
    ("accessanalyzer", "ListAnalyzers", {}),
    ("accessanalyzer", "ValidatePolicy", {"policyType": "IDENTITY_POLICY", "policyDocument": _POLICY}),
    (
        "accessanalyzer",
        "CheckAccessNotGranted",
        {"policyType": "IDENTITY_POLICY", "policyDocument": _POLICY, "access": [{"actions": ["ecs:Nonsense"]}]},
    ),
]


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with Simulator(clock=Clock(speed=0)) as simulator:
        yield Inside(simulator)


def _filled(parameters: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: seen[value[1:-1]] if isinstance(value, str) and value.startswith("{") and value[1:-1] in seen else value
        for name, value in parameters.items()
    }


def _wrong_enums(shape: Any, value: Any) -> list[str]:
    if getattr(shape, "enum", None) and value not in shape.enum:
        return [f"{shape.name}: {value}"]
    match shape.type_name, value:
        case "structure", Mapping():
            known = [(shape.members[name], inner) for name, inner in value.items() if name in shape.members]
            return [each for member, inner in known for each in _wrong_enums(member, inner)]
        case "list", list():
            return [each for inner in value for each in _wrong_enums(shape.member, inner)]
        case _:
            return []


def test_every_answer_is_what_its_model_says(inside: Inside) -> None:
    """Required members, types and enums of each operation."""
    world, session = inside.world, Session()
    key = world.call("iam", "ListAccessKeys", UserName="asharvi-backup")["AccessKeyMetadata"][0]["AccessKeyId"]
    stream = world.call("logs", "DescribeLogStreams", logGroupName=GROUP)["logStreams"][0]["logStreamName"]
    seen = {"key": key, "stream": stream}
    inside.client("iam").create_user(UserName="somebody")
    inside.wait(10)
    for service, operation, parameters in _CALLS:
        answer = world.call(service, operation, **_filled(parameters, seen))
        answer.pop("ResponseMetadata", None)
        seen |= {name: answer[member] for name, member in (("query", "queryId"), ("job", "JobId")) if member in answer}
        inside.wait(5)
        shape = session.get_service_model(service).operation_model(operation).output_shape
        if shape is None:
            assert answer == {}, operation
            continue
        report = ParamValidator().validate(answer, shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"
        assert _wrong_enums(shape, answer) == [], operation
    covered = {(service, operation) for service, operation, _ in _CALLS}
    own = {each for each in registry.OVERLAYS if each[0] in ("logs", "cloudtrail", "sts", "accessanalyzer")}
    assert own - covered == {("logs", "StopQuery"), ("sts", "AssumeRole")}


def test_questions_about_nobody_are_missing(inside: Inside) -> None:
    """In the codes of each service."""
    nobody = "arn:aws:iam::123456789012:role/Nobody"
    asked: list[tuple[str, str, dict[str, Any], str]] = [
        (
            "iam",
            "SimulatePrincipalPolicy",
            {"PolicySourceArn": nobody, "ActionNames": ["ecs:ListTasks"]},
            "NoSuchEntity",
        ),
        ("iam", "GenerateServiceLastAccessedDetails", {"Arn": nobody}, "NoSuchEntity"),
        ("iam", "GetServiceLastAccessedDetails", {"JobId": "0" * 36}, "NoSuchEntity"),
        ("logs", "GetQueryResults", {"queryId": "x"}, "ResourceNotFoundException"),
        ("cloudtrail", "GetTrailStatus", {"Name": "nobody"}, "TrailNotFoundException"),
        ("sts", "AssumeRole", {"RoleArn": nobody, "RoleSessionName": "nobody"}, "AccessDenied"),
    ]
    for service, operation, parameters, code in asked:
        with pytest.raises(Refused) as raised:
            inside.world.call(service, operation, **parameters)
        assert raised.value.code == code, operation
