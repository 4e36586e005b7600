"""What went wrong while AWS was read: botocore's exception in, one of ``aws.errors`` or SignInExpired out."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, assert_never

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from msgspec import Struct

from runbook_tui.aws.codes import Family, family, missing_kind, missing_name
from runbook_tui.aws.errors import (
    AwsProblem,
    Denied,
    Malformed,
    Missing,
    NotEnabled,
    ServerFault,
    Throttled,
    Unreachable,
    Unsupported,
    WrongRegion,
)
from runbook_tui.aws.operations import iam_action
from runbook_tui.aws.signin import SignInRefused, skew_seconds
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.text import clean

# The last four come out of botocore's parsers when an answer is well-formed but not AWS's.
WIRE_TROUBLE: Final = (
    boto.BotoCoreError,
    boto.ClientError,
    ResponseParserError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
)
# Nobody could sign: there are no credentials, or their source refused. No need to ask STS.
NOT_SIGNED_IN: Final = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.TokenRetrievalError,
    boto.NoAuthTokenError,
    boto.SSOError,
    boto.LoginError,
    boto.RefreshWithMFAUnsupportedError,
    boto.InvalidConfigError,
    boto.ProfileNotFound,
)
UNREACHABLE: Final = (
    boto.ConnectionError,  # refused, connect timeout, TLS, proxy
    boto.HTTPClientError,  # read timeout, connection closed
    boto.IncompleteReadError,
)
SIGN_IN: Final = (
    "sign in again (`aws sso login`, with --profile NAME for another profile than the default), then continue at "
    "the same step; after changing exported AWS_… variables, start again and resume the run"
)
_NOT_AUTHORIZED: Final = re.compile(r"not authorized to perform: ([\w-]+:[\w*]+)")
_ENCODED: Final = re.compile(r"\s*Encoded authorization failure message: \S+")
LONGEST_TEXT: Final = 400


class Asked(Struct, frozen=True, kw_only=True):
    """The call that failed."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any] = {}

    @property
    def where(self) -> dict[str, str]:
        return {"service": self.service, "operation": self.operation}

    @property
    def words(self) -> str:
        return f"{self.service} {self.operation.replace('_', ' ')}"


class _Answer(Struct, frozen=True, kw_only=True):
    """What AWS said in its error."""

    code: str
    status: int
    text: str
    date: str


def _now() -> datetime:
    return datetime.now(UTC)


def classify(
    error: Exception,
    asked: Asked,
    refusal: Callable[[], Exception | None] | None = None,
    now: Callable[[], datetime] = _now,
) -> AwsProblem | SignInExpired:
    """``refusal`` asks STS what it has against the credentials (None: nothing); without it, it was STS that refused."""
    if isinstance(error, boto.ClientError):
        return _answered(_answer(error), asked, refusal, now)
    if isinstance(error, NOT_SIGNED_IN):
        return SignInRefused(f"not signed in to AWS: {_short(error)}", SIGN_IN)
    if isinstance(error, boto.EndpointConnectionError) and _unresolved(error):
        return WrongRegion(
            f"there is no {asked.service} endpoint for {asked.region}: its name does not resolve",
            remedy="check aws.region in the site file, and that this machine resolves names (VPN, DNS)",
            **asked.where,
        )
    if isinstance(error, UNREACHABLE):
        return _unreachable(error, asked)
    if isinstance(error, boto.BotoCoreError) and not isinstance(error, boto.PaginationError):
        return _other(f"{type(error).__name__}: {_short(error)}", asked)
    return Malformed(
        f"{asked.words} was answered with something that cannot be read",
        remedy="try again; if it stays, look for a proxy or a captive portal between this machine and AWS",
        **asked.where,
    )


def error_code(error: Exception) -> str:
    """AWS's code where it answered, else the exception's name."""
    return _answer(error).code if isinstance(error, boto.ClientError) else type(error).__name__


def _answer(error: Any) -> _Answer:
    response = error.response
    said = response.get("Error", {})
    metadata = response.get("ResponseMetadata", {})
    return _Answer(
        code=clean(str(said.get("Code", ""))),
        status=int(metadata.get("HTTPStatusCode", 0)),
        text=clean(_ENCODED.sub("", str(said.get("Message") or "")))[:LONGEST_TEXT],
        date=str(metadata.get("HTTPHeaders", {}).get("date", "")),
    )


def _answered(
    answer: _Answer, asked: Asked, refusal: Callable[[], Exception | None] | None, now: Callable[[], datetime]
) -> AwsProblem | SignInExpired:
    match family(asked.service, answer.code, answer.status, answer.text):
        case Family.CREDENTIALS:
            return _credentials(answer, asked, refusal, now)
        case Family.DENIED:
            return _denied(answer, asked)
        case Family.MISSING:
            return _missing(answer, asked)
        case Family.THROTTLED:
            what = f"AWS asks to slow down: {asked.words} was refused ({answer.code})"
            return Throttled(what, remedy="wait a minute and check again", **asked.where)
        case Family.REGION:
            what = f"{asked.region} is not usable for this account: {_said(answer)}"
            return WrongRegion(what, remedy="enable the region for the account, or correct aws.region", **asked.where)
        case Family.NOT_ENABLED:
            what = f"the account does not use {asked.service}: {_said(answer)}"
            return NotEnabled(what, remedy=f"enable {asked.service} in the account if it is wanted", **asked.where)
        case Family.SERVER:
            what = f"{asked.service} failed on AWS's side: {_said(answer)}"
            return ServerFault(
                what, remedy="check again in some minutes, and look at the AWS Health page", **asked.where
            )
        case Family.UNSUPPORTED:
            what = f"this endpoint cannot do {asked.words}: {_said(answer)}"
            return Unsupported(what, remedy="ask the real AWS for this one, or look at it by hand", **asked.where)
        case Family.OTHER:
            return _other(_said(answer), asked)
        case other:
            assert_never(other)


def _credentials(
    answer: _Answer, asked: Asked, refusal: Callable[[], Exception | None] | None, now: Callable[[], datetime]
) -> AwsProblem | SignInExpired:
    asked_sts = (asked.service, asked.operation) == ("sts", "get_caller_identity")
    if asked_sts or refusal is None:
        return _signed_out(answer, now)
    refused = refusal()
    if refused is None:
        return WrongRegion(
            f"{asked.service} in {asked.region} refuses credentials that STS accepts: {_said(answer)}",
            remedy="enable the region for the account or correct aws.region; after a sign-in, check again",
            **asked.where,
        )
    if isinstance(refused, SignInExpired):
        return refused
    sts = Asked(service="sts", operation="get_caller_identity", region=asked.region)
    return classify(refused, sts, None, now)


def _signed_out(answer: _Answer, now: Callable[[], datetime]) -> SignInRefused:
    skew = skew_seconds(answer.date, now()) if answer.date else None
    refused = SignInRefused(f"AWS refuses the credentials: {_said(answer)}", SIGN_IN, date=answer.date, skew_s=skew)
    if skew is None or not refused.clock_is_wrong:
        return refused
    direction = "ahead of" if skew > 0 else "behind"
    return SignInRefused(
        f"the clock of this machine is {abs(skew):.0f} s {direction} AWS's, so every signature is refused",
        "set the clock (NTP), then continue at the same step",
        date=answer.date,
        skew_s=skew,
    )


def _denied(answer: _Answer, asked: Asked) -> Denied:
    named = _NOT_AUTHORIZED.search(answer.text)
    action = named[1] if named else iam_action(asked.service, asked.operation)
    remedy = f"allow {action} to this identity; `runbook-tui permissions` prints the whole read-only policy"
    text = answer.text.lower()
    if "explicit deny" in text:
        remedy = f"an explicit deny forbids {action}: ask whoever owns that policy, allowing it elsewhere does not help"
    if "service control policy" in text:
        remedy = f"the organization forbids {action}: ask whoever owns its service control policies"
    return Denied(f"{action} is denied: {_said(answer)}", action=action, remedy=remedy, **asked.where)


def _missing(answer: _Answer, asked: Asked) -> Missing:
    kind = missing_kind(asked.service, asked.operation, answer.code)
    name = clean(missing_name(kind, asked.parameters))
    thing = kind.partition(":")[2].replace("-", " ")
    return Missing(kind, name, remedy=f"create the {thing}, or correct its name in the site file", **asked.where)


def _unreachable(error: Exception, asked: Asked) -> Unreachable:
    return Unreachable(
        f"{asked.words} in {asked.region} got no answer: {_short(error)}",
        remedy=_network_remedy(error),
        **asked.where,
    )


def _network_remedy(error: Exception) -> str:
    if isinstance(error, boto.SSLError):
        return (
            "something between here and AWS shows another certificate: name its issuer in AWS_CA_BUNDLE if it is yours"
        )
    if isinstance(error, boto.ProxyConnectionError):
        return "check HTTPS_PROXY and NO_PROXY"
    return "check the network of this machine (VPN, proxy, firewall), then check again"


def _other(what: str, asked: Asked) -> AwsProblem:
    return AwsProblem(
        f"{asked.words} failed: {what}",
        remedy="check the names in the site file; if they are right, report this text",
        **asked.where,
    )


def _unresolved(error: BaseException) -> bool:
    """Whether the connection failed because its host name has no address."""
    cause: Any = getattr(error, "kwargs", {}).get("error")
    return type(cause).__name__ == "NameResolutionError" or "gaierror" in type(cause).__name__


def _said(answer: _Answer) -> str:
    return f"{answer.code}: {answer.text}" if answer.text else answer.code


def _short(error: Exception) -> str:
    return clean(str(error))[:LONGEST_TEXT]
