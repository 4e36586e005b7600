"""Costs: review.cost-*"""

from tests.mutations.contract import FAIL, UNKNOWN, WARN, Row
from tests.support.standing import Standing


def _spike(world: Standing) -> None:
    world.fault("cost-spike")


def _inactive(world: Standing) -> None:
    status = [{"TagKey": "Project", "Status": "Inactive"}]
    world.client("ce").update_cost_allocation_tags_status(CostAllocationTagsStatus=status)


def _no_budget(world: Standing) -> None:
    budgets = world.client("budgets")
    budgets.delete_budget(AccountId=world.world.account, BudgetName=world.site.cost.budget_name)


ROWS = (
    Row(
        check="review.cost-baseline",
        name="everything goes through the NAT gateway",
        change=_spike,
        flips={"review.cost-baseline": FAIL, "review.cost-guards": WARN},
    ),
    Row(
        check="review.cost-tags",
        name="the tag is deactivated",
        change=_inactive,
        flips={"review.cost-tags": WARN, "review.cost-baseline": UNKNOWN},
    ),
    Row(
        check="review.cost-guards",
        name="the budget is deleted",
        change=_no_budget,
        flips={"review.cost-guards": WARN},
    ),
)
