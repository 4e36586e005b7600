"""The checks of Parameter Store, on typed facts."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.secrets.parameter_names import Suspicion, suspicion
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import arn
from tests.support.facts import Answers, action_of, with_answer, without
from tests.support.ground import GUARDED, evaluation
from tests.support.in_turn import in_turn
from tests.support.keeping_ground import PREFIX, SITE, but, kept, parameter, parameters
from tests.support.mutation import mutated
from tests.support.raw_ecs import container, task_definition

EXISTS, NAMES, SCOPE = "param.exists", "param.not-sensitive", "param.iam-scope"
CHECKS = (EXISTS, NAMES, SCOPE)
PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
OFF = replace(GUARDED, params=replace(GUARDED.params, enabled=False))
RUNTIME = replace(SITE, app=replace(SITE.app, reads_secrets_at_runtime=True))
HERE = replace(SITE, aws=replace(SITE.aws, account_id="123456789012"))
OWN, OTHER, FOREIGN = f"parameter{PREFIX}", "parameter/asharvi/backend/staging/", "parameter/another-application/"


def referencing(*values: str, **answers: Any) -> Answers:
    secrets = [{"name": f"S{n}", "valueFrom": one} for n, one in enumerate(values)]
    raw = task_definition(containerDefinitions=[container(secrets=secrets)])
    return but(describe_task_definition={"taskDefinition": raw}, **answers)


def held(*given: Any, **answers: Any) -> Answers:
    return but(describe_parameters=parameters(*given), **answers)


def deciding(*allowed: str, conditional: str = "") -> Any:
    """IAM allows what lies below these paths, and cannot tell of one of them."""

    def simulate(**asked: Any) -> Any:
        results = []
        for name in asked["ActionNames"]:
            raw = evaluation(name, "implicitDeny", asked)
            for one in raw["ResourceSpecificResults"]:
                if any(path in one["EvalResourceName"] for path in allowed):
                    one["EvalResourceDecision"] = "allowed"
                if conditional and conditional in one["EvalResourceName"]:
                    one["MissingContextValues"] = ["aws:SourceVpce"]
            results.append(raw)
        return {"EvaluationResults": results}

    return simulate


def case(check: str, status: Status, given: Answers, *says: str, site: Site = SITE) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


LEVEL = parameter("LOG_LEVEL")
BY_NAME = f"{PREFIX}FLAGS"
BY_ARN = arn("ssm", f"parameter{BY_NAME}")
ABROAD = BY_ARN.replace("ap-south-1", "eu-west-1")
NOTHING = Missing("ecs:task-definition", "x")

CASES = [
    case(EXISTS, PASS, kept(), "1 required parameter"),
    case(EXISTS, PASS, referencing(BY_NAME, describe_parameters=parameters(LEVEL, parameter("FLAGS")))),
    case(EXISTS, PASS, referencing(BY_ARN, describe_parameters=parameters(LEVEL, parameter("FLAGS")))),
    case(EXISTS, PASS, referencing("/shared/FLAGS", describe_parameters=parameters(LEVEL, parameter("/shared/FLAGS")))),
    case(EXISTS, PASS, referencing(ABROAD), "all there"),
    case(EXISTS, FAIL, referencing(BY_NAME), f"do not exist: {BY_NAME}"),
    case(EXISTS, FAIL, referencing(BY_ARN), f"do not exist: {BY_NAME}"),
    case(EXISTS, FAIL, referencing("/shared/FLAGS"), "do not exist: /shared/FLAGS"),
    case(EXISTS, WARN, held(), f"not there: {PREFIX}LOG_LEVEL"),
    case(EXISTS, SKIP, kept(), "params.enabled is false", site=OFF),
    case(EXISTS, SKIP, but(describe_task_definition=NOTHING), "blocked by ecs.taskdef.active"),
    case(NAMES, PASS, kept(), "1 parameter"),
    case(NAMES, PASS, held(), "0 parameters"),
    case(NAMES, FAIL, held(LEVEL, parameter("JWT_SECRET")), "JWT_SECRET"),
    case(NAMES, FAIL, held(parameter("db-password", "StringList")), "db-password"),
    case(NAMES, FAIL, held(parameter("STRIPE_API_KEY")), "STRIPE_API_KEY"),
    case(NAMES, WARN, held(parameter("TOKEN_TTL")), "look at", "TOKEN_TTL"),
    case(NAMES, WARN, held(parameter("CALLBACK_URI", "SecureString")), "look at"),
    case(NAMES, WARN, held(parameter("SMTP_PASS", "SecureString")), "a secret outside Secrets Manager"),
    case(NAMES, SKIP, kept(), "params.enabled is false", site=OFF),
    case(SCOPE, PASS, but(simulate_principal_policy=deciding()), "own parameters"),
    case(SCOPE, PASS, but(simulate_principal_policy=deciding(OWN)), "own parameters"),
    case(SCOPE, PASS, referencing(BY_ARN, simulate_principal_policy=deciding(OWN)), "own parameters"),
    case(SCOPE, PASS, but(simulate_principal_policy=deciding(OWN)), "own parameters", site=RUNTIME),
    case(SCOPE, FAIL, referencing(BY_ARN, simulate_principal_policy=deciding()), "not allowed where it is used"),
    case(SCOPE, FAIL, but(simulate_principal_policy=deciding()), "ssm:GetParametersByPath", site=RUNTIME),
    case(SCOPE, WARN, but(simulate_principal_policy=deciding(OWN, OTHER)), "beyond the environment's own", "staging"),
    case(SCOPE, WARN, but(simulate_principal_policy=deciding(OWN, FOREIGN)), "another-application"),
    case(SCOPE, UNKNOWN, but(simulate_principal_policy=deciding(OWN, conditional=OTHER)), "aws:SourceVpce"),
    case(SCOPE, SKIP, kept(), "params.enabled is false", site=OFF),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


def asked_in(check: str) -> list[tuple[str, str]]:
    _, reader = judged(case(check, PASS, kept()))
    return sorted({(service, operation) for service, operation, _ in reader.asked})


ASKED = [(check, question) for check in CHECKS for question in asked_in(check)]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(case(check, UNKNOWN, without(kept(), *question)))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_needs_are_what_is_asked(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_names_are_asked_in_requests_that_aws_takes() -> None:
    """A filter holds 50 names at most."""
    given = referencing(*(f"/shared/{n}" for n in range(120)))
    _, reader = judged(case(EXISTS, FAIL, given))
    filters = [
        asked["ParameterFilters"][0] for _, operation, asked in reader.asked if operation.startswith("describe_p")
    ]
    assert [len(one["Values"]) for one in filters if one["Key"] == "Name"] == [50, 50, 20]


@pytest.mark.parametrize(
    ("name", "grade"),
    [
        ("/a/JWT_SECRET", Suspicion.SENSITIVE),
        ("/a/smtp-pass", Suspicion.SENSITIVE),
        ("/a/API_TOKEN", Suspicion.SENSITIVE),
        ("/a/MONGO_URI", Suspicion.SENSITIVE),
        ("/a/private-key", Suspicion.SENSITIVE),
        ("/a/ROOT_PWD/", Suspicion.SENSITIVE),
        ("/a/TOKEN_TTL", Suspicion.DOUBTFUL),
        ("/a/CALLBACK_URI", Suspicion.DOUBTFUL),
        ("/a/SORT_KEY", Suspicion.DOUBTFUL),
        ("/a/PASS_THROUGH", Suspicion.DOUBTFUL),
        ("/secret/LOG_LEVEL", Suspicion.NONE),
        ("/a/COMPASS", Suspicion.NONE),
        ("/a/MONKEY", Suspicion.NONE),
        ("", Suspicion.NONE),
    ],
)
def test_names(name: str, grade: Suspicion) -> None:
    """The last words of a name tell more than those before, and words are whole."""
    assert suspicion(name) is grade


WORDS = st.lists(st.sampled_from(["log", "Level", "ttl", "flag", "secret", "token", "Key", "api", "uri"]), min_size=1)


@drawn(WORDS, st.sampled_from("_-"), st.sampled_from(["/", "/token/", "/a/secret/"]))
def test_case_and_folder_are_nothing(words: list[str], sign: str, folder: str) -> None:
    """Neither the case of a name nor the path before it changes what it tells."""
    name = sign.join(words)
    assert suspicion(f"{folder}{name}") is suspicion(name.upper())
    assert suspicion(f"{name}{sign}secret") is Suspicion.SENSITIVE


@drawn(st.data())
def test_no_shape_of_an_answer_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks."""
    check, (service, operation) = data.draw(st.sampled_from(ASKED))
    whole = kept()[service, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    with in_turn():
        verdict, _ = judged(case(check, UNKNOWN, with_answer(kept(), service, operation, broken)))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
