"""The runbook of the first days: an account in which nobody has built anything becomes the guide's environment."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from runbook_tui.audit.verify import verify
from runbook_tui.catalogue.loader import load
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.cli.undo import EXIT_REFUSED, TakingBack
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.events import Entry
from runbook_tui.core.state import Phase, RunState
from runbook_tui.engine.headless import Consent, Script
from runbook_tui.engine.taking_back import Agreed
from runbook_tui.entry import main
from runbook_tui.simulator.operations.company import FIRST
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from runbook_tui.wiring.runs import reopen_run
from tests.support.bare_account import bare
from tests.support.scripted_walk import ScriptedWalk, usable
from tests.support.stepped import advance, client, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

BOOK = load("setup")
IDS = {"ids": "4711/815"}
INPUTS = {"pipeline-role": IDS, "pipeline-trust": IDS}
SECRETS = {
    "MONGO_URI": "mongodb+srv://app:q7Wz1ENV@ENV-cluster.mongodb.asharvi.test/asharvi?serverSelectionTimeoutMS=5000",
    "JWT_SECRET": "kJ8sPq2vTzR4mW9nX1bY6cL3hF7gD5aE0uQENV",
    "SMTP_USER": "mailerENV",
    "SMTP_PASS": "pX3kd9LqENV",
    "CORS_ORIGIN": "https://asharvi.test",
}


class Built(Struct, frozen=True):
    """An account after both walks, and how each of them ended."""

    simulator: Simulator
    folder: Path
    before: Mapping[str, Any]
    walks: Mapping[str, RunState]


def agreed(environment: str) -> Script:
    """What an absent operator agrees to."""
    return Script(
        answers={"mode": "do-it", "database": "peering", "database-address": "right", "days-to-come": "owned"},
        confirm={"atlas-asks": "as agreed with them"},
        change={
            step.id: Consent(
                inputs=INPUTS.get(step.id, {}),
                typed=environment,
                break_glass="the first set-up",
            )
            for step in BOOK.steps
            if step.action is not None
        },
    )


def walked(simulator: Simulator, folder: Path, environment: str, name: str) -> RunState:
    kit = Kit(load_site(simulator.site_path), state_dir=folder)
    secrets = {f"{environment}-{key}": value.replace("ENV", environment) for key, value in SECRETS.items()}
    walk = ScriptedWalk(simulator.world, kit, folder / "runs", BOOK, environment, name=name, secrets=secrets)
    try:
        halted = walk.walk(agreed(environment))
        assert halted is None, (halted, walk.state.current, walk.state.step, list(walk.state.changes.values())[-1:])
        return walk.state
    finally:
        walk.close()


def only_people_know(simulator: Simulator, folder: Path) -> None:
    """What nobody can measure is stated, and kept beside the runs."""
    place = ["--site", str(simulator.site_path), "--state-dir", str(folder)]
    for check in ("maint.runbooks-documented", "review.rotation-alarms"):
        assert main(["attest", "add", check, "--text", "read with the team", "--expires", "90d", *place]) == 0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("setup")
    with stepped("empty") as simulator:
        before = bare(simulator)
        only_people_know(simulator, folder)
        walks = {name: walked(simulator, folder, name, name) for name in ("staging", "prod")}
        yield Built(simulator, folder, before, walks)


def made(state: RunState) -> list[Change]:
    return [change for change in state.changes.values() if change.stage is Stage.DONE]


def test_it_is_walked_to_its_end(built: Built) -> None:
    """What both environments share is made by the first walk, and only found by the second."""
    staging, prod = built.walks["staging"], built.walks["prod"]
    assert (staging.phase, prod.phase) == (Phase.FINISHED, Phase.FINISHED)
    assert {change.stage for state in (staging, prod) for change in state.changes.values()} <= {
        Stage.DONE,
        Stage.REFUSED,
    }
    shared = {change.action for change in made(staging)} - {change.action for change in made(prod)}
    assert {"ec2.create-vpc", "iam.create-cicd-role", "sns.create-topic"} <= shared


def test_every_check_is_green(built: Built) -> None:
    """An hour later nothing fails, and nothing is undecided but what only a month of bills can tell."""
    advance(built.simulator.world, 3600)
    kit = Kit(load_site(built.simulator.site_path), state_dir=built.folder)
    bad: dict[str, str] = {}
    for environment in built.walks:
        kit.checks.begin_sweep()
        swept = [name for name, check in all_checks().items() if not check.on_request]
        found = {check: kit.checks.run(check, environment) for check in swept}
        bad |= {f"{check}@{environment}": one.because for check, one in found.items() if one.blocks}
    assert {check.partition("@")[0] for check in bad} == {"review.cost-baseline"}, bad


def test_a_second_walk_changes_nothing(built: Built) -> None:
    """Every step is green already, or its plan finds nothing to do."""
    again = walked(built.simulator, built.folder, "prod", "again")
    assert again.phase is Phase.FINISHED
    assert made(again) == []
    assert all(change.plan is not None and change.plan.idle for change in again.changes.values())


class Back(TakingBack):
    """The verb ``undo``, in a world whose time passes whenever it waits for something to be gone."""

    def __init__(self, built: Built, environment: str) -> None:
        kit = Kit(load_site(built.simulator.site_path), state_dir=built.folder)
        self._world = built.simulator.world
        opened = reopen_run(kit, built.folder, environment)
        agreed = Agreed(words=(environment,), break_glass="practice is over", since=len(opened.state.changes))
        super().__init__(kit, opened, agreed)

    def _happened(self, entries: Sequence[Entry], state: RunState) -> None:
        usable(self._world, entries, state)
        super()._happened(entries, state)


def test_taken_back_nothing_is_left(built: Built) -> None:
    """First what was made for prod, then staging with all that both shared: the account is as it was found.

    The images are the pipeline's: a repository that holds some is not taken back before somebody takes them away.
    """
    assert Back(built, "prod").walk() == EXIT_REFUSED
    ecr = client(built.simulator, "ecr")
    for repository in ecr.describe_repositories()["repositories"]:
        ecr.batch_delete_image(repositoryName=repository["repositoryName"], imageIds=[{"imageTag": FIRST}])
    assert Back(built, "prod").walk() == 0
    assert Back(built, "staging").walk() == 0
    after = bare(built.simulator)
    assert {part: told for part, told in after.items() if told != built.before[part]} == {}
    for environment in built.walks:
        assert verify(built.folder / "runs" / f"{environment}.jsonl").ok
