"""CloudTrail as AWS would describe it: trails, and events with their text."""

import json
from datetime import datetime
from typing import Any

from tests.support.backend_site import ACCOUNT, Raw, ago

_SERIAL = iter(range(10**9))


def trail(name: str = "main", account: str = ACCOUNT, **changes: Any) -> Raw:
    return {
        "Name": name,
        "TrailARN": f"arn:aws:cloudtrail:ap-south-1:{account}:trail/{name}",
        "HomeRegion": "ap-south-1",
        "IsMultiRegionTrail": True,
        "LogFileValidationEnabled": True,
        "IncludeGlobalServiceEvents": True,
        **changes,
    }


def user(name: str) -> Raw:
    return {"type": "IAMUser", "userName": name, "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}"}


def role(name: str, session: str = "s") -> Raw:
    issuer = {"type": "Role", "userName": name, "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"}
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}"
    return {"type": "AssumedRole", "arn": arn, "sessionContext": {"sessionIssuer": issuer}}


ROOT = {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root"}


def event(name: str, who: Raw, at: datetime | None = None, **body: Any) -> Raw:
    """``body`` are members of its text; what CloudTrail has nothing for it writes as null."""
    when = at or ago(hours=30)
    text = {
        "userIdentity": who,
        "sourceIPAddress": "203.0.113.24",
        "requestParameters": None,
        "responseElements": None,
        "eventType": "AwsApiCall",
        **body,
    }
    return {
        "EventId": f"e-{next(_SERIAL)}",
        "EventName": name,
        "EventTime": when,
        "CloudTrailEvent": json.dumps(text, default=str),
    }


def sign_in(who: Raw, *, mfa: str = "Yes", result: str = "Success", **more: Any) -> Raw:
    told = {
        "responseElements": {"ConsoleLogin": result},
        "additionalEventData": {"MFAUsed": mfa},
        "eventType": "AwsConsoleSignIn",
    }
    return event("ConsoleLogin", who, **{**told, **more})
