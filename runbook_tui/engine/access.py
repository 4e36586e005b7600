"""AWS's own options, as the aws CLI means them; None means what the site and ``AWS_*`` say."""

from msgspec import Struct


class Access(Struct, frozen=True, kw_only=True):
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    allow_endpoint: bool = False
