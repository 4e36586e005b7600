"""A key is rotated on the simulated world: its secret is seen once, by the operator, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.report import FORMATS, render
from runbook_tui.audit.verify import verify
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.problems import RefusedProblem
from runbook_tui.core.state import Phase, WaitPhase
from runbook_tui.core.verdict import Status
from runbook_tui.engine.headless import Consent, Halt, Script, next_move
from runbook_tui.simulator.seed.people import MACHINE
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.stepped import client, stepped
from tests.support.walker import Walker, WorldClock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

BOOK = "access-key-rotation"
WHY = "as agreed"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture(autouse=True)
def one_key(simulator: Simulator) -> None:
    """What a test before this one has left goes."""
    for key in list(keys(simulator))[1:]:
        client(simulator, "iam").delete_access_key(UserName=MACHINE, AccessKeyId=key)


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path / "runs", BOOK, state_dir=tmp_path, clock=WorldClock(simulator))
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def keys(simulator: Simulator) -> dict[str, str]:
    """Status by id, the oldest first."""
    found = client(simulator, "iam").list_access_keys(UserName=MACHINE)["AccessKeyMetadata"]
    return {one["AccessKeyId"]: one["Status"] for one in sorted(found, key=lambda one: one["CreateDate"])}


def label(key: str) -> str:
    return f"{MACHINE} …{key[-4:]}"


def sign_in(simulator: Simulator, key: str, secret: str) -> None:
    import boto3

    place = {"region_name": "ap-south-1", "endpoint_url": simulator.endpoint_url}
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret)
    session.client("sts", **place).get_caller_identity()


def created(walker: Walker) -> dict[str, str]:
    walker.answer("rotate")
    made = walker.change(user=MACHINE)
    values = walker.acting.kit.changes.reveal(made.number)
    walker.go_on(WHY)
    assert walker.at == "store"
    return values


def test_a_key_is_rotated(walker: Walker, simulator: Simulator, tmp_path: Path) -> None:
    """The new one is proven, the old one retired, and after a day deleted; no file holds the secret."""
    (old,) = keys(simulator)
    values = created(walker)
    new, secret = values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"]
    assert list(keys(simulator)) == [old, new]
    with pytest.raises(RefusedProblem, match="shown already"):
        walker.acting.kit.changes.reveal(1)
    walker.answer("stored")
    assert walker.at == "prove"
    assert walker.state.step.verdicts["rotation.new-key-used"].status is Status.FAIL
    sign_in(simulator, new, secret)
    walker.waited()
    walker.go_on(WHY)
    assert walker.state.step.verdicts["rotation.old-key-unused"].status is Status.PASS
    walker.answer("quiet")
    walker.change(key=label(old))
    walker.go_on(WHY)
    assert walker.at == "observe"
    verdict = walker.state.step.verdicts["rotation.observed"]
    assert verdict.status is Status.FAIL
    assert walker.state.step.wait is WaitPhase.WAITING
    other = Kit(load_site(simulator.site_path), state_dir=tmp_path)
    assert "for another 24 h" in other.checks.run("rotation.observed", "").because, "another process counts on"
    walker.pass_time(24 * 3600)
    walker.waited()
    walker.go_on(WHY)
    walker.change(key=label(old))
    walker.go_on(WHY)
    assert keys(simulator) == {new: "Active"}
    walker.confirm(WHY)
    assert walker.state.phase is Phase.FINISHED
    journal = walker.acting.journal.path
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    told = [render(journal, wanted) for wanted in FORMATS]
    assert not any(text in one for text in (secret, new, old) for one in (*written, *told))


def test_the_undo_deletes_the_new_key(walker: Walker, simulator: Simulator) -> None:
    """Its secret was lost: it is taken back and made anew; nobody used it, and the old one stays."""
    (old,) = keys(simulator)
    created(walker)
    walker.answer("lost")
    walker.acting.undone()
    assert list(keys(simulator)) == [old]
    walker.settle()
    walker.answer("anew")
    assert walker.at == "create"
    walker.change(user=MACHINE)
    walker.go_on(WHY)
    walker.answer("stored")
    walker.timed_out(minutes=1)
    walker.otherwise()
    walker.answer("again")
    walker.timed_out(minutes=1)
    walker.otherwise()
    walker.answer("store")
    walker.answer("stored")
    walker.timed_out(minutes=1)
    walker.otherwise()
    walker.answer("stop")
    walker.confirm(WHY)
    assert walker.state.phase is Phase.FINISHED


def test_what_broke_gets_the_old_key_back(walker: Walker, simulator: Simulator) -> None:
    """A user with two keys begins with the older one, which is activated again when something misses it."""
    client(simulator, "iam").create_access_key(UserName=MACHINE)
    old, _ = keys(simulator)
    walker.answer("rotate")
    walker.otherwise()
    assert walker.at == "list"
    walker.answer("retire")
    walker.answer("quiet")
    walker.change(key=label(old))
    walker.go_on(WHY)
    assert keys(simulator)[old] == "Inactive"
    walker.timed_out(minutes=1)
    walker.otherwise()
    walker.answer("nothing")
    assert walker.at == "observe"
    walker.timed_out(minutes=1)
    walker.otherwise()
    walker.answer("broken")
    walker.change(key=label(old))
    walker.go_on(WHY)
    assert keys(simulator)[old] == "Active"
    walker.answer("used")
    assert walker.at == "prove"


def test_a_role_instead(simulator: Simulator, tmp_path: Path) -> None:
    """Its keys go, or are rotated until it is there."""
    for way, to in (("gone", "unused"), ("later", "create"), ("stop", "close")):
        walker = Walker(simulator, tmp_path / way, BOOK)
        walker.answer("role")
        walker.answer(way)
        assert walker.at == to
        walker.close()


def test_nothing_is_made_where_nobody_looks(simulator: Simulator, tmp_path: Path) -> None:
    """Without a screen the run stops before the key is made, and says where to go on."""
    before = keys(simulator)
    walker = Walker(simulator, tmp_path / "runs", BOOK, state_dir=tmp_path, clock=WorldClock(simulator))
    walker.answer("rotate")
    planned = walker.acting.planned(user=MACHINE)
    consent = Consent(inputs={"user": MACHINE}, typed=planned.confirmation.word, break_glass=WHY)
    move = next_move(walker.state, walker.acting.runner.runbook, Script(change={"create": consent}))
    assert move is Halt.NEEDS_SCREEN
    walker.close()
    assert keys(simulator) == before
