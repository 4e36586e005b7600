"""Service Quotas: what Fargate grants this account."""

from typing import Any, Final

from runbook_tui.simulator.pages import page
from runbook_tui.simulator.quotas import FARGATE, Granted, Quota
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_NAMES: Final = {"fargate": "AWS Fargate"}


@overlay("service-quotas", "GetServiceQuota")
def get_service_quota(world: World, parameters: Parameters) -> Reply:
    _only_fargate(parameters)
    wanted = next((each for each in FARGATE if each.code == parameters["QuotaCode"]), None)
    if wanted is None:
        raise Refused("NoSuchResourceException", "The request failed because the specified resource does not exist.")
    return {"Quota": _told(world, wanted)}


@overlay("service-quotas", "ListServiceQuotas")
def list_service_quotas(world: World, parameters: Parameters) -> Reply:
    _only_fargate(parameters)
    told = [_told(world, each) for each in FARGATE]
    items, token = page(told, parameters, size="MaxResults", token="NextToken", limit=100)  # noqa: S106
    return {"Quotas": items, "NextToken": token}


def _only_fargate(parameters: Parameters) -> None:
    if parameters["ServiceCode"] not in _NAMES:
        raise not_simulated(f"quotas of {parameters['ServiceCode']}")


def _told(world: World, quota: Quota) -> dict[str, Any]:
    return {
        "ServiceCode": "fargate",
        "ServiceName": _NAMES["fargate"],
        "QuotaArn": world.arn("servicequotas", f"fargate/{quota.code}"),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": world.store(Granted).value(quota),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
