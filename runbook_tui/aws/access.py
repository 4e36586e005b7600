"""What a check is given: typed facts of every service, a prober of real endpoints, and the time.

``Aws`` is cheap to make: one a sweep. Facts are read on first use, each API request once a sweep.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol


class Reader(Protocol):
    """Reads AWS for the facts: each request once a sweep, to its last page, errors already classified."""

    region: str

    def read(self, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        """The answer, pages merged, as boto3 gives it. ``operation`` is boto3's name (``describe_services``).

        A ``ResponseMetadata`` key holds at least ``RequestId`` and ``HTTPHeaders``.
        Raises one of ``aws.errors`` or ``core.problems.SignInExpired``.
        """
