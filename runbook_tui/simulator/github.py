"""The pipeline's repository at GitHub, as its REST API shows it: environments, names of secrets, runs, the workflow."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct, field

from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.world import World

WORKFLOW: Final = ".github/workflows/deploy.yml"
_TEXT: Final = """\
name: deploy
on: {push: {branches: [main, staging]}}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: npm ci
      - run: npm run lint
      - run: npm test
  release:
    needs: test
    runs-on: ubuntu-latest
    environment: ${{ github.ref_name == 'main' && 'prod' || 'staging' }}
    steps:
      - uses: actions/checkout@v5
      - uses: aws-actions/configure-aws-credentials@v5
      - uses: aws-actions/amazon-ecr-login@v2
      - run: docker build -t $ECR_REPO:$GITHUB_SHA .
      - run: docker push $ECR_REPO:$GITHUB_SHA
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
"""

Found = tuple[int, Mapping[str, Any]]
_ABSENT: Final[Found] = (404, {"message": "Not Found"})


class Place(Struct, kw_only=True):
    """A GitHub environment, or the repository itself. ``reviewers`` must approve a deployment."""

    secrets: dict[str, datetime] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    reviewers: list[str] = field(default_factory=list)


class Repository(Struct, kw_only=True):
    """``conclusions`` of the newest run, by branch."""

    environments: dict[str, Place]
    own: Place = field(default_factory=Place)
    conclusions: dict[str, str] = field(default_factory=dict)
    workflow: str = _TEXT


class GitHub:
    """The world's one repository, made at its first use."""

    def __init__(self) -> None:
        self.repository: Repository | None = None


def repository_of(world: World) -> Repository:
    github = world.store(GitHub)
    if github.repository is None:
        github.repository = _seeded(world)
    return github.repository


def answer(world: World, path: str, query: Mapping[str, str]) -> Found:
    """``path`` is what follows ``/repos/``."""
    root = f"{SITE.cicd.github_repo}"
    if path == root:
        return 200, {"full_name": root, "private": True}
    if not path.startswith(f"{root}/"):
        return _ABSENT
    repository = repository_of(world)
    match path.removeprefix(f"{root}/").split("/"):
        case ["environments", name] if name in repository.environments:
            return 200, _environment(name, repository.environments[name])
        case ["environments", name, kind] if name in repository.environments:
            return _listed(world, repository.environments[name], kind)
        case ["actions", "runs"]:
            return 200, _runs(world, repository, query.get("branch", ""))
        case ["actions", kind]:
            return _listed(world, repository.own, kind)
        case ["contents", *parts] if "/".join(parts) == WORKFLOW:
            content = base64.b64encode(repository.workflow.encode()).decode()
            return 200, {"path": WORKFLOW, "encoding": "base64", "content": content}
        case _:
            return _ABSENT


def _seeded(world: World) -> Repository:
    made = world.began - timedelta(days=30)
    places = {
        name: Place(
            secrets={"AWS_ROLE_ARN": made},
            variables={
                "AWS_REGION": world.region,
                "ECR_REPO": environment.ecr_repo,
                "ECS_CLUSTER": SITE.ecs.cluster,
                "ECS_SERVICE": environment.service,
            },
            reviewers=["asha"] if environment.is_prod else [],
        )
        for name, environment in ENVIRONMENTS.items()
    }
    return Repository(environments=places, conclusions=dict.fromkeys(SITE.cicd.branches.values(), "success"))


def _environment(name: str, place: Place) -> dict[str, Any]:
    reviewers = [{"type": "User", "reviewer": {"login": login}} for login in place.reviewers]
    rules = [{"type": "required_reviewers", "prevent_self_review": False, "reviewers": reviewers}]
    return {"name": name, "protection_rules": rules if reviewers else []}


def _listed(world: World, place: Place, kind: str) -> Found:
    then = world.began - timedelta(days=30)
    if kind == "secrets":
        secrets = [{"name": name, "updated_at": _told(at)} for name, at in sorted(place.secrets.items())]
        return 200, {"total_count": len(secrets), "secrets": secrets}
    if kind == "variables":
        held = sorted(place.variables.items())
        variables = [{"name": name, "value": value, "updated_at": _told(then)} for name, value in held]
        return 200, {"total_count": len(variables), "variables": variables}
    return _ABSENT


def _runs(world: World, repository: Repository, branch: str) -> dict[str, Any]:
    conclusion = repository.conclusions.get(branch)
    if conclusion is None:
        return {"total_count": 0, "workflow_runs": []}
    run = {
        "id": 1,
        "name": "deploy",
        "path": WORKFLOW,
        "head_branch": branch,
        "event": "push",
        "status": "completed",
        "conclusion": conclusion,
        "html_url": f"https://github.com/{SITE.cicd.github_repo}/actions/runs/1",
        "updated_at": _told(world.began - timedelta(days=3)),
    }
    return {"total_count": 1, "workflow_runs": [run]}


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
