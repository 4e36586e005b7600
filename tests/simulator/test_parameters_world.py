"""The checks of Parameter Store in the simulated world, for a site that uses it."""

import json
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from runbook_tui.core.site import Params
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.names import SITE
from tests.support.forks import Forks, forks
from tests.support.standing import Standing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

PASS, WARN, FAIL = Status.PASS, Status.WARN, Status.FAIL
PATH = SITE.params.path.replace("<env>", "prod")
CHECKS = ("param.exists", "param.not-sensitive", "param.iam-scope")


@pytest.fixture(scope="module")
def healthy() -> Iterator[Forks]:
    with forks() as ready:
        yield ready


def nothing(_world: Standing) -> None:
    """The seed as it is."""


def parameter_gone(world: Standing) -> None:
    world.client("ssm").delete_parameter(Name=f"{PATH}LOG_LEVEL")


def secret_as_parameter(world: Standing) -> None:
    world.client("ssm").put_parameter(Name=f"{PATH}JWT_SECRET", Value="planted", Type="String")


def reads_all_parameters(world: Standing) -> None:
    one = {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": world.world.arn("ssm", "parameter/*")}
    world.client("iam").put_role_policy(
        RoleName=SITE.iam.execution_role,
        PolicyName="parameters",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [one]}),
    )


def statuses(world: Standing, change: Callable[[Standing], None]) -> dict[str, Status]:
    """Of the three checks, those that are not PASS, in a site that uses parameters."""
    change(world)
    found = world.sweep(replace(world.site, params=Params(enabled=True)))
    ours = {name: each.verdict.status for name, each in found.items() if name.startswith(CHECKS)}
    assert len(ours) == 2 * len(CHECKS)
    return {name: status for name, status in ours.items() if status is not PASS}


@pytest.mark.parametrize(
    ("change", "flips"),
    [
        (nothing, {}),
        (parameter_gone, {"param.exists@prod": WARN}),
        (secret_as_parameter, {"param.not-sensitive@prod": FAIL}),
        (reads_all_parameters, {"param.iam-scope@prod": WARN, "param.iam-scope@staging": WARN}),
    ],
)
def test_one_change_flips_its_check(
    healthy: Forks, change: Callable[[Standing], None], flips: dict[str, Status]
) -> None:
    """One change to the parameters flips the check that is about it, and neither of the others."""
    assert healthy.ask(statuses, change) == flips
