"""X-Ray in the simulated world."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.inside import Inside
from tests.support.shapes import asked
from tests.support.stepped import advance, stepped

pytestmark = pytest.mark.slow

PROD = ENVIRONMENTS["prod"]
WRITES = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


def _hour(world: World, **more: Any) -> dict[str, Any]:
    now = world.clock.now()
    return asked(world, "xray", "GetTraceSummaries", StartTime=now - timedelta(hours=1), EndTime=now, **more)


def with_sidecar(world: World) -> None:
    """Prod's tasks get a daemon, and their role may send. Its image is one that ECR has: there is no way to others."""
    raw = world.call("ecs", "DescribeTaskDefinition", taskDefinition=PROD.task_family)["taskDefinition"]
    kept = ("family", "networkMode", "cpu", "memory", "taskRoleArn", "executionRoleArn", "requiresCompatibilities")
    daemon = {"name": "xray-daemon", "image": raw["containerDefinitions"][0]["image"], "essential": False}
    made = world.call(
        "ecs",
        "RegisterTaskDefinition",
        **{key: raw[key] for key in kept},
        containerDefinitions=[*raw["containerDefinitions"], {**daemon, "cpu": 32, "memory": 256}],
    )["taskDefinition"]["taskDefinitionArn"]
    world.call("ecs", "UpdateService", cluster=SITE.ecs.cluster, service=PROD.service, taskDefinition=made)
    world.call("iam", "AttachRolePolicy", RoleName=SITE.iam.task_role_of("prod"), PolicyArn=WRITES)


def test_without_a_sidecar_there_is_no_trace(simulator: Simulator) -> None:
    """Nobody sends any; the default sampling rule is there nevertheless."""
    assert _hour(simulator.world)["TraceSummaries"] == []
    (record,) = asked(simulator.world, "xray", "GetSamplingRules")["SamplingRuleRecords"]
    assert (record["SamplingRule"]["RuleName"], record["SamplingRule"]["FixedRate"]) == ("Default", 0.05)


def test_sampling_targets_are_the_rule_s(simulator: Simulator) -> None:
    """Who asks gets the rule's rate; of a rule that nobody made he is told that it is unknown."""
    now = simulator.world.clock.now()
    counted = {"ClientID": "0" * 24, "Timestamp": now, "RequestCount": 9, "SampledCount": 1}
    documents = [{"RuleName": name, **counted} for name in ("Default", "Mine")]
    found = asked(simulator.world, "xray", "GetSamplingTargets", SamplingStatisticsDocuments=documents)
    assert [each["RuleName"] for each in found["SamplingTargetDocuments"]] == ["Default"]
    assert [each["RuleName"] for each in found["UnprocessedStatistics"]] == ["Mine"]


def test_what_is_put_is_found(simulator: Simulator) -> None:
    """A segment that was sent is in the summaries of its service, and in nobody else's."""
    world, at = simulator.world, simulator.world.clock.now().timestamp() - 60
    segment = {"name": "billing", "id": "70de5b6f19ff9a0a", "start_time": at, "end_time": at + 0.5, "fault": True}
    segment["trace_id"] = f"1-{int(at):08x}-{'0' * 23}1"
    Inside(simulator).client("xray").put_trace_segments(TraceSegmentDocuments=[json.dumps(segment)])
    (found,) = _hour(world, FilterExpression='service("billing")')["TraceSummaries"]
    assert (found["Id"], found["HasFault"], found["Duration"]) == (segment["trace_id"], True, pytest.approx(0.5))
    assert _hour(world, FilterExpression='service("shipping")')["TraceSummaries"] == []


def test_what_cannot_be_filtered_is_refused(simulator: Simulator) -> None:
    """An expression that is not understood is no empty answer."""
    now = simulator.world.clock.now()
    with pytest.raises(ClientError, match="NotSimulated"):
        Inside(simulator).client("xray").get_trace_summaries(
            StartTime=now - timedelta(hours=1), EndTime=now, FilterExpression="responsetime > 5"
        )


def test_a_sidecar_sends_the_sampled_requests(simulator: Simulator) -> None:
    """Of the service that has it, since its tasks run: a request a second and a twentieth of the others, in pages."""
    world = simulator.world
    with_sidecar(world)
    advance(world, 1800)
    client = Inside(simulator).client("xray")
    now = world.clock.now()
    pages = client.get_paginator("get_trace_summaries").paginate(
        StartTime=now - timedelta(minutes=5), EndTime=now, FilterExpression=f'service("{PROD.service}")'
    )
    found = [each for page in pages for each in page["TraceSummaries"]]
    assert 5 * 60 < len(found) < 5 * 400
    assert len({each["Id"] for each in found}) == len(found)
    assert [each["StartTime"] for each in found] == sorted(each["StartTime"] for each in found)
    assert _hour(world, FilterExpression=f'service("{ENVIRONMENTS["staging"].service}")')["TraceSummaries"] == []
    world.call("iam", "DetachRolePolicy", RoleName=SITE.iam.task_role_of("prod"), PolicyArn=WRITES)
    assert _hour(world, FilterExpression=f'service("{PROD.service}")')["TraceSummaries"] == []
