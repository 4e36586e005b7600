"""Texts that AWS and applications print, captured or documented, in the spellings that occur: each meets its rule."""
# ruff: noqa: E501 - texts stand as they are printed

import pytest

from tests.support.scenes import PRESENT, ago, diagnosed, likely, line, service, stop

START = "TaskFailedToStart"
EXITED = "EssentialContainerExited"
SCHEDULER = "ServiceSchedulerInitiated"
PULL = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
ASM = f"{PULL} unable to retrieve secret from asm: service call has been retried"
ARN = "arn:aws:secretsmanager:ap-south-1:403403403403:secret:b/prod-AbCdEf"
MANIFEST = "CannotPullContainerError: pull image manifest has been retried"
REF = "403403403403.dkr.ecr.ap-south-1.amazonaws.com/asharvi-backend-prod:1.4.2"

STOPS = [
    ("T3a", START, f"{MANIFEST} 7 time(s): failed to resolve ref {REF}: {REF}: not found"),
    ("T3a", START, f"CannotPullContainerError: Error response from daemon: manifest unknown: {REF} is not there"),
    ("T3b", START, f"{MANIFEST} 1 time(s): failed to resolve ref {REF}: unexpected status: 403 Forbidden"),
    ("T3b", START, f"CannotPullContainerError: {REF}: no basic auth credentials"),
    (
        "T3b",
        START,
        (
            f"{PULL} unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException:"
            " User: arn:aws:sts::1:assumed-role/e/t is not authorized to perform: ecr:GetAuthorizationToken on resource: *"
        ),
    ),
    ("T3c", START, f"{MANIFEST} 5 time(s): failed to resolve ref {REF}: failed to do request: dial tcp: i/o timeout"),
    (
        "T3c",
        START,
        (
            f"{PULL} unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send "
            'request failed caused by: Post "https://api.ecr.ap-south-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout'
        ),
    ),
    (
        "T3c",
        START,
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 5 times: failed "
            "to create Cloudwatch log stream: RequestError: send request failed"
        ),
    ),
    (
        "T3d",
        START,
        (
            f"{ASM} 1 time(s): failed to fetch secret {ARN} from secrets manager: AccessDeniedException: User: u is not "
            f"authorized to perform: secretsmanager:GetSecretValue on resource: {ARN}"
        ),
    ),
    (
        "T3d",
        START,
        (
            f"{PULL} unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: "
            "not authorized to perform: ssm:GetParameters"
        ),
    ),
    ("T3e", START, f"{ASM} 1 time(s): failed to fetch secret {ARN}: ResourceNotFoundException: Secrets Manager can't"),
    ("T3e", START, f"{ASM} 1 time(s): retrieved secret from Secrets Manager did not contain json key SMTP_PASS"),
    ("T3e", START, f"{PULL} unable to retrieve secrets from ssm: invalid ssm parameters: /b/LOG_LEVEL"),
    (
        "T3f",
        START,
        (
            f"{ASM} 5 time(s): failed to fetch secret {ARN} from secrets manager: RequestCanceled: request context "
            "canceled caused by: context deadline exceeded"
        ),
    ),
    (
        "T3h",
        SCHEDULER,
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:r:1:targetgroup/t/1)",
    ),
    ("T3h", SCHEDULER, "Task failed container health checks"),
    (
        "T3j",
        START,
        f"{MANIFEST} 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'.",
    ),
    ("T3j", START, "CannotPullContainerError: failed to find a descriptor for platform linux/amd64"),
    (
        "T3m",
        START,
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
            "create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1"
        ),
    ),
    (
        "T3m",
        START,
        (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
            "create Cloudwatch log stream: AccessDeniedException: not authorized to perform: logs:CreateLogStream"
        ),
    ),
    ("T3n", START, "ECS was unable to assume the role 'arn:aws:iam::1:role/e' that was provided for this task."),
    ("T3o", "SpotInterruption", "Your Spot Task was interrupted."),
    ("T3o", "InfrastructureHealth", ""),
    ("T3o", "TerminationNotice", ""),
]

EVENTS = [
    ("T3a", f"was unable to place a task. Reason: {MANIFEST} 7 time(s): {REF}: not found."),
    (
        "T3j",
        (
            f"was unable to place a task. Reason: {MANIFEST} 7 time(s): image Manifest does not contain descriptor "
            "matching platform 'linux/amd64'."
        ),
    ),
    (
        "T3l",
        "was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently",
    ),
    ("T3l", "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a"),
    ("T3n", "failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/e' that was"),
    ("T3n", "IAM trust relationship has been misconfigured or changed, and ECS can no longer maintain your service"),
    ("T8", "was unable to stop or start tasks during a deployment because of the service deployment configuration."),
]
SPELLINGS = (
    "(service asharvi-backend-prod) {}",
    "service asharvi-backend-prod {}",
    "service (asharvi-backend-prod) {}",
)

# What a healthy service says all day, and what its log may say of its users.
BENIGN = [
    "has reached a steady state.",
    "deregistered 2 targets in (target-group arn:aws:elasticloadbalancing:r:1:targetgroup/t/1)",
    "registered 2 targets in (target-group arn:aws:elasticloadbalancing:r:1:targetgroup/t/1)",
    "has begun draining connections on 2 tasks.",
    "has stopped 2 running tasks: (task 403).",
    "has started 2 tasks: (task 9a) (task 9b).",
    (
        "(task 9a) (port 8080) is unhealthy in (target-group arn:…) due to (reason Health checks failed "
        "with these codes: [503])."
    ),
    "(task 9a) (port 8080) is unhealthy in (target-group arn:…) due to (reason Request timed out).",
    "has started 2 tasks: (task 9a). Amazon ECS replaced 2 tasks due to an unhealthy status.",
    "(deployment ecs-svc/1) deployment completed.",
    "rolling back to deployment ecs-svc/1.",
    "stopped 2 pending tasks.",
    "is AZ balanced with 1 task in ap-south-1a, 1 task in ap-south-1b.",
    "is not AZ balanced with 2 tasks in ap-south-1a, 0 tasks in ap-south-1b. AZ Rebalancing in progress.",
    "operations are being throttled. Will try again later.",
]
ORDINARY = [
    '{"level":"info","msg":"errors: 0"}',
    '{"level":"warn","msg":"Authentication failed for user 7"}',
    '{"level":"error","msg":"Validation error: e-mail is wrong"}',
    '{"level":"info","msg":"MongoDB connected"}',
    "GET /products/535 200 12 ms",
    '{"level":"error","msg":"request completed","res":{"statusCode":500}}',
]


@pytest.mark.parametrize(("rule", "code", "text"), STOPS, ids=lambda value: str(value)[:40])
def test_a_reason_of_a_stop_meets_its_rule_alone(rule: str, code: str, text: str) -> None:
    """Three tasks ended so: one cause of its family is likely."""
    stopped = tuple(stop(code, text, minutes=minutes) for minutes in (1.0, 3.0, 5.0))
    assert list(likely(stopped=stopped, lines=())) == [rule]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("rule", "text"), EVENTS, ids=lambda value: str(value)[:40])
def test_an_event_meets_its_rule_in_every_spelling(rule: str, text: str, spelling: str) -> None:
    """Services are written in three ways, and a start that failed is told after ``Reason:``."""
    assert list(likely(service=service((2.0, spelling.format(text))))) == [rule]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("text", BENIGN, ids=lambda text: text[:40])
def test_an_ordinary_event_meets_no_rule(text: str, spelling: str) -> None:
    """Zero false hits among what a healthy service says."""
    assert diagnosed(service=service((2.0, spelling.format(text)))).causes == ()


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_line_meets_no_rule(text: str) -> None:
    """Words of trouble in a line do not make trouble."""
    assert diagnosed(lines=(line(text),)).causes == ()


@pytest.mark.parametrize(
    ("rule", "code", "exit_code", "container", "log"),
    [
        ("T3g", EXITED, 137, "OutOfMemoryError: Container killed due to memory usage", ""),
        ("T3g", EXITED, 134, "", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"),
        ("T3i", EXITED, 1, "", "Error: Cannot find module './routes/payments'"),
        ("T3i", EXITED, 1, "", "SyntaxError: Unexpected token '}'"),
        ("T3i", EXITED, 1, "", "Missing env MONGO_URI"),
        ("T3j", EXITED, 139, "", ""),
        ("T3j", EXITED, 134, "", ""),
        ("T3j", EXITED, 255, "", "exec /usr/local/bin/node: exec format error"),
    ],
)
def test_an_end_of_a_task_meets_its_rule(rule: str, code: str, exit_code: int, container: str, log: str) -> None:
    """By exit code, by what ECS says of the container, and by what the task said last."""
    ended = stop(code, "Essential container in task exited", exit_code=exit_code, container=container)
    lines = (line(log),) if log else ()
    assert list(likely(stopped=(ended, ended), lines=lines)) == [rule]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (SCHEDULER, "Scaling activity initiated by (deployment ecs-svc/1)"),
        ("UserInitiated", "Task stopped by the user: OutOfMemoryError test"),
    ],
)
def test_what_somebody_wanted_is_no_evidence(code: str, text: str) -> None:
    """Stops of scaling, of deployments and of people are taken out, exit code 137 or not (T3k)."""
    assert diagnosed(stopped=(stop(code, text, exit_code=137),) * 3).causes == ()


def test_only_what_still_matters_counts() -> None:
    """A stop of a former deployment counts for a quarter of an hour, an event until the next steady state."""
    text = STOPS[0][2]
    former = stop(START, text, minutes=16.0, started_by="ecs-svc/9")
    assert diagnosed(stopped=(former,)).causes == ()
    assert list(likely(stopped=(stop(START, text, minutes=14.0, started_by="ecs-svc/9"),))) == ["T3a"]
    assert list(likely(stopped=(stop(START, text, minutes=40.0, started_by=PRESENT),))) == ["T3a"]
    place = EVENTS[2][1]
    assert diagnosed(service=service((5.0, place), (2.0, "(service s) has reached a steady state."))).causes == ()


def test_one_stop_that_a_steady_state_followed_is_only_possible() -> None:
    """It healed itself; three of its kind within the last minutes did not."""
    steady = service((1.0, "(service s) has reached a steady state."))
    once = stop(SCHEDULER, "Task failed container health checks", minutes=3.0)
    (cause,) = diagnosed(service=steady, stopped=(once,)).causes
    assert (cause.rule, cause.likely, cause.against[0].at) == ("T3h", False, ago(1.0))
    again = tuple(stop(SCHEDULER, "Task failed container health checks", minutes=minutes) for minutes in (2, 4, 6))
    assert list(likely(service=steady, stopped=again)) == ["T3h"]
