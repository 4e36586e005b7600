"""What the account costs."""

import uuid
from datetime import timedelta

from runbook_tui.simulator.cost import prices
from runbook_tui.simulator.cost.ledger import Ledger
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

_DAYS = 12
_FACTOR = 240.0  # 360 GB a day instead of 1.5


@fault(
    "cost-spike", "for twelve days everything goes through the NAT gateway: the account costs more than twice as much"
)
def cost_spike(world: World, _argument: str) -> Undo:
    ledger = world.store(Ledger)
    if ledger.before is None:
        raise Refused("DataUnavailableException", "Nobody has enabled Cost Explorer.")
    usage = prices.NAT_TRAFFIC
    since = world.clock.now().date() - timedelta(days=_DAYS)
    daily = 1.5 * usage.usd * (_FACTOR - 1)
    anomaly = {
        "AnomalyId": str(uuid.UUID(int=world.random.getrandbits(128), version=4)),
        "AnomalyStartDate": f"{since}T00:00:00Z",
        "AnomalyEndDate": f"{world.clock.now().date() - timedelta(days=1)}T00:00:00Z",
        "DimensionValue": usage.service,
        "RootCauses": [
            {"Service": usage.service, "Region": world.region, "LinkedAccount": world.account, "UsageType": usage.usage}
        ],
        "AnomalyScore": {"MaxScore": 0.94, "CurrentScore": 0.9},
        "Impact": {
            "MaxImpact": round(daily, 2),
            "TotalImpact": round(daily * _DAYS, 2),
            "TotalActualSpend": round((daily + 1.43) * _DAYS, 2),
            "TotalExpectedSpend": round(1.43 * _DAYS, 2),
        },
        "MonitorArn": ledger.monitors[0]["MonitorArn"] if ledger.monitors else "",
    }
    ledger.swollen[usage.usage] = (since, _FACTOR)
    ledger.anomalies.append(anomaly)

    def undo() -> None:
        ledger.swollen.pop(usage.usage, None)
        if anomaly in ledger.anomalies:
            ledger.anomalies.remove(anomaly)

    return undo
