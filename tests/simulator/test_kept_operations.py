"""No change is ever answered with a success that is none."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from runbook_tui.simulator import kept, registry
from runbook_tui.simulator.models import service_model
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support.aws import PROTOCOLS
from tests.support.stepped import CLUSTER, client, stepped

pytestmark = pytest.mark.slow

_MORE = ("acm", "cloudwatch", "cloudtrail", "events", "route53", "sns", "ssm", "application-autoscaling", "autoscaling")
_OTHERWISE_NAMED = {"xray": frozenset({"PutTraceSegments"})}  # moto's method is called trace_segments
_SERVICES = sorted({*PROTOCOLS, *_MORE, *kept.FOLLOWED, *kept.RECORDED})


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def world(simulator: Simulator) -> World:
    return simulator.world


def _answered_by_moto(service: str) -> set[str]:
    """The operations that moto has a method for, whatever it does."""
    try:
        module = import_module(f"moto.{service.replace('application-a', 'applicationa')}.responses")
    except ModuleNotFoundError:
        return set()
    methods = {name for each in vars(module).values() if isinstance(each, type) for name in dir(each)}
    known = {name for name in service_model(service).operation_names if xform_name(name) in methods}
    return known | _OTHERWISE_NAMED.get(service, frozenset())


def _sample(shape: Any) -> Any:
    """The least that botocore takes."""
    match shape.type_name:
        case "structure":
            return {name: _sample(shape.members[name]) for name in shape.required_members}
        case "list":
            return [_sample(shape.member)] * max(1, int(shape.metadata.get("min", 1)))
        case "map":
            return {}
        case "string" | "blob" | "timestamp":
            least = max(1, int(shape.metadata.get("min", 1)))
            return {"string": "x" * least, "blob": b"x" * least, "timestamp": 0}[shape.type_name]
        case "boolean":
            return True
        case _:
            return max(1, int(shape.metadata.get("min", 1)))


@pytest.mark.parametrize("service", _SERVICES)
def test_every_change_that_moto_answers_is_ours_or_kept_or_refused(world: World, service: str) -> None:
    """The refusal comes before moto is asked: the parameters need only be such as botocore sends."""
    ours = {name for of, name in registry.supplied() if of == service}
    for name in sorted(_answered_by_moto(service) - ours):
        if kept.may_change(service, name):
            continue
        shape = service_model(service).operation_model(name).input_shape
        with pytest.raises(Refused) as raised:
            world.call(service, name, **(_sample(shape) if shape is not None else {}))
        assert raised.value.code == "NotSimulated", name


@pytest.mark.parametrize("service", sorted({*kept.FOLLOWED, *kept.RECORDED}))
def test_what_is_kept_is_an_operation_of_moto_s_alone(world: World, service: str) -> None:
    """Known to botocore, and in one table only."""
    assert world.carrier is not None
    followed, recorded = kept.FOLLOWED.get(service, frozenset()), kept.RECORDED.get(service, frozenset())
    assert not followed & recorded
    assert (followed | recorded) - _answered_by_moto(service) == set()


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("ecs", "create_task_set", {"cluster": CLUSTER, "service": "asharvi-backend-prod", "taskDefinition": "x"}),
        ("ecs", "start_task", {"cluster": CLUSTER, "taskDefinition": "x", "containerInstances": ["x"]}),
        ("ec2", "run_instances", {"MinCount": 1, "MaxCount": 1}),
        ("elbv2", "set_ip_address_type", {"LoadBalancerArn": "x", "IpAddressType": "dualstack"}),
        ("cloudwatch", "put_insight_rule", {"RuleName": "x", "RuleDefinition": "{}"}),
        ("sqs", "create_queue", {"QueueName": "x"}),
        ("cloudfront", "delete_distribution", {"Id": "x"}),
    ],
)
def test_a_stock_client_reads_the_refusal(
    simulator: Simulator, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    """In the service's own protocol, with a status that no client tries again."""
    with pytest.raises(ClientError) as raised:
        getattr(client(simulator, service), operation)(**parameters)
    assert raised.value.response["Error"]["Code"] == "NotSimulated"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
