"""AWS's own options, as the aws CLI means them; None means what the site and ``AWS_*`` say."""

from msgspec import Struct


class Access(Struct, frozen=True, kw_only=True):
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    allow_endpoint: bool = False
    await_endpoint: float = 0.0  # seconds that a simulator which is just being built may take to answer
