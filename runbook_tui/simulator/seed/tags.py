"""Tags in the shapes that the APIs want them."""

from collections.abc import Mapping
from typing import Any


def listed(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """ECS writes ``key`` and ``value``."""
    return [{key: name, value: text} for name, text in tags.items()]


def on_creation(kind: str, name: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """EC2's ``TagSpecifications``, with the name among the tags."""
    return [{"ResourceType": kind, "Tags": listed({"Name": name, **tags})}]
