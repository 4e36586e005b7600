"""The body of an error in each wire protocol, and the names that each family of services gives to common errors."""

import json
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from runbook_tui.simulator.refusal import Refused


def error_body(service: str, protocol: str, refused: Refused, request_id: str) -> tuple[str, bytes]:
    """Content type and body."""
    code, message = escape(refused.code), escape(refused.message)
    if protocol in ("json", "rest-json"):
        content_type = "application/x-amz-json-1.1" if protocol == "json" else "application/json"
        return content_type, json.dumps({"__type": refused.code, "message": refused.message, **refused.more}).encode()
    if protocol == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    elif service == "s3":
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
    else:
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def denied(protocol: str, arn: str, action: str, *, resource: str = "*", because: str = "") -> Refused:
    """``because`` ends AWS's sentence, such as ``with an explicit deny in an identity-based policy``."""
    message = f"User: {arn} is not authorized to perform: {action} on resource: {resource} {because}".rstrip()
    match protocol:
        case "ec2":
            return Refused("UnauthorizedOperation", f"You are not authorized to perform this operation. {message}", 403)
        case "json":
            return Refused("AccessDeniedException", message, 400)
        case "rest-json":
            return Refused("AccessDeniedException", message, 403)
        case _:
            return Refused("AccessDenied", message, 403)


def throttled(service: str, protocol: str) -> Refused:
    match protocol:
        case "ec2":
            return Refused("RequestLimitExceeded", "Request limit exceeded.", 503)
        case "json":
            return Refused("ThrottlingException", "Rate exceeded", 400)
        case "rest-json":
            return Refused("TooManyRequestsException", "Rate exceeded", 429)
        case _ if service == "s3":
            return Refused("SlowDown", "Please reduce your request rate.", 503)
        case _:
            return Refused("Throttling", "Rate exceeded", 400)


def expired(protocol: str) -> Refused:
    text = "The security token included in the request is expired"
    match protocol:
        case "ec2":
            return Refused("RequestExpired", "Request has expired.", 400)
        case "json" | "rest-json":
            return Refused("ExpiredTokenException", text, 400 if protocol == "json" else 403)
        case _:
            return Refused("ExpiredToken", text, 403)


def clock_skew(service: str, protocol: str, now: datetime) -> Refused:
    """A request that was signed an hour before ``now``; AWS accepts 15 minutes (EC2: 5)."""
    signed, oldest = now - timedelta(hours=1), now - timedelta(minutes=15)
    text = f"Signature expired: {_stamp(signed)} is now earlier than {_stamp(oldest)} ({_stamp(now)} - 15 min.)"
    match protocol:
        case "ec2":
            return Refused("RequestExpired", "Request has expired.", 400)
        case "json" | "rest-json":
            return Refused("InvalidSignatureException", text, 400 if protocol == "json" else 403)
        case _ if service == "s3":
            skewed = "The difference between the request time and the current time is too large."
            return Refused("RequestTimeTooSkewed", skewed, 403)
        case _:
            return Refused("SignatureDoesNotMatch", text, 403)


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def unavailable(service: str, protocol: str) -> Refused:
    match protocol:
        case "ec2":
            return Refused("Unavailable", "The service is unavailable. Please try again shortly.", 503)
        case "json" | "rest-json":
            return Refused("ServiceUnavailableException", "Service is unavailable.", 503)
        case _ if service == "s3":
            return Refused("ServiceUnavailable", "Please reduce your request rate.", 503)
        case _:
            return Refused("ServiceUnavailable", "Service is unable to handle request.", 503)


def server_error(protocol: str) -> Refused:
    match protocol:
        case "ec2":
            return Refused("InternalError", "An internal error has occurred", 500)
        case "json" | "rest-json":
            return Refused("ServerException", "Service Unavailable. Please try again later.", 500)
        case _:
            return Refused("InternalFailure", "The request processing has failed because of an unknown error.", 500)
