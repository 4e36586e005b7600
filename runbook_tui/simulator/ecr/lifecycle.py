"""Which images a lifecycle policy removes, as ECR's documentation has it. Pure.

Rules apply in the order of their priority. An image that a rule selects by its tags is never removed by a later one,
though the later one still counts it. What an index refers to stays as long as the index does.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct


class TagStatus(StrEnum):
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    ANY = "any"


class CountType(StrEnum):
    MORE_THAN = "imageCountMoreThan"
    SINCE_PUSHED = "sinceImagePushed"


class Kept(Struct, frozen=True, kw_only=True):
    """An image that is there. ``referenced``: an index in the repository points to it."""

    digest: str
    pushed: datetime
    tags: tuple[str, ...] = ()
    referenced: bool = False


class Rule(Struct, frozen=True, kw_only=True):
    """``number`` is how many images stay, or after how many days one goes. All prefixes and patterns must match."""

    priority: int
    tag_status: TagStatus
    count_type: CountType
    number: int
    prefixes: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def selects(self, image: Kept) -> bool:
        match self.tag_status:
            case TagStatus.ANY:
                return True
            case TagStatus.UNTAGGED:
                return not image.tags
            case TagStatus.TAGGED:
                return (
                    bool(image.tags)
                    and all(any(tag.startswith(prefix) for tag in image.tags) for prefix in self.prefixes)
                    and all(any(_matches(pattern, tag) for tag in image.tags) for pattern in self.patterns)
                )

    def too_many(self, selected: Sequence[Kept], now: datetime) -> Sequence[Kept]:
        """Those of the selected images that it is about to remove: always the oldest."""
        match self.count_type:
            case CountType.MORE_THAN:
                return newest_first(selected)[self.number :]
            case CountType.SINCE_PUSHED:
                return [image for image in selected if now - image.pushed > timedelta(days=self.number)]


def read_rules(policy_text: str) -> tuple[Rule, ...]:
    """Of a policy that ECR has accepted. KeyError or ValueError for one that it would not have."""
    return tuple(_rule(one) for one in json.loads(policy_text)["rules"])


def expired(rules: Sequence[Rule], images: Sequence[Kept], now: datetime) -> Mapping[str, int]:
    """The priority of the rule that removes it, by the image's digest; oldest image first."""
    claimed: set[str] = set()
    found: dict[str, int] = {}
    for rule in sorted(rules, key=lambda one: one.priority):
        selected = [image for image in images if rule.selects(image)]
        for image in rule.too_many(selected, now):
            if image.digest not in claimed and not image.referenced:
                found[image.digest] = rule.priority
        claimed |= {image.digest for image in selected}
    return {image.digest: found[image.digest] for image in reversed(newest_first(images)) if image.digest in found}


def newest_first(images: Sequence[Kept]) -> list[Kept]:
    return sorted(images, key=lambda image: (image.pushed, image.digest), reverse=True)


def _rule(raw: Any) -> Rule:
    chosen = raw["selection"]
    return Rule(
        priority=int(raw["rulePriority"]),
        tag_status=TagStatus(chosen["tagStatus"]),
        count_type=CountType(chosen["countType"]),
        number=int(chosen["countNumber"]),
        prefixes=tuple(chosen.get("tagPrefixList") or ()),
        patterns=tuple(chosen.get("tagPatternList") or ()),
    )


def _matches(pattern: str, tag: str) -> bool:
    """``*`` stands for any text, and nothing else is special."""
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), tag) is not None
