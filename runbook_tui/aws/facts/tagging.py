"""Which resources carry which tags. The index may lag behind a change by minutes."""

from typing import Any, Self

from msgspec import field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact, Tag, parse
from runbook_tui.aws.facts.listing import listed


class TaggedResource(Fact, frozen=True, kw_only=True):
    arn: str = field(name="ResourceARN")
    tags: tuple[Tag, ...] = ()

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    def value(self, key: str) -> str | None:
        return next((tag.value for tag in self.tags if tag.key == key), None)


class TaggingFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def tagged(self, key: str) -> tuple[TaggedResource, ...]:
        """Resources of the region that carry this tag, whatever its value."""
        answer = self._reader.read("resourcegroupstaggingapi", "get_resources", TagFilters=[{"Key": key}])
        return listed(answer, "ResourceTagMappingList", TaggedResource)
