"""The container of the newest task definition: port, health check, secrets, log."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from runbook_tui.audit.redact import Redactor
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged, with_container
from tests.support.backend_site import ACCOUNT, PROD, SITE, STAGING, Raw, arn, site_with, with_environment
from tests.support.facts import Answers, with_answer
from tests.support.raw_ecs import container, health, log_configuration, secret_arn, task_definition
from tests.support.raw_elb import log_group

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN


def mapping(**changes: object) -> Answers:
    return with_container(portMappings=[{"containerPort": 3000, "protocol": "tcp", **changes}])


def variable(value: str) -> Answers:
    return with_container(environment=[{"name": "PORT", "value": value}])


def port_cases() -> Iterator[Case]:
    check = "ecs.taskdef.port"
    yield Case(check=check, status=PASS, given=healthy(), says=("prod:7 maps 3000/tcp",))
    yield Case(check=check, status=PASS, given=mapping())
    yield Case(check=check, status=PASS, given=with_container(portMappings=[{"containerPort": 3000}]))
    yield Case(check=check, status=FAIL, given=with_container(portMappings=[]), says=("maps no port",))
    yield Case(check=check, status=FAIL, given=mapping(containerPort=8080), says=("8080/tcp, expected 3000/tcp",))
    yield Case(check=check, status=FAIL, given=mapping(protocol="udp"), says=("3000/udp",))
    yield Case(check=check, status=FAIL, given=mapping(hostPort=80))
    yield Case(check=check, status=WARN, given=variable("8080"), says=("PORT is 8080",))
    yield Case(check=check, status=WARN, given=variable("hunter2"), says=("PORT is not a number",))
    yield Case(check=check, status=PASS, given=variable("3000"))
    no_such = with_answer(
        healthy(),
        "ecs",
        "describe_task_definition",
        {"taskDefinition": task_definition(containerDefinitions=[container(name="web")])},
    )
    yield Case(check=check, status=FAIL, given=no_such, says=("app in asharvi-backend-prod:7 not found",))


def command(*words: str, **changes: object) -> Answers:
    return with_container(healthCheck=health(*words, **changes))


def shell(line: str, **changes: object) -> Answers:
    return command("CMD-SHELL", line, **changes)


NODE = (
    "node -e \"require('http').get({host:'127.0.0.1',port:3000,path:'/ready'},"
    "r=>process.exit(r.statusCode===200?0:1)).on('error',()=>process.exit(1))\""
)
FETCH = "node -e \"fetch('http://127.0.0.1:'+process.env.PORT+'/ready').then(r=>process.exit(r.ok?0:1))\""
CURL = "curl -f http://localhost:3000/ready || exit 1"


def health_command_cases() -> Iterator[Case]:
    check = "ecs.taskdef.healthcheck"
    yield Case(check=check, status=PASS, given=healthy(), says=("asks /ready on port 3000",))
    for line in (CURL, NODE, "curl -sSf localhost:3000/ready", "wget --spider http://[::1]:3000/ready?from=ecs"):
        yield Case(check=check, status=PASS, given=shell(line))
    yield Case(check=check, status=PASS, given=shell("curl --fail http://localhost:${PORT:-3000}/ready"))
    yield Case(check=check, status=PASS, given=command("CMD", "wget", "-qO-", "http://127.0.0.1:3000/ready"))
    yield Case(check=check, status=PASS, given=shell("curl -s http://localhost:3000/ready | grep -q ok"))

    none = container()
    del none["healthCheck"]
    without = task_definition(containerDefinitions=[none])
    given = with_answer(healthy(), "ecs", "describe_task_definition", {"taskDefinition": without})
    yield Case(check=check, status=FAIL, given=given, says=("no health check", "ignores the Dockerfile's"))
    yield Case(check=check, status=FAIL, given=command("NONE"), says=("no health check",))
    for path in ("/readyz", "/api/ready", "/", "/health-check", "/ready/live"):
        other = shell(f"wget -qO- http://127.0.0.1:3000{path}")
        yield Case(check=check, status=FAIL, given=other, says=(f"asks {path}, expected /ready",))
    yield Case(check=check, status=FAIL, given=shell("curl -f http://localhost:80/ready"), says=("asks port 80",))
    yield Case(check=check, status=FAIL, given=shell("curl -f http://localhost/ready"), says=("asks port 80",))
    yield Case(check=check, status=FAIL, given=shell("exit 0"), says=("does not ask /ready",))
    yield Case(check=check, status=FAIL, given=shell("nc -z localhost 3000"), says=("does not ask /ready",))
    for tail in ("|| true", "; exit 0", "|| :"):
        quiet = shell(f"wget -qO- http://127.0.0.1:3000/ready {tail}")
        yield Case(check=check, status=FAIL, given=quiet, says=("never notices a failure",))
    mute = shell("node -e \"require('http').get('http://127.0.0.1:3000/ready')\"")
    yield Case(check=check, status=FAIL, given=mute, says=("never notices a failure",))
    yield Case(check=check, status=FAIL, given=command("CMD", CURL), says=("CMD runs no shell",))
    split = command("CMD", "curl", "-f", "http://localhost:3000/ready", "||", "exit", "1")
    yield Case(check=check, status=FAIL, given=split, says=("CMD runs no shell",))
    yield Case(check=check, status=FAIL, given=command("curl", "http://localhost:3000/ready"), says=("neither CMD",))
    yield Case(check=check, status=FAIL, given=command("CMD-SHELL"), says=("names no command",))

    for hidden in ("node healthcheck.js", "./healthcheck.sh", "curl -f $READY_URL", "npm run health"):
        yield Case(check=check, status=UNKNOWN, given=shell(hidden), says=("the path cannot be seen",))


def health_concern_cases() -> Iterator[Case]:
    check = "ecs.taskdef.healthcheck"
    yield Case(
        check=check, status=WARN, given=shell("curl http://localhost:3000/ready || exit 1"), says=("without -f",)
    )
    alpine = with_container(image="node:24-alpine", healthCheck=health("CMD-SHELL", CURL))
    yield Case(check=check, status=WARN, given=alpine, says=("absent from alpine and slim",))
    yield Case(check=check, status=WARN, given=shell(CURL, startPeriod=0), says=("startPeriod is 0",))
    brisk = shell(CURL, interval=5, retries=3)
    yield Case(check=check, status=WARN, given=brisk, says=("given up after 15 s",))
    away = shell("curl -f http://api.asharvi.dev:3000/ready")
    yield Case(check=check, status=WARN, given=away, says=("host api.asharvi.dev",))
    yield Case(check=check, status=WARN, given=shell(FETCH), says=("port comes from a variable",))
    known = with_container(healthCheck=health("CMD-SHELL", FETCH), environment=[{"name": "PORT", "value": "3000"}])
    yield Case(check=check, status=PASS, given=known)
    site = site_with(app=replace(SITE.app, ready_checks_db=True))
    yield Case(check=check, status=WARN, given=healthy(), site=site, says=("asks the database",))
    bare = with_container(healthCheck={"command": ["CMD-SHELL", CURL]})
    yield Case(check=check, status=WARN, given=bare, says=("startPeriod is 0",))


def injected(**changes: str | None) -> Answers:
    """Every required key from its place, but for these; None leaves a key out."""
    references = {key: secret_arn(PROD, key) for key in SITE.secrets.required_keys} | changes
    secrets = [{"name": name, "valueFrom": value} for name, value in references.items() if value is not None]
    return with_container(secrets=secrets)


def secret_cases() -> Iterator[Case]:
    check = "ecs.taskdef.secrets-valuefrom"
    yield Case(check=check, status=PASS, given=healthy(), says=("5 required keys",))
    renamed = injected(JWT_SECRET=secret_arn(PROD, "JWT"))
    yield Case(check=check, status=PASS, given=renamed)
    yield Case(check=check, status=PASS, given=injected(JWT_SECRET=secret_arn(PROD, "JWT_SECRET", "AWSCURRENT")))
    yield Case(check=check, status=FAIL, given=injected(JWT_SECRET=None), says=("not injected: JWT_SECRET",))
    at_runtime = site_with(app=replace(SITE.app, reads_secrets_at_runtime=True))
    late = injected(JWT_SECRET=None)
    yield Case(check=check, status=WARN, given=late, site=at_runtime, says=("JWT_SECRET is not injected",))
    crossed = injected(SMTP_PASS=secret_arn(STAGING, "SMTP_PASS"))
    yield Case(check=check, status=FAIL, given=crossed, says=("SMTP_PASS comes from", "the secret of staging"))
    extra = injected(SOMETHING=secret_arn(STAGING, "SOMETHING"))
    yield Case(check=check, status=FAIL, given=extra, says=("SOMETHING comes from",))
    staged = injected(SMTP_PASS=arn("ssm", "parameter/asharvi/backend/staging/SMTP_PASS"))
    yield Case(check=check, status=FAIL, given=staged, says=("the secret of staging",))
    broken = injected(SMTP_PASS="arn:aws:secretsmanager:ap-south-1")
    yield Case(check=check, status=FAIL, given=broken, says=("reference of SMTP_PASS",))
    whole = injected(MONGO_URI=secret_arn(PROD))
    yield Case(check=check, status=WARN, given=whole, says=("MONGO_URI gets the whole JSON text",))
    pinned = injected(MONGO_URI=secret_arn(PROD, "MONGO_URI", version="11111111-2222-3333-4444-555555555555"))
    yield Case(check=check, status=WARN, given=pinned, says=("pinned to a version",))
    former = injected(MONGO_URI=secret_arn(PROD, "MONGO_URI", "AWSPREVIOUS"))
    yield Case(check=check, status=WARN, given=former, says=("pinned to a version",))
    plain = injected(MONGO_URI=arn("secretsmanager", f"secret:{PROD.secret_name}:MONGO_URI::"))
    yield Case(check=check, status=WARN, given=plain, says=("without the random suffix",))
    for stored in (arn("ssm", "parameter/asharvi/MONGO_URI"), "MONGO_URI"):
        yield Case(check=check, status=WARN, given=injected(MONGO_URI=stored), says=("Parameter Store",))
    stranger = injected(MONGO_URI=arn("secretsmanager", "secret:shared-AbC123:MONGO_URI::"))
    yield Case(check=check, status=WARN, given=stranger, says=("comes from shared, expected asharvi/backend/prod",))
    afar = injected(MONGO_URI=secret_arn(PROD, "MONGO_URI").replace("ap-south-1", "eu-west-1"))
    yield Case(check=check, status=WARN, given=afar, says=("region eu-west-1",))
    foreign = injected(MONGO_URI=secret_arn(PROD, "MONGO_URI").replace(ACCOUNT, "210987654321"))
    yield Case(check=check, status=WARN, given=foreign, says=("account 210987654321",))
    unsaid = site_with(aws=replace(SITE.aws, account_id=""))
    yield Case(check=check, status=PASS, given=healthy(), site=unsaid)


def logged(configuration: Raw) -> Answers:
    return with_container(logConfiguration=configuration)


def logging_cases() -> Iterator[Case]:
    check = "ecs.taskdef.logging"
    legacy = SITE.obs.legacy_group
    groups = [log_group(), log_group(STAGING), log_group(logGroupName=legacy), log_group(logGroupName="/other")]

    def to(given: Answers) -> Answers:
        return with_answer(given, "logs", "describe_log_groups", {"logGroups": groups})

    yield Case(check=check, status=PASS, given=healthy(), says=("awslogs to /aws/ecs/asharvi-backend-prod",))
    none = container()
    del none["logConfiguration"]
    without = task_definition(containerDefinitions=[none])
    given = with_answer(healthy(), "ecs", "describe_task_definition", {"taskDefinition": without})
    yield Case(check=check, status=FAIL, given=given, says=("no log configuration",))
    abroad = logged(log_configuration(awslogs_region="eu-west-1"))
    yield Case(check=check, status=FAIL, given=abroad, says=("eu-west-1, expected ap-south-1",))
    crossed = logged(log_configuration(STAGING))
    yield Case(check=check, status=FAIL, given=crossed, says=("the group of staging",))
    no_group = logged({"logDriver": "awslogs", "options": {"awslogs-region": "ap-south-1"}})
    yield Case(check=check, status=FAIL, given=no_group, says=("names no group",))
    gone = with_answer(healthy(), "logs", "describe_log_groups", {"logGroups": []})
    yield Case(check=check, status=FAIL, given=gone, says=("does not exist",))
    neighbour = [log_group(logGroupName=PROD.log_group + "-old")]
    only_neighbour = with_answer(healthy(), "logs", "describe_log_groups", {"logGroups": neighbour})
    yield Case(check=check, status=FAIL, given=only_neighbour, says=("does not exist",))
    creating = logged(log_configuration(awslogs_create_group="true"))
    yield Case(check=check, status=PASS, given=with_answer(creating, "logs", "describe_log_groups", {"logGroups": []}))
    shared = to(logged(log_configuration(awslogs_group=legacy)))
    yield Case(check=check, status=WARN, given=shared, says=("the shared group of old",))
    other = to(logged(log_configuration(awslogs_group="/other")))
    yield Case(check=check, status=WARN, given=other, says=("/other, another group",))
    blocking = logged(log_configuration(mode="blocking"))
    yield Case(check=check, status=WARN, given=blocking, says=("mode is blocking",))
    firelens = logged({"logDriver": "awsfirelens", "options": {"Name": "http", "Token": "hunter2"}})
    yield Case(check=check, status=WARN, given=firelens, says=("log driver awsfirelens",))
    no_prefix = logged(log_configuration(awslogs_stream_prefix=""))
    yield Case(check=check, status=WARN, given=no_prefix, says=("stream-prefix is not set",))
    chosen = with_environment("staging", log_group=PROD.log_group)
    yield Case(check=check, status=WARN, given=healthy(), site=chosen, says=("shared, but stream prefix app",))
    telling = logged(log_configuration(awslogs_stream_prefix="prod-app"))
    yield Case(check=check, status=PASS, given=telling, site=chosen)


CASES = [
    *port_cases(),
    *health_command_cases(),
    *health_concern_cases(),
    *secret_cases(),
    *logging_cases(),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_task_definition(case: Case) -> None:
    """Each task definition of the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_task_definition_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


@pytest.mark.parametrize(
    ("check", "given"),
    [
        ("ecs.taskdef.port", variable("hunter2")),
        ("ecs.taskdef.logging", logged({"logDriver": "splunk", "options": {"splunk-token": "hunter2"}})),
        ("ecs.taskdef.secrets-valuefrom", injected(SMTP_PASS="arn:hunter2:is:my:password")),
    ],
)
def test_values_in_the_wrong_place_are_not_repeated(check: str, given: Answers) -> None:
    """A secret that somebody put where a port, an option or a reference belongs stays out of the verdict."""
    verdict, _ = judged(Case(check=check, status=WARN, given=given))
    assert "hunter2" not in str(verdict)


def test_evidence_of_secrets_survives_redaction() -> None:
    """Names of keys look like secrets to the redactor; what the operator reads must still say where each comes from."""
    verdict, _ = judged(Case(check="ecs.taskdef.secrets-valuefrom", status=PASS, given=healthy()))
    shown = Redactor(SITE.secrets.required_keys).verdict(verdict)
    assert shown == verdict
    line = "JWT_SECRET from secretsmanager asharvi/backend/prod, key JWT_SECRET"
    assert line in shown.evidence["references"]
