"""The task definition: which revision runs, its roles, its hardening, its size, and no secret in it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.ecs.size import LOADTEST
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.plain_secret import Name, name_says, shape_of
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.fargate import SIZES, cpu_units, is_offered, memories, memory_mib
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.site import Iam, Site
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged, with_container
from tests.support.backend_site import ACCOUNT, PROD, SITE, Raw, ago, arn, site_with, with_environment
from tests.support.facts import NOON, Answers, FakeReader, aws_of, with_answer
from tests.support.raw_ecs import container, task_definition

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
ROLE = f"arn:aws:iam::{ACCOUNT}:role"


def defined(**changes: Any) -> Answers:
    raw = {"taskDefinition": task_definition(**changes)}
    return with_answer(healthy(), "ecs", "describe_task_definition", raw)


def listed(*names: str) -> Answers:
    arns = [arn("ecs", f"task-definition/{name}") for name in names]
    return with_answer(healthy(), "ecs", "list_task_definitions", {"taskDefinitionArns": arns})


def active_cases() -> Iterator[Case]:
    check, family = "ecs.taskdef.active", PROD.task_family
    yield Case(check=check, status=PASS, given=healthy(), says=(f"{family}:7 is ACTIVE and the newest",))
    newer = listed(f"{family}:8", f"{family}:7")
    yield Case(check=check, status=WARN, given=newer, says=(f"runs {family}:7, the newest is {family}:8",))
    unsorted = listed(f"{family}:7", f"{family}:10")
    yield Case(check=check, status=WARN, given=unsorted, says=(f"the newest is {family}:10",))
    other = listed(f"{family}-migrate:9", f"{family}:7")
    yield Case(check=check, status=PASS, given=other)
    alone = listed(f"{family}-migrate:9")
    yield Case(check=check, status=FAIL, given=alone, says=(f"task definition {family} not found",))
    retired = with_answer(
        newer, "ecs", "describe_task_definition", {"taskDefinition": task_definition(status="INACTIVE")}
    )
    yield Case(check=check, status=WARN, given=retired, says=(":7 is INACTIVE",))
    yield Case(check=check, status=FAIL, given=with_container(essential=False), says=("app", "not essential"))
    yield Case(check=check, status=FAIL, given=with_container(name="web"), says=("app in", "not found"))


def role_cases() -> Iterator[Case]:
    check = "ecs.taskdef.roles"
    yield Case(check=check, status=PASS, given=healthy())
    pathed = defined(executionRoleArn=f"{ROLE}/ecs/{SITE.iam.execution_role}")
    yield Case(check=check, status=PASS, given=pathed)
    yield Case(check=check, status=FAIL, given=defined(executionRoleArn=""), says=("execution role not set",))
    yield Case(
        check=check, status=FAIL, given=defined(executionRoleArn=f"{ROLE}/Other"), says=("execution role Other",)
    )
    yield Case(check=check, status=WARN, given=defined(taskRoleArn=""), says=("no task role",))
    yield Case(check=check, status=WARN, given=defined(taskRoleArn=f"{ROLE}/Other"), says=("task role Other",))
    own = site_with(iam=Iam(roles_per_env=True))
    mine = defined(taskRoleArn=f"{ROLE}/{own.iam.task_role_of('prod')}")
    yield Case(check=check, status=PASS, given=mine, site=own)
    foreign = defined(taskRoleArn=f"{ROLE}/{own.iam.task_role_of('staging')}")
    yield Case(check=check, status=FAIL, given=foreign, site=own, says=("is that of staging",))


def hardening_cases() -> Iterator[Case]:
    check = "ecs.taskdef.hardening"
    yield Case(check=check, status=PASS, given=healthy(), says=("as the image says", "stopTimeout 30 s"))
    for user in ("node", "1000", "1000:1000"):
        yield Case(check=check, status=PASS, given=with_container(user=user))
    for user in ("root", "0", "0:0", "root:node"):
        yield Case(check=check, status=WARN, given=with_container(user=user), says=(f"runs as {user}",))
    yield Case(check=check, status=WARN, given=with_container(privileged=True), says=("privileged",))
    yield Case(check=check, status=WARN, given=with_container(linuxParameters={}), says=("no init process",))
    for seconds, status in ((9, WARN), (10, PASS), (120, PASS), (2, WARN)):
        yield Case(check=check, status=status, given=with_container(stopTimeout=seconds))


def size_cases() -> Iterator[Case]:
    check = "ecs.taskdef.size"
    yield Case(check=check, status=PASS, given=healthy(), says=("1024 CPU units and 2048 MiB",))
    yield Case(check=check, status=PASS, given=defined(cpu="1 vCPU", memory="2 GB"))
    yield Case(check=check, status=PASS, given=defined(cpu="1vcpu", memory="2GB"))
    yield Case(check=check, status=FAIL, given=defined(cpu="512", memory="2048"), says=("expected 1024 and 2048",))
    yield Case(check=check, status=FAIL, given=defined(cpu="2048", memory="4096", containerDefinitions=[]), site=BIG)
    yield Case(check=check, status=WARN, given=defined(cpu="2048", memory="4096"), says=("2048 CPU units and 4096",))
    yield Case(check=check, status=FAIL, given=defined(cpu="1024", memory="1024"), says=("does not offer",))
    yield Case(check=check, status=FAIL, given=defined(cpu="", memory=""), says=("no CPU/no memory",))
    tested = with_environment("prod", load_test_date="2026-09-01")
    yield Case(check=check, status=PASS, given=defined(cpu="512", memory="2048"), site=tested, says=("2026-09-01",))
    stale = with_environment("prod", load_test_date="2026-01-01")
    yield Case(check=check, status=FAIL, given=defined(cpu="512", memory="2048"), site=stale)
    yield Case(check=check, status=WARN, given=with_container(memory=1842), says=("1842 of the task's 2048 MiB",))
    yield Case(check=check, status=PASS, given=with_container(memory=1844))


BIG = with_environment("prod", cpu=4096, memory=8192)


def variable(name: str, value: str) -> Answers:
    return with_container(environment=[{"name": name, "value": value}])


PASSWORD = "hunter2-planted"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def plain_cases() -> Iterator[Case]:
    check = "ecs.taskdef.no-plain-secrets"
    yield Case(check=check, status=PASS, given=healthy(), says=("holds no plain secret",))
    for value, kind in (
        (f"mongodb://app:{PASSWORD}@db.example/x", "a URI with a password"),
        ("AKIAIOSFODNN7EXAMPLE", "an AWS access key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII", "a private key"),
        (TOKEN, "a JSON web token"),
    ):
        yield Case(check=check, status=FAIL, given=variable("HARMLESS", value), says=(f"app/HARMLESS holds {kind}",))
        word = with_container(command=["node", f"--x={value}"])
        yield Case(check=check, status=FAIL, given=word, says=("app/command, word 2,", kind))
    for name in ("MONGO_URI", "JWT_SECRET", "SMTP_PASS", "DB_PASSWORD", "API_TOKEN", "STRIPE_API_KEY", "jwt_secret"):
        yield Case(check=check, status=FAIL, given=variable(name, PASSWORD), says=(f"app/{name} is a secret",))
        yield Case(check=check, status=PASS, given=variable(name, ""))
        yield Case(check=check, status=PASS, given=variable(name, arn("secretsmanager", "secret:x")))
    for name in ("SECRET_NAME", "KMS_KEY_ID", "TOKEN_TTL", "REDIRECT_URI", "NODE_ENV"):
        yield Case(check=check, status=PASS, given=variable(name, "plain"))
    for name in ("SECRET_FILE", "BASE_URI", "KEY_PREFIX"):
        yield Case(check=check, status=WARN, given=variable(name, "plain"), says=(f"app/{name} may be a secret",))
    filed = with_container(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::b/prod.env"}])
    yield Case(check=check, status=WARN, given=filed, says=("1 environment files",))
    side = defined(containerDefinitions=[container(), container(name="agent", environment=[pair("AGENT_TOKEN")])])
    yield Case(check=check, status=FAIL, given=side, says=("agent/AGENT_TOKEN",))


def pair(name: str) -> Raw:
    return {"name": name, "value": PASSWORD}


CASES = [*active_cases(), *role_cases(), *hardening_cases(), *size_cases(), *plain_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_task_definition(case: Case) -> None:
    """Each task definition in the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_definition_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


@pytest.mark.parametrize("case", [*plain_cases()], ids=str)
def test_no_plain_secret_is_repeated(case: Case) -> None:
    """What was found out is named, never shown: not the value, not a part of it."""
    told = str(judged(case)[0])
    assert [secret for secret in (PASSWORD, "AKIAIOSFODNN7EXAMPLE", TOKEN, "MII") if secret in told] == []


def test_an_absent_family_blocks_what_needs_it() -> None:
    """Without an ACTIVE revision of the family, what asks for it is blocked by the check that finds that."""
    from runbook_tui.aws.errors import Missing

    gone = with_answer(healthy(), "ecs", "describe_task_definition", Missing("ecs:task-definition", "x"))
    verdict, _ = judged(Case(check="ecs.taskdef.port", status=SKIP, given=gone))
    assert (verdict.status, verdict.blocked_by) == (SKIP, "ecs.taskdef.active")


class Stated:
    """One statement, or a trouble with the journal."""

    def __init__(self, found: Attestation | JournalProblem) -> None:
        self._found = found

    def attested(self, _check: str, _environment: str) -> Attestation | None:
        if isinstance(self._found, JournalProblem):
            raise self._found
        return self._found


def stated(days: int, lasts: int = 400) -> Attestation:
    at = NOON - timedelta(days=days)
    text = "peak 80/s on 1024/2048"
    return Attestation(
        check=LOADTEST, environment="prod", text=text, by="asha", at=at, expires=at.date() + timedelta(days=lasts)
    )


def load_tested(
    site: Site, found: Attestation | JournalProblem | None, check: str = LOADTEST
) -> tuple[Status, str, bool]:
    aws = aws_of(FakeReader(defined(cpu="512", memory="1024")))
    if found is not None:
        aws = Aws(aws.reader, aws.probe, lambda: NOON, Stated(found))
    verdict = ask(all_checks()[check], aws, site, "prod")
    return verdict.status, verdict.because, verdict.attested


def dated(day: str) -> Site:
    return with_environment("prod", load_test_date=day)


@pytest.mark.parametrize(
    ("site", "found", "status", "says", "attested"),
    [
        (SITE, None, WARN, "no load test is recorded", False),
        (dated("2026-11-01"), None, PASS, "load test of 2026-11-01", False),
        (dated("2026-05-27"), None, PASS, "2026-05-27", False),
        (dated("2026-05-26"), None, WARN, "more than 180 days ago", False),
        (dated("2027-01-01"), None, WARN, "2027-01-01", False),
        (SITE, stated(10), PASS, "asha: peak 80/s", True),
        (SITE, stated(200), WARN, "more than 180 days ago", False),
        (SITE, stated(20, lasts=10), WARN, "no load test", False),
        (dated("2026-11-20"), stated(10), PASS, "as the site file says", False),
        (SITE, JournalProblem("the journal is broken", "verify it"), UNKNOWN, "the journal is broken", False),
    ],
)
def test_a_load_test_stands_behind_the_size(
    site: Site, found: Attestation | JournalProblem | None, status: Status, says: str, attested: bool
) -> None:
    """The newer of a statement and the site's date counts, for 180 days; a journal that cannot be read is no answer."""
    got, because, by_word = load_tested(site, found)
    assert (got, by_word) == (status, attested)
    assert says in because


def test_a_load_test_justifies_another_size() -> None:
    """A smaller task is a failure, unless somebody tested it; and undecided when that cannot be read."""
    check = "ecs.taskdef.size"
    assert load_tested(SITE, None, check)[0] is FAIL
    assert load_tested(SITE, stated(10), check)[0] is PASS
    assert load_tested(SITE, JournalProblem("broken", "verify it"), check)[0] is UNKNOWN


@given(st.sampled_from(sorted(SIZES)), st.integers(1, 200_000))
def test_fargate_offers_what_lies_on_its_steps(cpu: int, memory: int) -> None:
    """Offered memory lies within the range of its CPU units, on its steps, both ends included."""
    low, high, step = SIZES[cpu]
    expected = low <= memory <= high and (memory - low) % step == 0 and (cpu, memory) != (256, 1536)
    assert is_offered(cpu, memory) is expected
    assert (memories(cpu)[0], memories(cpu)[-1]) == (low, high)


@given(st.integers(0, 999_999))
def test_a_size_is_read_in_every_form(units: int) -> None:
    """Plain numbers are units and MiB; ``vCPU`` and ``GB`` are 1024 of them."""
    assert cpu_units(str(units)) == memory_mib(str(units)) == units
    vcpu = units % 64
    assert cpu_units(f"{vcpu} vCPU") == memory_mib(f"{vcpu} GB") == vcpu * 1024
    assert cpu_units(".5 vCPU") is None
    assert cpu_units("0.5 vCPU") == 512


@given(st.text(max_size=30))
def test_any_text_is_a_size_or_none(text: str) -> None:
    """Whatever stands there, reading it does not fail."""
    assert isinstance(cpu_units(text), int | None)
    assert isinstance(memory_mib(text), int | None)


_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20)


@given(st.sampled_from(["mongodb", "postgres", "redis", "amqp"]), st.just("") | _WORDS, _WORDS, _WORDS)
def test_a_password_in_a_uri_is_found_anywhere(scheme: str, user: str, password: str, host: str) -> None:
    """Whatever scheme, user and host: a password between them is found, and a port is none."""
    assert shape_of(f"--url={scheme}://{user}:{password}@{host}/db") == "a URI with a password"
    assert shape_of(f"{scheme}://{host}:27017/db") == ""
    assert shape_of(f"{scheme}://{user}:${{PASSWORD}}@{host}/db") == ""


@given(st.text(max_size=60))
def test_any_name_says_something(name: str) -> None:
    """Case does not matter, and reading a name does not fail."""
    assert name_says(name) is name_says(name.lower()) or not name.isascii()
    assert name_says(name) in Name


def test_the_age_of_a_revision_is_evidence() -> None:
    """Who registered it and how many days ago."""
    given_ = defined(registeredAt=ago(days=40, hours=2), registeredBy="arn:aws:iam::1:role/ci")
    evidence = judged(Case(check="ecs.taskdef.active", status=PASS, given=given_))[0].evidence
    assert (evidence["age_days"], evidence["registered_by"]) == (40, "arn:aws:iam::1:role/ci")
