"""A pipeline at GitHub or in CodePipeline, as both would describe it, and who stated what."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.site import Cicd, Site
from runbook_tui.core.verdict import Verdict
from runbook_tui.simulator.github import WORKFLOW
from tests.support.backend_site import PROD, SITE, Raw, ago
from tests.support.facts import NOON, Answers, FakeReader
from tests.support.iam_ground import iam_arn, key, keys
from tests.support.role_ground import CICD

NAMES = ("AWS_REGION", "ECR_REPO", "ECS_CLUSTER", "ECS_SERVICE")
GITHUB_SITE = replace(SITE, cicd=Cicd(github_repo="asharvi/backend"))
KEY_SITE = replace(
    GITHUB_SITE, cicd=replace(GITHUB_SITE.cicd, auth="access_keys"), iam=replace(SITE.iam, cicd_users=("ci",))
)
AWS_SITE = replace(SITE, cicd=Cicd(kind="codepipeline", pipelines={"staging": "p-staging", "prod": "p-prod"}))
NO_PIPELINE = replace(SITE, cicd=Cicd(kind="none"))

TEST_JOB = {"steps": [{"run": "npm ci"}, {"run": "npm run lint && npm test"}]}
RELEASE_JOB = {
    "needs": "test",
    "steps": [
        {"run": "docker build -t x ."},
        {"run": "docker push x"},
        {"uses": "aws-actions/amazon-ecs-deploy-task-definition@v2"},
    ],
}


class FakeGitHub:
    """Answers by path without its query; a path that is not there is Missing."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def read(self, path: str, *, newest: int = 0) -> Mapping[str, Any]:
        self.asked.append(path)
        answer = self._answers.get(path.partition("?")[0])
        if answer is None:
            raise Missing("github:resource", f"asharvi/backend/{path}")
        if isinstance(answer, Exception):
            raise answer
        found: Mapping[str, Any] = answer
        return found


class Stated:
    """One statement about every check."""

    def __init__(self, text: str, days: float = 1, expires: int = 30) -> None:
        self._text, self._at = text, ago(days=days)
        self._expires = (NOON + timedelta(days=expires)).date()

    def attested(self, check: str, environment: str) -> Attestation | None:
        by = "arn:aws:sts::1:assumed-role/Admin/asha"
        return Attestation(
            check=check, environment=environment, text=self._text, by=by, at=self._at, expires=self._expires
        )


def workflow(**jobs: Any) -> str:
    return json.dumps({"name": "deploy", "jobs": jobs or {"test": TEST_JOB, "release": RELEASE_JOB}})


def at_github(**changes: Any) -> dict[str, Any]:
    """Both environments with names of their own; ``prod_secrets=…`` changes one answer, None removes it."""
    found: dict[str, Any] = {
        "": {"full_name": "asharvi/backend"},
        "actions/secrets": secrets(),
        "actions/variables": variables(),
        "actions/runs": runs("success"),
        f"contents/{WORKFLOW}": file(workflow()),
    }
    for name in ("staging", "prod"):
        found[f"environments/{name}"] = guarded(name, "asha")
        found[f"environments/{name}/secrets"] = secrets("AWS_ROLE_ARN")
        found[f"environments/{name}/variables"] = variables(*NAMES)
    places = {"prod": "environments/prod", "staging": "environments/staging", "own": "actions"}
    for word, answer in changes.items():
        place, _, kind = word.partition("_")
        found["/".join(filter(None, (places[place], kind)))] = answer
    return {path: answer for path, answer in found.items() if answer is not None}


def secrets(*names: str, days: float = 30) -> Raw:
    return {"secrets": [{"name": name, "updated_at": f"{ago(days=days):%Y-%m-%dT%H:%M:%SZ}"} for name in names]}


def variables(*names: str, region: str = "ap-south-1") -> Raw:
    return {"variables": [{"name": name, "value": region if name == "AWS_REGION" else "x"} for name in names]}


def runs(*conclusions: str) -> Raw:
    return {
        "workflow_runs": [
            {"name": "deploy", "path": WORKFLOW, "conclusion": one, "html_url": "https://github.com/x/1"}
            for one in conclusions
        ]
    }


def file(text: str) -> Raw:
    return {"encoding": "base64", "content": base64.b64encode(text.encode()).decode()}


def guarded(name: str, *reviewers: str) -> Raw:
    rule = {"type": "required_reviewers", "reviewers": [{"reviewer": {"login": one}} for one in reviewers]}
    return {"name": name, "protection_rules": [rule] if reviewers else [{"type": "wait_timer"}]}


def action(category: str, provider: str = "CodeBuild", order: int = 1) -> Raw:
    return {"name": category.lower(), "runOrder": order, "actionTypeId": {"category": category, "provider": provider}}


def pipeline(*actions: Raw) -> Raw:
    """A stage an action."""
    usual = (action("Source"), action("Build"), action("Test"), action("Approval", "Manual"), action("Deploy", "ECS"))
    stages = [{"name": f"s{n}", "actions": [one]} for n, one in enumerate(actions or usual)]
    return {"pipeline": {"name": "p", "roleArn": iam_arn(f"role/{CICD}"), "stages": stages}}


def executions(*statuses: str) -> Raw:
    return {
        "pipelineExecutionSummaries": [
            {"pipelineExecutionId": f"e-{n}", "status": one, "startTime": ago(days=n + 1)}
            for n, one in enumerate(statuses)
        ]
    }


def state(message: str = "") -> Raw:
    run = {"status": "Failed", "errorDetails": {"message": message}} if message else {"status": "Succeeded"}
    return {"stageStates": [{"stageName": "Deploy", "actionStates": [{"actionName": "ecs", "latestExecution": run}]}]}


def updated(days: float = 3, role: str = CICD, **changes: Any) -> Raw:
    """An UpdateService as CloudTrail tells it; ``changes`` are of what was asked or, by their names, of the event."""
    asked = {"cluster": SITE.ecs.cluster, "service": PROD.service, "taskDefinition": "x:7"}
    identity: Raw = {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"userName": role}}}
    told = {
        "eventSource": "ecs.amazonaws.com",
        "userIdentity": identity | ({"invokedBy": changes.pop("invokedBy")} if "invokedBy" in changes else {}),
        **({"errorCode": changes.pop("errorCode")} if "errorCode" in changes else {}),
        "requestParameters": {**asked, **changes},
    }
    return {"EventTime": ago(days=days), "CloudTrailEvent": json.dumps(told)}


def trail(*events: Raw) -> Any:
    """As CloudTrail looks them up: since a moment."""

    def lookup(**asked: Any) -> Mapping[str, Any]:
        return {"Events": [one for one in events if one["EventTime"] >= asked["StartTime"]]}

    return lookup


def world() -> Answers:
    return {
        ("cloudtrail", "lookup_events"): trail(updated()),
        ("codepipeline", "get_pipeline"): pipeline(),
        ("codepipeline", "list_pipeline_executions"): executions("InProgress", "Succeeded"),
        ("codepipeline", "get_pipeline_state"): state(),
        ("iam", "list_access_keys"): keys(ci=[key(days=30)]),
    }


def judged(
    check: str,
    given: Answers,
    site: Site = GITHUB_SITE,
    github: Mapping[str, Any] | None = None,
    stated: Any = None,
) -> tuple[Verdict, FakeReader]:
    """``github`` None: nobody gave a token."""
    reader = FakeReader(given)
    fake = FakeGitHub(github) if github is not None else None
    aws = Aws(reader, cast("Any", None), lambda: NOON, stated, github=fake)
    return ask(all_checks()[check], aws, site, "prod"), reader
