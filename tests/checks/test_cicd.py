"""The checks of the pipeline: names, region, stages, last run, approval; at GitHub, in CodePipeline, or attested."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.pipeline.workflow import Stage, read_workflow
from runbook_tui.aws.errors import Denied, Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.cicd_ground import (
    AWS_SITE,
    GITHUB_SITE,
    KEY_SITE,
    NAMES,
    NO_PIPELINE,
    RELEASE_JOB,
    TEST_JOB,
    Stated,
    action,
    at_github,
    executions,
    file,
    guarded,
    judged,
    pipeline,
    runs,
    secrets,
    state,
    trail,
    updated,
    variables,
    workflow,
    world,
)
from tests.support.facts import Answers, action_of, with_answer, without
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated

NAMED, REGION, STAGES = "cicd.github-secrets", "cicd.github-region", "cicd.stages"
RUN, APPROVAL = "cicd.last-run", "cicd.approval"
CHECKS = (NAMED, REGION, STAGES, RUN, APPROVAL)
PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
GITHUB = at_github()
FILE = "contents/.github/workflows/deploy.yml"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
REFUSED = Denied("no", action="actions=read")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    check: str
    status: Status
    given: Any = msgspec.field(default_factory=world)
    github: Mapping[str, Any] | None = None
    says: str = ""
    site: Site = GITHUB_SITE
    stated: Any = None

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{self.says}"


def case(check: str, status: Status, says: str, **more: Any) -> Case:
    return Case(check=check, status=status, says=says, **more)


def but(**changed: Any) -> Answers:
    services = {operation: service for service, operation in world()}
    return {**world(), **{(services[operation], operation): answer for operation, answer in changed.items()}}


def with_keys(days: float) -> dict[str, Any]:
    stored = secrets(*KEYS, days=days)
    return at_github(prod_secrets=stored, staging_secrets=stored)


def of_workflow(**jobs: Any) -> dict[str, Any]:
    return GITHUB | {FILE: file(workflow(**jobs))}


def piped(*actions: Any) -> Answers:
    return but(get_pipeline=pipeline(*actions))


SOURCE, BUILD, TESTS, DEPLOY = action("Source"), action("Build"), action("Test"), action("Deploy", "ECS")
UNTESTED = {**RELEASE_JOB, "needs": []}
EARLY = {
    "steps": [{"uses": "aws-actions/amazon-ecs-deploy-task-definition@v2"}, {"run": "docker build . && docker push x"}]
}
ELSEWHERE = {"uses": "./.github/workflows/tests.yml"}


def told(*events: Any) -> Answers:
    return but(lookup_events=trail(*events))


OWN_ROLE = at_github(own_secrets=secrets("AWS_ROLE_ARN"), prod_secrets=secrets())
BY_PIPELINE = updated(invokedBy="codepipeline.amazonaws.com")
FORCED = updated(1, "Admin", taskDefinition=None, forceNewDeployment=True)
REFUSED_CALL = updated(1, "Admin", errorCode="AccessDenied")

CASES = [
    case(NAMED, PASS, "staging, prod have AWS_ROLE_ARN", github=GITHUB),
    case(NAMED, PASS, "have AWS_ACCESS_KEY_ID", github=with_keys(20), site=KEY_SITE),
    case(NAMED, WARN, "the stored access key is of 2026-10-14", github=with_keys(40), site=KEY_SITE),
    case(NAMED, WARN, "prod lacks AWS_ROLE_ARN", github=at_github(prod_secrets=secrets())),
    case(NAMED, WARN, "no environment prod", github=at_github(prod=None)),
    case(
        NAMED,
        WARN,
        "ECR_REPO, ECS_SERVICE is the same for all environments",
        github=at_github(own_variables=variables(*NAMES), prod_variables=variables()),
    ),
    case(NAMED, PASS, "have AWS_ROLE_ARN", github=OWN_ROLE),
    case(NAMED, UNKNOWN, "nobody has attested"),
    case(NAMED, PASS, "attested by asha", stated=Stated("all names set")),
    case(NAMED, WARN, "is older than", stated=Stated("all names set", days=91, expires=300)),
    case(NAMED, WARN, "expired on", stated=Stated("all names set", days=20, expires=-1)),
    case(NAMED, PASS, "attested by asha", stated=Stated("set", days=29), site=KEY_SITE),
    case(NAMED, WARN, "is older than 2026-10-24", stated=Stated("set", days=31), site=KEY_SITE),
    case(NAMED, SKIP, "not GitHub's", site=AWS_SITE),
    case(NAMED, UNKNOWN, "no", github=at_github(own_secrets=REFUSED)),
    case(NAMED, UNKNOWN, "does not show", github={}),
    case(REGION, PASS, "AWS_REGION is ap-south-1", github=GITHUB),
    case(REGION, WARN, "us-east-1 in prod", github=at_github(prod_variables=variables(*NAMES, region="us-east-1"))),
    case(REGION, PASS, "AWS_REGION is", github=at_github(own_variables=variables(*NAMES), prod_variables=variables())),
    case(REGION, WARN, "nobody has attested", github=at_github(prod_variables=variables())),
    case(REGION, WARN, "nobody has attested"),
    case(REGION, PASS, "attested by asha", stated=Stated("AWS_REGION is ap-south-1 in both")),
    case(REGION, WARN, "does not name ap-south-1", stated=Stated("AWS_REGION is us-east-1")),
    case(REGION, WARN, "does not name ap-south-1", stated=Stated("I looked")),
    case(REGION, SKIP, "not GitHub's", site=NO_PIPELINE),
    case(STAGES, PASS, "test → build → push → deploy", github=GITHUB),
    case(STAGES, PASS, "test → build", github=of_workflow(release=RELEASE_JOB, test=TEST_JOB)),
    case(STAGES, FAIL, "no step that does: test", github=of_workflow(release=UNTESTED)),
    case(STAGES, FAIL, "no step that does: build", github=of_workflow(test=TEST_JOB)),
    case(STAGES, FAIL, "deploys before", github=of_workflow(test=TEST_JOB, release={**EARLY, "needs": ["test"]})),
    case(STAGES, WARN, "nobody has attested", github=of_workflow(test=ELSEWHERE, release=RELEASE_JOB)),
    case(STAGES, PASS, "attested", github=of_workflow(test=ELSEWHERE, release=RELEASE_JOB), stated=Stated("all four")),
    case(STAGES, WARN, "nobody has attested", github=GITHUB | {"actions/runs": runs()}),
    case(STAGES, WARN, "nobody has attested", github=GITHUB | {FILE: file("jobs: [")}),
    case(STAGES, WARN, "nobody has attested"),
    case(STAGES, PASS, "attested by asha", stated=Stated("all four")),
    case(STAGES, PASS, "in this order", site=AWS_SITE),
    case(STAGES, FAIL, "no build action", site=AWS_SITE, given=piped(SOURCE, TESTS, DEPLOY)),
    case(STAGES, FAIL, "no deploy action", site=AWS_SITE, given=piped(SOURCE, BUILD, TESTS)),
    case(STAGES, FAIL, "deploys before it builds", site=AWS_SITE, given=piped(SOURCE, DEPLOY, BUILD)),
    case(STAGES, FAIL, "deploys before it tests", site=AWS_SITE, given=piped(SOURCE, BUILD, DEPLOY, TESTS)),
    case(STAGES, FAIL, "no action deploys to ECS", site=AWS_SITE, given=piped(SOURCE, BUILD, action("Deploy", "S3"))),
    case(STAGES, WARN, "nobody has attested", site=AWS_SITE, given=piped(SOURCE, BUILD, DEPLOY)),
    case(STAGES, PASS, "attested", site=AWS_SITE, given=piped(SOURCE, BUILD, DEPLOY), stated=Stated("in CodeBuild")),
    case(STAGES, FAIL, "pipeline p-", site=AWS_SITE, given=but(get_pipeline=Missing("codepipeline:pipeline", "x"))),
    case(STAGES, WARN, "names no pipeline", site=replace(AWS_SITE, cicd=replace(AWS_SITE.cicd, pipelines={}))),
    case(STAGES, SKIP, "no pipeline", site=NO_PIPELINE),
    case(RUN, PASS, "AsharviCicdDeployRole released asharvi-backend-prod on 2026-11-20"),
    case(RUN, PASS, "released", github=GITHUB),
    case(RUN, PASS, "released", github=GITHUB | {"actions/runs": runs()}),
    case(RUN, FAIL, "on main ended in failure", github=GITHUB | {"actions/runs": runs("failure")}),
    case(RUN, FAIL, "ended in timed_out", github=GITHUB | {"actions/runs": runs("timed_out")}),
    case(RUN, WARN, "ended in cancelled", github=GITHUB | {"actions/runs": runs("cancelled")}),
    case(RUN, PASS, "released", given=told(updated(59))),
    case(RUN, WARN, "for 60 days", given=told(updated(62))),
    case(RUN, WARN, "for 60 days", given=told()),
    case(RUN, WARN, "Admin changed asharvi-backend-prod last", given=told(updated(1, "Admin"), updated())),
    case(RUN, PASS, "released", given=told(updated(1, "Admin", service="other"), updated())),
    case(RUN, PASS, "released", given=told(updated(1, "Admin", taskDefinition=None), updated())),
    case(RUN, WARN, "Admin", given=told(FORCED)),
    case(RUN, PASS, "released", given=told(REFUSED_CALL, updated())),
    case(
        RUN,
        PASS,
        "released",
        given=told(updated(1, "x", invokedBy="application-autoscaling.amazonaws.com"), updated()),
    ),
    case(RUN, PASS, "released", site=AWS_SITE, given=told(BY_PIPELINE)),
    case(RUN, FAIL, "p-prod failed: Deploy/ecs: no capacity", site=AWS_SITE,
         given=but(list_pipeline_executions=executions("Failed"), get_pipeline_state=state("no capacity"))),
    case(RUN, WARN, "is Stopped", site=AWS_SITE, given=but(list_pipeline_executions=executions("Stopped"))),
    case(RUN, WARN, "never run to its end", site=AWS_SITE, given=but(list_pipeline_executions=executions())),
    case(RUN, WARN, "names no pipeline of prod", site=replace(AWS_SITE, cicd=replace(AWS_SITE.cicd, pipelines={}))),
    case(RUN, UNKNOWN, "not JSON", given=told(updated() | {"CloudTrailEvent": "{"})),
    case(RUN, SKIP, "no pipeline", site=NO_PIPELINE),
    case(APPROVAL, PASS, "waits for asha", github=GITHUB),
    case(APPROVAL, FAIL, "nobody must approve", github=at_github(prod=guarded("prod"))),
    case(APPROVAL, FAIL, "no environment prod", github=at_github(prod=None)),
    case(APPROVAL, WARN, "nobody has attested"),
    case(APPROVAL, PASS, "attested by asha", stated=Stated("two reviewers")),
    case(APPROVAL, WARN, "is older than", stated=Stated("two reviewers", days=91, expires=200)),
    case(APPROVAL, PASS, "p-prod waits at approval", site=AWS_SITE),
    case(APPROVAL, FAIL, "deploys without an approval", site=AWS_SITE, given=piped(SOURCE, BUILD, DEPLOY)),
    case(APPROVAL, FAIL, "without an approval", site=AWS_SITE, given=piped(SOURCE, BUILD, DEPLOY, action("Approval"))),
    case(APPROVAL, WARN, "names no pipeline", site=replace(AWS_SITE, cicd=replace(AWS_SITE.cicd, pipelines={}))),
    case(APPROVAL, SKIP, "no pipeline", site=NO_PIPELINE),
]  # fmt: skip


def said(one: Case) -> Any:
    return judged(one.check, one.given, one.site, one.github, one.stated)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = said(one)
    assert verdict.status == one.status, verdict
    assert one.says in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))
    assert verdict.attested == ("attested by" in verdict.because)


SITES = {STAGES: AWS_SITE, RUN: AWS_SITE, APPROVAL: AWS_SITE, NAMED: KEY_SITE}


def asked_in(check: str) -> list[tuple[str, str]]:
    given = but(list_pipeline_executions=executions("Failed"))
    _, reader = judged(check, given, SITES.get(check, GITHUB_SITE))
    return sorted({(service, operation) for service, operation, _ in reader.asked})


ASKED = [(check, question) for check in CHECKS for question in asked_in(check)]


@pytest.mark.parametrize(("check", "question"), ASKED)
def test_denied(check: str, question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    given = without(but(list_pipeline_executions=executions("Failed")), *question)
    if question == ("codepipeline", "get_pipeline") and check == RUN:
        given = without(world(), *question)
    verdict, _ = judged(check, given, SITES.get(check, GITHUB_SITE))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


@pytest.mark.parametrize("check", CHECKS)
def test_needs_are_what_is_asked(check: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    asked = [said(one)[1].actions for one in CASES if one.check == check]
    assert set().union(*asked) == set(all_checks()[check].needs)


def test_both_environments_look_at_one_trail() -> None:
    """The lookup does not depend on the minute, so that a sweep asks it once."""
    _, reader = judged(RUN, world())
    (asked,) = [given for _, operation, given in reader.asked if operation == "lookup_events"]
    assert asked["StartTime"].isoformat() == "2026-11-16T00:00:00+00:00"


WORDS = st.sampled_from(["npm test", "docker build .", "docker push x", "aws ecs update-service", "echo", ""])
JOBS = st.dictionaries(
    st.sampled_from("abcd"),
    st.fixed_dictionaries(
        {"steps": st.lists(WORDS.map(lambda run: {"run": run}), max_size=4)},
        optional={"needs": st.one_of(st.sampled_from("abcd"), st.lists(st.sampled_from("abcd"), max_size=3))},
    ),
    max_size=4,
)


@drawn(JOBS)
def test_stages_are_those_that_steps_do(jobs: dict[str, Any]) -> None:
    """Each stage once, whatever needs what, circles too."""
    found = read_workflow(workflow(**jobs) if jobs else '{"jobs": {}}')
    assert found is not None
    told = [step["run"] for job in jobs.values() for step in job["steps"]]
    signs = {Stage.TEST: "test", Stage.BUILD: "build", Stage.PUSH: "push", Stage.DEPLOY: "update-service"}
    assert set(found.stages) == {stage for stage, sign in signs.items() if any(sign in run for run in told)}
    assert len(found.stages) == len(set(found.stages))


@drawn(st.one_of(st.text(), mutated({"jobs": {"a": TEST_JOB, "b": RELEASE_JOB}}).map(repr)))
def test_any_text_is_a_workflow_or_none(text: str) -> None:
    """Whatever stands in the file, it is read or it is none."""
    read_workflow(text)


@drawn(st.data())
def test_no_shape_of_an_answer_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS or GitHub answers, a check decides or says what it cannot read; it never breaks."""
    check, (service, operation) = data.draw(st.sampled_from(ASKED))
    whole: Any = but(list_pipeline_executions=executions("Failed"))[service, operation]

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(whole(**parameters) if callable(whole) else whole))

    github_check = data.draw(st.sampled_from(CHECKS))
    path = data.draw(st.sampled_from(sorted(GITHUB)))
    shown = GITHUB | {path: data.draw(mutated(GITHUB[path]))}
    with in_turn():
        given = with_answer(world(), service, operation, broken)
        of_aws, _ = judged(check, given, SITES.get(check, GITHUB_SITE))
        of_github, _ = judged(github_check, world(), GITHUB_SITE, shown)
    for verdict in (of_aws, of_github):
        assert verdict.cause is not Cause.ERROR, verdict.because
        msgspec.json.encode(verdict)
