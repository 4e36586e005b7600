"""What was asked of AWS, call by call."""

from datetime import datetime

from msgspec import Struct


class Call(Struct, frozen=True, kw_only=True):
    """One API call: one page of one answer, its retries included. ``action`` is the IAM action that allows it;
    ``error`` is AWS's error code or the exception's name, empty when it was answered."""

    service: str
    operation: str
    action: str
    ms: float
    request_id: str
    error: str
    at: datetime
