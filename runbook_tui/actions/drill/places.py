"""Where an environment's tasks stand, and what else stands there: a drill hits nobody who was not asked."""

from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecs_service import VpcPlacement
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.site import Environment, Site

OTHER_WAYS: Final = "cut one service alone (an experiment on its tasks), or give it a secret that leads nowhere"


class Places(Struct, frozen=True, kw_only=True):
    """Of this environment's tasks, and of the others', by environment."""

    own: VpcPlacement
    others: dict[str, VpcPlacement]

    def in_subnets(self) -> tuple[str, ...]:
        """Environments whose tasks stand in any of the same subnets."""
        return tuple(name for name, one in self.others.items() if set(one.subnets) & set(self.own.subnets))

    def in_groups(self) -> tuple[str, ...]:
        mine = set(self.own.security_groups)
        return tuple(name for name, one in self.others.items() if set(one.security_groups) & mine)

    @property
    def shared(self) -> bool:
        return bool(self.in_subnets() or self.in_groups())


def places_of(aws: Aws, site: Site, env: Environment) -> Places:
    """A service that is not there stands nowhere."""
    others: dict[str, VpcPlacement] = {}
    for name, one in site.environments.items():
        if name == env.name:
            continue
        try:
            others[name] = aws.ecs.service(site.ecs.cluster, one.service).placement
        except Missing:
            continue
    return Places(own=aws.ecs.service(site.ecs.cluster, env.service).placement, others=others)


def keep_production_out(env: Environment, what: str, also: tuple[str, ...]) -> tuple[str, ...]:
    """CannotPlan when production would be hit by somebody else's drill; else what to warn of."""
    if not env.is_prod and "prod" in also:
        raise CannotPlan(f"{what} serve prod too: its tasks would lose their database", OTHER_WAYS)
    return (f"{what} serve {', '.join(also)} too: it loses its database as well",) if also else ()
