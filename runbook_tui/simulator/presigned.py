"""Requests that carry their signature in the query: here alone a signature is really checked, because here it is what
proves who somebody is. What is accepted goes on as if it had been signed in its header."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from runbook_tui.simulator.iam.principals import PERSON, Sessions, user_key
from runbook_tui.simulator.inside import ACCESS_KEY, SECRET_KEY
from runbook_tui.simulator.refusal import Refused

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_SIMULATED: Final = "simulated"
_SKEW: Final = timedelta(minutes=5)


def is_presigned(environ: Mapping[str, Any]) -> bool:
    return "X-Amz-Signature=" in environ.get("QUERY_STRING", "")


def accepted(world: "World", environ: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The same request with its parameters in the body and its credential in the header. Refused, as STS refuses, when
    the signature does not hold or its time is over."""
    query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
    _check_time(query)
    if _signature(world, environ, query) != query.get("X-Amz-Signature"):
        text = "The request signature we calculated does not match the signature you provided."
        raise Refused("SignatureDoesNotMatch", text, 403)
    body = urlencode({name: value for name, value in query.items() if not name.startswith("X-Amz-")}).encode()
    headers = {
        "HTTP_AUTHORIZATION": f"{query['X-Amz-Algorithm']} Credential={query['X-Amz-Credential']}",
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "REQUEST_METHOD": "POST",
        "QUERY_STRING": "",
    }
    return {**environ, **headers}, body


def _check_time(query: Mapping[str, str]) -> None:
    try:
        begun = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        ends = begun + timedelta(seconds=int(query["X-Amz-Expires"]))
    except (KeyError, ValueError) as error:
        raise Refused("IncompleteSignature", "Request must contain a valid date and expiry.", 400) from error
    now = datetime.now(UTC)  # a signature is made and checked with clocks on the wall, however fast the world goes
    if not begun - _SKEW <= now <= ends:
        raise Refused(
            "ExpiredToken", f"Signature expired: {ends:%Y%m%dT%H%M%SZ} is now earlier than {now:%Y%m%dT%H%M%SZ}", 403
        )


def _signature(world: "World", environ: Mapping[str, Any], query: Mapping[str, str]) -> str:
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    key, _, region, service, _ = (*query.get("X-Amz-Credential", "").split("/"), "", "", "", "", "")[:5]
    secret = _secret_of(world, key)
    if secret is None:
        raise Refused("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
    names = [name for name in query.get("X-Amz-SignedHeaders", "").split(";") if name != "host"]
    headers = {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", "") for name in names}
    unsigned = "&".join(part for part in environ["QUERY_STRING"].split("&") if not part.startswith("X-Amz-Signature="))
    url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ.get('PATH_INFO') or '/'}?{unsigned}"
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=headers)
    request.context["timestamp"] = query["X-Amz-Date"]
    auth = SigV4QueryAuth(Credentials(key, secret), service, region)
    signature: str = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return signature


def _secret_of(world: "World", key: str) -> str | None:
    """None for a key that nobody has."""
    if key == ACCESS_KEY:
        return SECRET_KEY
    if key == _SIMULATED or key.startswith(PERSON):
        return _SIMULATED
    found = user_key(world, key)
    if found is not None:
        return str(found[1].secret_access_key)
    return world.store(Sessions).secrets.get(key)
