"""What came in from outside, request by request, as a load balancer counts it for CloudWatch."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

_LENGTH = 100_000  # about an hour of a loop that asks as fast as it can


class Access(Struct, frozen=True, kw_only=True):
    """``group`` is empty when no target group was chosen, ``from_target`` is whether a target made the answer: it is
    what tells ``HTTPCode_Target_5XX_Count`` from ``HTTPCode_ELB_5XX_Count``. ``seconds`` are simulated."""

    at: datetime
    balancer: str
    group: str
    status: int
    seconds: float
    from_target: bool


class Traffic:
    """Safe from many threads: a request from outside waits for nobody."""

    def __init__(self) -> None:
        self._accesses: deque[Access] = deque(maxlen=_LENGTH)

    def record(
        self, group_arn: str, lb_arn: str, status: int, seconds: float, at: datetime, *, from_target: bool = True
    ) -> None:
        self._accesses.append(
            Access(at=at, balancer=lb_arn, group=group_arn, status=status, seconds=seconds, from_target=from_target)
        )

    def between(self, since: datetime, until: datetime) -> Iterator[Access]:
        """Oldest first; ``until`` is left out."""
        return (each for each in tuple(self._accesses) if since <= each.at < until)
