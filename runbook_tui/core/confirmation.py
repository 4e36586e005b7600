"""How much a plan asks of the one who confirms it: it grows with the risk and with the environment."""

from msgspec import Struct

from runbook_tui.core.plan import Plan, Risk


class Confirmation(Struct, frozen=True, kw_only=True):
    """``word`` is what must be typed; a key is enough where it is empty. ``approver``: a second person must agree.
    ``forbidden``: the site is read-only, so the plan is there to be read."""

    word: str = ""
    approver: bool = False
    forbidden: bool = False


def confirmation(plan: Plan, *, production: bool, approver_required: bool, read_only: bool) -> Confirmation:
    """A key outside production, the environment's name in production, the resource's name for what destroys anywhere.
    A second person where the site asks for one in production."""
    in_production = plan.environment if production else ""
    word = plan.resource if plan.risk is Risk.DESTRUCTIVE else in_production
    approver = production and approver_required and plan.risk is not Risk.CHANGE
    return Confirmation(word=word, approver=approver, forbidden=read_only)
