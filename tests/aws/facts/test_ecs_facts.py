"""Facts of ECS: parsed once, absent things named, odd shapes refused."""

import copy
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.balancing import target_group_name
from runbook_tui.aws.facts.ecs import EcsFacts
from runbook_tui.aws.facts.ecs_service import Service, ServiceDeployment
from runbook_tui.aws.facts.ecs_task import Task, TaskDefinition
from tests.support.backend_site import PROD, SITE, ago
from tests.support.facts import answers
from tests.support.mutation import mutated
from tests.support.raw_ecs import cluster, deployment, event, release, service, stopped, task_definition

CLUSTER = SITE.ecs.cluster


def ecs(operation: str, answer: Mapping[str, Any] | Exception) -> EcsFacts:
    return EcsFacts(answers({("ecs", operation): answer}))


def test_service_is_parsed() -> None:
    """Members of the answer become attributes, the nested ones too."""
    found = ecs("describe_services", {"services": [service()]}).service(CLUSTER, PROD.service)
    assert (found.desired_count, found.controller, found.grace_seconds) == (2, "ECS", 60)
    assert found.load_balancers[0].target_group_name == PROD.target_group
    assert found.primary is not None
    assert found.primary.id == "ecs-svc/1"
    assert found.deployment_configuration.deployment_circuit_breaker.rollback


def test_missing_service_is_reported_in_failures() -> None:
    """ECS answers 200 and says MISSING: that is the service, not the cluster."""
    facts = ecs("describe_services", {"services": [], "failures": [{"arn": "…", "reason": "MISSING"}]})
    with pytest.raises(Missing) as missing:
        facts.known_service(CLUSTER, PROD.service)
    assert (missing.value.kind, missing.value.name) == ("ecs:service", PROD.service)


def test_missing_cluster_is_an_error_of_the_service_call() -> None:
    """ClusterNotFoundException of describe_services means the cluster, whatever the reader called it."""
    with pytest.raises(Missing) as missing:
        ecs("describe_services", Missing("ecs:thing", "?")).service(CLUSTER, PROD.service)
    assert (missing.value.kind, missing.value.name) == ("ecs:cluster", CLUSTER)


def test_deleted_service_is_missing_but_known() -> None:
    """A deleted service answers as INACTIVE for a while: only who judges that sees it."""
    facts = ecs("describe_services", {"services": [service(status="INACTIVE")]})
    assert facts.known_service(CLUSTER, PROD.service).status == "INACTIVE"
    with pytest.raises(Missing, match="service asharvi-backend-prod not found"):
        facts.service(CLUSTER, PROD.service)


def test_other_failures_are_not_absence() -> None:
    """A failure that is not MISSING says nothing about existence."""
    facts = ecs("describe_clusters", {"clusters": [], "failures": [{"arn": "…", "reason": "ACCESS_DENIED"}]})
    with pytest.raises(Malformed, match="ACCESS_DENIED"):
        facts.cluster(CLUSTER)


def test_missing_task_definition() -> None:
    """An unknown family is a missing task definition."""
    with pytest.raises(Missing) as missing:
        ecs("describe_task_definition", Missing("ecs:thing", "?")).task_definition("nobody")
    assert (missing.value.kind, missing.value.name) == ("ecs:task-definition", "nobody")


def test_container_that_is_not_there_names_those_that_are() -> None:
    """The remedy lists the containers, so that a wrong name in the site is seen at once."""
    definition = TaskDefinition.from_api(task_definition())
    with pytest.raises(Missing) as missing:
        definition.container("web")
    assert "(there: app)" in missing.value.remedy


def test_tasks_are_described_a_hundred_at_a_time() -> None:
    """describe_tasks takes at most 100 ARNs; every one of 250 is asked for once."""
    arns = [f"arn:task/{number:03}" for number in range(250)]
    asked: list[list[str]] = []

    def describe(**parameters: Any) -> Mapping[str, Any]:
        asked.append(parameters["tasks"])
        return {"tasks": [{"taskArn": arn} for arn in parameters["tasks"]], "failures": []}

    reader = answers({("ecs", "list_tasks"): {"taskArns": arns}, ("ecs", "describe_tasks"): describe})
    found = EcsFacts(reader).tasks(CLUSTER, PROD.service, "STOPPED")
    assert [len(chunk) for chunk in asked] == [100, 100, 50]
    assert [task.task_arn for task in found] == arns


def test_tasks_that_vanished_between_two_calls_are_left_out() -> None:
    """A task that was listed and then forgotten is no error."""
    gone = {"tasks": [], "failures": [{"arn": "arn:task/1", "reason": "MISSING"}]}
    reader = answers({("ecs", "list_tasks"): {"taskArns": ["arn:task/1"]}, ("ecs", "describe_tasks"): gone})
    assert EcsFacts(reader).tasks(CLUSTER, PROD.service, "STOPPED") == ()


def test_no_tasks_are_not_described() -> None:
    """An empty list asks nothing further: describe_tasks refuses an empty one."""
    facts = ecs("list_tasks", {"taskArns": []})
    assert facts.tasks(CLUSTER, PROD.service, "RUNNING") == ()


STEADY = "has reached a steady state."


@pytest.mark.parametrize("name", ["(service S)", "service S", "service (S)"])
def test_steady_state_in_every_spelling(name: str) -> None:
    """ECS writes the service's name in three ways."""
    found = Service.from_api(service(events=[event(f"{name} {STEADY}", ago(minutes=1))]))
    assert found.newest_events[0].says_steady


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], None),
        ([STEADY], None),
        (["a", "b", STEADY, "c"], ago(minutes=1)),
        (["a", "b"], ago(minutes=1)),
        (["a", STEADY, "b", STEADY], ago(minutes=0)),
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_unsettled_since(texts: list[str], expected: datetime | None, reverse: bool) -> None:
    """The first event after the newest steady state counts, in whatever order the events came."""
    events = [event(text, ago(minutes=number)) for number, text in enumerate(texts)]
    assert Service.from_api(service(events=events[::-1] if reverse else events)).unsettled_since() == expected


def test_releases_come_newest_first() -> None:
    """One without a date is the oldest."""
    listed = [release("A", createdAt=ago(days=3)), release("B", createdAt=ago(days=1)), release("C")]
    del listed[2]["createdAt"]
    facts = ecs("list_service_deployments", {"serviceDeployments": listed})
    assert [one.status for one in facts.service_deployments(CLUSTER, PROD.service)] == ["B", "A", "C"]


def test_texts_are_harmless() -> None:
    """Escape sequences and newlines in an event never reach a screen."""
    found = Service.from_api(service(events=[event("\x1b[31mred\n\u202etext", ago(minutes=1))]))
    assert found.events[0].message.isprintable()


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/tg-prod/73e2", "tg-prod"),
        ("arn:aws:elasticloadbalancing:ap-south-1:123456789012:loadbalancer/app/a/1", ""),
        ("targetgroup/tg-prod/1", ""),
        ("", ""),
    ],
)
def test_target_group_name(arn: str, name: str) -> None:
    """The name stands in the ARN of a target group, and of nothing else."""
    assert target_group_name(arn) == name


READINGS = [
    ("describe_clusters", {"clusters": [cluster()], "failures": []}, lambda facts: facts.cluster(CLUSTER)),
    ("describe_services", {"services": [service()]}, lambda facts: facts.service(CLUSTER, PROD.service)),
    (
        "list_service_deployments",
        {"serviceDeployments": [release(), release("STOPPED")]},
        lambda facts: facts.service_deployments(CLUSTER, PROD.service),
    ),
    ("describe_service_deployments", {"serviceDeployments": [release()]}, lambda facts: facts.service_deployment("a")),
    ("describe_task_definition", {"taskDefinition": task_definition()}, lambda facts: facts.task_definition("f")),
]


@given(st.data())
def test_no_shape_breaks_a_reading(data: st.DataObject) -> None:
    """An answer that was cut, emptied or changed in any place is read or refused, never a crash."""
    operation, answer, read = data.draw(st.sampled_from(READINGS))
    broken = data.draw(mutated(answer))
    with suppress(Malformed, Missing):
        read(ecs(operation, broken))


@given(st.data())
def test_no_shape_breaks_a_derived_property(data: st.DataObject) -> None:
    """What was read can be asked everything: no property fails on what the border let through."""
    raw = data.draw(st.sampled_from([service(deployments=[deployment()]), release(), stopped(1, 5)]))
    kind = Service if "serviceName" in raw else ServiceDeployment if "serviceDeploymentArn" in raw else Task
    try:
        found = kind.from_api(data.draw(mutated(copy.deepcopy(raw))))
    except Malformed:
        return
    for name in dir(kind):
        if isinstance(getattr(kind, name), property):
            getattr(found, name)
    if isinstance(found, Service):
        found.unsettled_since()
