"""What every way to cut a database off gives: calls that are taken back by themselves."""

from typing import Final

from msgspec import Struct

from runbook_tui.actions.permissions import needed
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

MINUTE: Final = 60.0


class Cut(Struct, frozen=True, kw_only=True):
    """``effect`` is what happens, in one sentence."""

    resource: str
    effect: str
    calls: tuple[ApiCall, ...]
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...] = ()


def as_plan(action_id: str, title: str, cut: Cut, site: Site, env: Environment) -> Plan:
    """Whatever becomes of this program, the next start of it takes the cut back; until then nobody does."""
    limit = site.dr.max_minutes
    return Plan(
        action=action_id,
        title=title,
        environment=env.name,
        resource=cut.resource,
        effect=f"{cut.effect} It is taken back by itself after {limit} minutes, when this program ends, or at its next "
        "start.",
        risk=Risk.DISRUPTIVE,
        calls=cut.calls,
        differences=cut.differences,
        warnings=(*cut.warnings, "you confirm its end too: nobody is asked when it is taken back"),
        permissions=needed(cut.calls),
        restore_within=limit * MINUTE,
    )
