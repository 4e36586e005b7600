"""Facts of the image registry."""

import pytest

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.ecr import EcrFacts, RepositoryFilter
from tests.support.facts import Answers, answers
from tests.support.ground import but, ground, keep, lifecycle, repository


def facts(given: Answers) -> EcrFacts:
    return EcrFacts(answers(given))


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("backend", "asharvi-backend-prod", True),
        ("asharvi-backend-prod", "asharvi-backend-prod", True),
        ("web", "asharvi-backend-prod", False),
        ("*", "anything", True),
        ("asharvi-*", "asharvi-backend", True),
        ("backend*", "asharvi-backend", False),
        ("*-prod", "asharvi-backend-prod", True),
        ("a.*", "asharvi", False),
        ("team/*/app[1]", "team/x/app[1]", True),
        ("team/*/app[1]", "team/x/app1", False),
    ],
)
def test_filter(pattern: str, name: str, matches: bool) -> None:
    """Without a star a filter is any part of the name; with one it is the whole name, and nothing else is special."""
    assert RepositoryFilter(filter=pattern).matches(name) == matches


def test_repository_of_a_similar_name() -> None:
    """An answer about another repository is not taken for the wanted one."""
    with pytest.raises(Missing):
        facts(but(describe_repositories={"repositories": [repository("other")]})).repository("asharvi-backend-prod")


def test_rules_in_order_of_priority() -> None:
    """Rules come in the order in which ECR applies them, wherever they stand in the text."""
    text = lifecycle(keep(20), keep(5, "untagged"))["lifecyclePolicyText"].replace(
        '"rulePriority": 2', '"rulePriority": 0'
    )
    found = facts(but(get_lifecycle_policy={"lifecyclePolicyText": text})).lifecycle("asharvi-backend-prod")
    assert [rule.selection.tag_status for rule in found] == ["untagged", "any"]


def test_missing_policy_is_not_a_missing_repository() -> None:
    """The repository is there and its policy is not: the kind says which."""
    absent = Missing("ecr:get-lifecycle-policy", "x")
    with pytest.raises(Missing) as caught:
        facts(but(get_lifecycle_policy=absent)).lifecycle("asharvi-backend-prod")
    assert caught.value.kind == "ecr:lifecycle-policy"


def test_policy_of_a_missing_repository() -> None:
    """Without the repository its policy is not the question."""
    with pytest.raises(Missing) as caught:
        facts(but(describe_repositories=Missing("x:y", "z"))).lifecycle("asharvi-backend-prod")
    assert caught.value.kind == "ecr:repository"


@pytest.mark.parametrize("answer", [{}, {"lifecyclePolicyText": None}, {"lifecyclePolicyText": '{"rules":[{"x":1}]}'}])
def test_policy_that_cannot_be_read(answer: dict[str, object]) -> None:
    """A policy of an impossible shape is Malformed: not taken for one without rules."""
    with pytest.raises(Malformed):
        facts(but(get_lifecycle_policy=answer)).lifecycle("asharvi-backend-prod")


def test_registry_without_configuration() -> None:
    """An answer without the configuration is not taken for one without rules."""
    with pytest.raises(Malformed):
        facts({**ground(), ("ecr", "get_registry_scanning_configuration"): {}}).registry_scanning()
