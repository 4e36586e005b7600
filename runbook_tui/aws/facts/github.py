"""What GitHub says about the site's repository: names of secrets, environments, runs of workflows. No secret's value
can be read; variables are in the clear."""

import base64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from runbook_tui.aws.access import GitHubReader
from runbook_tui.aws.errors import Denied, Malformed, Missing
from runbook_tui.aws.facts.border import parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment
from runbook_tui.aws.together import together

REPOSITORY: Final = "github:repository"
FAILED: Final = ("failure", "timed_out", "startup_failure")


class SecretName(Struct, frozen=True, kw_only=True):
    name: str
    updated_at: Moment | None = None


class Variable(Struct, frozen=True, kw_only=True):
    name: str
    value: str = ""
    updated_at: Moment | None = None


class Names(Struct, frozen=True, kw_only=True):
    """What a workflow finds in one place: a GitHub environment, or the repository."""

    secrets: tuple[SecretName, ...]
    variables: tuple[Variable, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*(one.name for one in self.secrets), *(one.name for one in self.variables))

    def variable(self, name: str) -> str | None:
        return next((one.value for one in self.variables if one.name == name), None)


class _Login(Struct, frozen=True, kw_only=True):
    login: str = ""
    slug: str = ""


class _Reviewer(Struct, frozen=True, kw_only=True):
    reviewer: _Login = _Login()


class _Rule(Struct, frozen=True, kw_only=True):
    type: str = ""
    reviewers: tuple[_Reviewer, ...] = ()


class DeploymentEnvironment(Struct, frozen=True, kw_only=True):
    """GitHub's environment: what guards a deployment to it."""

    name: str
    protection_rules: tuple[_Rule, ...] = ()

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Users and teams of which one must approve."""
        given = (one for rule in self.protection_rules if rule.type == "required_reviewers" for one in rule.reviewers)
        return tuple(one.reviewer.login or one.reviewer.slug or "somebody" for one in given)


class WorkflowRun(Struct, frozen=True, kw_only=True):
    """``conclusion`` is GitHub's word: success, failure, cancelled …; ``path`` is the workflow's file."""

    name: str | None = None
    conclusion: str | None = None
    path: str = ""
    head_branch: str | None = None
    html_url: str = ""
    updated_at: Moment | None = None

    @property
    def failed(self) -> bool:
        return self.conclusion in FAILED


class GitHubFacts:
    """Missing is what GitHub does not show: a token that may not see a private repository looks like none there."""

    def __init__(self, reader: GitHubReader) -> None:
        self._reader = reader

    def names_of(self, environment: str) -> Names | None:
        """Of a GitHub environment; None when there is none of this name."""
        if self.environment(environment) is None:
            return None
        return self._names(f"environments/{quote(environment, safe='')}")

    def names(self) -> Names:
        """Of the repository itself."""
        return self._names("actions")

    def environment(self, name: str) -> DeploymentEnvironment | None:
        try:
            answer = self._reader.read(f"environments/{quote(name, safe='')}")
        except Missing:
            self._see()
            return None
        return parse(answer, DeploymentEnvironment)

    def last_run(self, branch: str) -> WorkflowRun | None:
        """The newest completed one of a branch."""
        query = urlencode({"branch": branch, "status": "completed", "exclude_pull_requests": "true"})
        found = listed(self._read(f"actions/runs?{query}", newest=1), "workflow_runs", WorkflowRun)
        return found[0] if found else None

    def file(self, path: str, branch: str) -> str | None:
        """The text of a file as it stands in a branch; None when it is not there."""
        try:
            answer = self._reader.read(f"contents/{quote(path.lstrip('/'))}?{urlencode({'ref': branch})}")
        except Missing:
            self._see()
            return None
        content = answer.get("content")
        try:
            return base64.b64decode(content).decode() if isinstance(content, str) else None
        except ValueError:
            raise Malformed(f"GitHub gave {path} in a form that cannot be read", remedy="look at the file") from None

    def _names(self, place: str) -> Names:
        secrets, variables = together(
            lambda: listed(self._read(f"{place}/secrets"), "secrets", SecretName),
            lambda: listed(self._read(f"{place}/variables"), "variables", Variable),
        )
        return Names(secrets=secrets, variables=variables)

    def _read(self, path: str, *, newest: int = 0) -> Mapping[str, Any]:
        """Of what is there in every repository: not there means not to be seen."""
        try:
            return self._reader.read(path, newest=newest)
        except Missing as problem:
            raise _unseen(problem) from None

    def _see(self) -> None:
        self._read("")


def _unseen(problem: Missing) -> Denied:
    return Denied(
        f"GitHub does not show {problem.name}: it is not there, or the token may not see it",
        action="read access to the repository",
        remedy="check cicd.github_repo, and let the token read Actions, Environments, Secrets and Variables of it",
    )
