"""Guide, section 9.3: cost allocation tags, a budget, an anomaly monitor; and thirteen months of bills."""

import uuid
from datetime import timedelta

from runbook_tui.simulator.cost.ledger import Ledger
from runbook_tui.simulator.names import SITE, SITE_NAME, TAGS
from runbook_tui.simulator.world import World

LIMIT = 380  # USD a month


def seed(world: World) -> None:
    """Last of all: what stands now is what has stood."""
    now = world.clock.now()
    ledger = world.store(Ledger)
    ledger.open(world)
    long_ago = f"{now - timedelta(days=400):%Y-%m-%dT%H:%M:%SZ}"
    ledger.tags = {
        key: {"TagKey": key, "Type": "UserDefined", "Status": "Active", "LastUpdatedDate": long_ago}
        for key in ("Component", "Environment", "Project")
    }
    identifier = uuid.UUID(int=world.random.getrandbits(128), version=4)
    ledger.monitors = [
        {
            "MonitorArn": f"arn:aws:ce::{world.account}:anomalymonitor/{identifier}",
            "MonitorName": f"{SITE_NAME}-services",
            "CreationDate": f"{now - timedelta(days=300):%Y-%m-%d}",
            "LastUpdatedDate": f"{now - timedelta(days=300):%Y-%m-%d}",
            "LastEvaluatedDate": f"{now - timedelta(days=1):%Y-%m-%d}",
            "MonitorType": "DIMENSIONAL",
            "MonitorDimension": "SERVICE",
            "DimensionalValueCount": 9,
        }
    ]
    world.call(
        "budgets",
        "CreateBudget",
        AccountId=world.account,
        Budget={
            "BudgetName": SITE.cost.budget_name,
            "BudgetLimit": {"Amount": f"{LIMIT}", "Unit": "USD"},
            "CostFilters": {"TagKeyValue": [f"user:Project${TAGS['Project']}"]},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
    )
