"""One session with AWS or with the simulator: who we are, where, and a client for each service."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from runbook_tui.aws.clients import Clients, Patience
from runbook_tui.aws.credentials import core_session
from runbook_tui.aws.endpoint import chosen_endpoint
from runbook_tui.core.events import World
from runbook_tui.core.problems import Problem, WrongAccount
from runbook_tui.core.site import Site

# Providers whose credentials are fetched anew when they run out, without the operator.
SELF_RENEWING = frozenset(
    {"assume-role", "assume-role-with-web-identity", "container-role", "custom-process", "iam-role", "login", "sso"}
)

REFUSAL_STANDS_S = 5.0


class Identity(Struct, frozen=True, kw_only=True):
    """Who signs the requests. ``expires`` is None when it is not known or never; ``method`` is botocore's word for
    the source (``env``, ``sso``, ``shared-credentials-file``, ``explicit`` …)."""

    account: str
    arn: str
    user_id: str
    expires: datetime | None = None
    temporary: bool = False
    renews_itself: bool = False
    method: str = ""


class Session:
    """Safe from many threads. Nothing is asked of AWS, and no credentials are read, before they are needed.

    After SignInExpired, open a new session: botocore keeps what it read from files and environment.
    """

    def __init__(self, world: World, region: str, endpoint_url: str | None, clients: Clients) -> None:
        self.world = world
        self.region = region
        self.endpoint_url = endpoint_url
        self.clients = clients
        self._asking = threading.Lock()
        self._asked_at = float("-inf")
        self._refusal: Exception | None = None
        self._identity: Identity | None = None

    @property
    def requests(self) -> int:
        """HTTP requests really sent since the session was opened, retries among them."""
        return self.clients.requests

    def client(self, service: str, region: str = "") -> Any:
        """The one client of this service in the site's region or another one. botocore's own exceptions, or
        RefusedProblem for a foreign endpoint."""
        return self.clients.get(service, region)

    def identity(self) -> Identity:
        """STS is asked once. SignInExpired or one of ``aws.errors`` when it cannot say."""
        with self._asking:
            if self._identity is None:
                self._identity = self._who()
            return self._identity

    def refusal_of_sign_in(self) -> Exception | None:
        """What STS says against these credentials now; None when it accepts them.

        Of many threads that doubt at once, one asks: a refusal stands for a few seconds, an acceptance only for
        those that were waiting for it.
        """
        doubted = time.monotonic()
        with self._asking:
            refused_just_now = self._refusal is not None and doubted - self._asked_at < REFUSAL_STANDS_S
            if self._asked_at < doubted and not refused_just_now:
                self._asked_at = time.monotonic()
                self._refusal = self._try_sts()
            return self._refusal

    def close(self) -> None:
        self.clients.close()

    def _try_sts(self) -> Exception | None:
        from runbook_tui.aws.classify import WIRE_TROUBLE

        try:
            self.clients.get("sts").get_caller_identity()
        except (*WIRE_TROUBLE, Problem) as error:
            return error
        return None

    def _who(self) -> Identity:
        from runbook_tui.aws.classify import WIRE_TROUBLE, Asked, classify

        try:
            answer = self.clients.get("sts").get_caller_identity()
            return _identity(answer, self.clients.credentials())
        except WIRE_TROUBLE as error:
            asked = Asked(service="sts", operation="get_caller_identity", region=self.region)
            raise classify(error, asked) from error


def open_session(
    site: Site,
    *,
    profile: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    allow_endpoint: bool = False,
    patience: Patience | None = None,
) -> Session:
    """A session for this site. Arguments win over the site's keys; the environment's ``AWS_*`` variables mean what
    they mean to the aws CLI, except that the site's region wins over ``AWS_REGION``: its names live there.

    RefusedProblem when a simulated site has no loopback endpoint, or a profile does not exist.
    """
    where = region or site.aws.region
    endpoint = chosen_endpoint(site, endpoint_url)

    core = core_session(site, profile, where, endpoint)
    clients = Clients(core, where, endpoint, allow=allow_endpoint, patience=patience or Patience())
    return Session(World.SIMULATED if site.simulated else World.LIVE, where, endpoint, clients)


def guard_account(site: Site, identity: Identity) -> None:
    """WrongAccount when STS answers with another account than the site names."""
    expected = site.aws.account_id
    if expected and expected != identity.account:
        raise WrongAccount(
            f"signed in to account {identity.account}, but the site is for {expected}",
            "choose the credentials of the right account (--profile), or the right site file (--site)",
        )


def _identity(answer: Mapping[str, Any], credentials: Any) -> Identity:
    method = str(getattr(credentials, "method", "") or "")
    # botocore keeps the expiry to itself, though it is what an operator wants to know.
    expires = getattr(credentials, "_expiry_time", None)
    return Identity(
        account=str(answer["Account"]),
        arn=str(answer["Arn"]),
        user_id=str(answer["UserId"]),
        expires=expires.astimezone(UTC) if isinstance(expires, datetime) else None,
        temporary=bool(getattr(credentials, "token", None)),
        renews_itself=method in SELF_RENEWING,
        method=method,
    )
