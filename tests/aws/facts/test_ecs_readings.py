"""What is read out of texts: health-check commands, secret references, stop reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.ecs_task import Task
from runbook_tui.aws.facts.health_command import Asked, read_health_command
from runbook_tui.aws.facts.secret_reference import SecretReference, Store, read_reference
from runbook_tui.aws.facts.stop_reason import StopClass, is_abnormal, stop_class
from tests.support.raw_ecs import stopped

TEMPLATE = 'node -e "fetch(`http://localhost:${process.env.PORT || 3000}/ready`)"'
JOINED = "node -e \"fetch('http://localhost:' + (process.env.PORT||3000) + '/ready')\""


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("wget -qO- http://127.0.0.1:3000/ready", ("127.0.0.1", "3000", "/ready")),
        ("curl -f https://api.asharvi.dev/ready?x=1", ("api.asharvi.dev", "443", "/ready")),
        ("curl localhost:3000/ready", ("localhost", "3000", "/ready")),
        ("curl localhost/ready", ("localhost", "80", "/ready")),
        ("curl http://LOCALHOST:3000", ("localhost", "3000", "/")),
        ("curl http://localhost:$PORT/ready", ("localhost", "", "/ready")),
        ("curl http://localhost:${PORT}/ready", ("localhost", "", "/ready")),
        ("curl http://${HOST:-localhost}:${PORT:-3000}/ready", ("localhost", "3000", "/ready")),
        ("curl http://[::1]:3000/ready", ("[::1]", "3000", "/ready")),
        (TEMPLATE, ("localhost", "", "/ready")),
        (JOINED, ("localhost", "", "/ready")),
    ],
)
def test_addresses_of_a_health_command(line: str, asked: tuple[str, str, str]) -> None:
    """Host, port and path are found however the address is written; a port from a variable is empty."""
    host, port, path = asked
    assert read_health_command(["CMD-SHELL", line]).asked == (Asked(host=host, port=port, path=path),)


@pytest.mark.parametrize("line", ["node health.js", "nc -z localhost 3000", "curl -f $URL", "exit 0", "wget 'unclosed"])
def test_commands_without_an_address(line: str) -> None:
    """A bare host name or a variable is no address."""
    assert read_health_command(["CMD-SHELL", line]).asked == ()


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_command_can_be_read(words: list[str]) -> None:
    """Whatever stands in a health check, reading it does not fail."""
    command = read_health_command(words)
    assert command.mentions("/ready") in (True, False)


ARN = "arn:aws:secretsmanager:ap-south-1:123456789012:secret:asharvi/backend/prod-AbC123"


@pytest.mark.parametrize(
    ("value_from", "name", "key", "stage", "version"),
    [
        (f"{ARN}:JWT_SECRET::", "asharvi/backend/prod", "JWT_SECRET", "", ""),
        (f"{ARN}:JWT_SECRET:AWSPREVIOUS:", "asharvi/backend/prod", "JWT_SECRET", "AWSPREVIOUS", ""),
        (f"{ARN}:JWT_SECRET::v-1", "asharvi/backend/prod", "JWT_SECRET", "", "v-1"),
        (ARN, "asharvi/backend/prod", "", "", ""),
    ],
)
def test_secret_reference(value_from: str, name: str, key: str, stage: str, version: str) -> None:
    """Seven parts of ARN, then key, stage and version; the random suffix is not part of the name."""
    assert read_reference(value_from) == SecretReference(
        store=Store.SECRETS_MANAGER,
        name=name,
        region="ap-south-1",
        account="123456789012",
        key=key,
        stage=stage,
        version=version,
    )


def test_secret_reference_without_suffix() -> None:
    """A secret that is named without its suffix is recognised, and said to be so."""
    found = read_reference("arn:aws:secretsmanager:ap-south-1:123456789012:secret:asharvi/backend/prod:KEY::")
    assert (found.name, found.suffixed) == ("asharvi/backend/prod", False)


@pytest.mark.parametrize(
    ("value_from", "store", "name"),
    [
        ("arn:aws:ssm:ap-south-1:123456789012:parameter/asharvi/x", Store.PARAMETER_STORE, "/asharvi/x"),
        ("LOG_LEVEL", Store.PARAMETER_STORE, "LOG_LEVEL"),
        ("arn:aws:s3:::bucket", Store.UNREADABLE, ""),
        ("arn:aws:secretsmanager:ap-south-1:123456789012:secret:", Store.UNREADABLE, ""),
        (f"{ARN}:a:b:c:d", Store.UNREADABLE, ""),
        ("arn:", Store.UNREADABLE, ""),
    ],
)
def test_other_references(value_from: str, store: Store, name: str) -> None:
    """Parameters come by ARN or by name; what is no reference is not repeated."""
    found = read_reference(value_from)
    assert (found.store, found.name) == (store, name)


@given(st.text(max_size=80).map("arn:".__add__) | st.text(max_size=80))
def test_any_reference_can_be_read(value_from: str) -> None:
    """Whatever stands in valueFrom, reading it does not fail."""
    assert read_reference(value_from).described


PULL = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "


@pytest.mark.parametrize(
    ("code", "text", "exit_code", "expected"),
    [
        ("TaskFailedToStart", "CannotPullContainerError: … : not found", None, StopClass.IMAGE_MISSING),
        ("TaskFailedToStart", "CannotPullContainerError: … 403 Forbidden", None, StopClass.REGISTRY_DENIED),
        (
            "TaskFailedToStart",
            "… image Manifest does not contain descriptor matching platform 'linux/amd64'",
            None,
            StopClass.ARCHITECTURE,
        ),
        (
            "TaskFailedToStart",
            PULL + "unable to retrieve secret from asm: … AccessDeniedException",
            None,
            StopClass.SECRET_DENIED,
        ),
        ("TaskFailedToStart", PULL + "unable to retrieve secrets from ssm: …", None, StopClass.SECRET_DENIED),
        ("TaskFailedToStart", PULL + "unable to retrieve ecr registry auth: …", None, StopClass.REGISTRY_DENIED),
        ("TaskFailedToStart", PULL + "unable to retrieve secret from asm: i/o timeout", None, StopClass.NO_PATH),
        ("TaskFailedToStart", PULL + "AccessDenied", None, StopClass.PULL_DENIED),
        (
            "TaskFailedToStart",
            "ResourceInitializationError: failed to validate logger args: … The specified log group does not exist",
            None,
            StopClass.LOG_GROUP,
        ),
        ("TaskFailedToStart", "something new", None, StopClass.NOT_STARTED),
        (
            "EssentialContainerExited",
            "OutOfMemoryError: Container killed due to memory usage",
            137,
            StopClass.OUT_OF_MEMORY,
        ),
        ("EssentialContainerExited", "Essential container in task exited", 137, StopClass.KILLED),
        ("EssentialContainerExited", "Essential container in task exited", 139, StopClass.NATIVE_CRASH),
        ("EssentialContainerExited", "Essential container in task exited", 1, StopClass.EXITED),
        (
            "ServiceSchedulerInitiated",
            "Task failed ELB health checks in (target-group arn:…)",
            0,
            StopClass.HEALTH_CHECKS,
        ),
        ("ServiceSchedulerInitiated", "Task failed container health checks", 143, StopClass.HEALTH_CHECKS),
        ("SpotInterruption", "Your Spot Task was interrupted.", None, StopClass.SPOT),
        (
            "ServiceSchedulerInitiated",
            "Scaling activity initiated by (deployment ecs-svc/1)",
            137,
            StopClass.ORDINARY,
        ),
    ],
)
def test_class_of_a_stop(code: str, text: str, exit_code: int | None, expected: StopClass) -> None:
    """The class follows what the text names most plainly; the shared prefix of pull errors decides nothing."""
    containers = [{"name": "app", **({} if exit_code is None else {"exitCode": exit_code})}]
    task = Task.from_api(stopped(1, 5, code, stoppedReason=text, containers=containers))
    assert stop_class(task) is expected
    assert is_abnormal(task) is (expected not in (StopClass.SPOT, StopClass.ORDINARY))


def test_the_reason_of_a_container_counts() -> None:
    """ECS puts the memory error on the container, not on the task."""
    containers = [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]
    task = Task.from_api(stopped(1, 5, stoppedReason="Essential container in task exited", containers=containers))
    assert stop_class(task) is StopClass.OUT_OF_MEMORY
