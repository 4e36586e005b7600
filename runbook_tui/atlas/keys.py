"""Who asks Atlas: an API key or a service account, from the environment. Never from the site file, never written."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

# The names that MongoDB's own command line and its Terraform provider read.
PUBLIC_KEY: Final = "MONGODB_ATLAS_PUBLIC_API_KEY"
PRIVATE_KEY: Final = "MONGODB_ATLAS_PRIVATE_API_KEY"
CLIENT_ID: Final = "MONGODB_ATLAS_CLIENT_ID"
CLIENT_SECRET: Final = "MONGODB_ATLAS_CLIENT_SECRET"  # noqa: S105 - the name of a variable


class ApiKey(Struct, frozen=True, kw_only=True):
    """Signs each request by HTTP digest: the private key itself is never sent."""

    public: str
    private: str

    def __repr__(self) -> str:
        return f"ApiKey(public={self.public!r})"


class ServiceAccount(Struct, frozen=True, kw_only=True):
    """Gets a token for an hour by OAuth 2.0 client credentials."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"ServiceAccount(client_id={self.client_id!r})"


Keys = ApiKey | ServiceAccount

# What the simulated Atlas takes: it opens nothing else.
SIMULATED: Final = ServiceAccount(client_id="mdb_sa_id_simulated", client_secret="mdb_sa_sk_simulated")  # noqa: S106


def keys_from(environ: Mapping[str, str]) -> Keys | None:
    """A service account before an API key, as MongoDB advises; None when neither is whole."""
    client_id, client_secret = environ.get(CLIENT_ID, ""), environ.get(CLIENT_SECRET, "")
    if client_id and client_secret:
        return ServiceAccount(client_id=client_id, client_secret=client_secret)
    public, private = environ.get(PUBLIC_KEY, ""), environ.get(PRIVATE_KEY, "")
    return ApiKey(public=public, private=private) if public and private else None
