"""Names of faults and scenarios, before anything is started."""

import subprocess
import sys

import pytest

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import faults
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.scenarios import described, find_scenario
from runbook_tui.simulator.spans import seconds

PROMISED = (
    "alarm-actions-off at-max-capacity bad-image certificate-expired certificate-near-expiry circuit-breaker-off "
    "clock-skew crash-loop db-blackholed db-refused denied deployment-stuck dns-wrong-target drill-forgotten "
    "endpoint-removed exec-role-ecr-denied exec-role-logs-denied exec-role-secret-denied expired half-denied heap-oom "
    "image-gone key-leaked-old listener-rule-gone log-group-missing malformed nat-gone oom ready-fails region-down "
    "scaling-suspended secret-key-missing secret-missing server-error sg-egress-db-closed sg-port-closed slow slow-app "
    "targets-unhealthy throttled traffic-growth traffic-spike wrong-architecture wrong-container-port"
)


def test_every_promised_fault_is_listed_with_what_it_does() -> None:
    """In the order of the alphabet, each with its argument and a sentence."""
    listed = faults.names()
    words = [usage.partition(":")[0] for usage in listed]
    assert words == sorted(words)
    assert set(PROMISED.split()) <= set(words)
    assert listed["denied:<service:Action>"] == "AWS denies one action to the operator"
    assert all(20 < len(about) < 110 for about in listed.values())


@pytest.mark.parametrize(
    ("name", "what", "remedy"),
    [
        ("targets-unhealty", "there is no fault targets-unhealty", "did you mean targets-unhealthy?"),
        ("nonsense", "there is no fault nonsense", "runbook-tui list faults shows them all"),
        ("denied", "the fault denied needs an argument", "write denied:<service:Action>"),
        ("expired:now", "the fault expired takes no argument", "write expired"),
        ("denied:ecs:DescribeService", "ecs has no action DescribeService", "did you mean ecs:DescribeServices?"),
        ("denied:ecss:ListTasks", "AWS has no service ecss", "did you mean ecs?"),
        ("denied:ecs", "ecs is no action", "write it as service:Action, such as ecs:DescribeServices"),
        (
            "slow:ecs:ListTasks:soon",
            "ecs:ListTasks:soon ends in no number of seconds",
            "write slow:<service:Action:seconds>, such as slow:ecs:ListTasks:2",
        ),
        ("expired@soon", "soon is no span of time", "write 90s, 10m, 2h, 1d or a number of seconds"),
        ("expried@5m", "there is no fault expried", "did you mean expired?"),
    ],
)
def test_a_wrong_fault_is_refused_with_a_remedy(name: str, what: str, remedy: str) -> None:
    """Nothing starts with a fault that does not exist."""
    with pytest.raises(UsageProblem) as raised:
        faults.parse(name)
    assert (raised.value.what, raised.value.remedy) == (what, remedy)


@pytest.mark.parametrize(
    "action", ["elasticloadbalancing:DescribeTargetHealth", "tag:GetResources", "s3:ListAllMyBuckets"]
)
def test_actions_are_written_as_iam_writes_them(action: str) -> None:
    """Where IAM and boto3 disagree, IAM's name is understood."""
    assert faults.parse(f"denied:{action}")[1] == action


@pytest.mark.parametrize(("text", "expected"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), ("1d", 86400)])
def test_spans_are_written_as_people_write_them(text: str, expected: float) -> None:
    """A number alone is seconds."""
    assert seconds(text) == expected


def test_a_wrong_scenario_is_refused_with_a_remedy() -> None:
    """The nearest name is offered."""
    with pytest.raises(UsageProblem) as raised:
        find_scenario("helthy")
    assert raised.value.remedy == 'did you mean "healthy"?'
    assert [name for name, _ in described()][:2] == ["healthy", "empty"]


@pytest.mark.slow
def test_listing_faults_and_scenarios_loads_no_moto() -> None:
    """The list is there at once, and without the extra that moto comes with."""
    code = (
        "import sys; from runbook_tui.simulator import faults, scenarios;"
        "faults.names(); list(scenarios.described());"
        "print([name for name in ('moto', 'boto3', 'botocore', 'flask', 'cryptography') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_pages_follow_each_other_to_the_end() -> None:
    """Every item comes once, in order, and the last page has no token."""
    seen: list[int] = []
    token: str | None = ""
    while token is not None:
        items, token = page(range(7), {"size": 3, "token": token}, size="size", token="token", limit=100)
        seen += items
    assert seen == list(range(7))


def test_a_page_is_never_longer_than_aws_allows() -> None:
    """A larger wish is cut."""
    items, token = page(range(7), {"size": 500}, size="size", token="token", limit=5)
    assert (items, token) == ([0, 1, 2, 3, 4], "5")


def test_a_forged_token_is_refused() -> None:
    """Not answered with the first page again."""
    with pytest.raises(Refused):
        page(range(7), {"token": "abc"}, size="size", token="token", limit=5)
