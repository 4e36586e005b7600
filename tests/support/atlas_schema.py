"""Facts about the answers of Atlas's Admin API v2, as JSON Schema: members, types and formats that the product reads.

Derived by hand from MongoDB's published description of the API, whose text is not repeated here.
"""

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

_ID: Final = {"type": "string", "pattern": "^[a-f0-9]{24}$"}
_TIME: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_NUMBER: Final = {"type": "integer"}


def _object(*required: str, **members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(required)}


def _list(item: Mapping[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least}


def _page(item: Mapping[str, Any]) -> dict[str, Any]:
    return _object("results", results=_list(item), totalCount={"type": "integer", "minimum": 0})


_HARDWARE: Final = _object(instanceSize=_TEXT, nodeCount=_NUMBER)
_REGION: Final = _object(
    electableSpecs=_HARDWARE,
    priority={"type": "integer", "minimum": 0, "maximum": 7},
    providerName=_TEXT,
    backingProviderName=_TEXT,
    regionName=_TEXT,
)
_ITEM: Final = _object(
    "frequencyInterval",
    "frequencyType",
    "retentionUnit",
    "retentionValue",
    frequencyInterval=_NUMBER,
    frequencyType=_TEXT,
    retentionUnit=_TEXT,
    retentionValue=_NUMBER,
)
_ENTRY: Final = _object(
    groupId=_ID,
    cidrBlock=_TEXT,
    ipAddress=_TEXT,
    awsSecurityGroup=_TEXT,
    comment={"type": "string", "maxLength": 80},
    deleteAfterDate=_TIME,
)
_ALERT: Final = _object(
    id=_ID,
    groupId=_ID,
    enabled=_FLAG,
    eventTypeName=_TEXT,
    notifications=_list(_object(typeName=_TEXT, intervalMin={"type": "integer", "minimum": 5}, emailEnabled=_FLAG)),
    metricThreshold=_object(metricName=_TEXT, operator=_TEXT, threshold={"type": "number"}),
)
CLUSTER: Final = _object(
    name={"type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9-]*$"},
    groupId=_ID,
    clusterType=_TEXT,
    stateName=_TEXT,
    paused=_FLAG,
    backupEnabled=_FLAG,
    pitEnabled=_FLAG,
    replicationSpecs=_list(_object(id=_ID, regionConfigs=_list(_REGION))),
)
SCHEDULE: Final = _object(
    "policies",
    nextSnapshot=_TIME,
    restoreWindowDays=_NUMBER,
    policies={**_list(_object("policyItems", id=_ID, policyItems=_list(_ITEM))), "maxItems": 1},
)
SNAPSHOTS: Final = _page(_object(id=_ID, status=_TEXT, createdAt=_TIME, expiresAt=_TIME, snapshotType=_TEXT))
RESTORES: Final = _page(
    _object("deliveryType", id=_ID, deliveryType=_TEXT, finishedAt=_TIME, failed=_FLAG, cancelled=_FLAG)
)
ERROR: Final = _object("error", "errorCode", error=_NUMBER, errorCode=_TEXT, detail=_TEXT, reason=_TEXT)

# By the end of the path below the project; the version is the first that has the resource in this shape.
RESOURCES: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "main": ("2024-08-05", CLUSTER),
    "schedule": ("2024-08-05", SCHEDULE),
    "snapshots": ("2023-01-01", SNAPSHOTS),
    "restoreJobs": ("2023-01-01", RESTORES),
    "accessList": ("2023-01-01", _page(_ENTRY)),
    "alertConfigs": ("2023-01-01", _page(_ALERT)),
}


def wrong_with(schema: Mapping[str, Any], answer: Any) -> list[str]:
    """What a validator has against it."""
    found = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer)
    return [f"{'/'.join(map(str, one.path))}: {one.message}" for one in found]
