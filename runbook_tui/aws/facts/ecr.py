"""What ``ecr`` says about the site's repositories. Each method is one API request, made once a sweep."""

import json
import re
from typing import Any, Final, Self

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Ambiguous, Malformed, Missing
from runbook_tui.aws.facts.border import LowerFact, missing_is, parse, parse_all
from runbook_tui.aws.facts.policy_document import Document, read_document

REPOSITORY: Final = "ecr:repository"
REPOSITORY_POLICY: Final = "ecr:repository-policy"
LIFECYCLE_POLICY: Final = "ecr:lifecycle-policy"


class ScanningFlag(LowerFact, frozen=True, kw_only=True):
    scan_on_push: bool = False


class RepositoryFilter(LowerFact, frozen=True, kw_only=True):
    filter: str

    def matches(self, repository: str) -> bool:
        """Without ``*`` any name that contains it; with ``*`` the whole name, ``*`` standing for any text."""
        if "*" not in self.filter:
            return self.filter in repository
        pattern = ".*".join(re.escape(part) for part in self.filter.split("*"))
        return re.fullmatch(pattern, repository) is not None


class Repository(LowerFact, frozen=True, kw_only=True):
    repository_name: str
    repository_arn: str = ""
    repository_uri: str = ""
    image_scanning_configuration: ScanningFlag = ScanningFlag()
    image_tag_mutability: str = "MUTABLE"
    image_tag_mutability_exclusion_filters: tuple[RepositoryFilter, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class ScanningRule(LowerFact, frozen=True, kw_only=True):
    scan_frequency: str
    repository_filters: tuple[RepositoryFilter, ...] = ()

    def matches(self, repository: str) -> bool:
        return any(one.matches(repository) for one in self.repository_filters)


class RegistryScanning(LowerFact, frozen=True, kw_only=True):
    """``scan_type`` is BASIC or ENHANCED."""

    scan_type: str = "BASIC"
    rules: tuple[ScanningRule, ...] = ()

    @property
    def on_push(self) -> tuple[str, ...]:
        """Frequencies with which an image is scanned without being asked for."""
        return ("SCAN_ON_PUSH", "CONTINUOUS_SCAN") if self.scan_type == "ENHANCED" else ("SCAN_ON_PUSH",)


class LifecycleSelection(LowerFact, frozen=True, kw_only=True):
    tag_status: str
    count_type: str
    count_number: int
    tag_prefix_list: tuple[str, ...] = ()
    tag_pattern_list: tuple[str, ...] = ()


class LifecycleRule(LowerFact, frozen=True, kw_only=True):
    rule_priority: int
    selection: LifecycleSelection

    @property
    def is_general(self) -> bool:
        """Whether it is about every image, or every tagged one."""
        chosen = self.selection
        return chosen.tag_status == "any" or (chosen.tag_status == "tagged" and chosen.tag_pattern_list == ("*",))


class _Policy(LowerFact, frozen=True, kw_only=True):
    rules: tuple[LifecycleRule, ...]


class EcrFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def repository(self, name: str) -> Repository:
        """Missing ``ecr:repository``."""
        with missing_is(REPOSITORY, name):
            answer = self._reader.read("ecr", "describe_repositories", repositoryNames=[name])
        named = [one for one in parse_all(answer, "repositories", Repository) if one.repository_name == name]
        if not named:
            raise Missing(REPOSITORY, name)
        if len(named) > 1:
            raise Ambiguous(REPOSITORY, name, tuple(one.repository_arn for one in named))
        return named[0]

    def registry_scanning(self) -> RegistryScanning:
        """Of the whole account in this region: its rules win over a repository's own flag."""
        answer = self._reader.read("ecr", "get_registry_scanning_configuration")
        if "scanningConfiguration" not in answer:
            raise Malformed("ECR answered no scanning configuration", remedy="re-check")
        return parse(answer["scanningConfiguration"], RegistryScanning)

    def lifecycle(self, name: str) -> tuple[LifecycleRule, ...]:
        """Rules in the order in which ECR applies them. Missing ``ecr:repository`` or ``ecr:lifecycle-policy``."""
        self.repository(name)  # AWS answers "not found" for both: only this tells which one is missing
        with missing_is(LIFECYCLE_POLICY, f"of {name}", "keep the last 20 images: add a lifecycle policy"):
            answer = self._reader.read("ecr", "get_lifecycle_policy", repositoryName=name)
        try:
            policy = parse(json.loads(answer["lifecyclePolicyText"]), _Policy)
        except (KeyError, TypeError, ValueError):
            raise Malformed(f"the lifecycle policy of {name} is not JSON", remedy="put the policy again") from None
        return tuple(sorted(policy.rules, key=lambda rule: rule.rule_priority))

    def policy(self, name: str) -> Document | None:
        """Who may use the repository beside what IAM's policies say; None without one. Missing ``ecr:repository``."""
        try:
            answer = self._reader.read("ecr", "get_repository_policy", repositoryName=name)
        except Missing as problem:
            if problem.kind == REPOSITORY_POLICY:
                return None
            raise Missing(REPOSITORY, name, remedy=problem.remedy) from None
        return read_document(answer.get("policyText"))
