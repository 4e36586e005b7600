"""Requests for more of a quota: granted after half an hour, as a moderate one mostly is."""

import uuid
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from runbook_tui.simulator.pages import page
from runbook_tui.simulator.quotas import FARGATE, Granted, Quota
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_TAKES: Final = 1800.0  # seconds


class _Request(Struct, kw_only=True):
    id: str
    quota: Quota
    wanted: float
    created: datetime
    status: str = "PENDING"


class Requests:
    def __init__(self) -> None:
        self.made: list[_Request] = []


@overlay("service-quotas", "RequestServiceQuotaIncrease")
def request_service_quota_increase(world: World, parameters: Parameters) -> Reply:
    quota, made = _quota(parameters), world.store(Requests).made
    if any(one.quota.code == quota.code and one.status == "PENDING" for one in made):
        raise Refused(
            "ResourceAlreadyExistsException", "Only one open service quota increase request is allowed per quota."
        )
    if parameters["DesiredValue"] <= world.store(Granted).value(quota):
        raise Refused(
            "IllegalArgumentException", "You must provide a quota value greater than the current quota value."
        )
    request = _Request(
        id=uuid.UUID(int=world.random.getrandbits(128), version=4).hex,
        quota=quota,
        wanted=float(parameters["DesiredValue"]),
        created=world.clock.now(),
    )
    made.append(request)
    world.agenda.after(_TAKES, lambda: _grant(world, request))
    return {"RequestedQuota": _told(world, request)}


@overlay("service-quotas", "ListRequestedServiceQuotaChangeHistoryByQuota")
def list_requests(world: World, parameters: Parameters) -> Reply:
    quota, status = _quota(parameters), parameters.get("Status")
    found = [
        _told(world, one)
        for one in world.store(Requests).made
        if one.quota.code == quota.code and status in (None, one.status)
    ]
    items, token = page(found, parameters, size="MaxResults", token="NextToken", limit=100)  # noqa: S106
    return {"RequestedQuotas": items, "NextToken": token}


def _grant(world: World, request: _Request) -> None:
    request.status = "APPROVED"
    world.store(Granted).changed[request.quota.code] = request.wanted


def _quota(parameters: Parameters) -> Quota:
    found = next((one for one in FARGATE if one.code == parameters["QuotaCode"]), None)
    if parameters["ServiceCode"] != "fargate" or found is None:
        raise Refused("NoSuchResourceException", "The request failed because the specified resource does not exist.")
    return found


def _told(world: World, request: _Request) -> dict[str, Any]:
    return {
        "Id": request.id,
        "ServiceCode": "fargate",
        "ServiceName": "AWS Fargate",
        "QuotaCode": request.quota.code,
        "QuotaName": request.quota.name,
        "DesiredValue": request.wanted,
        "Status": request.status,
        "Created": request.created,
        "Requester": world.on_call_arn,
        "QuotaArn": world.arn("servicequotas", f"fargate/{request.quota.code}"),
        "GlobalQuota": False,
        "Unit": "None",
        "QuotaRequestedAtLevel": "ACCOUNT",
    }
