"""The way in of the guide, built in a fresh account by the product's own changes, in the order of its setup."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.ingress_look import look
from tests.support.stepped import advance, client, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

NETWORK = (
    "ec2.create-vpc",
    "ec2.attach-internet-gateway",
    "ec2.create-public-subnets",
    "ec2.create-private-subnets",
    "ec2.create-security-groups",
)
ZONE = ("route53.create-zone",)
CERTIFICATE = ("acm.request-certificate", "route53.put-validation-record")
BALANCER = ("elbv2.create-target-groups", "elbv2.create-load-balancer")
LISTENING = ("elbv2.create-listeners", "elbv2.create-host-rules")
NAMES = ("route53.put-alias", "wafv2.associate-web-acl")
WAY_IN = (*ZONE, *CERTIFICATE, *BALANCER, *LISTENING, *NAMES)
# no tasks yet
LATER = {"tg.targets-healthy"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped("empty") as running:
        yield running


@pytest.fixture
def acting(simulator: Simulator, tmp_path: Path) -> Iterator[Acting]:
    walking = Acting(Kit(load_site(simulator.site_path)), tmp_path, one_step(NETWORK[0]), "prod")
    yield walking
    walking.close()


def _made(acting: Acting, *actions: str) -> Change:
    for action in actions:
        change = acting.planned(action)
        assert change.stage is Stage.PLANNED, (action, change.reason, change.remedy)
        made = acting.made(change)
        assert made.stage is Stage.DONE, (action, made.reason, made.calls)
    return made


def _refused(acting: Acting, action: str) -> str:
    change = acting.planned(action)
    assert change.stage is Stage.REFUSED
    assert change.remedy
    return change.reason


def _bad(acting: Acting, *prefixes: str) -> dict[str, tuple[Status, str]]:
    checks = acting.kit.checks
    checks.begin_sweep()
    names = [name for name in all_checks() if name.startswith(prefixes)]
    found = {f"{name}@{env}": checks.run(name, env) for name in names for env in ("staging", "prod")}
    good = {name for name, verdict in found.items() if verdict.settles or name.partition("@")[0] in LATER}
    return {name: (one.status, one.because) for name, one in found.items() if name not in good}


def test_the_whole_way_in_comes_and_goes(acting: Acting, simulator: Simulator) -> None:
    """Refused before its time, built, checked, idle in a second round, and taken back to the account as it was."""
    stock, world = partial(client, simulator), simulator.world
    _made(acting, *NETWORK)
    before = look(stock)
    _made(acting, *ZONE)
    assert "request one first" in acting.planned("route53.put-validation-record").remedy
    assert "no certificate of ACM" in _bad(acting, "acm.cert.covers")["acm.cert.covers@prod"][1]
    _made(acting, *CERTIFICATE)
    assert set(_bad(acting, "acm.")) == {"acm.cert.covers@staging", "acm.cert.covers@prod"} | {
        "acm.cert.expiry@staging",
        "acm.cert.expiry@prod",
    }
    _made(acting, *BALANCER)
    assert "is not issued yet" in _refused(acting, "elbv2.create-listeners")
    advance(world, 150)
    assert _bad(acting, "acm.") == {}
    assert _bad(acting, "alb.exists", "alb.scheme-subnets", "alb.sg", "alb.attributes", "tg.health", "tg.dereg") == {}
    _made(acting, *LISTENING, *NAMES)
    advance(world, 60)
    assert _bad(acting, "acm.", "alb.", "tg.", "dns.") == {}
    for action in WAY_IN:
        again = acting.planned(action)
        assert again.plan is not None, (action, again.reason)
        assert again.plan.idle, (action, again.plan.differences)
    for action in reversed(WAY_IN):
        undone = acting.undone()
        assert (undone.action, undone.stage) == (action, Stage.DONE), (undone.reason, undone.calls)
    assert look(stock) == before
