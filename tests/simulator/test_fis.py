"""FIS on the stepped clock: what it offers, what it accepts, what an experiment does and how it ends."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.stepped import CLUSTER, PROD, advance, client, connected, private_subnets, stepped

pytestmark = pytest.mark.slow

ALARM = "asharvi-backend-prod-5xx"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def world(simulator: Simulator) -> World:
    return simulator.world


@pytest.fixture
def fis(simulator: Simulator) -> Any:
    return client(simulator, "fis")


@pytest.fixture(scope="module")
def prefixes(simulator: Simulator) -> str:
    """A prefix list of the database's addresses."""
    answer = simulator.world.call(
        "ec2",
        "CreateManagedPrefixList",
        PrefixListName="atlas",
        MaxEntries=2,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "192.168.248.0/21"}],
    )
    return str(answer["PrefixList"]["PrefixListId"])


def _template(fis: Any, action: dict[str, Any], target: dict[str, Any] | None, **more: Any) -> str:
    targets = {"them": target} if target else {}
    answer = fis.create_experiment_template(
        description="practice",
        roleArn="arn:aws:iam::123456789012:role/FisRole",
        stopConditions=more.pop("stopConditions", [{"source": "none"}]),
        targets=targets,
        actions={"it": action},
        **more,
    )
    return str(answer["experimentTemplate"]["id"])


def _cut(prefixes: str, duration: str = "PT5M") -> dict[str, Any]:
    return {
        "actionId": "aws:network:disrupt-connectivity",
        "parameters": {"duration": duration, "scope": "prefix-list", "prefixListIdentifier": prefixes},
        "targets": {"Subnets": "them"},
    }


def _subnets(world: World) -> dict[str, Any]:
    arns = private_subnets(world)
    return {"resourceType": "aws:ec2:subnet", "resourceArns": arns, "selectionMode": "ALL"}


def _tasks(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "aws:ecs:task",
        "parameters": {"cluster": CLUSTER, "service": PROD},
        "selectionMode": "ALL",
        **more,
    }


def _acls(world: World) -> list[Any]:
    found: list[Any] = world.call("ec2", "DescribeNetworkAcls")["NetworkAcls"]
    for acl in found:
        acl["Associations"] = sorted(each["SubnetId"] for each in acl["Associations"])  # their ids change
        acl["Entries"].sort(key=lambda each: (each["Egress"], each["RuleNumber"]))
    return found


def _state(fis: Any, experiment: str) -> tuple[str, str]:
    state = fis.get_experiment(id=experiment)["experiment"]["state"]
    return state["status"], state["reason"]


def _start(fis: Any, template: str, **more: Any) -> str:
    return str(fis.start_experiment(experimentTemplateId=template, **more)["experiment"]["id"])


def _refusal(call: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        call()
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_it_offers_the_true_actions_with_their_parameters(fis: Any) -> None:
    """A template that is written for AWS finds its action here, and what the action needs."""
    offered = {each["id"]: each["targets"] for each in fis.list_actions()["actions"]}
    assert offered["aws:network:disrupt-connectivity"] == {"Subnets": {"resourceType": "aws:ec2:subnet"}}
    assert offered["aws:ecs:task-network-blackhole-port"] == {"Tasks": {"resourceType": "aws:ecs:task"}}
    assert {"aws:ecs:stop-task", "aws:ecs:task-cpu-stress", "aws:ecs:drain-container-instances"} <= offered.keys()
    parameters = fis.get_action(id="aws:ecs:task-network-blackhole-port")["action"]["parameters"]
    assert {name for name, each in parameters.items() if each["required"]} == {
        "duration",
        "port",
        "protocol",
        "trafficType",
    }
    assert _refusal(lambda: fis.get_action(id="aws:ecs:explode"))[0] == "ResourceNotFoundException"
    types = {each["resourceType"] for each in fis.list_target_resource_types()["targetResourceTypes"]}
    assert {"aws:ec2:subnet", "aws:ecs:task"} <= types


@pytest.mark.parametrize(
    ("action", "target", "message"),
    [
        ({"actionId": "aws:ecs:explode"}, None, "aws:ecs:explode"),
        ({"actionId": "aws:fis:wait", "parameters": {"duration": "5 minutes"}}, None, "5 minutes"),
        ({"actionId": "aws:fis:wait", "parameters": {"duration": "PT30S"}}, None, "PT30S"),
        ({"actionId": "aws:fis:wait"}, None, "duration is required"),
        ({"actionId": "aws:fis:wait", "parameters": {"duration": "PT1M", "port": "1"}}, None, "port is not valid"),
        ({"actionId": "aws:ecs:stop-task"}, None, "Tasks"),
        ({"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "others"}}, None, "others"),
        (
            {"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "them"}},
            {"resourceType": "aws:ec2:subnet", "resourceTags": {"a": "b"}, "selectionMode": "ALL"},
            "must be of the type aws:ecs:task",
        ),
        (
            {"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "them"}},
            {
                "resourceType": "aws:ecs:task",
                "resourceArns": ["arn:aws:ecs:ap-south-1:123456789012:task/c/1"],
                "resourceTags": {"a": "b"},
                "selectionMode": "ALL",
            },
            "You cannot specify both resource ARNs and resource tags for target them.",
        ),
        (
            {"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "them"}},
            {"resourceType": "aws:ecs:task", "resourceTags": {"a": "b"}, "selectionMode": "SOME"},
            "SOME",
        ),
    ],
)
def test_a_wrong_template_is_refused(
    fis: Any, action: dict[str, Any], target: dict[str, Any] | None, message: str
) -> None:
    """As a ValidationException that names what is wrong, and nothing is kept."""
    before = len(fis.list_experiment_templates()["experimentTemplates"])
    code, said = _refusal(lambda: _template(fis, action, target))
    assert code == "ValidationException"
    assert message in said
    assert len(fis.list_experiment_templates()["experimentTemplates"]) == before


def test_a_template_is_made_changed_and_deleted(fis: Any) -> None:
    """With its tags and times; a deleted one is gone."""
    wait = {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1M"}}
    template = _template(fis, wait, None, tags={"Project": "asharvi"})
    changed = fis.update_experiment_template(id=template, description="another")["experimentTemplate"]
    assert (changed["description"], changed["tags"]) == ("another", {"Project": "asharvi"})
    assert changed["actions"]["it"]["actionId"] == "aws:fis:wait"
    fis.delete_experiment_template(id=template)
    assert _refusal(lambda: fis.get_experiment_template(id=template))[0] == "ResourceNotFoundException"
    assert _refusal(lambda: _start(fis, template))[0] == "ResourceNotFoundException"


def test_one_client_token_is_one_template_and_one_experiment(fis: Any) -> None:
    """A repeated request changes nothing."""
    wait = {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1M"}}
    first, second = (_template(fis, wait, None, clientToken="again") for _ in range(2))
    assert first == second
    once, twice = (_start(fis, first, clientToken="again") for _ in range(2))
    assert once == twice
    fis.stop_experiment(id=once)


def test_the_database_is_cut_off_and_comes_back_at_the_end_of_the_duration(
    world: World, fis: Any, prefixes: str
) -> None:
    """Every task loses its connections at once; afterwards the network ACLs are what they were."""
    before = _acls(world)
    experiment = _start(fis, _template(fis, _cut(prefixes), _subnets(world)))
    seen = []
    for seconds in (0, 1, 2, 297, 3):
        advance(world, seconds)
        seen.append((_state(fis, experiment)[0], set(connected(world).values())))
    assert seen == [
        ("pending", {True}),
        ("initiating", {True}),
        ("running", {False}),
        ("running", {False}),
        ("completed", {True}),
    ]
    assert _acls(world) == before
    shown = fis.get_experiment(id=experiment)["experiment"]
    assert (shown["endTime"] - shown["actions"]["it"]["startTime"]).total_seconds() == 300
    assert shown["actions"]["it"]["state"] == {"status": "completed", "reason": "Action was completed."}


def test_the_clone_says_whose_it_is(world: World, fis: Any, prefixes: str) -> None:
    """Whoever looks at the network sees FIS at work, and the rules of the former ACL after its own."""
    experiment = _start(fis, _template(fis, _cut(prefixes), _subnets(world)))
    advance(world, 5)
    clones = world.call("ec2", "DescribeNetworkAcls", Filters=[{"Name": "tag:managedByFIS", "Values": ["true"]}])[
        "NetworkAcls"
    ]
    fis.stop_experiment(id=experiment)
    assert len(clones) == 2
    rules = sorted((each["RuleNumber"], each["RuleAction"]) for each in clones[0]["Entries"] if each["Egress"])
    assert rules == [(1, "deny"), (101, "allow"), (32767, "deny")]


def test_stopping_puts_everything_back_at_once(world: World, fis: Any, prefixes: str) -> None:
    """The database is there before the experiment has stopped; it cannot be stopped twice."""
    before = _acls(world)
    experiment = _start(fis, _template(fis, _cut(prefixes), _subnets(world)))
    advance(world, 60)
    assert set(connected(world).values()) == {False}
    assert fis.stop_experiment(id=experiment)["experiment"]["state"]["status"] == "stopping"
    assert set(connected(world).values()) == {True}
    assert _acls(world) == before
    advance(world, 10)
    assert _state(fis, experiment)[0] == "stopped"
    assert fis.get_experiment(id=experiment)["experiment"]["actions"]["it"]["state"]["status"] == "stopped"
    assert _refusal(lambda: fis.stop_experiment(id=experiment))[0] == "ValidationException"


def test_a_stop_condition_that_is_met_stops_it(world: World, fis: Any, prefixes: str) -> None:
    """Nobody had to look; and while the alarm rings no experiment starts."""
    arn = world.call("cloudwatch", "DescribeAlarms", AlarmNames=[ALARM])["MetricAlarms"][0]["AlarmArn"]
    conditions = [{"source": "aws:cloudwatch:alarm", "value": arn}]
    template = _template(fis, _cut(prefixes), _subnets(world), stopConditions=conditions)
    experiment = _start(fis, template)
    advance(world, 90 - world.clock.now().second)  # a state set by hand lasts until the next full minute's look
    assert _state(fis, experiment)[0] == "running"
    advance(world, 60 - world.clock.now().second + 1)
    world.call("cloudwatch", "SetAlarmState", AlarmName=ALARM, StateValue="ALARM", StateReason="practice")
    code, message = _refusal(lambda: _start(fis, template))
    advance(world, 10)
    assert _state(fis, experiment)[1] == "Experiment halted by stop condition."
    assert set(connected(world).values()) == {True}
    advance(world, 5)
    assert _state(fis, experiment) == ("stopped", "Experiment halted by stop condition.")
    world.call("cloudwatch", "SetAlarmState", AlarmName=ALARM, StateValue="OK", StateReason="practice")
    assert (code, "ALARM" in message) == ("ValidationException", True)


def test_skipping_all_actions_previews_the_targets(world: World, fis: Any, prefixes: str) -> None:
    """What would be hit is told, and nothing is."""
    before = _acls(world)
    experiment = _start(
        fis, _template(fis, _cut(prefixes), _subnets(world)), experimentOptions={"actionsMode": "skip-all"}
    )
    advance(world, 10)
    assert _state(fis, experiment)[0] == "completed"
    targets = fis.list_experiment_resolved_targets(experimentId=experiment)["resolvedTargets"]
    assert {each["targetInformation"]["arn"] for each in targets} == set(private_subnets(world))
    assert _acls(world) == before
    assert fis.get_experiment(id=experiment)["experiment"]["actions"]["it"]["state"]["status"] == "skipped"


@pytest.mark.parametrize(
    ("target", "count"),
    [
        ({"resourceType": "aws:ec2:subnet", "resourceTags": {"Project": "asharvi"}, "selectionMode": "ALL"}, 4),
        ({"resourceType": "aws:ec2:subnet", "resourceTags": {"Project": "asharvi"}, "selectionMode": "COUNT(3)"}, 3),
        ({"resourceType": "aws:ec2:subnet", "resourceTags": {"Project": "asharvi"}, "selectionMode": "PERCENT(50)"}, 2),
        (
            {
                "resourceType": "aws:ec2:subnet",
                "resourceTags": {"Project": "asharvi"},
                "filters": [{"path": "AvailabilityZone", "values": ["ap-south-1a"]}],
                "selectionMode": "ALL",
            },
            2,
        ),
    ],
)
def test_targets_are_found_by_tags_and_filters(
    world: World, fis: Any, prefixes: str, target: dict[str, Any], count: int
) -> None:
    """All of them, some of them, or those that a filter lets through."""
    experiment = _start(fis, _template(fis, _cut(prefixes), target), experimentOptions={"actionsMode": "skip-all"})
    advance(world, 10)
    assert len(fis.list_experiment_resolved_targets(experimentId=experiment)["resolvedTargets"]) == count


def test_an_experiment_without_targets_fails(world: World, fis: Any, prefixes: str) -> None:
    """Nothing is never a success, unless the template says so."""
    nobody = {"resourceType": "aws:ec2:subnet", "resourceTags": {"Nobody": "here"}, "selectionMode": "ALL"}
    experiment = _start(fis, _template(fis, _cut(prefixes), nobody))
    lenient = _template(fis, _cut(prefixes), nobody, experimentOptions={"emptyTargetResolutionMode": "skip"})
    skipped = _start(fis, lenient)
    advance(world, 10)
    assert _state(fis, experiment) == ("failed", "Target resolution returned empty set: them")
    assert _state(fis, skipped)[0] == "completed"


def test_an_action_without_an_effect_here_is_refused(fis: Any) -> None:
    """It is in AWS's list, so a template is accepted; starting it would be a false success."""
    action = {
        "actionId": "aws:ecs:task-cpu-stress",
        "parameters": {"duration": "PT5M"},
        "targets": {"Tasks": "them"},
    }
    template = _template(fis, action, _tasks())
    assert _refusal(lambda: _start(fis, template))[0] == "NotSimulated"
    assert _refusal(lambda: fis.stop_experiment(id="EXPnone"))[0] == "ResourceNotFoundException"


def _blackhole(**more: str) -> dict[str, Any]:
    parameters = {"duration": "PT5M", "port": "27017", "protocol": "tcp", "trafficType": "egress", **more}
    return {
        "actionId": "aws:ecs:task-network-blackhole-port",
        "parameters": parameters,
        "targets": {"Tasks": "them"},
    }


def _made_for_it(world: World) -> Iterator[str]:
    """Prepares prod's task definition piece by piece, as the guide to FIS demands; each piece is named before."""
    service = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[PROD])["services"][0]
    definition = world.backend("ecs").describe_task_definition(service["taskDefinition"])
    yield "enableFaultInjection"
    definition.enable_fault_injection = True
    yield "pidMode"
    definition.pid_mode = "task"
    yield "SSM agent"
    agent = {"name": "agent", "image": "public.ecr.aws/amazon-ssm-agent/amazon-ssm-agent:latest", "essential": False}
    definition.container_definitions.append(agent)
    yield ""


def test_a_black_hole_needs_tasks_that_are_made_for_it(world: World, fis: Any) -> None:
    """Each missing piece is named, one after the other; then it works, on prod alone."""
    template = _template(fis, _blackhole(useEcsFaultInjectionEndpoints="true"), _tasks())
    bare = _start(fis, _template(fis, _blackhole(), _tasks()))
    advance(world, 5)
    assert "useEcsFaultInjectionEndpoints" in _state(fis, bare)[1]
    for missing in _made_for_it(world):
        experiment = _start(fis, template)
        advance(world, 5)
        status, reason = _state(fis, experiment)
        if missing:
            assert (status, missing in reason) == ("failed", True)
    assert status == "running"
    assert set(connected(world).values()) == {False}
    assert set(connected(world, "asharvi-backend-staging").values()) == {True}
    fis.stop_experiment(id=experiment)
    assert set(connected(world).values()) == {True}
