"""A second person's agreement to a plan, proved by AWS: a presigned ``GetCallerIdentity`` request that carries the
plan's digest in a signed header. Whoever holds it can ask STS who signed it, and nothing else; for another digest the
signature does not hold. It is good for 15 minutes."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from runbook_tui.aws.session import Identity, Session
from runbook_tui.core.problems import RefusedProblem

HEADER: Final = "x-runbook-tui-plan"
GOOD_FOR: Final = 900  # seconds, the most that is accepted
_QUESTION: Final = "Action=GetCallerIdentity&Version=2011-06-15"
_VERSION: Final = 1


def sign(session: Session, digest: str) -> str:
    """The proof, one line of text that can be pasted. SignInExpired when nobody is signed in."""
    from botocore.auth import SigV4QueryAuth
    from botocore.awsrequest import AWSRequest

    session.identity()  # says in the product's words when nobody is signed in
    url = f"{_endpoint(session)}/?{_QUESTION}"
    request = AWSRequest(method="GET", url=url, headers={HEADER: digest})
    credentials = session.clients.credentials().get_frozen_credentials()
    SigV4QueryAuth(credentials, "sts", _region(session), expires=GOOD_FOR).add_auth(request)
    told = json.dumps({"v": _VERSION, "url": request.url}, separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def verify(session: Session, proof: str, digest: str) -> Identity:
    """Who signed it, as STS says. RefusedProblem for a proof of another plan, a stale or forged one, and for one that
    would be shown to anybody but STS."""
    url = _url(proof)
    _refuse_strangers(session, url)
    status, body = _ask(session, url, {HEADER: digest})
    if status != 200:
        raise RefusedProblem(
            f"STS does not accept this approval: {_code(body)}",
            "it is of another plan, older than 15 minutes, or was changed on its way: ask for a new one",
        )
    return _identity(body)


def _url(proof: str) -> str:
    try:
        told = json.loads(base64.urlsafe_b64decode(proof.strip() + "=" * (-len(proof.strip()) % 4)))
        assert told["v"] == _VERSION, "another version"
        return str(told["url"])
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise RefusedProblem("this is no approval", "paste the whole line that runbook-tui approve printed") from error


def _refuse_strangers(session: Session, url: str) -> None:
    """The request is sent as it is: it must be to our STS, ask nothing but who signed it, and bind the plan."""
    parts, asked = urlsplit(url), parse_qs(urlsplit(url).query, keep_blank_values=True)
    own = urlsplit(_endpoint(session))
    one = {name: values[0] for name, values in asked.items() if len(values) == 1}
    signed = one.get("X-Amz-SignedHeaders", "").lower().split(";")
    lasts = one.get("X-Amz-Expires", "")
    sound = (
        (parts.scheme, parts.netloc, parts.path) == (own.scheme, own.netloc, "/")
        and one.get("Action") == "GetCallerIdentity"
        and HEADER in signed
        and "host" in signed
        and lasts.isdigit()
        and int(lasts) <= GOOD_FOR
    )
    if not sound:
        raise RefusedProblem(
            "this approval is not for this site's STS", "both must use the same region and endpoint: ask for a new one"
        )


def _ask(session: Session, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Sent by the same HTTP session as everything else: one TLS context, which refuses a bad certificate."""
    from botocore.awsrequest import AWSRequest

    from runbook_tui.aws.classify import WIRE_TROUBLE, Asked, classify

    client = session.client("sts")
    request = AWSRequest(method="GET", url=url, headers=dict(headers)).prepare()
    try:
        answer = client._endpoint.http_session.send(request)  # noqa: SLF001 - botocore sends no presigned request itself
    except WIRE_TROUBLE as error:
        problem = classify(error, Asked(service="sts", operation="get_caller_identity", region=session.region))
        raise RefusedProblem(str(problem), "try again") from error
    return answer.status_code, answer.content


def _parsed(status: int, body: bytes) -> Mapping[str, Any]:
    from botocore.parsers import create_parser

    from runbook_tui.aws.sensitive import service_model

    shape = service_model("sts").operation_model("GetCallerIdentity").output_shape
    answer: Mapping[str, Any] = create_parser("query").parse(
        {"status_code": status, "headers": {}, "body": body}, shape
    )
    return answer


def _identity(body: bytes) -> Identity:
    answer = _parsed(200, body)
    return Identity(account=str(answer["Account"]), arn=str(answer["Arn"]), user_id=str(answer["UserId"]))


def _code(body: bytes) -> str:
    return str(_parsed(400, body).get("Error", {}).get("Code", "")) or "no reason given"


def _endpoint(session: Session) -> str:
    return str(session.client("sts").meta.endpoint_url).rstrip("/")


def _region(session: Session) -> str:
    return str(session.client("sts").meta.region_name)
