"""What an application's log says when it cannot reach its database. Pure. Messages are counted, never repeated."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

# The driver says MongoServerSelectionError, Mongoose MongooseServerSelectionError.
PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "ServerSelectionError": re.compile(r"ServerSelectionError"),
    "buffering timed out": re.compile(r"buffering timed out"),
    "MongoNetworkTimeoutError": re.compile(r"MongoNetworkTimeoutError"),
    "MongoNetworkError": re.compile(r"MongoNetworkError"),
    "ECONNREFUSED": re.compile(r"ECONNREFUSED"),
    "ETIMEDOUT": re.compile(r"ETIMEDOUT"),
    "AccessDenied on dynamodb": re.compile(r"AccessDenied.*dynamodb|dynamodb.*AccessDenied", re.IGNORECASE | re.DOTALL),
}
# CloudWatch compares whole words of a message with these, so both spellings are named.
_WORDS: Final = (
    "ServerSelectionError",
    "MongoServerSelectionError",
    "MongooseServerSelectionError",
    "MongoNetworkError",
    "MongoNetworkTimeoutError",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "AccessDenied",
    "AccessDeniedException",
)


def filter_pattern() -> str:
    """For CloudWatch Logs: any of them. Wider than ``PATTERNS``, which have the last word."""
    return " ".join([*(f"?{word}" for word in _WORDS), '?"buffering timed out"'])


def counted(messages: Iterable[str]) -> dict[str, int]:
    """How many messages match each pattern, without those that none matches."""
    found = dict.fromkeys(PATTERNS, 0)
    for message in messages:
        for name, pattern in PATTERNS.items():
            found[name] += pattern.search(message) is not None
    return {name: count for name, count in found.items() if count}
