"""The certificate that the simulated load balancer shows: with the names and the end of its listener's."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from runbook_tui.simulator import dns
from runbook_tui.simulator.certificate import Authority
from runbook_tui.simulator.certificates import Certificates
from runbook_tui.simulator.image_blobs import bucket
from runbook_tui.simulator.world import World

_NEAR_ENOUGH = timedelta(minutes=1)
_FAR = timedelta(days=168)


class ShownCertificates:
    """``context`` is what the ingress listens with; ``ca`` is the PEM that a client must trust."""

    def __init__(self, world: World, hosts: Sequence[str]) -> None:
        self._world = world
        self._authority = Authority()
        self._made: dict[tuple[str, ...], tuple[datetime, ssl.SSLContext]] = {}
        self.ca = self._authority.ca
        far = datetime.now(UTC) + _FAR
        self._bucket = self._authority.context([f"*.{bucket(world.region).partition('.')[2]}"], far)
        self.context = self._authority.context(hosts, far)
        self.context.sni_callback = self._choose

    def _choose(self, connection: ssl.SSLObject, host: str | None, _context: ssl.SSLContext) -> int | None:
        found = self._bucket if host == bucket(self._world.region) else self._shown(host or "")
        if found is not None:
            connection.context = found
        return None

    def _shown(self, host: str) -> ssl.SSLContext | None:
        """Made anew when the simulated end has moved against the client's clock, which is the real one."""
        known = self._world.store(Certificates).known
        shown = [known[arn] for arn in self._arns(host) if arn in known and known[arn].not_after is not None]
        found = next((each for each in shown if _covers(each.domains, host)), shown[0] if shown else None)
        if found is None or found.not_after is None:
            return None
        ends = datetime.now(UTC) + (found.not_after - self._world.clock.now())
        former = self._made.get(found.domains)
        if former is None or abs(former[0] - ends) > _NEAR_ENOUGH:
            former = self._made[found.domains] = (ends, self._authority.context(found.domains, ends))
        return former[1]

    def _arns(self, host: str) -> list[str]:
        """The certificates of the load balancer that the host leads to, its default first."""
        balancers: list[Any] = list(self._world.backend("elbv2").load_balancers.values())
        named = dns.balancer_named(self._world, host)
        balancers.sort(key=lambda each: each is not named)
        for balancer in balancers:
            for listener in list(balancer.listeners.values()):
                if int(listener.port) == 443:
                    return [str(each) for each in listener.certificates]
        return []


def _covers(names: Sequence[str], host: str) -> bool:
    wild = f"*.{host.partition('.')[2]}"
    return host in names or wild in names
