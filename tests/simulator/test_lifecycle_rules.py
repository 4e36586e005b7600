"""Lifecycle policies of ECR, evaluated."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.simulator.ecr.lifecycle import CountType, Kept, Rule, TagStatus, expired, read_rules
from tests.support.facts import NOON


def image(name: str, days: float, *tags: str, held: bool = False) -> Kept:
    return Kept(digest=name, pushed=NOON - timedelta(days=days), tags=tags, referenced=held)


def rule(priority: int, status: str, count: str, number: int, prefix: str = "", pattern: str = "") -> Rule:
    return Rule(
        priority=priority,
        tag_status=TagStatus(status),
        count_type=CountType(count),
        number=number,
        prefixes=tuple(prefix.split()),
        patterns=tuple(pattern.split()),
    )


MORE, SINCE = "imageCountMoreThan", "sinceImagePushed"
BETA_AND_PROD = (image("A", 10, "beta-1", "prod-1"), image("B", 9, "beta-2", "prod-2"), image("C", 8, "beta-3"))
MIXED = (
    image("A", 12, "alpha-1"),
    image("B", 11, "beta-1"),
    image("C", 10, "alpha-2"),
    image("D", 9, "1f2e"),
    image("E", 8),
)

CASES: list[tuple[str, tuple[Rule, ...], Sequence[Kept], dict[str, int]]] = [
    (
        "an image that the first rule keeps is not the second's to remove",
        (rule(1, "tagged", MORE, 1, "prod"), rule(2, "tagged", MORE, 1, "beta")),
        BETA_AND_PROD,
        {"A": 1},
    ),
    (
        "the first rule in order of priority, not of place",
        (rule(2, "tagged", MORE, 1, "prod"), rule(1, "tagged", MORE, 1, "beta")),
        BETA_AND_PROD,
        {"A": 1, "B": 1},
    ),
    (
        "a rule of all images counts what an earlier one keeps",
        (rule(1, "tagged", MORE, 1, "alpha"), rule(2, "any", MORE, 1)),
        MIXED,
        {"A": 1, "B": 2, "D": 2},
    ),
    ("untagged images by age", (rule(1, "untagged", SINCE, 7),), MIXED, {"E": 1}),
    ("an image of exactly that age stays", (rule(1, "untagged", SINCE, 8),), MIXED, {}),
    ("all by age", (rule(1, "any", SINCE, 10),), MIXED, {"A": 1, "B": 1}),
    (
        "every prefix must be among the tags",
        (rule(1, "tagged", MORE, 1, "beta prod"),),
        BETA_AND_PROD,
        {"A": 1},
    ),
    ("patterns", (rule(1, "tagged", MORE, 1, pattern="*-1"),), (*BETA_AND_PROD, image("D", 1, "x-1")), {"A": 1}),
    ("every pattern", (rule(1, "tagged", SINCE, 1, pattern="prod* *-2"),), BETA_AND_PROD, {"B": 1}),
    ("the whole tag", (rule(1, "tagged", SINCE, 1, pattern="eta*"),), BETA_AND_PROD, {}),
    ("an index holds its images", (rule(1, "any", SINCE, 1),), (image("A", 9, held=True), image("B", 8)), {"B": 1}),
    ("nothing is there", (rule(1, "any", MORE, 1),), (), {}),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "images", "removed"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_rules(rules: tuple[Rule, ...], images: Sequence[Kept], removed: dict[str, int]) -> None:
    """Just these images go, each by this rule."""
    assert expired(rules, images, NOON) == removed


def test_a_policy_is_read() -> None:
    """The text that the API takes becomes a rule."""
    text = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 3,
                    "selection": {
                        "tagStatus": "tagged",
                        "tagPatternList": ["v*"],
                        "countType": "sinceImagePushed",
                        "countUnit": "days",
                        "countNumber": 30,
                    },
                    "action": {"type": "expire"},
                }
            ]
        }
    )
    assert read_rules(text) == (rule(3, "tagged", SINCE, 30, pattern="v*"),)


TAGS = st.lists(st.sampled_from(["prod-1", "prod-2", "beta-1", "v1", "latest"]), unique=True, max_size=3)
IMAGES = st.lists(st.tuples(st.integers(0, 60), TAGS, st.booleans()), max_size=12).map(
    lambda drawn: [image(f"sha256:{n}", days, *tags, held=held) for n, (days, tags, held) in enumerate(drawn)]
)
RULES = st.lists(
    st.tuples(
        st.sampled_from(list(TagStatus)),
        st.sampled_from(list(CountType)),
        st.integers(1, 8),
        st.lists(st.sampled_from(["prod", "beta", "v"]), unique=True, max_size=2),
    ),
    max_size=4,
).map(
    lambda drawn: tuple(
        Rule(priority=n, tag_status=status, count_type=count, number=number, prefixes=tuple(prefixes))
        for n, (status, count, number, prefixes) in enumerate(drawn, 1)
    )
)


@given(RULES, IMAGES)
def test_what_stays_obeys_the_rules(rules: tuple[Rule, ...], images: list[Kept]) -> None:
    """No image goes by a rule that does not select it, and each is decided by the first rule that does."""
    gone = expired(rules, images, NOON)
    for one in images:
        deciding = next((each for each in rules if each.selects(one)), None)
        if one.digest in gone:
            assert deciding is not None
            assert gone[one.digest] == deciding.priority
            assert not one.referenced


@given(RULES, IMAGES)
def test_the_newest_stay(rules: tuple[Rule, ...], images: list[Kept]) -> None:
    """Of the images that the first rule selects, none goes while an older one that may go stays."""
    gone = expired(rules, images, NOON)
    first = [one for one in images if rules and rules[0].selects(one) and not one.referenced]
    kept = [one for one in first if one.digest not in gone]
    assert not [one for one in first if one.digest in gone for other in kept if other.pushed < one.pushed]


@given(RULES, IMAGES)
def test_order_of_listing_is_nothing(rules: tuple[Rule, ...], images: list[Kept]) -> None:
    """The same images in another order, the same answer."""
    assert expired(rules, images[::-1], NOON) == expired(rules, images, NOON)


@given(st.integers(1, 8), IMAGES)
def test_a_count_is_kept_exactly(number: int, images: list[Kept]) -> None:
    """A rule of all images leaves that many, and a second run finds nothing to do."""
    images = [Kept(digest=one.digest, pushed=one.pushed, tags=one.tags) for one in images]
    rules = (rule(1, "any", MORE, number),)
    gone = expired(rules, images, NOON)
    left = [one for one in images if one.digest not in gone]
    assert len(left) == min(number, len(images))
    assert expired(rules, left, NOON) == {}
